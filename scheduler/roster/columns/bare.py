"""Graphs without sums: what blocks what, and step rules. People who differ in their sums alone share one."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scheduler.roster.columns.automata import NEVER, Automaton, Blocked, Stepped, Steps
from scheduler.roster.columns.minimal import Choices, Layer, minimal, without
from scheduler.roster.forms import Stint
from scheduler.roster.linear import Ints, Linear, StepRule

_NODES_AT_MOST = 60_000_000
"""Nodes, waiting included, beyond which there is no graph."""

_WIDER = 1.3
"""A shared graph may have so many times the roles of a person's own: what is too much is cut out again."""

_Cells = Sequence[dict[int, int]]


@dataclass(frozen=True)
class Bare:
    """Roles in time order (each the groups that are the same but for prices), and the choices among them.

    ``open_`` bool ``[n_groups]`` are the groups that may be served; other members of a role need prices that forbid
    them.
    """

    roles: tuple[tuple[int, ...], ...]
    choices: Choices
    open_: NDArray[np.bool_]

    def coefs(self, cells: dict[int, int]) -> list[int]:
        """What each role adds to a sum over groups."""
        return [next((cells.get(g, 0) for g in role if self.open_[g]), 0) for role in self.roles]


class Bares:
    """Makes graphs without sums, and keeps those that people of the same steps and conflicts share."""

    def __init__(self, linear: Linear, wanted: Iterable[tuple[tuple[int, Hashable], NDArray[np.bool_]]]) -> None:
        self.linear = linear
        self.walks: dict[int, Steps] = {}
        self.together: dict[tuple[int, Hashable], NDArray[np.bool_]] = {}
        self.times: dict[tuple[int, Hashable], int] = {}
        self.shared: dict[tuple[int, Hashable], Bare | None] = {}
        self.unions: dict[tuple[int, Hashable], list[tuple[int, ...]]] = {}
        for key, allowed in wanted:
            self.together[key] = self.together.get(key, False) | allowed
            self.times[key] = self.times.get(key, 0) + 1

    def of(
        self,
        key: tuple[int, Hashable],
        person: int,
        steps: Sequence[StepRule],
        allowed: NDArray[np.bool_],
        sums: _Cells,
    ) -> Bare | None:
        """The graph of people with these conflicts and steps (``key``) who may serve some groups; None: too large."""
        kind = key[0]
        if self.times[key] > 1:
            union = self._union(key)
            mine = [role for role in union if any(allowed[g] for g in role)]
            if len(union) <= _WIDER * len(mine) and all(_same(role, allowed, sums) for role in mine):
                if key not in self.shared:
                    self.shared[key] = self._made(kind, person, steps, union, self.together[key])
                whole = self.shared[key]
                if whole is not None:
                    shut = np.array([not any(allowed[g] for g in role) for role in union], dtype=bool)
                    return replace(whole, choices=without(whole.choices, shut), open_=allowed)
        return self._made(kind, person, steps, _roles(self.linear, kind, allowed, sums), allowed)

    def _union(self, key: tuple[int, Hashable]) -> list[tuple[int, ...]]:
        """Roles of everything that anyone of these people may serve."""
        if key not in self.unions:
            self.unions[key] = _roles(self.linear, key[0], self.together[key], ())
        return self.unions[key]

    def _made(
        self,
        kind: int,
        person: int,
        steps: Sequence[StepRule],
        roles: list[tuple[int, ...]],
        allowed: NDArray[np.bool_],
    ) -> Bare | None:
        linear = self.linear
        lead = [role[0] for role in roles]
        conflict = linear.conflict[kind][np.ix_(lead, lead)]
        ahead = [sum(1 << (j + 1) for j in np.nonzero(conflict[i, i + 1 :])[0].tolist()) for i in range(len(lead))]
        duties = [Stint.of_group(g, linear.problem.groups[g]) for g in lead]
        own = [self.walks.setdefault(id(s.rule), Steps(linear.problem, s.rule)) for s in steps]
        made = _product([Blocked(ahead), *(Stepped(one, person, duties) for one in own)], len(roles))
        return None if made is None else Bare(tuple(roles), made, allowed)


