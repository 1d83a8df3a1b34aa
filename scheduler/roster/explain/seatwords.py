"""Answers about one seat or person as sentences, and the small words that all explanations share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from scheduler.outcome import Breach
from scheduler.roster.explain.why import Candidate, Moved, SeatWhy
from scheduler.roster.forms import Clock
from scheduler.roster.ownwords import plain
from scheduler.roster.problem import Problem, SeatGroup
from scheduler.roster.rules import explain as explain_breach
from scheduler.roster.rules import load
from scheduler.saying import mark, say, says

_SOME = 4
COULD, INSTEAD = mark("{who} could: {word}."), mark("{who} could instead: {word}.")
CHEAPER, DEARER = mark("{n} points cheaper"), mark("{n} points dearer")
LESS, MORE = mark("{n} points less"), mark("{n} points more")


@dataclass(frozen=True)
class SmallWords:
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
        return f"{first}-{hour}" if day == other or near else say("{start} to {end}", start=first, end=last)

    def some(self, names: Iterable[str], most: int = _SOME) -> str:
        """The first few, the rest counted."""
        known = list(dict.fromkeys(names))
        shown = ", ".join(known[:most])
        return say("{names} and {n} more", names=shown, n=len(known) - most) if len(known) > most else shown

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
        text = say(" or ").join(plain(c) for c in categories) or say("anyone")
        skills = say(" and ").join(plain(q) for q in qualifications)
        home = say(" or ").join(self.name(u) for u in units)
        if skills:
            text = say("{who} with {skills}", who=text, skills=skills)
        return say("{who} of {unit}", who=text, unit=home) if home else text

    def breach(self, one: Breach) -> str:
        """The rule's own sentence, with names."""
        text = explain_breach(self.problem, one, self.clock)
        info = load().get(one.rule)
        return f"{info.info.called}: {text}" if info else text


@dataclass(frozen=True)
class SeatWords(SmallWords):
    """Why one seat is held as it is, and why one person is or is not there."""

    def candidate(self, one: Candidate, group: SeatGroup, held: bool) -> str:
        """One person's case for a seat."""
        who, seat = self.name(one.person), f"{self.at(group)} {self.span(group.start_s, group.end_s)}"
        if one.verdict == "holds":
            return say("{who} holds {seat}.", who=who, seat=seat)
        if one.lacks:
            kinds = say(" or ").join(plain(self.problem.categories[c]) for c in sorted(group.categories))
            unit = self.name(self.problem.units[group.unit].id) if group.unit is not None else ""
            asks = {
                "category": say("of another category than {kinds}", kinds=kinds),
                "rank": say("below rank {rank}", rank=group.rank_min),
                "unit": say("not of {unit}", unit=unit),
            }
            return say("{who} may not: {why}.", who=who, why=", ".join(asks[lack] for lack in one.lacks))
        if one.verdict == "barred":
            why = f"{self.breach(one.reasons[0])}{_more(len(one.reasons) - 1)}"
            return say("{who} may not. {why}", who=who, why=why)
        if one.verdict == "busy":
            beside = self.some(f"{self.at(self.group(g))} {self.span(self.group(g).start_s, self.group(g).end_s)}"
                               for g in one.clashes) or say("other duties")  # fmt: skip
            why = self.breach(one.reasons[0])
            return say("{who} could only without {beside}. {why}", who=who, beside=beside, why=why)
        if one.cost is None:
            return say("{who} could.", who=who)
        titles = {name: rule.info.called for name, rule in load().items()}
        parts = self.some((f"{titles.get(n, n)} {v:+d}" for n, v in one.costs), 3)
        word = say("costs the same")
        if one.cost:
            word = say(DEARER if one.cost > 0 else CHEAPER, n=abs(one.cost))
        word += f" ({parts})" if parts else ""
        return say(INSTEAD if held else COULD, who=who, word=word)

    def seat(self, found: SeatWhy, most: int = 8) -> list[str]:
        """The whole answer for a seat."""
        group = self.group(found.group)
        lines = []
        if found.holder is not None:
            options = [c for c in found.candidates if c.verdict == "could" and c.cost is not None]
            better = [c for c in options if (c.cost or 0) < 0]
            lines.append(self._verdict(found.holder, group, options, better))
        else:
            place = f"{self.at(group)} {self.span(group.start_s, group.end_s)}"
            lines.append(say("{seat} has an empty seat.", seat=place))
        shown = [c for c in found.candidates if c.verdict in {"could", "busy"}][:most]
        lines += [self.candidate(c, group, held=found.holder is not None) for c in shown]
        lines += self._barred([c for c in found.candidates if c.verdict == "barred"])
        return lines

    def _verdict(
        self, holder: str, group: SeatGroup, options: Sequence[Candidate], better: Sequence[Candidate]
    ) -> str:
        who, seat = self.name(holder), f"{self.at(group)} {self.span(group.start_s, group.end_s)}"
        if not options:
            form = mark("{who} serves {seat}: nobody else could take it without giving up another duty.")
            return say(form, who=who, seat=seat)
        if better:
            return say(
                "{who} serves {seat}, though {other} would be {n} points cheaper.",
                who=who, seat=seat, other=self.name(better[0].person), n=-(better[0].cost or 0),
            )  # fmt: skip
        return say("{who} serves {seat}: none of the likeliest others would cost less.", who=who, seat=seat)

    def _barred(self, barred: Sequence[Candidate]) -> list[str]:
        count: Counter[str] = Counter()
        for one in barred:
            rule = load().get(one.reasons[0].rule) if one.reasons else None
            why = rule.info.called if rule else say("another rule")
            count[say("category, rank or unit") if one.lacks else why] += 1
        if not count:
            return []
        parts = ", ".join(say("{n} by {why}", n=n, why=why) for why, n in count.most_common())
        return [say("{n} more may not: {why}.", n=sum(count.values()), why=parts)]

    def moved(self, one: Moved, person: str, group: SeatGroup) -> str:
        """What it takes to have this person there."""
        seat = f"{self.at(group)} {self.span(group.start_s, group.end_s)}"
        if one.answer == "unknown":
            return say(
                "Whether {who} could serve {seat} was not settled in the time given.", who=self.name(person), seat=seat
            )
        if one.answer == "no":
            return say(
                "{who} cannot serve {seat} while the rest of the roster stays as it is.",
                who=self.name(person), seat=seat,
            )  # fmt: skip
        short = sum(v for name, v in one.levels if name.startswith("short_"))
        cost = dict(one.levels).get("costs", 0)
        more = says("{n} more seat empty, ", "{n} more seats empty, ", short) if short > 0 else ""
        points = say("no more points")
        if cost:
            points = say(MORE if cost > 0 else LESS, n=abs(cost))
        others = [p for p in one.changed if p != person]
        whom = say("; {people} would change too", people=self.people(others)) if others else ""
        return say(
            "With {who} in {seat} the roster costs {what}.",
            who=self.name(person), seat=seat, what=f"{more}{points}{whom}",
        )  # fmt: skip


def _more(n: int) -> str:
    return "" if n < 1 else says(" And {n} more reason.", " And {n} more reasons.", n)
