"""Why a scenario's roster comes out short, with ways out that a planner can take over as what-ifs.

The arithmetic, the searches and the proofs are the roster engine's (``scheduler.roster.explain``); here they get a
scenario's plan, its names and clock, and a what-if patch for each way out that the scenario's tables can express.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from scenarios.audit import PlanAudit, Rebuilt, audit_plan
from scenarios.demand.need import Need
from scenarios.desk import Desk, prepare
from scenarios.errors import Fault, ScenarioError
from scenarios.explain_demand import Lowered, lowered, remedy_json
from scenarios.explain_patch import laid_over, whatif_text
from scenarios.foresight import foreseen
from scenarios.load import Loaded
from scenarios.plan import Plan
from scenarios.sentences import Teller
from scenarios.tongue import mark
from scenarios.tongue import say as _
from scheduler.outcome import Limits, OnProgress, Stop
from scheduler.roster.explain.engine import Case, Explanation, explain
from scheduler.roster.explain.patch import Prices, Remedy
from scheduler.roster.explain.probe import Prober
from scheduler.roster.explain.telling import sentences
from scheduler.roster.explain.why import SeatWhy, moved, why_seat
from scheduler.roster.explain.words import Words
from scheduler.roster.problem import Problem

SEATS = {
    "gate": mark("gates at {place}"), "steward": mark("stewards at {place}"), "search": mark("search at {place}"),
    "guard": mark("guard at {place}"), "lead": mark("duty lead at {place}"), "base": mark("base strength at {place}"),
}  # fmt: skip
SUPERVISOR, RELIEF = mark("supervisor of {party} at {place}"), mark("meal relief of {party} at {place}")
DEMAND_SHARE = 0.2
"""Share of the time for ways out that ask for less: each is a roster of its own, with its seats derived again."""

LEVEL_WORDS = ("mandatory", "very important", "important", "nice to have")


@dataclass(frozen=True, eq=False)
class Explained:
    """An explanation with the words for it, and what-ifs for its ways out.

    Attributes
    ----------
    out_of_reach
        What arithmetic already proves about posts, patrols and hours, whatever the plan.
    whatifs
        TOML texts, one for each remedy of each case in their order; None where the tables cannot say it.
    lowered
        For each case the ways out that ask for less from the start.
    """

    found: Explanation
    words: Words
    desk: Desk
    plan: Plan
    audit: PlanAudit
    out_of_reach: tuple[str, ...]
    whatifs: tuple[tuple[str | None, ...], ...]
    lowered: tuple[tuple[Lowered, ...], ...] = ()

    @property
    def problem(self) -> Problem:
        """The roster's Problem."""
        return self.audit.rebuilt.roster.problem

    def sentences(self) -> list[tuple[str, list[str]]]:
        """Headed lists of sentences, in the order a planner reads them."""
        parts = sentences(self.found, self.words, tuple(tuple(one.sentence for one in row) for row in self.lowered))
        reach = _("Out of reach, whatever the plan")
        return [*parts, (reach, list(self.out_of_reach))] if self.out_of_reach else parts

    def to_json(self) -> dict[str, Any]:
        """Plain data for ``--json`` and the pages."""
        found = self.found
        return {
            "scenario": self.plan.scenario,
            "state": found.state,
            "level": LEVEL_WORDS[min(found.level, len(LEVEL_WORDS) - 1)],
            "proven": found.proven,
            "finished": found.finished,
            "seconds": round(found.seconds, 1),
            "lifts": [self._lift(one) for one in found.lifts],
            "cases": [
                self._case(case, texts, less)
                for case, texts, less in zip(found.cases, self.whatifs, self.lowered, strict=True)
            ],
            "out_of_reach": list(self.out_of_reach),
            "text": [{"head": head, "lines": lines} for head, lines in self.sentences()],
        }

    def _lift(self, one: Any) -> dict[str, Any]:
        return {
            "start_s": one.start_s, "end_s": one.end_s, "needed": one.needed, "available": one.available,
            "lift": round(one.ratio, 3), "categories": list(one.categories),
            "qualifications": list(one.qualifications), "units": list(one.units), "places": list(one.places),
            "groups": list(one.groups), "sentence": self.words.lift(one),
        }  # fmt: skip

    def _case(self, case: Case, texts: Sequence[str | None], less: Sequence[Lowered]) -> dict[str, Any]:
        conflict = case.conflict
        return {
            "empty": [{"seat": e.seat, "start_s": e.start_s, "end_s": e.end_s} for e in case.empty],
            "lines": self.words.empty(case.empty),
            "looked_into": case.looked_into,
            "remedies": [
                {
                    "kind": one.kind, "price": one.price, "least": one.least, "proven": one.proven,
                    "hours": round(one.hours, 2), "amount": one.amount, "people": list(one.people),
                    "what": self.words.way(one), "sentence": self.words.remedy(one), "whatif": text,
                }
                for one, text in zip(case.remedies, texts, strict=True)
            ]
            + [remedy_json(one) for one in less],
            "conflict": None
            if conflict is None
            else {
                "rules": [self.problem.rules[r].name for r in conflict.rules], "seats": list(conflict.seats),
                "pins": [list(pin) for pin in conflict.pins], "absences": list(conflict.absences),
                "smallest": conflict.smallest, "sentences": self.words.conflict(conflict),
            },
        }  # fmt: skip


