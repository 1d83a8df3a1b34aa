"""Changes to a Problem that a planner could decide on: each a small record that applies itself.

A change says what it does to a Problem and nothing else; ``words`` says it to people, ``scenarios.explain`` turns
it into a what-if.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from scheduler.roster.plan import RosterPlan
from scheduler.roster.problem import Person, Pin, Problem, Qualified, RuleSetting, SeatGroup, Unit
from scheduler.roster.rules import load, read_settings

Kind = Literal["drop", "borrow", "lend", "standin", "loosen", "qualify", "recall", "waive", "unpin", "rank"]


@dataclass
class Draft:
    """A Problem being changed: everything changes here, and is checked once at the end."""

    problem: Problem
    groups: dict[str, SeatGroup]
    people: dict[str, Person]
    pins: tuple[Pin, ...]
    rules: tuple[RuleSetting, ...]
    helpers: list[Helper]

    @classmethod
    def of(cls, problem: Problem) -> Draft:
        """A draft that equals the Problem."""
        groups, people = {g.id: g for g in problem.groups}, {p.id: p for p in problem.people}
        return cls(problem, groups, people, problem.pins, problem.rules, [])

    def group(self, ident: str, **fields: Any) -> None:
        """Change fields of a seat group."""
        self.groups[ident] = replace(self.groups[ident], **fields)

    def person(self, ident: str, **fields: Any) -> None:
        """Change fields of a person."""
        self.people[ident] = replace(self.people[ident], **fields)

    def made(self) -> Problem:
        """The changed Problem."""
        parts = tuple(self.groups.values()), tuple(self.people.values())
        units, rules = self.problem.units, self.rules
        if self.helpers:
            before = replace(self.problem, groups=parts[0], people=parts[1], pins=self.pins)
            units, people, rules = with_helpers(before, rules, self.helpers)
            parts = parts[0], people
        return replace(self.problem, groups=parts[0], people=parts[1], pins=self.pins, rules=rules, units=units)


@dataclass(frozen=True, slots=True)
class Fewer:
    """``n`` seats of a group are given up."""

    group: str
    n: int

    def change(self, draft: Draft) -> None:
        """Lower the need."""
        draft.group(self.group, need=draft.groups[self.group].need - self.n)


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody from outside, under unit ``unit`` (added where unknown): a numbered place until the name is known."""

    person: Person
    unit: str

    def change(self, draft: Draft) -> None:
        """Add one more person, under the same rules as others of the category."""
        draft.helpers.append(self)


@dataclass(frozen=True, slots=True)
class OpenUnit:
    """A seat that one unit had to fill may be filled by these people of others too."""

    group: str
    people: tuple[str, ...]

    def change(self, draft: Draft) -> None:
        """Open the seat to other units."""
        draft.group(self.group, unit=None)


@dataclass(frozen=True, slots=True)
class StandIn:
    """A seat may be filled by these people of another category too."""

    group: str
    categories: frozenset[int]
    people: tuple[str, ...]

    def change(self, draft: Draft) -> None:
        """Open the seat to those categories."""
        draft.group(self.group, categories=draft.groups[self.group].categories | self.categories)


@dataclass(frozen=True, slots=True)
class LowerRank:
    """A seat accepts a lower rank."""

    group: str
    rank_min: int

    def change(self, draft: Draft) -> None:
        """Lower the demand."""
        draft.group(self.group, rank_min=self.rank_min)


@dataclass(frozen=True, slots=True)
class Qualify:
    """A person gains a qualification for ``[from_s, until_s)``."""

    person: str
    qualification: int
    from_s: int
    until_s: int

    def change(self, draft: Draft) -> None:
        """Add the proof."""
        proof = Qualified(self.qualification, self.from_s, self.until_s)
        draft.person(self.person, qualified=(*draft.people[self.person].qualified, proof))


@dataclass(frozen=True, slots=True)
class Recall:
    """A person's absence is cancelled."""

    person: str
    start_s: int
    end_s: int
    kind: str

    def change(self, draft: Draft) -> None:
        """Take the absence out."""
        gone = (self.start_s, self.end_s)
        kept = tuple(a for a in draft.people[self.person].absences if (a.start_s, a.end_s) != gone)
        draft.person(self.person, absences=kept)


@dataclass(frozen=True, slots=True)
class Unpin:
    """A pinned duty is set free."""

    person: str
    group: str
    on: bool

    def change(self, draft: Draft) -> None:
        """Take the pin out."""
        gone = (self.person, self.group, self.on)
        draft.pins = tuple(p for p in draft.pins if (p.person, p.group, p.on) != gone)


@dataclass(frozen=True, slots=True)
class Loosen:
    """A parameter of a rule goes from ``old`` to ``new``, for everyone (``people`` None) or for some."""

    rule: str
    param: str
    old: float
    new: float
    people: tuple[str, ...] | None = None

    def change(self, draft: Draft) -> None:
        """Change the parameter in every hard setting that has the old value."""
        default = getattr(load()[self.rule].params_type(), self.param)
        who = None if self.people is None else _indices(draft.problem, self.people)
        settings: list[RuleSetting] = []
        for setting in draft.rules:
            hit = setting.name == self.rule and setting.hard
            if not hit or setting.params.get(self.param, default) != self.old:
                settings.append(setting)
                continue
            changed = replace(setting, params={**setting.params, self.param: self.new})
            settings += _split(draft.problem, setting, changed, who)
        draft.rules = tuple(settings)