def _same(role: tuple[int, ...], allowed: NDArray[np.bool_], sums: _Cells) -> bool:
    """Whether all groups of a role that may be served add the same to every sum."""
    mine = [g for g in role if allowed[g]]
    return len(mine) == 1 or all(len({cells.get(g, 0) for g in mine}) == 1 for cells in sums)


def _roles(linear: Linear, kind: int, allowed: NDArray[np.bool_], sums: _Cells) -> list[tuple[int, ...]]:
    """Groups that are the same to some people: same duty, same conflicts, same part in every sum; in time order."""
    problem, conflict = linear.problem, linear.conflict[kind]
    alike: dict[Hashable, list[int]] = {}
    for g in np.nonzero(allowed)[0].tolist():
        stint = Stint.of_group(-1, problem.groups[g])
        row = conflict[g].copy()
        row[g] = True
        key = (stint, np.packbits(row).tobytes(), tuple(cells.get(g, 0) for cells in sums))
        alike.setdefault(key, []).append(g)
    roles: list[tuple[int, ...]] = []
    for members in alike.values():
        # two duties of one role at once must be impossible, else each is a role of its own
        if len(members) > 1 and not conflict[members[0], members[1]]:
            roles += [(g,) for g in members]
        else:
            roles.append(tuple(members))
    groups = problem.groups
    return sorted(roles, key=lambda role: (groups[role[0]].report_s, groups[role[0]].release_s, role[0]))


def _product(parts: list[Automaton], n_roles: int) -> Choices | None:
    """All combinations of states that can be reached and lead to the end; None when there are too many."""
    state = np.zeros((len(parts), 1), dtype=np.int64)
    first = 0  # number of the first node of the layer at hand
    layers: list[Layer] = []
    total = 0
    for i in range(n_roles):
        moves = [part.advance(i) for part in parts]
        skip, skip_cost = _moved(state, [(one.skip, one.skip_cost) for one in moves])
        take, take_cost = _moved(state, [(one.take, one.take_cost) for one in moves])
        u, w = np.nonzero((skip != NEVER).all(axis=0))[0], np.nonzero((take != NEVER).all(axis=0))[0]
        after = np.concatenate([skip[:, u], take[:, w]], axis=1)
        keys = _key(after, [one.n_after for one in moves])
        _, once, head = np.unique(keys, return_index=True, return_inverse=True)
        first += state.shape[1]
        to = np.full((2, state.shape[1]), -1, dtype=np.int64)
        to[0, u], to[1, w] = first + head[: len(u)], first + head[len(u) :]
        layers.append(Layer(to[0], skip_cost, to[1], take_cost))
        total += len(head)
        if total > _NODES_AT_MOST:
            return None
        state = after[:, once]
    due = np.zeros(state.shape[1], dtype=np.int64)
    ends = np.ones(state.shape[1], dtype=bool)
    for k, part in enumerate(parts):
        last = part.finish()[state[k]]
        ends &= last != NEVER
        due += np.maximum(last, 0)
    nowhere = np.full(state.shape[1], -1, dtype=np.int64)
    layers.append(Layer(np.where(ends, first + state.shape[1], -1), due, nowhere, np.zeros_like(due)))
    return minimal(layers)


def _moved(state: Ints, tables: list[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
    """Every part's state after one way through a layer, and what the way costs in all."""
    after = np.empty_like(state)
    cost = np.zeros(state.shape[1], dtype=np.int64)
    for k, (to, paid) in enumerate(tables):
        after[k] = to[state[k]]
        if paid.any():
            cost += paid[state[k]]
    return after, cost


def _key(states: Ints, sizes: list[int]) -> Ints:
    key = np.zeros(states.shape[1], dtype=np.int64)
    span = 1
    for k, size in enumerate(sizes):
        if span > (1 << 62) // max(size, 1):  # too many combinations to number: number those that occur
            _, key = np.unique(key, return_inverse=True)
            span = int(key.max()) + 1 if len(key) else 1
        key += span * states[k]
        span *= max(size, 1)
    return key
