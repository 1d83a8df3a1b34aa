"""Days and nights for the forms of rules that count them: a walk along one person's time, as duties report.

A duty belongs to the local day in which ``start_s`` lies. Duties come in the order of their reports, so one that
reports before midnight and starts after it may come before one of the day in between: such days wait as ``pending``
until time has passed them. Nights are walked alike. For forms only: checks count on their own (``day_count``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import NamedTuple

from scheduler.roster.problem import Problem

Feed = Callable[[int, int, bool], tuple[int, int]]
"""``feed(core, day, worked) -> (core, amount)``: one day more of a person's life."""


class Walk(NamedTuple):
    """State of a walk: what the rule remembers, the last day told to it, days worked beyond that one.

    Told as soon as nothing can change it any more, so that there are no two names for one state.
    """

    core: int
    done: int
    pending: tuple[int, ...] = ()


def day_of(problem: Problem, t_s: int) -> int:
    """Index into ``problem.days`` of the local day that holds ``t_s`` (-1 before the first)."""
    return bisect_right(problem.days, t_s) - 1


def first_day(problem: Problem) -> int:
    """The first day that the plan can decide about."""
    return _span(problem)[0]


def last_day(problem: Problem) -> int:
    """The last day of the horizon, or of the last duty where that is later."""
    return _span(problem)[1]


_SPANS: dict[int, tuple[Problem, tuple[int, int]]] = {}


def _span(problem: Problem) -> tuple[int, int]:
    known = _SPANS.get(id(problem))
    if known is not None and known[0] is problem:
        return known[1]
    starts = [group.start_s for group in problem.groups] or [0]
    span = (
        day_of(problem, min(0, *starts)),
        day_of(problem, max(problem.horizon_s - 1, *starts)),
    )
    _SPANS.clear()
    _SPANS[id(problem)] = (problem, span)
    return span


def begin(problem: Problem, person: int, unknown: int, feed: Feed) -> Walk:
    """Walk through the history, from the first duty known on; ``unknown`` is the core where nothing is known.

    Amounts of days before the plan are nobody's fault and left out; what was worked before the first of the
    Problem's days was worked on no day known.
    """
    worked = {day for w in problem.people[person].worked if (day := day_of(problem, w.start_s)) >= 0}
    first = first_day(problem)
    return settle(min([first, *worked]), first, worked, unknown, feed)


def settle(start: int, first: int, worked: Iterable[int], unknown: int, feed: Feed) -> Walk:
    """Tell days from ``start`` to before ``first``, and those worked that follow at once; amounts are left out."""
    held, core, done = set(worked), unknown, start - 1
    while done + 1 < first or done + 1 in held:
        done += 1
        core, _ = feed(core, done, done in held)
    return Walk(core, done, tuple(sorted(day for day in held if day > done)))


def until(state: Walk, last: int, feed: Feed) -> tuple[Walk, int]:
    """Tell the rule every day up to ``last``, worked or not."""
    core, done, pending = state
    total = 0
    while done < last or done + 1 in pending:
        done += 1
        core, amount = feed(core, done, done in pending)
        total += amount
    return Walk(core, done, tuple(day for day in pending if day > done)), total


def work(state: Walk, days: Iterable[int], feed: Feed) -> tuple[Walk, int]:
    """Days are worked: told at once when nothing before them is open."""
    new = {day for day in days if day > state.done} - set(state.pending)
    if not new:
        return state, 0
    return until(state._replace(pending=tuple(sorted({*state.pending, *new}))), state.done, feed)


def work_at_once(state: Walk, days: Iterable[int], feed: Feed) -> tuple[Walk, int]:
    """``work`` for rules that only ever charge days worked: days that wait are charged too, and nothing later."""
    after, amount = work(state, days, feed)
    if state.pending or after.pending:
        amount += until(after, max((after.done, *after.pending)), feed)[1]
        amount -= until(state, max((state.done, *state.pending)), feed)[1]
    return after, amount


def advance(problem: Problem, state: Walk, t_s: int, feed: Feed) -> tuple[Walk, int]:
    """Tell the rule every day before the one of ``t_s``."""
    return until(state, day_of(problem, t_s) - 1, feed)


def pass_by(problem: Problem, state: Walk, t_s: int, feed: Feed) -> tuple[Walk, int]:
    """``advance`` for rules whose amounts ``work_at_once`` has charged already."""
    return advance(problem, state, t_s, feed)[0], 0


def finish(problem: Problem, state: Walk, feed: Feed) -> int:
    """Amount of the days left until the horizon's end."""
    return until(state, last_day(problem), feed)[1]
