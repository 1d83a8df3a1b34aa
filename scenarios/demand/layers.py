"""Numbers that change over time -> few blocks of whole hours that hold them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scenarios.demand.headcount import STEP_S
from scenarios.demand.need import Need

#: Blocks start and end on whole hours, and dips shorter than this do not send people home.
GRID_S = 3600
BRIDGE_S = 7200


@dataclass(frozen=True, slots=True)
class Block:
    """``number`` more officers during ``[start_s, end_s)``, on top of every other block that covers it."""

    start_s: int
    end_s: int
    number: int


def concurrent(needs: Iterable[Need], horizon_s: int) -> list[int]:
    """Officers needed at once in each quarter hour of the horizon."""
    change = [0] * (-(-horizon_s // STEP_S) + 1)
    for need in needs:
        change[max(0, need.start_s) // STEP_S] += need.number
        change[min(len(change) - 1, -(-need.end_s // STEP_S))] -= need.number
    counts, now = [], 0
    for step in change[:-1]:
        now += step
        counts.append(now)
    return counts


def blocks(
    counts: Sequence[int], *, start_s: int = 0, low_s: int = 0, high_s: int | None = None
) -> tuple[Block, ...]:
    """Cover ``counts[k]`` (quarter hour ``k`` from ``start_s``) with blocks of whole hours, highest need inside.

    The ``j``-th officer is there whenever at least ``j`` are needed; like runs of several officers become one
    block. Blocks are clipped to ``[low_s, high_s)``.
    """
    found: dict[tuple[int, int], int] = {}
    for j in range(1, max(counts, default=0) + 1):
        for a, b in _runs(counts, j, start_s):
            low = max(low_s, a // GRID_S * GRID_S)
            high = -(-b // GRID_S) * GRID_S
            if high_s is not None:
                high = min(high_s, high)
            if high > low:
                found[low, high] = found.get((low, high), 0) + 1
    return tuple(Block(a, b, n) for (a, b), n in sorted(found.items()))


def _runs(counts: Sequence[int], level: int, start_s: int) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for k, count in enumerate(counts):
        if count < level:
            continue
        a, b = start_s + k * STEP_S, start_s + (k + 1) * STEP_S
        if runs and a - runs[-1][1] < BRIDGE_S:
            runs[-1] = (runs[-1][0], b)
        else:
            runs.append((a, b))
    return runs
