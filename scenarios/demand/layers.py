"""Numbers that change over time -> few blocks that hold them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scenarios.demand.headcount import STEP_S
from scenarios.demand.need import Need

#: Blocks start and end on half hours, and dips shorter than this do not send people home.
GRID_S = 1800
BRIDGE_S = 4 * 3600
#: People come in so many waves at most: a duty for every step of a curve is no roster anyone would work.
WAVES = 3


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
    counts: Sequence[int],
    *,
    start_s: int = 0,
    low_s: int = 0,
    high_s: int | None = None,
    waves: int = WAVES,
) -> tuple[Block, ...]:
    """Cover ``counts[k]`` (quarter hour ``k`` from ``start_s``) with few blocks that never hold fewer.

    The ``j``-th officer is there whenever at least ``j`` are needed. Each busy stretch is looked at by itself: its
    officers come in at most ``waves`` waves, a wave as long as its first officer is needed. Blocks are clipped to
    ``[low_s, high_s)``.
    """
    found: dict[tuple[int, int], int] = {}
    for a, b in _runs(counts, 1, start_s):
        first, last = (a - start_s) // STEP_S, (b - start_s) // STEP_S
        stretch = counts[first:last]
        peak = max(stretch)
        size = -(-peak // waves)
        for lowest in range(1, peak + 1, size):
            number = min(size, peak - lowest + 1)
            for begin, finish in _runs(stretch, lowest, a):
                low = max(low_s, begin // GRID_S * GRID_S)
                high = -(-finish // GRID_S) * GRID_S
                if high_s is not None:
                    high = min(high_s, high)
                held = max(stretch[(low - a) // STEP_S if low > a else 0 : max(1, -(-(high - a) // STEP_S))])
                here = min(number, held - lowest + 1)
                if high > low and here > 0:
                    found[low, high] = found.get((low, high), 0) + here
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