def explain_plan(
    loaded: Loaded,
    plan: Plan,
    *,
    seconds: float = 30.0,
    seed: int = 0,
    workers: int = 2,
    repeatable: bool = False,
    desk: Desk | None = None,
    over: str | None = None,
    on_progress: OnProgress | None = None,
    stop: Stop | None = None,
) -> Explained:
    """Explain what a plan's roster leaves short.

    Parameters
    ----------
    plan
        Ours or made by hand; its posts and patrols decide which seats there are.
    seconds
        Limit of the search; with ``repeatable`` a fixed amount of work in its place.
    over
        Text of the what-if that ``loaded`` is: the what-ifs of the ways out then hold both.
    """
    desk = desk or prepare(loaded)
    audit = audit_plan(desk, plan)
    rebuilt = audit.rebuilt
    share = seconds * (1 - DEMAND_SHARE)
    limits = Limits(None, share) if repeatable else Limits(share)
    problem, began = rebuilt.roster.problem, time.monotonic()
    found = explain(
        problem, plan.roster if plan.roster.duties else None, limits=limits, seed=seed, workers=workers,
        stand_in=_stand_in(desk), on_progress=on_progress, stop=stop,
    )  # fmt: skip
    words = words_of(desk, audit)
    left = seconds - share if repeatable else max(0.0, seconds - (time.monotonic() - began))
    prober = Prober(Limits(None, left) if repeatable else Limits(left), seed, workers, stop)
    less = _less(desk, plan, rebuilt, found, prober, over)
    reach = foreseen(desk, rebuilt.siting, rebuilt.patrols, rebuilt.derived.needs)
    texts = tuple(
        tuple(_whatif(loaded, problem, one, words, over) for one in case.remedies) for case in found.cases
    )
    return Explained(found, words, desk, plan, audit, reach, texts, less)


def _less(
    desk: Desk, plan: Plan, rebuilt: Rebuilt, found: Explanation, prober: Prober, over: str | None
) -> tuple[tuple[Lowered, ...], ...]:
    """Ways out that ask for less, shortage by shortage, the cheapest first."""
    rows = []
    for k, case in enumerate(found.cases):
        part = prober.sub(1, len(found.cases) - k)
        made = list(lowered(desk, plan, rebuilt, case, found.level, part, found.plan, Prices())) if case.empty else []
        prober.take(part)
        if over is not None:
            made = [replace(one, whatif=laid_over(over, one.whatif)) for one in made]
        rows.append(tuple(sorted(made, key=lambda one: (one.price, one.setting))))
    return tuple(rows)


def _stand_in(desk: Desk) -> dict[int, frozenset[int]]:
    """Police may do what stewards and support do, never the other way round (R15)."""
    categories, police = desk.scenario.categories, frozenset(desk.scenario.police)
    able = frozenset(k for k, name in enumerate(categories) if name in police)
    return {k: able for k, name in enumerate(categories) if name not in police}


def _whatif(loaded: Loaded, problem: Problem, remedy: Remedy, words: Words, over: str | None) -> str | None:
    text = whatif_text(loaded, problem, remedy, words.remedy(remedy).split(". ")[0])
    return text if text is None or over is None else laid_over(over, text)


def words_of(desk: Desk, audit: PlanAudit) -> Words:
    """How to speak of a plan's roster: the scenario's names and its clock."""
    teller = Teller(desk, audit)
    sites = {site.id: site.name for site in desk.scenario.sites} | {unit.id: unit.name for unit in desk.scenario.units}
    needs: dict[str, Need] = {}
    for seats in audit.rebuilt.roster.seats.values():
        needs.setdefault(seats.need.party, seats.need)

    def name(ident: str) -> str:
        # What seats are called is said anew each time: the reader's language may be another.
        return _label(needs[ident], sites) if ident in needs else sites.get(ident) or teller.name(ident)

    return Words(audit.rebuilt.roster.problem, teller.clock, name)


