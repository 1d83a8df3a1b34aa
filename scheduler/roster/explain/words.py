"""Explanations as sentences in the field's words: ids or names, clock times, titles of rules, and numbers.

``Words`` carries how seconds become clock times and ids become names; everything else is the same for the library, the
command line and the pages.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

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
from scheduler.roster.explain.seatwords import SeatWords
from scheduler.roster.ownwords import plain
from scheduler.roster.problem import Problem, SeatGroup
from scheduler.roster.rules import load, read_settings
from scheduler.roster.shortage import EmptySeat
from scheduler.saying import mark, say, says

LOOSEN, TOGETHER = mark("Loosen {which}."), mark("Loosen together {which}.")
PINNED, BARRED, NEVER = mark("{who} in {seat}"), mark("{who} out of {seat}"), mark("{who} never in {seat}")


@dataclass(frozen=True)
class Words(SeatWords):
    """How to speak of one Problem: shortages, ways out, conflicts, seats and people."""

    # ------------------------------------------------------------ shortage
    def lift(self, one: Lift) -> str:
        """One arithmetic shortage."""
        who = self.kind(one.categories, one.qualifications, one.units)
        where = self.some((self.at(self.group(g)) for g in one.groups), 3)
        can = say("nobody is there")
        if one.available:
            can = says("{n} is there", "only {n} are there", one.available)
        short = says(
            "{n} seat stays empty in any roster", "{n} seats stay empty in any roster", one.short
        )
        tail = say("{can} who may serve (lift {ratio:.2f}): {short}.", can=can, ratio=one.ratio, short=short)
        told = {"span": self.span(one.start_s, one.end_s), "who": who, "where": where, "tail": tail}
        if one.apart:
            return say(
                "{span}: {n} seats for {who} ({where}) lie so close together that one person can fill only one of "
                "them; {tail}",
                n=one.needed, **told,
            )  # fmt: skip
        return says(
            "{span}: {n} seat for {who} ({where}); {tail}", "{span}: {n} seats for {who} ({where}); {tail}",
            one.needed, **told,
        )  # fmt: skip

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
            say("{span} {party} lacks {n} ({who}).", span=self.span(start, end), party=party, n=n, who=kind)
            for (start, end, party, kind), n in sorted(count.items())
        ]

    # ------------------------------------------------------------ ways out
    def remedy(self, one: Remedy) -> str:
        """One way out with its price."""
        told = say("{what} Effort {n}.", what=self.way(one), n=one.price)
        return say("{told} Nothing less of this kind is enough.", told=told) if one.least else told

    def way(self, one: Remedy) -> str:
        """What one way out does."""
        return {
            "drop": self._drop, "borrow": self._borrow, "lend": self._lend, "loosen": self._loosen,
            "qualify": self._qualify, "recall": self._recall, "waive": self._waive, "unpin": self._unpin,
            "rank": self._rank, "standin": self._stand_in,
        }[one.kind](one)  # fmt: skip

    def _drop(self, one: Remedy) -> str:
        parts = []
        for (party, start, end), rows in self._by_party(one.changes).items():
            n = sum(c.n for c in rows)
            before = sum(self.group(c.group).need for c in rows)
            parts.append(f"{party} {before} -> {before - n} {self.span(start, end)}")
        n_all = sum(c.n for c in one.changes if isinstance(c, Fewer))
        return says(
            "Give up {n} seat ({hours:g} seat hours): {which}.", "Give up {n} seats ({hours:g} seat hours): {which}.",
            n_all, hours=one.hours, which=self.some(parts, 8),
        )  # fmt: skip

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
            who = say("{who} under {unit}", who=kind, unit=under) if under else kind
            seats = self.some((self.at(g) for g in duties), 3)
            parts.append(say("{n} x {who} {when} for {seats}", n=len(ids), who=who, when=when, seats=seats))
        told = "; ".join(parts)
        return say("Borrow from outside, {hours:g} hours on post in all: {which}.", hours=one.hours, which=told)

    def _lend(self, one: Remedy) -> str:
        units = {p.id: self.problem.units[p.unit].id for p in self.problem.people}
        parts = []
        for change in one.changes:
            if isinstance(change, OpenUnit):
                group = self.group(change.group)
                count = Counter(units[p] for p in change.people)
                whom = ", ".join(say("{n} of {unit}", n=n, unit=self.name(u)) for u, n in sorted(count.items()))
                parts.append(self._for(whom, group, change.people))
        return say("Let other units help where one unit is asked for: {which}.", which=self.some(parts, 6))

    def _for(self, whom: str, group: SeatGroup, people: Iterable[str]) -> str:
        seat = f"{self.at(group)} {self.span(group.start_s, group.end_s)}"
        return say("{whom} for {seat} ({people})", whom=whom, seat=seat, people=self.people(people))

    def _stand_in(self, one: Remedy) -> str:
        category = {p.id: self.problem.categories[p.category] for p in self.problem.people}
        parts = []
        for change in one.changes:
            if isinstance(change, StandIn):
                group = self.group(change.group)
                count = Counter(plain(category[p]) for p in change.people)
                whom = ", ".join(f"{n} {kind}" for kind, n in sorted(count.items()))
                parts.append(self._for(whom, group, change.people))
        return say(
            "Let people of another category stand in ({hours:g} hours): {which}.",
            hours=one.hours, which=self.some(parts, 6),
        )  # fmt: skip

    def _loosen(self, one: Remedy) -> str:
        parts = [self._given(change, one) for change in one.changes]
        return say(TOGETHER if len(parts) > 1 else LOOSEN, which="; ".join(parts))

    def _given(self, change: Change, one: Remedy) -> str:
        if isinstance(change, Waive):
            return say("{rule} set aside {whom}", rule=load()[change.rule].info.called, whom=self._whom(change))
        assert isinstance(change, Loosen)  # noqa: S101  # nothing else is loosened
        rule = load()[change.rule]
        about = say(rule.params_type.model_fields[change.param].description or change.param).rstrip(".。")
        alone = len(one.changes) == 1
        told = say(
            "{rule} ({id}) {whom}: {about} {old:g} -> {new:g}",
            rule=rule.info.called, id=rule.info.id, whom=self._whom(change), about=f"{about[0].lower()}{about[1:]}",
            old=change.old, new=change.new,
        )  # fmt: skip
        if one.amount and alone:
            unit = say(str(one.data.get("unit", "")))
            told = say("{told}, {n} {unit} in all", told=told, n=one.amount, unit=unit)
        if change.people is None and one.people and alone:
            told += says(
                "; {n} person would need it ({people})", "; {n} people would need it ({people})", len(one.people),
                people=self.people(one.people),
            )  # fmt: skip
        return told

    def _whom(self, change: Loosen | Waive) -> str:
        if change.people is None:
            return say("for everyone")
        names = self.people(change.people)
        return says("for {n} person ({people})", "for {n} people ({people})", len(change.people), people=names)

    def _waive(self, one: Remedy) -> str:
        change = next(c for c in one.changes if isinstance(c, Waive))
        rule = load()[change.rule]
        amount = f" ({one.amount} {say(str(one.data.get('unit', '')))})" if one.amount else ""
        return say(
            "Set {rule} ({id}) aside {whom}{amount}.",
            rule=rule.info.called, id=rule.info.id, whom=self._whom(change), amount=amount,
        )  # fmt: skip

    def _qualify(self, one: Remedy) -> str:
        rows: dict[str, list[str]] = defaultdict(list)
        for change in one.changes:
            if isinstance(change, Qualify):
                rows[self.problem.qualifications[change.qualification]].append(change.person)
        parts = (
            say("{n} in {skill} ({people})", n=len(ids), skill=plain(skill), people=self.people(ids))
            for skill, ids in rows.items()
        )
        return say("Train and certify before the duty: {which}.", which="; ".join(parts))

    def _recall(self, one: Remedy) -> str:
        parts = [
            f"{self.name(c.person)} ({plain(c.kind)}, {self.span(c.start_s, c.end_s)})"
            for c in one.changes
            if isinstance(c, Recall)
        ]
        return says(
            "Ask {n} person back from absence, signed and counted: {who}.",
            "Ask {n} people back from absence, signed and counted: {who}.", len(parts), who=self.some(parts, 6),
        )  # fmt: skip

    def _unpin(self, one: Remedy) -> str:
        parts = [
            say(PINNED if c.on else BARRED, who=self.name(c.person), seat=self.at(self.group(c.group)))
            for c in one.changes
            if isinstance(c, Unpin)
        ]
        return says("Release {n} pin: {which}.", "Release {n} pins: {which}.", len(parts), which=self.some(parts, 6))

    def _rank(self, one: Remedy) -> str:
        parts = []
        for change in one.changes:
            if isinstance(change, LowerRank):
                group = self.group(change.group)
                span = self.span(group.start_s, group.end_s)
                seat, old, new = f"{self.at(group)} {span}", group.rank_min, change.rank_min
                parts.append(say("{seat}: rank {old} -> {new}", seat=seat, old=old, new=new))
        return say(
            "Accept a lower rank: {which} ({people} would serve).",
            which=self.some(parts, 6), people=self.people(one.people),
        )  # fmt: skip

    # ------------------------------------------------------------ conflict
    def conflict(self, one: Conflict) -> list[str]:
        """What cannot hold together, a line each."""
        problem = self.problem
        rules = {r: configure_one(problem, r) for r in one.rules}
        lines = [
            say("Rule {title}: {statement}", title=title, statement=text)
            for title, text in (rules[r] for r in one.rules)
        ]
        rows: Counter[tuple[int, int, str, str]] = Counter()
        for ident in one.seats:
            group = self.group(ident)
            kind = self.kind((problem.categories[c] for c in sorted(group.categories)),
                             (problem.qualifications[q] for q in sorted(group.qualifications)))  # fmt: skip
            rows[group.start_s, group.end_s, self.at(group), kind] += group.need
        lines += [
            say("Seats: {party} {span}, {n} for {who}.", party=party, span=self.span(start, end), n=n, who=kind)
            for (start, end, party, kind), n in sorted(rows.items())
        ]
        lines += [
            say(
                "Pin: {pin} {span}.",
                pin=say(PINNED if on else NEVER, who=self.name(person), seat=self.at(self.group(group))),
                span=self.span(self.group(group).start_s, self.group(group).end_s),
            )
            for person, group, on in one.pins
        ]
        if one.absences:
            lines.append(say("Absences of {people}.", people=self.people(one.absences, 8)))
        if one.seats:
            lines.append(self._who_could(one))
        return lines

    def _who_could(self, one: Conflict) -> str:
        can: Any = able(self.problem)
        at = {g.id: k for k, g in enumerate(self.problem.groups)}
        who = can[:, [at[g] for g in one.seats]].any(axis=1)
        ids = [p.id for p, yes in zip(self.problem.people, who, strict=True) if yes]
        people = self.people(ids, 6)
        return say("People who may serve in any of these seats: {n} ({people}).", n=len(ids), people=people)


def configure_one(problem: Problem, r: int) -> tuple[str, str]:
    """Title and statement of one setting."""
    active = read_settings([problem.rules[r]], len(problem.people))[0][0]
    some = "" if problem.rules[r].people is None else say(" (for {n} people)", n=len(active.people))
    return f"{active.rule.info.called} ({active.rule.info.id}){some}", active.rule.statement(active.params)
