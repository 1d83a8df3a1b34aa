"""The question turned round and cordons, in words; nothing here solves anything."""

from __future__ import annotations

from collections.abc import Mapping

from scenarios.view import CordonView, ForceView, PlanView


def sentences(its: ForceView, names: Mapping[str, str], when: str) -> list[str]:
    """The answers in words."""
    posts = f"{its.n_posts} {'post' if its.n_posts == 1 else 'posts'} at once"
    found = []
    if its.standard_s is None:
        found.append(f"With {posts} no time is long enough: some site cannot be reached, or the rules cannot be kept.")
    else:
        site = names.get(its.site, its.site)
        best = "no better standard can be kept" if its.standard_proven else "not proven to be the smallest"
        found.append(
            f"With {posts} every site can be reached within {its.standard_s} s; {site} sets it ({when}); {best}."
        )
    goal = f"within {its.asked_s} s" if its.asked_s else "within its own standard"
    if its.least_posts is None:
        found.append("No number of posts keeps the rules." if its.least_proven else "The least force was not found.")
    else:
        who = "every site" if not its.bare else "every site that can be reached"
        how = "" if its.least_proven else ", perhaps fewer"
        verb = "post at once reaches" if its.least_posts == 1 else "posts at once reach"
        found.append(f"{its.least_posts} {verb} {who} {goal}{how}.")
    if its.bare:
        found.append(f"No place reaches {', '.join(names.get(s, s) for s in its.bare)} {goal}.")
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
        return "Some exit cannot be manned: too few units, or no way there."
    first = "The exit is" if len(its.rows) == 1 else f"All {len(its.rows)} exits are"
    travel = f"{its.total_s} s of travel in all. Both are proven least, in this order."
    return f"{first} manned within {its.last_s} s; {travel}"
