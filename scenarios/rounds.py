"""Rounds of crews and what they were promised for: who calls where and when, and how long a place stays unseen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scenarios.manned import Manned
from scenarios.view import GapView, PlanView, WindowView
from scheduler.patrols.plan import PatrolPlan

Visit = tuple[int, int, str]
"""Arrival, departure, and the call sign of who comes."""


@dataclass(frozen=True)
class Promise:
    """One promised longest gap, as the audit finds it kept or not.

    Attributes
    ----------
    kind
        ``site`` or ``section``.
    unseen
        Every stretch inside the promise in which nobody was there: begin and end.
    visits
        Who was there inside the promise for as long as it asks, in order of arrival.
    """

    place: str
    name: str
    kind: str
    start_s: int
    end_s: int
    promised_s: int
    longest_s: int
    longest_from_s: int
    unseen: tuple[tuple[int, int], ...]
    visits: tuple[Visit, ...]

    @property
    def kept(self) -> bool:
        """Whether the longest stretch is within the promise."""
        return self.longest_s <= self.promised_s


@dataclass(frozen=True)
class Call:
    """A span in which a crew must call, and when it does (None: never)."""

    place: str
    name: str
    start_s: int
    end_s: int
    visit_s: int | None


@dataclass(frozen=True)
class Variant:
    """One of several patrol plans of near-equal value: the visits to each place."""

    number: int
    visits: Mapping[str, tuple[Visit, ...]]


def visits_of(view: PlanView) -> dict[str, list[Visit]]:
    """Visits of manned tours by place, in order of arrival."""
    found: dict[str, list[Visit]] = defaultdict(list)
    manned = Manned.of(view)
    for tour in view.tours:
        if manned.rides(tour):
            for stop in tour.stops:
                found[stop.place].append((stop.arrive_s, stop.leave_s, tour.call_sign))
    return {place: sorted(rows) for place, rows in found.items()}


def promises(view: PlanView) -> tuple[Promise, ...]:
    """Every promised gap of sites and rail sections, the broken ones first, then by what is left of the promise."""
    seen = visits_of(view)
    found = [_promise(s.id, s.name, "site", g, seen) for s in view.sites for g in s.gaps]
    for section in view.sections:
        name = _section_name(view, section.id, section.line)
        found += [_promise(section.id, name, "section", g, seen) for g in section.gaps]
    return tuple(sorted(found, key=lambda p: (p.kept, p.promised_s - p.longest_s, p.start_s, p.name)))


def _section_name(view: PlanView, ident: str, line: str) -> str:
    """As it stands on the cards, where a crew calls there; else the line and its own id."""
    named = next((stop.name for tour in view.tours for stop in tour.stops if stop.place == ident), "")
    return named or f"{line} {ident}"


def _promise(place: str, name: str, kind: str, gap: GapView, seen: Mapping[str, Sequence[Visit]]) -> Promise:
    inside = counting(gap, seen.get(place, ()))
    return Promise(
        place, name, kind, gap.start_s, gap.end_s, gap.promised_s, gap.longest_s, gap.longest_from_s,
        unseen(gap.start_s, gap.end_s, inside), inside,
    )  # fmt: skip


def counting(gap: GapView, visits: Iterable[Visit]) -> tuple[Visit, ...]:
    """Visits inside a promise that last as long as it asks."""
    return tuple(v for v in visits if v[0] < gap.end_s and v[1] > gap.start_s and v[1] - v[0] >= gap.dwell_s)


def unseen(start_s: int, end_s: int, visits: Iterable[Visit]) -> tuple[tuple[int, int], ...]:
    """What is left of a span between visits that touch it, in order."""
    found, until = [], start_s
    for arrive, leave, _sign in sorted(visits):
        if arrive > until:
            found.append((until, min(arrive, end_s)))
        until = max(until, leave)
    if until < end_s:
        found.append((until, end_s))
    return tuple(found)


def calls(view: PlanView) -> tuple[Call, ...]:
    """Every span in which a crew must call, those that are missed first."""
    def of(place: str, name: str, windows: Iterable[WindowView]) -> list[Call]:
        return [Call(place, name, w.start_s, w.end_s, w.visit_s) for w in windows]

    found = [call for s in view.sites for call in of(s.id, s.name, s.windows)]
    for section in view.sections:
        found += of(section.id, _section_name(view, section.id, section.line), section.windows)
    return tuple(sorted(found, key=lambda c: (c.visit_s is not None, c.start_s, c.name)))


def variants(view: PlanView, others: Iterable[PatrolPlan]) -> tuple[Variant, ...]:
    """The plan in view as number 1, and its further variants, by the visits to each place."""
    signs = {tour.crew: tour.call_sign for tour in view.tours}
    mine: dict[str, list[Visit]] = defaultdict(list)
    for tour in view.tours:
        for stop in tour.stops:
            mine[stop.place].append((stop.arrive_s, stop.leave_s, tour.call_sign))
    found = [_variant(1, mine)]
    for number, plan in enumerate(others, start=2):
        its: dict[str, list[Visit]] = defaultdict(list)
        for ride in plan.tours:
            for visit in ride.stops:
                its[visit.place].append((visit.arrive_s, visit.leave_s, signs.get(ride.crew, ride.crew)))
        found.append(_variant(number, its))
    return tuple(found)


def _variant(number: int, visits: Mapping[str, Sequence[Visit]]) -> Variant:
    return Variant(number, {place: tuple(sorted(rows)) for place, rows in visits.items()})


def place_names(view: PlanView) -> dict[str, str]:
    """Names of sites and sections, sites first."""
    names = {site.id: site.name for site in view.sites}
    return {**names, **{s.id: _section_name(view, s.id, s.line) for s in view.sections}}