@dataclass(frozen=True, slots=True)
class Waive:
    """A hard rule does not hold, for everyone (``people`` None) or for some."""

    rule: str
    people: tuple[str, ...] | None = None

    def change(self, draft: Draft) -> None:
        """Take the rule off them."""
        who = None if self.people is None else _indices(draft.problem, self.people)
        settings: list[RuleSetting] = []
        for setting in draft.rules:
            if setting.name == self.rule and setting.hard:
                settings += _split(draft.problem, setting, None, who)
            else:
                settings.append(setting)
        draft.rules = tuple(settings)


Change = Fewer | Helper | OpenUnit | StandIn | LowerRank | Qualify | Recall | Unpin | Loosen | Waive


@dataclass(frozen=True)
class Remedy:
    """One way out.

    Attributes
    ----------
    changes
        What is to be decided; ``apply`` gives the Problem that then can be manned.
    price
        Effort points by ``Prices``, so that ways of different kinds can be ranked; the facts behind it are in
        ``hours`` (seat hours given up or worked by helpers) and ``amount`` (of the rule's unit, over all people).
    least
        True when it is proven that nothing smaller of this kind is enough.
    proven
        True when a plan with the changes applied was found and audited; it is ``plan``.
    """

    kind: Kind
    changes: tuple[Change, ...]
    price: int
    plan: RosterPlan
    hours: float = 0.0
    amount: int = 0
    people: tuple[str, ...] = ()
    least: bool = False
    proven: bool = True
    data: dict[str, object] = field(default_factory=dict)

    def apply(self, problem: Problem) -> Problem:
        """The Problem with every change made."""
        return apply_all(problem, self.changes)


@dataclass(frozen=True, slots=True)
class Prices:
    """Effort points: what one unit of each kind of change counts. Ours, not from a source; only their order matters.

    A seat given up weighs most for a mandatory one; borrowing weighs by person and hour; loosening a rule by person
    and by how large a part of the limit is given away.
    """

    seat: int = 10
    seat_hour: int = 2
    borrowed: int = 6
    outside: int = 8
    helper_hours: int = 4
    """Hours of a borrowed person that count one point."""
    loosened: int = 2
    whole_limit: int = 40
    everyone: int = 5
    stand_in: int = 5
    trained: int = 15
    recalled: int = 12
    waived: int = 14
    unpinned: int = 4
    rank: int = 7


def apply_all(problem: Problem, changes: Iterable[Change]) -> Problem:
    """All changes at once."""
    draft = Draft.of(problem)
    for change in changes:
        change.change(draft)
    return draft.made()


def with_helpers(
    problem: Problem, rules: Sequence[RuleSetting], helpers: Sequence[Helper]
) -> tuple[tuple[Unit, ...], tuple[Person, ...], tuple[RuleSetting, ...]]:
    """Units, people and settings with more people, each under those of the first other person of the same category.

    A setting that even somebody without any duty would break (a least number of hours) does not bind helpers.
    """
    n = len(problem.people)
    known = [unit.id for unit in problem.units]
    names = [*known, *(u for u in dict.fromkeys(helper.unit for helper in helpers) if u not in known)]
    added = tuple(replace(helper.person, unit=names.index(helper.unit)) for helper in helpers)
    people = (*problem.people, *added)
    units = (*problem.units, *(Unit(u, 0) for u in names[len(known) :]))
    grown = replace(problem, units=units, people=people, rules=())
    like = {}
    for k, helper in enumerate(added):
        same = (p for p, one in enumerate(problem.people) if one.category == helper.category)
        like[n + k] = next(same, 0)
    idle: list[tuple[int, ...]] = [()] * len(people)
    settings = []
    for setting in rules:
        # one rule at a time: a setting for everyone now speaks of the helpers as well
        alone = read_settings([replace(setting, people=None)], len(people))[0][0]
        if not alone.rule.info.by_person:
            settings.append(setting)
            continue
        spoken = {h for h, other in like.items() if setting.people is None or other in setting.people}
        new = {h for h in spoken if not alone.rule.module.check(grown, alone.params, (h,), idle)}
        if setting.people is None and len(new) == len(helpers):
            settings.append(setting)
        else:
            base = frozenset(range(n)) if setting.people is None else setting.people
            settings.append(replace(setting, people=base | new))
    return units, people, tuple(settings)


def _indices(problem: Problem, ids: Iterable[str]) -> frozenset[int]:
    wanted = set(ids)
    return frozenset(p for p, person in enumerate(problem.people) if person.id in wanted)


def _split(
    problem: Problem, setting: RuleSetting, changed: RuleSetting | None, who: frozenset[int] | None
) -> list[RuleSetting]:
    """A setting with some of its people under another one, or under none."""
    if who is None:
        return [] if changed is None else [changed]
    everyone = frozenset(range(len(problem.people))) if setting.people is None else setting.people
    inside, outside = everyone & who, everyone - who
    parts = [replace(setting, people=outside)] if outside else []
    if inside and changed is not None:
        parts.append(replace(changed, people=inside))
    return parts if inside else [setting]
