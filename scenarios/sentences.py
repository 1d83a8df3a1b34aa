"""What an audit found, as sentences that name who, where and when in the field's own words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from scenarios.audit import PlanAudit
from scenarios.demand.need import Need
from scenarios.demandwords import kind_word
from scenarios.desk import Desk
from scenarios.plainwords import joined, plain
from scenarios.tongue import dates, mark
from scenarios.tongue import say as _
from scenarios.tongue.lists import listed, together
from scheduler.outcome import Breach
from scheduler.patrols.explain import explain as explain_patrols
from scheduler.roster.rules import explain as explain_roster
from scheduler.siting.audit import explain as explain_siting

WHOLE = {
    "post_number": (mark("{n} post stands without a number"), mark("{n} posts stand without a number"),
                    mark("Number them, or take them out.")),
    "retired_number": (mark("A retired number is in use again"), mark("{n} retired numbers are in use again"),
                       mark("Give new ones, printed maps still show the old.")),
    "seats_missing": (mark("{n} seat group that posts and patrols call for is missing"),
                      mark("{n} seat groups that posts and patrols call for are missing"), ""),
    "seats_unknown": (mark("{n} seat group belongs to no post, patrol or need of the scenario"),
                      mark("{n} seat groups belong to no post, patrol or need of the scenario"), ""),
    "seats_changed": (mark("{n} seat group differs from what the scenario calls for"),
                      mark("{n} seat groups differ from what the scenario calls for"), ""),
    "blue_light_way": (mark("{n} post stands on a blue-light way"), mark("{n} posts stand on blue-light ways"),
                       mark("Move them off the road that must stay open.")),
    "variant_worse": (mark("A further patrol plan keeps its promises worse than the first, by {n}"),
                      mark("A further patrol plan keeps its promises worse than the first, by {n}"),
                      mark("Plan again.")),
    "variant_crew": (mark("A further patrol plan sends {n} crew that has no seats"),
                     mark("A further patrol plan sends {n} crews that have no seats"), mark("Plan again.")),
    "territory": (mark("{n} site is in the territory of a post that cannot answer for it, or in nobody's"),
                  mark("{n} sites are in the territory of posts that cannot answer for them, or in nobody's"),
                  mark("Plan again, or take the territories out of the file.")),
}  # fmt: skip

#: A character of a word of letters.
_PART = r"(?:[^\W\u3400-\u9fff])"


class Teller:
    """Tells the findings of one audit, with names beside ids and clock times for seconds."""

    def __init__(self, desk: Desk, audit: PlanAudit) -> None:
        self.desk, self.audit = desk, audit
        self.zone = ZoneInfo(desk.scenario.timezone)
        # A weekday alone is ambiguous once the event is longer than a week.
        self.short_days = desk.scenario.horizon_s <= 6 * 86400
        lines = {s.id: s.line_name for s in audit.rebuilt.patrols.sections}
        self.names = {
            **{p.id: f"{p.name} ({p.id})" for p in desk.staff.people},
            **{s.id: f"{s.name} ({s.id})" for s in desk.scenario.sites},
            **{ident: f"{line} {ident}".strip() for ident, line in lines.items()},
            **audit.rebuilt.derived.crews,
        }

    def clock(self, second: int) -> str:
        """Local time ``second`` seconds after the horizon's start."""
        moment = self.desk.scenario.start.astimezone(UTC) + timedelta(seconds=second)
        local = moment.astimezone(self.zone)
        return dates.weekday_moment(local) if self.short_days else f"{dates.short_day(local)} {local:%H:%M}"

    def name(self, ident: str) -> str:
        """The name people use, with the id beside it."""
        return self.names.get(ident, ident)

    def sentence(self, breach: Breach) -> str:
        """One breach as a sentence."""
        if breach.rule in WHOLE:
            return _whole(breach)
        engines, rebuilt = self.audit.engines, self.audit.rebuilt
        if breach in engines["roster"].breaches or breach in engines["roster"].costs:
            return self.named(explain_roster(rebuilt.roster.problem, breach, self.clock), breach)
        if breach in engines["siting"].breaches or breach in engines["siting"].costs:
            text = explain_siting(rebuilt.siting.problem, breach)
            for period in rebuilt.siting.problem.periods:
                # The engine knows periods by their ids; people know them by the clock.
                text = text.replace(period.id, self._span(period.start_s, period.end_s))
            return text
        return explain_patrols(breach, self.clock, self.name)

    def breaches(self) -> tuple[str, ...]:
        """Every hard rule broken; a post that cannot be is told once, with all its times."""
        out: list[str] = []
        unknown: dict[tuple[str, str], list[str]] = defaultdict(list)
        for breach in self.audit.breaches:
            if breach.rule == "known" and breach in self.audit.engines["siting"].breaches:
                unknown[breach.where[0], str(breach.data["kind"])].append(str(breach.data["period"]))
            else:
                out.append(self.sentence(breach))
        return (*(self._unknown(post, kind, periods) for (post, kind), periods in unknown.items()), *out)

    def _unknown(self, post: str, kind: str, periods: list[str]) -> str:
        """A stand that cannot be: its place, its kind or its time is not the scenario's."""
        problem = self.audit.rebuilt.siting.problem
        spans = {p.id: (p.start_s, self._span(p.start_s, p.end_s)) for p in problem.periods}
        kinds = [its.id for its in problem.kinds]
        if post not in {p.id for p in problem.posts}:
            wrong = _("Nobody can stand at {post}, which is no place for a post on this map", post=post)
        elif kind not in kinds:
            form = mark("The post at {post} is a {kind}, where {wanted} is asked for")
            wrong = _(form, post=post, kind=kind, wanted=joined(kinds))
        else:
            wrong = _("The post at {post} is set for times that the scenario does not have", post=post)
        known = [words for _, words in sorted(spans[p] for p in periods if p in spans)]
        return _listed(wrong, [*known, *(p for p in periods if p not in spans)])

    def _span(self, start_s: int, end_s: int) -> str:
        return f"{self.clock(start_s)}-{self.clock(end_s)}"

    def named(self, text: str, breach: Breach) -> str:
        """The rule's sentence with each person's name beside the id, ids inside other ids left alone."""
        concerned = {*breach.who, str(breach.data.get("holder", ""))} - {""}
        idents = "|".join(re.escape(ident) for ident in sorted(concerned, key=len, reverse=True))
        if not idents:
            return text
        # Chinese sets no space between a word and an id.
        whole = rf"(?<!{_PART}|[.#/-])(?:{idents})(?!{_PART}|[#/-]|\.{_PART})"
        # In one pass: a name put in already may hold the id of another, or its own.
        return re.sub(whole, lambda found: self.name(found[0]), text)

    def short(self) -> tuple[str, ...]:
        """Mandatory seats that stay empty, one sentence for each span, task, place and description."""
        rows: dict[tuple[int, int, str, str, tuple[str, ...]], int] = defaultdict(int)
        for group, number in self.audit.short:
            seats = self.audit.rebuilt.roster.seats[group]
            need = seats.need
            # What they are for is put into words last: the order of the sentences is the same in every language.
            task = need.party if need.party in self.names else need.kind
            rows[seats.start_s, seats.end_s, task, self._place(need), need.categories] += number
        return tuple(
            _(
                "{span} {task}, {place}: {n} short ({who}).",
                span=f"{self.clock(start)}-{self.clock(end)[-5:]}", task=self._task(task), place=place, n=number,
                who=joined([plain(c) for c in who]) or _("anyone"),
            )
            for (start, end, task, place, who), number in sorted(rows.items())
        )

    def _task(self, key: str) -> str:
        """What seats are for; a crew is called by its sign."""
        return self.names[key] if key in self.names else kind_word(key)

    def _place(self, need: Need) -> str:
        """Where they are, by the name of the place; a computed post by its street."""
        spots = {**self.desk.places.spots, **self.audit.rebuilt.derived.chosen}
        return spots[need.place].name if need.place in spots else need.place


def _whole(breach: Breach) -> str:
    one, more, remedy = WHOLE[breach.rule]
    text = _(one if breach.amount == 1 else more, n=breach.amount)
    rest = _(" and {n} more", n=breach.amount - len(breach.where)) if breach.amount > len(breach.where) else ""
    told = _listed(text, breach.where, rest)
    return together((told, _(remedy))) if remedy else told


def _listed(what: str, which: Iterable[str], rest: str = "") -> str:
    return _("{what}: {which}{rest}.", what=what, which=listed(which), rest=rest)


def breach_sentences(desk: Desk, audit: PlanAudit) -> tuple[str, ...]:
    """Every hard rule broken, one sentence each."""
    return Teller(desk, audit).breaches()


def short_sentences(desk: Desk, audit: PlanAudit) -> tuple[str, ...]:
    """Mandatory seats that stay empty, one sentence for each span, place and description."""
    return Teller(desk, audit).short()
