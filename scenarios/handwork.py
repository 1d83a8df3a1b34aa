"""A roster worked on by hand: what stands now, what an edit breaks and costs, who else could take a seat. No solver.

The plan keeps its posts and patrols; only who sits where changes. So the Problem is laid out once, and after an edit
only what it may have changed is checked again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import RLock

from scenarios.audit import PlanAudit, audit_again, audit_plan
from scenarios.candidates import Listed, SeatDesk
from scenarios.desk import Desk, prepare
from scenarios.levels import cost_title
from scenarios.load import Loaded
from scenarios.plan import Plan
from scenarios.sentences import Teller
from scenarios.store.operations import Assign, Move, Swap
from scenarios.tongue import language
from scenarios.view import PlanView
from scenarios.viewing import build_view
from scenarios.viewing.again import duties_again, view_again
from scheduler.outcome import Audit, Breach
from scheduler.roster.plan import Duty, RosterPlan
from scheduler.roster.problem import Pin, Problem
from scheduler.roster.reaudit import Reaudit
from scheduler.roster.repair_rank import Candidate, Ranking
from scheduler.roster.rules import explain

#: Seat (``G/3``) -> person; seats that nobody has are not there.
Seats = Mapping[str, str]
Edit = Assign | Move | Swap
#: So many judged states are remembered: as made, before and after the last change, and what a hand hovers over.
KEPT = 8


@dataclass(frozen=True, eq=False)
class Judged:
    """What the check says of a roster as it stands.

    Attributes
    ----------
    n_short
        Empty seats of the first level: those that must be filled.
    costs
        What soft rules and wishes cost in all, in points.
    """

    seats: Seats
    roster: Audit
    n_short: int
    costs: int


@dataclass(frozen=True)
class Effect:
    """What changes between two states of a roster.

    Attributes
    ----------
    broken, mended
        Sentences on hard rules that are broken now and were not, and the other way round.
    short
        Further empty seats that must be filled; below 0 where seats are gained.
    costs, by_rule
        Further points of soft rules and wishes, in all and by the rule's title; below 0 where the roster gains.
    """

    broken: tuple[str, ...]
    mended: tuple[str, ...]
    short: int
    costs: int
    by_rule: tuple[tuple[str, int], ...]

    @property
    def nothing(self) -> bool:
        """Whether neither rules nor costs change."""
        return not (self.broken or self.mended or self.short or self.costs or self.by_rule)


def seats_of(plan: Plan, by_hand: Mapping[str, str | None]) -> dict[str, str]:
    """Who sits where once duties set by hand lie over the plan's."""
    people: dict[str, str | None] = {f"{d.group}/{d.seat}": d.person for d in plan.roster.duties}
    return {seat: person for seat, person in (people | dict(by_hand)).items() if person is not None}


def after(seats: Seats, edit: Edit) -> dict[str, str]:
    """Who would sit where after an edit; that it can be done is judged by the store."""
    now: dict[str, str | None] = dict(seats)
    if isinstance(edit, Assign):
        now[edit.seat] = edit.person
    elif isinstance(edit, Move):
        now[edit.seat], now[edit.to] = None, edit.person
    else:
        now[edit.seat], now[edit.other] = now.get(edit.other), now.get(edit.seat)
    return {seat: person for seat, person in now.items() if person is not None}


def _roster(seats: Seats) -> RosterPlan:
    found = []
    for seat, person in sorted(seats.items()):
        group, _, number = seat.rpartition("/")
        found.append(Duty(group, int(number), person))
    return RosterPlan(tuple(found))


