"""R08: not too many nights in a row.

A night is one of the Problem's night spans, worked by whoever shares ``night_min`` minutes on post with it. Amount =
nights worked by the plan that are at least the ``most_nights + 1``-th of their run; nights worked before count.
"""

from __future__ import annotations

from scheduler.errors import name_some
from scheduler.outcome import Breach
from scheduler.roster.forms import Clock, Duties, Finding, RuleInfo, RuleParams, Stint, param
from scheduler.roster.problem import Problem
from scheduler.roster.rules import day_count as seen
from scheduler.roster.rules import day_walk as walk
from scheduler.saying import say

RULE = RuleInfo(
    id="R08",
    name="consecutive_nights",
    title="Consecutive nights",
    title_zh="连续夜班",
    statement="Nobody has more than {most_nights} nights in a row; {night_min} min make a night.",
    unit="nights",
    default_mode="off",
    default_importance="important",
    source="Shift rota practice (2 or 3 preferred, 4 at most); check locally",
)


class Params(RuleParams):
    """Length of the longest run, and what makes a night."""

    most_nights: int = param(4, "Nights in a row that are allowed.", "shift rota practice", ge=0, le=366)
    night_min: int = param(
        180, "Minutes shared with a night that make a duty a night.", "Directive 2003/88/EC Art. 2", ge=1
    )


def _feed(params: Params) -> walk.Feed:
    def feed(run: int, _night: int, worked: bool) -> tuple[int, int]:
        if not worked:
            return 0, 0
        return (run, 1) if run == params.most_nights else (run + 1, 0)

    return feed


def _nights(problem: Problem, params: Params, start_s: int, end_s: int) -> list[int]:
    return [
        n
        for n, (begin, finish) in enumerate(sorted(problem.nights))
        if min(end_s, finish) - max(start_s, begin) >= params.night_min * 60
    ]


def _over(problem: Problem, t_s: int) -> int:
    """The last night of those at the list's head that have all ended by ``t_s``."""
    n = 0
    for _, finish in sorted(problem.nights):
        if finish > t_s:
            break
        n += 1
    return n - 1


def start(problem: Problem, params: Params, person: int) -> walk.Walk:
    """How many nights in a row were worked up to the first the plan can touch."""
    worked = {
        n for w in problem.people[person].worked for n in _nights(problem, params, w.start_s, w.end_s)
    }
    first = _over(problem, min([0, *(g.report_s for g in problem.groups)])) + 1
    return walk.settle(0, first, worked, 0, _feed(params))


def step(
    problem: Problem, params: Params, state: walk.Walk, t_s: int, duty: Stint | None
) -> tuple[walk.Walk, int]:
    """Nights pass up to ``t_s`` (duty None), or a duty that reports at ``t_s`` is taken."""
    if duty is None:
        return walk.until(state, _over(problem, t_s), _feed(params))[0], 0
    return walk.work_at_once(state, _nights(problem, params, duty.start_s, duty.end_s), _feed(params))


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every run of nights that is too long."""
    nights = sorted(problem.nights)

    def touched(start_s: int, end_s: int) -> set[int]:
        shared = {i: min(end_s, b) - max(start_s, a) for i, (a, b) in enumerate(nights)}
        return {i for i, length_s in shared.items() if length_s / 60 >= params.night_min}

    found = []
    for p in people:
        person = problem.people[p]
        past = {n for w in person.worked for n in touched(w.start_s, w.end_s)}
        mine: dict[int, list[str]] = {}
        for g in duties[p]:
            group = problem.groups[g]
            for n in touched(group.start_s, group.end_s):
                mine.setdefault(n, []).append(group.id)
        for on, first, after in seen.runs(range(len(nights)), past | set(mine)):
            over = [n for n in range(first + params.most_nights, after) if n in mine and n not in past]
            if on and over:
                where = tuple(name for n in range(first, after) for name in mine.get(n, []))
                data = {"nights": after - first, "most": params.most_nights}
                span = (nights[first][0], nights[after - 1][1])
                found.append(Finding(len(over), (person.id,), where, *span, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who has too many nights in a row."""
    return say(
        "{who} has {nights} nights in a row from {start} to {end} ({places}); {most} are allowed.",
        who=breach.who[0], nights=breach.data["nights"], start=clock(breach.start_s or 0),
        end=clock(breach.end_s or 0), places=name_some(breach.where), most=breach.data["most"],
    )  # fmt: skip
