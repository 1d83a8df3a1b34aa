"""Explanations as sentences in the field's words: ids or names, clock times, titles of rules, and numbers.

``Words`` carries how seconds become clock times and ids become names; everything else is the same for the library, the
command line and the pages.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from scheduler.outcome import Breach
from scheduler.roster.explain.conflict import Conflict
from scheduler.roster.explain.lift import Lift, able
from scheduler.roster.explain.patch import (
    Change,
    Fewer,
    Helper,
    Loosen,
    LowerRank,
    OpenUnit,
    Qualify,
    Recall,
    Remedy,
    StandIn,
    Unpin,
    Waive,
)
from scheduler.roster.explain.why import Candidate, Moved, SeatWhy
from scheduler.roster.forms import Clock
from scheduler.roster.problem import Problem, SeatGroup
from scheduler.roster.rules import explain as explain_breach
from scheduler.roster.rules import load, read_settings
from scheduler.roster.shortage import EmptySeat

_SOME = 4


@dataclass(frozen=True)
class Words:
    """How to speak of one Problem.

    Attributes
    ----------
    clock
        Seconds since the horizon's start -> "Sat 20:00".
    name
        Any id (person, place, unit, party) -> what people call it.
    """

    problem: Problem
    clock: Clock
    name: Callable[[str], str] = str

    # ------------------------------------------------------------ small words
    def span(self, start_s: int, end_s: int) -> str:
        """``Sat 20:00-02:00``, with the second day where it is another."""
        first, last = self.clock(start_s), self.clock(end_s)
        day, _, _ = first.rpartition(" ")
        other, _, hour = last.rpartition(" ")
        near = end_s - start_s < 86400
        return f"{first}-{hour}" if day == other or near else f"{first} to {last}"

    def some(self, names: Iterable[str], most: int = _SOME) -> str:
        """The first few, the rest counted."""
        known = list(dict.fromkeys(names))
        shown = ", ".join(known[:most])
        return shown + (f" and {len(known) - most} more" if len(known) > most else "")

    def people(self, ids: Iterable[str], most: int = _SOME) -> str:
        """People by name."""
        return self.some([self.name(i) for i in ids], most)

    def group(self, ident: str) -> SeatGroup:
        """A seat group by its id."""
        return next(g for g in self.problem.groups if g.id == ident)

    def at(self, group: SeatGroup) -> str:
        """Where a group's seats are, as people call it."""
        return self.name(group.party)

    def kind(self, categories: Iterable[str], qualifications: Iterable[str] = (), units: Iterable[str] = ()) -> str:
        """``sworn with armed of unit A``."""
        text = " or ".join(c.replace("_", " ") for c in categories) or "anyone"
        skills = " and ".join(q.replace("_", " ") for q in qualifications)
        text += f" with {skills}" if skills else ""
        home = " or ".join(self.name(u) for u in units)
        return text + (f" of {home}" if home else "")

    # ------------------------------------------------------------ shortage
    def lift(self, one: Lift) -> str:
        """One arithmetic shortage."""
        who = self.kind(one.categories, one.qualifications, one.units)
        where = self.some((self.at(self.group(g)) for g in one.groups), 3)
        can = "nobody is" if one.available == 0 else "1 is" if one.available == 1 else f"only {one.available} are"
        tail = f"{can} there who may serve (lift {one.ratio:.2f}): {one.short} {stay(one.short)} empty in any roster."
        if one.apart:
            return (
                f"{self.span(one.start_s, one.end_s)}: {one.needed} seats for {who} ({where}) lie so close "
                f"together that one person can fill only one of them; {tail}"
            )
        return f"{self.span(one.start_s, one.end_s)}: {one.needed} {_seat(one.needed)} for {who} ({where}); {tail}"

    def empty(self, seats: Iterable[EmptySeat]) -> list[str]:
        """Seats without a person, joined by party, span and what they ask."""
        count: Counter[tuple[int, int, str, str]] = Counter()
        for seat in seats:
            group = self.group(seat.group)
            kind = self.kind(
                (self.problem.categories[c] for c in sorted(group.categories)),
                (self.problem.qualifications[q] for q in sorted(group.qualifications)),
                () if group.unit is None else (self.problem.units[group.unit].id,),
            )
            count[seat.start_s, seat.end_s, self.at(group), kind] += 1
        return [
            f"{self.span(start, end)} {party} lacks {n} ({kind})."
            for (start, end, party, kind), n in sorted(count.items())
        ]

    # ------------------------------------------------------------ ways out
    def remedy(self, one: Remedy) -> str:
        """One way out with its price."""
        text = {
            "drop": self._drop, "borrow": self._borrow, "lend": self._lend, "loosen": self._loosen,
            "qualify": self._qualify, "recall": self._recall, "waive": self._waive, "unpin": self._unpin,
            "rank": self._rank, "standin": self._stand_in,
        }[one.kind](one)  # fmt: skip
        sure = " Nothing less of this kind is enough." if one.least else ""
        return f"{text} Effort {one.price}.{sure}"

    def _drop(self, one: Remedy) -> str:
        parts = []
        for (party, start, end), rows in self._by_party(one.changes).items():
            n = sum(c.n for c in rows)
            before = sum(self.group(c.group).need for c in rows)
            parts.append(f"{party} {before} -> {before - n} {self.span(start, end)}")
        n_all = sum(c.n for c in one.changes if isinstance(c, Fewer))
        return f"Give up {n_all} {_seat(n_all)} ({one.hours:g} seat hours): {self.some(parts, 8)}."

    def _by_party(self, changes: Sequence[Change]) -> dict[tuple[str, int, int], list[Fewer]]:
        found: dict[tuple[str, int, int], list[Fewer]] = defaultdict(list)
        for change in changes:
            if isinstance(change, Fewer):
                group = self.group(change.group)
                found[self.at(group), group.start_s, group.end_s].append(change)
        return dict(sorted(found.items(), key=lambda item: (item[0][1], item[0])))

    def _borrow(self, one: Remedy) -> str:
        rows: dict[tuple[str, str], list[str]] = defaultdict(list)
        for change in one.changes:
            if isinstance(change, Helper):
                person = change.person
                skills = [self.problem.qualifications[q.qualification] for q in person.qualified]
                under = "" if change.unit not in {u.id for u in self.problem.units} else self.name(change.unit)
                kind = self.kind([self.problem.categories[person.category]], skills)
                rows[kind, under].append(person.id)
        parts = []
        for (kind, under), ids in rows.items():
            duties = [self.group(d.group) for d in one.plan.duties if d.person in ids]
            when = self.span(min(g.report_s for g in duties), max(g.release_s for g in duties)) if duties else ""
            place = f" under {under}" if under else ""
            parts.append(f"{len(ids)} x {kind}{place} {when} for {self.some((self.at(g) for g in duties), 3)}")
        return f"Borrow from outside, {one.hours:g} hours on post in all: {'; '.join(parts)}."

    def _lend(self, one: Remedy) -> str:
        units = {p.id: self.problem.units[p.unit].id for p in self.problem.people}
        parts = []
        for change in one.changes:
            if isinstance(change, OpenUnit):
                group = self.group(change.group)
                count = Counter(units[p] for p in change.people)
                whom = ", ".join(f"{n} of {self.name(u)}" for u, n in sorted(count.items()))
                seat = f"{self.at(group)} {self.span(group.start_s, group.end_s)}"
                parts.append(f"{whom} for {seat} ({self.people(change.people)})")
        return f"Let other units help where one unit is asked for: {self.some(parts, 6)}."

    def _stand_in(self, one: Remedy) -> str:
        category = {p.id: self.problem.categories[p.category] for p in self.problem.people}
        parts = []
        for change in one.changes:
            if isinstance(change, StandIn):
                group = self.group(change.group)
                count = Counter(category[p].replace("_", " ") for p in change.people)
                whom = ", ".join(f"{n} {kind}" for kind, n in sorted(count.items()))
                seat = f"{self.at(group)} {self.span(group.start_s, group.end_s)}"
                parts.append(f"{whom} for {seat} ({self.people(change.people)})")
        return f"Let people of another category stand in ({one.hours:g} hours): {self.some(parts, 6)}."

    def _loosen(self, one: Remedy) -> str:
        parts = [self._given(change, one) for change in one.changes]
        together = "Loosen together " if len(parts) > 1 else "Loosen "
        return f"{together}{'; '.join(parts)}."

    def _given(self, change: Change, one: Remedy) -> str:
        if isinstance(change, Waive):
            return f"{load()[change.rule].info.title} set aside {self._whom(change)}"
        assert isinstance(change, Loosen)  # noqa: S101  # nothing else is loosened
        rule = load()[change.rule]
        about = (rule.params_type.model_fields[change.param].description or change.param).rstrip(".")
        alone = len(one.changes) == 1
        amount = f", {one.amount} {one.data.get('unit', '')} in all" if one.amount and alone else ""
        need = ""
        if change.people is None and one.people and alone:
            need = f"; {len(one.people)} {_people(len(one.people))} would need it ({self.people(one.people)})"
        return (
            f"{rule.info.title} ({rule.info.id}) {self._whom(change)}: {about[0].lower()}{about[1:]} "
            f"{change.old:g} -> {change.new:g}{amount}{need}"
        )

    def _whom(self, change: Loosen | Waive) -> str:
        if change.people is None:
            return "for everyone"
        return f"for {len(change.people)} {_people(len(change.people))} ({self.people(change.people)})"

    def _waive(self, one: Remedy) -> str:
        change = next(c for c in one.changes if isinstance(c, Waive))
        rule = load()[change.rule]
        amount = f" ({one.amount} {one.data.get('unit', '')})" if one.amount else ""
        return f"Set {rule.info.title} ({rule.info.id}) aside {self._whom(change)}{amount}."

    def _qualify(self, one: Remedy) -> str:
        rows: dict[str, list[str]] = defaultdict(list)
        for change in one.changes:
            if isinstance(change, Qualify):
                rows[self.problem.qualifications[change.qualification]].append(change.person)
        parts = (f"{len(ids)} in {skill} ({self.people(ids)})" for skill, ids in rows.items())
        return f"Train and certify before the duty: {'; '.join(parts)}."

    def _recall(self, one: Remedy) -> str:
        parts = [
            f"{self.name(c.person)} ({c.kind}, {self.span(c.start_s, c.end_s)})"
            for c in one.changes
            if isinstance(c, Recall)
        ]
        return f"Ask {len(parts)} {_people(len(parts))} back from absence, signed and counted: {self.some(parts, 6)}."

    def _unpin(self, one: Remedy) -> str:
        parts = [
            f"{self.name(c.person)} {'in' if c.on else 'out of'} {self.at(self.group(c.group))}"
            for c in one.changes
            if isinstance(c, Unpin)
        ]
        return f"Release {len(parts)} {'pin' if len(parts) == 1 else 'pins'}: {self.some(parts, 6)}."

    def _rank(self, one: Remedy) -> str:
        parts = []
        for change in one.changes:
            if isinstance(change, LowerRank):
                group = self.group(change.group)
                span = self.span(group.start_s, group.end_s)
                parts.append(f"{self.at(group)} {span}: rank {group.rank_min} -> {change.rank_min}")
        return f"Accept a lower rank: {self.some(parts, 6)} ({self.people(one.people)} would serve)."

    # ------------------------------------------------------------ conflict
    def conflict(self, one: Conflict) -> list[str]:
        """What cannot hold together, a line each."""
        problem = self.problem
        rules = {r: configure_one(problem, r) for r in one.rules}
        lines = [
            f"Rule {title}: {statement}" for title, statement in (rules[r] for r in one.rules)
        ]
        rows: Counter[tuple[int, int, str, str]] = Counter()
        for ident in one.seats:
            group = self.group(ident)
            kind = self.kind((problem.categories[c] for c in sorted(group.categories)),
                             (problem.qualifications[q] for q in sorted(group.qualifications)))  # fmt: skip
            rows[group.start_s, group.end_s, self.at(group), kind] += group.need
        lines += [
            f"Seats: {party} {self.span(start, end)}, {n} for {kind}."
            for (start, end, party, kind), n in sorted(rows.items())
        ]
        lines += [
            f"Pin: {self.name(person)} {'in' if on else 'never in'} {self.at(self.group(group))} "
            f"{self.span(self.group(group).start_s, self.group(group).end_s)}."
            for person, group, on in one.pins
        ]
        if one.absences:
            lines.append(f"Absences of {self.people(one.absences, 8)}.")
        if one.seats:
            lines.append(self._who_could(one))
        return lines

    def _who_could(self, one: Conflict) -> str:
        can: Any = able(self.problem)
        at = {g.id: k for k, g in enumerate(self.problem.groups)}
        who = can[:, [at[g] for g in one.seats]].any(axis=1)
        ids = [p.id for p, yes in zip(self.problem.people, who, strict=True) if yes]
        return f"People who may serve in any of these seats: {len(ids)} ({self.people(ids, 6)})."

    # ------------------------------------------------------------ one seat
    def breach(self, one: Breach) -> str:
        """The rule's own sentence, with names."""
        text = explain_breach(self.problem, one, self.clock)
        info = load().get(one.rule)
        return f"{info.info.title}: {text}" if info else text

    def candidate(self, one: Candidate, group: SeatGroup, held: bool) -> str:
        """One person's case for a seat."""
        who, seat = self.name(one.person), f"{self.at(group)} {self.span(group.start_s, group.end_s)}"
        if one.verdict == "holds":
            return f"{who} holds {seat}."
        if one.lacks:
            asks = {
                "category": "of another category than "
                + " or ".join(self.problem.categories[c] for c in sorted(group.categories)),
                "rank": f"below rank {group.rank_min}",
                "unit": f"not of {self.name(self.problem.units[group.unit].id) if group.unit is not None else ''}",
            }
            return f"{who} may not: {', '.join(asks[lack] for lack in one.lacks)}."
        if one.verdict == "barred":
            return f"{who} may not. {self.breach(one.reasons[0])}{_more(len(one.reasons) - 1)}"
        if one.verdict == "busy":
            beside = self.some(f"{self.at(self.group(g))} {self.span(self.group(g).start_s, self.group(g).end_s)}"
                               for g in one.clashes) or "other duties"  # fmt: skip
            return f"{who} could only without {beside}. {self.breach(one.reasons[0])}"
        if one.cost is None:
            return f"{who} could."
        titles = {name: rule.info.title for name, rule in load().items()}
        parts = self.some((f"{titles.get(n, n)} {v:+d}" for n, v in one.costs), 3)
        way = "dearer" if one.cost > 0 else "cheaper"
        word = "costs the same" if one.cost == 0 else f"{abs(one.cost)} points {way}"
        verb = "could instead" if held else "could"
        return f"{who} {verb}: {word}{f' ({parts})' if parts else ''}."

    def seat(self, found: SeatWhy, most: int = 8) -> list[str]:
        """The whole answer for a seat."""
        group = self.group(found.group)
        lines = []
        if found.holder is not None:
            options = [c for c in found.candidates if c.verdict == "could" and c.cost is not None]
            better = [c for c in options if (c.cost or 0) < 0]
            lines.append(self._verdict(found.holder, group, options, better))
        else:
            lines.append(f"{self.at(group)} {self.span(group.start_s, group.end_s)} has an empty seat.")
        shown = [c for c in found.candidates if c.verdict in {"could", "busy"}][:most]
        lines += [self.candidate(c, group, held=found.holder is not None) for c in shown]
        lines += self._barred([c for c in found.candidates if c.verdict == "barred"])
        return lines

    def _verdict(
        self, holder: str, group: SeatGroup, options: Sequence[Candidate], better: Sequence[Candidate]
    ) -> str:
        who, seat = self.name(holder), f"{self.at(group)} {self.span(group.start_s, group.end_s)}"
        if not options:
            return f"{who} serves {seat}: nobody else could take it without giving up another duty."
        if better:
            other = self.name(better[0].person)
            return f"{who} serves {seat}, though {other} would be {-(better[0].cost or 0)} points cheaper."
        return f"{who} serves {seat}: none of the likeliest others would cost less."

    def _barred(self, barred: Sequence[Candidate]) -> list[str]:
        count: Counter[str] = Counter()
        for one in barred:
            rule = load().get(one.reasons[0].rule) if one.reasons else None
            count["category, rank or unit" if one.lacks else rule.info.title if rule else "another rule"] += 1
        if not count:
            return []
        parts = ", ".join(f"{n} by {why}" for why, n in count.most_common())
        return [f"{sum(count.values())} more may not: {parts}."]

    def moved(self, one: Moved, person: str, group: SeatGroup) -> str:
        """What it takes to have this person there."""
        seat = f"{self.at(group)} {self.span(group.start_s, group.end_s)}"
        if one.answer == "unknown":
            return f"Whether {self.name(person)} could serve {seat} was not settled in the time given."
        if one.answer == "no":
            return f"{self.name(person)} cannot serve {seat} while the rest of the roster stays as it is."
        short = sum(v for name, v in one.levels if name.startswith("short_"))
        cost = dict(one.levels).get("costs", 0)
        more = f"{short} more {'seat' if short == 1 else 'seats'} empty, " if short > 0 else ""
        points = "no more points" if cost == 0 else f"{abs(cost)} points {'more' if cost > 0 else 'less'}"
        others = [p for p in one.changed if p != person]
        whom = f"; {self.people(others)} would change too" if others else ""
        return f"With {self.name(person)} in {seat} the roster costs {more}{points}{whom}."


def configure_one(problem: Problem, r: int) -> tuple[str, str]:
    """Title and statement of one setting."""
    active = read_settings([problem.rules[r]], len(problem.people))[0][0]
    some = "" if problem.rules[r].people is None else f" (for {len(active.people)} people)"
    return f"{active.rule.info.title} ({active.rule.info.id}){some}", active.rule.statement(active.params)


def stay(n: int) -> str:
    """``seat stays`` or ``seats stay``."""
    return "seat stays" if n == 1 else "seats stay"


def _seat(n: int) -> str:
    return "seat" if n == 1 else "seats"


def _people(n: int) -> str:
    return "person" if n == 1 else "people"


def _more(n: int) -> str:
    return "" if n < 1 else f" And {n} more {'reason' if n == 1 else 'reasons'}."
