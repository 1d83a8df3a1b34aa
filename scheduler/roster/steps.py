"""Step rules: which of them can bind at all, so that only those enter the model as layered state networks."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.roster.columns.automata import NEVER, Blocked, Stepped, Steps
from scheduler.roster.forms import Stint
from scheduler.roster.linear import StepRule
from scheduler.roster.problem import Problem
from scheduler.roster.rules import ActiveRule

_STATES_AT_MOST = 20_000
"""States of one moment up to which it is found out whether a rule can bind at all."""

_EACH_AT_MOST, _SOME = 60_000, 3
"""Duties up to which it is found out for each person; beyond, where a rule binds some people it is kept for all."""

_FEW = 40
"""Duties of one person for which it is found out even then."""


def relevant_steps(
    problem: Problem,
    active: tuple[ActiveRule, ...],
    allowed: NDArray[np.bool_],
    conflict: dict[int, NDArray[np.bool_]],
    conflict_of: NDArray[np.int32],
) -> tuple[list[StepRule], NDArray[np.bool_]]:
    """Find for each person the step rules that pair conflicts do not already keep.

    All sequences of duties without conflicting pairs are followed from state to state. A rule that never says
    NO nor costs on any of them is left out: it holds by itself.

    Returns
    -------
    tuple
        The rules kept, and bool ``[n_people, n_groups]`` of duties that every state refuses.
    """
    never = np.zeros_like(allowed)
    kept: list[StepRule] = []
    order = sorted(
        range(len(problem.groups)),
        key=lambda g: (problem.groups[g].report_s, problem.groups[g].release_s, g),
    )
    first_s = problem.groups[order[0]].report_s if order else 0
    for rule in active:
        if rule.rule.form != "step":
            continue
        steps, timed = Steps(problem, rule), _Timed(Steps(problem, rule))
        large = len(rule.people) * len(order) > _EACH_AT_MOST
        alike: dict[tuple[Hashable, int], list[int]] = {}
        for p in rule.people:
            state: Hashable = rule.rule.module.start(problem, rule.params, p)
            state, _ = rule.rule.module.step(problem, rule.params, state, first_s, None)
            alike.setdefault((state, int(conflict_of[p])), []).append(p)
        for (_, k), people in alike.items():
            # what holds by itself for all duties any of them could do holds for each of them
            union: NDArray[np.bool_] = np.asarray(allowed[people].any(axis=0))
            mine = [g for g in order if union[g]]
            if large and _runs_into(steps, people[0], mine, conflict[k]):
                for p in people:
                    few = [g for g in order if allowed[p, g]] if int(allowed[p].sum()) <= _FEW else None
                    own, more = (True, ()) if few is None else _explore(steps, p, few, conflict[k])
                    never[p, list(more)] = True
                    if own:
                        kept.append(StepRule(rule, p))
                continue
            if _holds_by_time(timed, people[0], mine, conflict[k]):
                continue
            binds, refused = _explore(steps, people[0], mine, conflict[k])
            never[np.ix_(people, list(refused))] = True
            some = people[:: max(1, len(people) // _SOME)] if len(people) * len(mine) > _EACH_AT_MOST else []
            if binds and some and all(_binds(steps, p, order, allowed[p] & ~never[p], conflict[k]) for p in some):
                kept += [StepRule(rule, p) for p in people]
                continue
            for p in people if binds else ():
                mine = [g for g in order if allowed[p, g] and not never[p, g]]
                own, more = _explore(steps, p, mine, conflict[k])
                never[p, list(more)] = True
                if own:
                    kept.append(StepRule(rule, p))
    return kept, never


def _runs_into(steps: Steps, person: int, groups: list[int], conflict: NDArray[np.bool_]) -> bool:
    """Whether the rule says NO or costs for who takes every duty that does not clash with those taken before.

    One way of many: where it holds on this one, nothing is known.
    """
    problem, module = steps.problem, steps.module
    state = module.start(problem, steps.params, person)
    inside = np.array(groups, dtype=np.int64)
    free = np.ones(len(groups), dtype=bool)
    at = 0
    while True:
        left = np.flatnonzero(free[at:])
        if not len(left):
            return False
        at += int(left[0])
        duty = Stint.of_group(groups[at], problem.groups[groups[at]])
        state, waited = module.step(problem, steps.params, state, duty.report_s, None)
        after, taken = module.step(problem, steps.params, state, duty.report_s, duty)
        if steps.priced(waited) != 0 or steps.priced(taken) != 0:
            return True
        state = after
        free &= ~conflict[groups[at], inside]
        free[at] = False


def _binds(
    steps: Steps, person: int, order: list[int], free: NDArray[np.bool_], conflict: NDArray[np.bool_]
) -> bool:
    return _explore(steps, person, [g for g in order if free[g]], conflict)[0]


def _explore(
    steps: Steps, person: int, groups: list[int], conflict: NDArray[np.bool_]
) -> tuple[bool, tuple[int, ...]]:
    """Whether the rule ever says NO or costs on a way without conflicts, and the groups it refuses on all of them."""
    if hasattr(steps.module, "end"):
        return True, ()  # what is due at the end depends on what was not done: always in the model
    groups_of = steps.problem.groups
    roles = _alike(steps.problem, groups, conflict)
    lead = [role[0] for role in roles]
    near = conflict[np.ix_(lead, lead)]
    return _follow(steps, person, roles, [Stint.of_group(g, groups_of[g]) for g in lead], near)


def _follow(
    steps: Steps,
    person: int,
    roles: list[list[int]],
    stints: Sequence[Any],
    near: NDArray[np.bool_],
) -> tuple[bool, tuple[int, ...]]:
    """Follow all sequences of roles without two that are ``near``."""
    ahead = [sum(1 << (int(j) + 1) for j in np.nonzero(near[i, i + 1 :])[0]) for i in range(len(roles))]
    blocked = Blocked(ahead)
    stepped = Stepped(steps, person, stints)
    at_block = at_state = np.zeros(1, dtype=np.int64)
    refused: list[int] = []
    binds = False
    for i, role in enumerate(roles):
        block, state = blocked.advance(i), stepped.advance(i)
        free = block.take[at_block] != NEVER
        bad = free & (state.take[at_state] == NEVER)
        if free.any() and bad[free].all():
            refused += role
        elif bad.any():
            binds = True
        binds |= bool((state.skip[at_state] == NEVER).any() or (state.skip_cost[at_state] > 0).any())
        good = free & ~bad
        binds |= bool((state.take_cost[at_state[good]] > 0).any())
        wait = state.skip[at_state] != NEVER
        blocks = np.concatenate([block.skip[at_block[wait]], block.take[at_block[good]]])
        states = np.concatenate([state.skip[at_state[wait]], state.take[at_state[good]]])
        once = np.unique(blocks * max(state.n_after, 1) + states)
        at_block, at_state = once // max(state.n_after, 1), once % max(state.n_after, 1)
        if len(at_state) > _STATES_AT_MOST:
            return True, tuple(refused)
    return binds, tuple(refused)


class _Watched:
    """A duty that notes which of its fields are read."""

    def __init__(self, stint: Stint, read: set[str]) -> None:
        self._stint = stint
        self._read = read

    def __getattr__(self, name: str) -> Any:
        self._read.add(name)
        return getattr(self._stint, name)


@dataclass
class _Timed:
    """Duties by their times alone, each with what the rule said of it and which fields that took, for all people."""

    steps: Steps
    read: set[str] = field(default_factory=set)
    duties: dict[Hashable, _Watched] = field(default_factory=dict)

    def watched(self, duty: Hashable, group: int) -> _Watched:
        """The duty of a time, first met in ``group``."""
        if duty not in self.duties:
            self.duties[duty] = _Watched(Stint.of_group(group, self.steps.problem.groups[group]), self.read)
        return self.duties[duty]


def _holds_by_time(
    timed: _Timed, person: int, groups: list[int], conflict: NDArray[np.bool_]
) -> bool:
    """Whether a rule that reads no place holds even when two times exclude each other only if all their places do.

    There are far fewer times than times and places, so this settles most rules of large events at once.
    """
    problem = timed.steps.problem
    if hasattr(timed.steps.module, "end") or not groups:
        return False
    of_time: dict[Hashable, list[int]] = {}
    for g in groups:
        duty = replace(Stint.of_group(-1, problem.groups[g]), report_place=0, release_place=0)
        of_time.setdefault(duty, []).append(g)
    roles = list(of_time.values())
    if len(roles) == len(groups):
        return False
    order = np.array([g for role in roles for g in role])
    first = np.cumsum([0, *(len(role) for role in roles[:-1])])
    rows = np.stack([conflict[role].all(axis=0) for role in roles])
    near = np.logical_and.reduceat(rows[:, order], first, axis=1)
    for i, role in enumerate(roles):
        inside = conflict[np.ix_(role, role)].copy()
        np.fill_diagonal(inside, True)
        if not inside.all():
            return False
        near[i, i] = False
    stints = [timed.watched(duty, role[0]) for duty, role in of_time.items()]
    binds, refused = _follow(timed.steps, person, roles, stints, near)
    return not (binds or refused or timed.read & {"report_place", "release_place", "group"})


def _alike(problem: Problem, groups: list[int], conflict: NDArray[np.bool_]) -> list[list[int]]:
    """Groups in time order, those of the same duty that exclude the same others (and each other) together."""
    found: dict[Hashable, list[int]] = {}
    mine = conflict[:, groups]
    for k, g in enumerate(groups):
        row = mine[g].copy()
        row[k] = True
        found.setdefault((Stint.of_group(-1, problem.groups[g]), np.packbits(row).tobytes()), []).append(g)
    roles = []
    for members in found.values():
        apart = len(members) == 1 or bool(conflict[members[0], members[1]])
        roles += [members] if apart else [[g] for g in members]
    order = {g: k for k, g in enumerate(groups)}
    return sorted(roles, key=lambda role: order[role[0]])
