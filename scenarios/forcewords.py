"""The question turned round and cordons, in words; nothing here solves anything."""

from __future__ import annotations

from collections.abc import Mapping

from scenarios.tongue import say as _
from scenarios.tongue import says
from scenarios.view import CordonView, ForceView, PlanView


def sentences(its: ForceView, names: Mapping[str, str], when: str) -> list[str]:
    """The answers in words."""
    posts = says("With {n} post at once", "With {n} posts at once", its.n_posts)
    found = []
    if its.standard_s is None:
        found.append(
            _("{posts} no time is long enough: some site cannot be reached, or the rules cannot be kept.", posts=posts)
        )
    else:
        best = _("no better standard can be kept") if its.standard_proven else _("not proven to be the smallest")
        found.append(
            _("{posts} every site can be reached within {s} s; {site} sets it ({when}); {best}.", posts=posts,
              s=its.standard_s, site=names.get(its.site, its.site), when=when, best=best)
        )  # fmt: skip
    goal = _("within {s} s", s=its.asked_s) if its.asked_s else _("within its own standard")
    if its.least_posts is None:
        none, unknown = _("No number of posts keeps the rules."), _("The least force was not found.")
        found.append(none if its.least_proven else unknown)
    else:
        n, who = its.least_posts, _("every site") if not its.bare else _("every site that can be reached")
        line = says("{n} post at once reaches {who} {goal}", "{n} posts at once reach {who} {goal}", n,
                    who=who, goal=goal)  # fmt: skip
        found.append(_("{line}.", line=line) if its.least_proven else _("{line}, perhaps fewer.", line=line))
    if its.bare:
        bare = ", ".join(names.get(s, s) for s in its.bare)
        found.append(_("No place reaches {bare} {goal}.", bare=bare, goal=goal))
    return found


def told(view: PlanView) -> list[str]:
    """The answers of a plan in words; empty where none were asked."""
    if view.force is None:
        return []
    names = {site.id: site.name for site in view.sites}
    return sentences(view.force, names, view.span(view.force.start_s, view.force.end_s))


def cordon_sentence(its: CordonView) -> str:
    """What a cordon comes to."""
    if its.last_s is None:
        return _("Some exit cannot be manned: too few units, or no way there.")
    exits = says("The exit is manned within {s} s", "All {n} exits are manned within {s} s", len(its.rows),
                 s=its.last_s)  # fmt: skip
    return _("{exits}; {total} s of travel in all. Both are proven least, in this order.", exits=exits,
             total=its.total_s)  # fmt: skip