@dataclass(eq=False)
class Handwork:
    """One plan laid out for work by hand. ``pins`` are those of the scenario as it was laid out."""

    desk: Desk
    plan: Plan
    audit: PlanAudit
    _problem: Problem = field(init=False)
    _reaudit: Reaudit = field(init=False)
    _pins: tuple[Pin, ...] = ()
    _judged: tuple[tuple[Seats, Judged], ...] = ()
    _ranking: Ranking | None = None
    _listed: tuple[tuple[Judged, str, str, Listed], ...] = ()
    _stand: tuple[tuple[Judged, str, Mapping[str, Candidate]], ...] = ()
    _broken: tuple[tuple[Judged, str, tuple[str, ...]], ...] = ()
    _stood: tuple[Judged, Plan] | None = None
    #: Held while pins are set and a roster is judged by them: two tabs may look at one plan.
    lock: RLock = field(default_factory=RLock)
    _ranking_lock: RLock = field(default_factory=RLock)

    @classmethod
    def of(cls, loaded: Loaded, plan: Plan) -> Handwork:
        """Lay out a plan of any origin; ScenarioError and GeodataError as ``prepare``."""
        desk = prepare(loaded)
        return cls(desk, plan, audit_plan(desk, plan))

    def __post_init__(self) -> None:
        """Begin with the scenario's own pins."""
        self._problem = self.audit.rebuilt.roster.problem
        self._reaudit = Reaudit(self._problem)

    @cached_property
    def teller(self) -> Teller:
        """Puts names and clock times into sentences."""
        return Teller(self.desk, self.audit)

    @cached_property
    def known(self) -> frozenset[str]:
        """Every seat there is."""
        return frozenset(known_seats(self))

    @cached_property
    def people(self) -> frozenset[str]:
        """Everybody there is."""
        return frozenset(person.id for person in self.audit.rebuilt.roster.problem.people)

    # ------------------------------------------------------------ judging
    def pinned(self, pins: Iterable[tuple[str, str, bool]]) -> None:
        """Judge by these pins (person, group, on) beside the scenario's own; those of what is gone are passed over."""
        base = self.audit.rebuilt.roster.problem
        people, groups = {p.id for p in base.people}, {g.id for g in base.groups}
        wanted = tuple(Pin(*one) for one in sorted(set(pins)) if one[0] in people and one[1] in groups)
        if wanted == self._pins:
            return
        self._pins = wanted
        self._problem = replace(base, pins=(*base.pins, *(pin for pin in wanted if pin not in base.pins)))
        self._reaudit = Reaudit(self._problem)
        self._judged, self._listed, self._stand, self._broken = (), (), (), ()

    def judge(self, seats: Seats) -> Judged:
        """Check a roster; the last few answers are remembered, those longest that are asked for again."""
        for one in self._judged:
            if one[0] == seats:
                self._judged = (*(other for other in self._judged if other is not one), one)
                return one[1]
        found = self._reaudit.of(_roster(seats))
        levels = dict(found.levels)
        missing = sum(c.amount for c in found.costs if c.rule == "short" and c.level == "short_0")
        judged = Judged(dict(seats), found, missing, levels["costs"])
        self._judged = (*self._judged[-(KEPT - 1) :], (judged.seats, judged))
        return judged

    def effect(self, before: Judged, now: Judged) -> Effect:
        """What changes from one state to the other."""
        was, is_ = (Counter(map(_key, one.roster.breaches)) for one in (before, now))
        broken = [b for b in now.roster.breaches if _key(b) in is_ - was]
        mended = [b for b in before.roster.breaches if _key(b) in was - is_]
        prices: Counter[str] = Counter()
        for sign, one in ((1, now), (-1, before)):
            for cost in one.roster.costs:
                if cost.level == "costs":
                    prices[cost.rule] += sign * cost.price
        by_rule = tuple((cost_title(rule), by) for rule, by in prices.most_common() if by)
        return Effect(
            self.sentences(broken), self.sentences(mended), now.n_short - before.n_short, now.costs - before.costs,
            by_rule,
        )  # fmt: skip

    def sentences(self, breaches: Iterable[Breach]) -> tuple[str, ...]:
        """Breaches of the roster in words, each once."""
        clock, teller = self.teller.clock, self.teller
        told = (
            teller.named(explain(self._problem, breach, clock), breach) for breach in breaches
        )
        return tuple(dict.fromkeys(told))

    def broken(self, now: Judged) -> tuple[str, ...]:
        """Every hard rule of the whole plan that is broken as it stands, in sentences."""
        code = language()
        for judged, spoken, told in self._broken:
            if judged is now and spoken == code:
                return told
        told = Teller(self.desk, self.audit_with(now)).breaches()
        self._broken = (*self._broken[-3:], (now, code, told))
        return told

    # ------------------------------------------------------------ replacements
    def warm(self) -> None:
        """Lay out what ranking needs; takes seconds for thousands of people, once."""
        with self._ranking_lock:
            if self._ranking is None:
                self._ranking = Ranking.of(self._problem, self.plan.roster, counting_all=True)

    def candidates(self, now: Judged, seat: str) -> Listed:
        """Everybody for one seat, the best first; ScenarioError where there is no such seat.

        Who could take over what is left, and why others cannot, is not asked for: see ``why_not``.
        """
        code = language()
        for judged, its, spoken, listed in self._listed:
            if judged is now and its == seat and spoken == code:
                return listed
        roster = _roster(now.seats)
        plan = replace(self.plan, roster=roster)
        listed = SeatDesk(self.desk, plan, self.audit, self._ranked(roster), self.teller).ask(seat, whole=False)
        self._listed = (*self._listed[-7:], (now, seat, code, listed))
        return listed

    def standings(self, now: Judged, seat: str) -> Mapping[str, Candidate]:
        """How everybody but its holder stands to a seat, by person, without a word: what a duty in hand shows at once.

        Empty where there is no such seat.
        """
        for judged, its, _spoken, listed in self._listed:
            if judged is now and its == seat:
                return {one.person: one for one, _text in listed.rows}
        for judged, its, known in self._stand:
            if judged is now and its == seat:
                return known
        if seat not in self.known:
            return {}
        found = {one.person: one for one in self._ranked(_roster(now.seats)).able(seat)}
        self._stand = (*self._stand[-7:], (now, seat, found))
        return found

    def dropped(
        self, now: Judged, plan: str, way: str, seat: str, *, person: str | None = None, other: str | None = None
    ) -> Edit | None:
        """What dropping a duty means; None where the plan has no such seat or person, or the seats have changed.

        ``way`` is ``give`` (to a person), ``empty``, ``move`` (its holder, to an empty seat) or ``swap``.
        """
        if seat not in self.known or (other is not None and other not in self.known):
            return None
        if way == "give" and person in self.people:
            return Assign(plan, seat, person)
        if way == "empty":
            return Assign(plan, seat, None)
        if other is None or seat not in now.seats:
            return None
        if way == "move" and other not in now.seats:
            return Move(plan, now.seats[seat], seat, other)
        return Swap(plan, seat, other) if way == "swap" and other in now.seats else None

    def faults_of(self, now: Judged, most: int) -> tuple[tuple[tuple[str, ...], tuple[str, ...], str], ...]:
        """Hard rules of the roster that are broken, ``most`` of them: the people, the seat groups, the sentence."""
        return tuple((b.who, b.where, self.sentences((b,))[0]) for b in now.roster.breaches[:most])

    def edit_of(self, now: Judged, plan: str, seat: str, one: Candidate) -> Edit:
        """What puts a candidate into a seat: who has to leave another for it moves, or swaps where it is held."""
        there = None
        if one.leaves is not None:
            there = next(
                (s for s, who in sorted(now.seats.items()) if who == one.person and s.rpartition("/")[0] == one.leaves),
                None,
            )
        if there is None:
            return Assign(plan, seat, one.person)
        return Swap(plan, seat, there) if seat in now.seats else Move(plan, one.person, there, seat)

    def foreseen(self, now: Judged, one: Candidate) -> Effect | None:
        """What taking a seat over does, as the list knows it already; None where the check has to be asked."""
        if one.state != "free" or any(one.short) or now.roster.breaches:
            return None
        return Effect((), (), 0, one.price, tuple((cost_title(rule), by) for rule, by in one.costs))

    def why_not(self, now: Judged, seat: str, person: str) -> tuple[str, ...]:
        """What keeps somebody from a seat, in sentences; empty where nothing does."""
        return self.sentences(self._ranked(_roster(now.seats)).reasons(seat, person))

    def _ranked(self, roster: RosterPlan) -> Ranking:
        with self._ranking_lock:
            known = self._ranking
            if known is None:
                known = Ranking.of(self._problem, roster, counting_all=True)
            elif known.problem is not self._problem or known.plan != roster:
                known = known.again(self._problem, roster)
            self._ranking = known
        return known

    # ------------------------------------------------------------ showing
    def plan_with(self, judged: Judged) -> Plan:
        """The plan with the duties that stand; as it was made where none differ."""
        known = self._stood
        if known is None or known[0] is not judged:
            same = len(judged.seats) == len(self.plan.roster.duties) and judged.seats == seats_of(self.plan, {})
            plan = self.plan if same else replace(self.plan, roster=_roster(judged.seats), edited=True)
            known = self._stood = (judged, plan)
        return known[1]

    def audit_with(self, judged: Judged) -> PlanAudit:
        """What the audit of the whole plan says of it; the same as ``audit_plan``, by the pins of the moment."""
        tables = replace(self.audit.rebuilt.roster, problem=self._problem)
        return audit_again(self.desk, self.audit, self.plan_with(judged), judged.roster, tables)

    def view(self, base: PlanView, judged: Judged) -> PlanView:
        """The plan's duties as they stand, for the roster: what follows from them for posts and figures is not read."""
        view = duties_again(base, self.desk, self.plan_with(judged), self.audit)
        return replace(view, breaches=self.broken(judged))

    def whole_view(self, base: PlanView, judged: Judged) -> PlanView:
        """The plan as it stands, as every paper, map and figure shows it.

        ``base`` is the view of the plan as it was made, or ``made_view`` where the scenario is another by now.
        """
        return view_again(base, self.audit, self.desk, self.plan_with(judged), self.audit_with(judged))

    def made_view(self, kept: PlanView) -> PlanView:
        """The plan as it was made over the scenario as that is now; what was proven then is taken from ``kept``."""
        view = build_view(self.desk, self.plan, self.audit)
        return replace(view, tradeoff=kept.tradeoff, force=kept.force)


def known_seats(handwork: Handwork) -> Collection[str]:
    """Every seat that the plan's posts, patrols and needs call for."""
    groups = handwork.audit.rebuilt.roster.problem.groups
    return [f"{group.id}/{n}" for group in groups for n in range(1, group.most + 1)]


def _key(breach: Breach) -> tuple[object, ...]:
    return (breach.rule, breach.amount, breach.who, breach.where, breach.start_s, breach.end_s)