def _label(need: Need, sites: dict[str, str]) -> str:
    """What people call the seats of a party: what it does, and where."""
    place, parts = sites.get(need.place, need.place), need.party.split(".")
    if need.kind == "crew":
        return _("crew {sign}", sign=parts[0])
    if need.kind in {"supervisor", "relief"} and len(parts) > 2:
        form = SUPERVISOR if need.kind == "supervisor" else RELIEF
        return _(form, party=parts[2], place=place)
    if need.kind == "reserve" and len(parts) > 1:
        return _("reserve of {party} at {place}", party=parts[1], place=place)
    if need.kind in SEATS:
        return _(SEATS[need.kind], place=place)
    if len(parts) == 1 and need.kind == "post" and need.party[1:].isdigit():
        return _("post {number}", number=need.party)
    return _("{party} at {place}", party=parts[-1], place=place)


@dataclass(frozen=True, eq=False)
class Answered:
    """Why one seat is held as it is, or why one person is or is not somewhere."""

    lines: tuple[str, ...]
    seats: tuple[SeatWhy, ...]


def why(
    loaded: Loaded, plan: Plan, *, seat: str | None = None, person: str | None = None, seconds: float = 5.0,
    desk: Desk | None = None,
) -> Answered:  # fmt: skip
    """Why this one, why not that one.

    Parameters
    ----------
    seat
        A seat (``spiel.gate#1/2``) or its group: everybody who could take it, who may not and by which rule.
    person
        A person's id. With ``seat``: why this one is not there, or what it would take. Alone: each of the person's
        duties, with the best other person for it.

    Raises
    ------
    ScenarioError
        Seat or person unknown.
    """
    desk = desk or prepare(loaded)
    audit = audit_plan(desk, plan)
    problem, words = audit.rebuilt.roster.problem, words_of(desk, audit)
    known = {group.id for group in problem.groups}
    people = {one.id for one in problem.people}
    faults = []
    group = None if seat is None else seat if seat in known else seat.rpartition("/")[0]
    if group is not None and group not in known:
        faults.append(Fault("--seat", None, "", str(seat), f"a seat such as {min(known, default='G1')}/1", "check it"))
    if person is not None and person not in people:
        faults.append(Fault("--person", None, "", person, "the id of one of the people", "check people.csv"))
    if faults:
        raise ScenarioError(faults)
    if group is not None:
        return _about_seat(problem, plan, words, group, seat or "", person, seconds)
    assert person is not None  # noqa: S101  # the command asks for one of the two
    return _about_person(problem, plan, words, person)


def _about_seat(
    problem: Problem, plan: Plan, words: Words, group: str, seat: str, person: str | None, seconds: float
) -> Answered:
    number = seat.rpartition("/")[2]
    holder = next(
        (d.person for d in plan.roster.duties if d.group == group and str(d.seat) == number and seat != group), None
    )
    asked = [person] if person else []
    found = why_seat(problem, plan.roster, group, holder, people=asked)
    target = words.group(group)
    if person is None:
        return Answered(tuple(words.seat(found)), (found,))
    one = found.of(person)
    lines = [words.candidate(one, target, held=found.holder is not None)]
    if one.verdict == "busy":
        prober = Prober(Limits(seconds))
        lines.append(words.moved(moved(problem, plan.roster, person, group, prober), person, target))
    if found.holder is not None and found.holder != person and one.cost is not None:
        lines.append(f"{words.name(found.holder)} serves there.")
    return Answered(tuple(lines), (found,))


def _about_person(problem: Problem, plan: Plan, words: Words, person: str) -> Answered:
    mine = sorted((d.group for d in plan.roster.duties if d.person == person), key=lambda g: words.group(g).start_s)
    lines: list[str] = []
    found = []
    for ident in mine:
        one = why_seat(problem, plan.roster, ident, person, measure=3)
        found.append(one)
        lines += words.seat(one, most=2)[:3]
    if not mine:
        lines.append(f"{words.name(person)} has no duty in this plan.")
        found = _empty_for(problem, plan, person)
        lines += [words.candidate(one.of(person), words.group(one.group), held=False) for one in found]
    return Answered(tuple(lines), tuple(found))


def _empty_for(problem: Problem, plan: Plan, person: str, most: int = 5) -> list[SeatWhy]:
    """Seats that are empty, and whether this person could take them."""
    count: dict[str, int] = {}
    for duty in plan.roster.duties:
        count[duty.group] = count.get(duty.group, 0) + 1
    short = [g.id for g in problem.groups if count.get(g.id, 0) < g.need]
    return [why_seat(problem, plan.roster, ident, measure=0, people=[person]) for ident in short[:most]]
