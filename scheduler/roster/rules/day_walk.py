"""Local days for the forms of rules that count days: a walk along one person's days, in the order duties report.

A duty belongs to the local day in which ``start_s`` lies. Duties come in the order of their reports, so one that
reports before midnight and starts after it may come before one of the day in between: such days wait as ``pending``
until time has passed them. For forms only: checks count days on their own (``day_count``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

from scheduler.roster.problem import Problem

Feed = Callable[[int, int, bool], tuple[int, int]]
"""``feed(core, day, worked) -> (core, amount)``: one day more of a person's life."""


class Walk(NamedTuple):
    """State of a walk: what the rule remembers, the last day told to it, days worked beyond that one."""

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

    Amounts of days before the plan are nobody's fault and left out.
    """
    first = first_day(problem)
    worked = sorted({day_of(problem, w.start_s) for w in problem.people[person].worked})
    core = unknown
    held = set(worked)
    done = min([first, *worked]) - 1
    while done + 1 < first or done + 1 in held:
        done += 1
        core, _ = feed(core, done, done in held)
    return Walk(core, done, tuple(day for day in worked if day > done))


def advance(problem: Problem, state: Walk, t_s: int, feed: Feed) -> tuple[Walk, int]:
    """Tell the rule every day before the one of ``t_s``, worked or not."""
    return _until(state, day_of(problem, t_s) - 1, feed)


def _until(state: Walk, day: int, feed: Feed) -> tuple[Walk, int]:
    core, done, pending = state
    total = 0
    while done < day:
        done += 1
        core, amount = feed(core, done, done in pending)
        total += amount
    return Walk(core, done, tuple(d for d in pending if d > done)), total


def take(problem: Problem, state: Walk, t_s: int, start_s: int, feed: Feed) -> tuple[Walk, int]:
    """A duty that reports at ``t_s`` and starts at ``start_s``: its day is worked."""
    day, now = day_of(problem, start_s), day_of(problem, t_s)
    if day <= state.done or day in state.pending:
        return state, 0
    if day > now:  # days in between may still be worked
        return Walk(state.core, state.done, tuple(sorted((*state.pending, day)))), 0
    return _until(Walk(state.core, state.done, (day, *state.pending)), day, feed)


def pass_by(problem: Problem, state: Walk, t_s: int, feed: Feed) -> tuple[Walk, int]:
    """``advance`` for rules whose amounts ``take_at_once`` has charged already."""
    return advance(problem, state, t_s, feed)[0], 0


def take_at_once(
    problem: Problem, state: Walk, t_s: int, start_s: int, feed: Feed
) -> tuple[Walk, int]:
    """``take`` for rules that only ever charge days worked: days that wait are charged too, and nothing at the end."""
    after, amount = take(problem, state, t_s, start_s, feed)
    if state.pending or after.pending:
        amount += _until(after, max((after.done, *after.pending)), feed)[1]
        amount -= _until(state, max((state.done, *state.pending)), feed)[1]
    return after, amount


def finish(problem: Problem, state: Walk, feed: Feed) -> int:
    """Amount of the days left until the horizon's end."""
    return _until(state, last_day(problem), feed)[1]
