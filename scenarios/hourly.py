"""A plan hour by hour: posts manned, patrols out, sites reached by two, one or nobody, rail unseen too long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scenarios.manned import Manned, Span
from scenarios.rounds import Visit, counting, unseen, visits_of
from scenarios.view import GapView, PlanView

HOUR_S = 3600


@dataclass(frozen=True)
class Hour:
    """One hour from ``start_s``; ``posts`` are manned and ``patrols`` are out at some time of it.

    Those that lack people are not among them. ``twice``, ``once`` and ``bare`` count sites that want cover in this hour
    by their worst moment; ``promised`` rail sections have a promise, ``late`` of them are unseen for longer at some
    time of the hour.
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
    visits, manned = visits_of(view), Manned.of(view)
    posts = [manned.spans(post) for post in view.posts]
    tours = [(tour.depart_s, tour.return_s) for tour in view.tours if manned.rides(tour)]
    late = [too_long(section.gaps, visits.get(section.id, ())) for section in view.sections]
    ends = [(start, min(start + HOUR_S, view.horizon_s)) for start in range(0, view.horizon_s, HOUR_S)]
    return tuple(_hour(view, posts, tours, late, start, end) for start, end in ends)


def _hour(
    view: PlanView, posts: Sequence[Sequence[Span]], tours: Sequence[Span], late: Sequence[Sequence[Span]],
    a: int, b: int,
) -> Hour:  # fmt: skip
    worst = [_worst([2 if c.second else 1 if c.first else 0 for c in s.cover if _meet(c.start_s, c.end_s, a, b)])
             for s in view.sites]  # fmt: skip
    return Hour(
        start_s=a,
        posts=sum(any(_meet(x, y, a, b) for x, y in spans) for spans in posts),
        patrols=sum(_meet(x, y, a, b) for x, y in tours),
        twice=worst.count(2), once=worst.count(1), bare=worst.count(0),
        promised=sum(any(_meet(g.start_s, g.end_s, a, b) for g in section.gaps) for section in view.sections),
        late=sum(any(_meet(x, y, a, b) for x, y in spans) for spans in late),
    )  # fmt: skip


def _worst(reached: Sequence[int]) -> int | None:
    return min(reached, default=None)


def _meet(a: int, b: int, c: int, d: int) -> bool:
    return a < d and c < b


def too_long(gaps: Iterable[GapView], visits: Sequence[Visit]) -> list[Span]:
    """Spans in which a place has been unseen for longer than is promised then; a span's own start counts as seen."""
    return [
        (start + gap.promised_s, end)
        for gap in gaps
        for start, end in unseen(gap.start_s, gap.end_s, counting(gap, visits))
        if end - start > gap.promised_s
    ]
