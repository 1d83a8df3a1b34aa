"""A plan hour by hour: posts manned, patrols out, sites reached by two, one or nobody, rail unseen too long."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scenarios.view import GapView, PlanView

HOUR_S = 3600


@dataclass(frozen=True)
class Hour:
    """One hour from ``start_s``; ``posts`` are manned and ``patrols`` are out at some time of it.

    ``twice``, ``once`` and ``bare`` count sites that want cover in this hour by their worst moment; ``promised`` rail
    sections have a promise, ``late`` of them are unseen for longer at some time of the hour.
    """

    start_s: int
    posts: int
    patrols: int
    twice: int
    once: int
    bare: int
    promised: int
    late: int


def hours_of(view: PlanView) -> tuple[Hour, ...]:
    """Every hour of the plan, the last one cut off at its end."""
    visits = visits_of(view)
    late = {section.id: too_long(section.gaps, visits.get(section.id, ())) for section in view.sections}
    ends = [(start, min(start + HOUR_S, view.horizon_s)) for start in range(0, view.horizon_s, HOUR_S)]
    return tuple(_hour(view, late, start, end) for start, end in ends)


def _hour(view: PlanView, late: Mapping[str, Sequence[tuple[int, int]]], a: int, b: int) -> Hour:
    worst = [_worst([2 if c.second else 1 if c.first else 0 for c in s.cover if _meet(c.start_s, c.end_s, a, b)])
             for s in view.sites]  # fmt: skip
    return Hour(
        start_s=a,
        posts=sum(any(_meet(s.start_s, s.end_s, a, b) for s in post.stands) for post in view.posts),
        patrols=sum(_meet(tour.depart_s, tour.return_s, a, b) for tour in view.tours),
        twice=worst.count(2), once=worst.count(1), bare=worst.count(0),
        promised=sum(any(_meet(g.start_s, g.end_s, a, b) for g in section.gaps) for section in view.sections),
        late=sum(any(_meet(x, y, a, b) for x, y in spans) for spans in late.values()),
    )  # fmt: skip


def _worst(reached: Sequence[int]) -> int | None:
    return min(reached, default=None)


def _meet(a: int, b: int, c: int, d: int) -> bool:
    return a < d and c < b


def visits_of(view: PlanView) -> dict[str, list[tuple[int, int]]]:
    """When patrols are at each place: arrival and leave, in order."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for tour in view.tours:
        for stop in tour.stops:
            found[stop.place].append((stop.arrive_s, stop.leave_s))
    return {place: sorted(rows) for place, rows in found.items()}


def too_long(gaps: Iterable[GapView], visits: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in which a place has been unseen for longer than is promised then; a span's own start counts as seen."""
    found = []
    for gap in gaps:
        last = gap.start_s
        for arrive, leave in (*visits, (gap.end_s, gap.end_s)):
            if arrive >= gap.end_s and (arrive, leave) != (gap.end_s, gap.end_s):
                continue
            end = min(arrive, gap.end_s)
            if end - last > gap.promised_s:
                found.append((last + gap.promised_s, end))
            last = max(last, leave)
    return found
