"""Sessions -> head counts over time: who arrives in each quarter hour, and how many are there.

People who come for a fixed start (concert, match, ceremony) arrive in a rush that peaks two thirds into the arrival
time and leave in a burst after the end. Markets and exhibitions fill and empty all day. The shapes are ours and
editable through the session's own minutes; ``domain.md`` D17 asks for arrivals, stay and egress burst.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

STEP_S = 900
#: Kinds whose visitors come and go during the session.
FLOWING = frozenset({"exhibition", "market", "other"})


@dataclass(frozen=True, slots=True)
class HeadCount:
    """Head counts in quarter hours from ``start_s``.

    Attributes
    ----------
    arrivals
        People who arrive during each quarter hour; they sum to the attendance.
    inside
        Most people who are there at one moment of each quarter hour.
    """

    start_s: int
    arrivals: tuple[int, ...]
    inside: tuple[int, ...]

    @property
    def peak_per_h(self) -> int:
        """Most arrivals in four successive quarter hours."""
        n = len(self.arrivals)
        return max((sum(self.arrivals[k : k + 4]) for k in range(n)), default=0)

    @property
    def peak(self) -> int:
        """Most people there at once."""
        return max(self.inside, default=0)


def shares(n: int, peak: int) -> tuple[int, ...]:
    """Triangular weights ``1, 2, .. peak, peak - 1, ..`` of ``n`` quarter hours, each at least 1."""
    return tuple(k + 1 if k < peak else max(1, 2 * peak - k - 1) for k in range(n))


def spread(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Whole numbers in proportion to ``weights`` that sum to ``total``; rounding carries over, none is lost."""
    whole = sum(weights)
    out: list[int] = []
    passed = 0
    for w in weights:
        before = total * passed // whole
        passed += w
        out.append(total * passed // whole - before)
    return tuple(out)


def _steps(seconds: int) -> int:
    return max(1, -(-seconds // STEP_S))


def head_count(
    *,
    start_s: int,
    end_s: int,
    attendance: int,
    flowing: bool,
    arrive_s: int,
    egress_s: int,
    stay_s: int = 7200,
) -> HeadCount:
    """Head counts of one session.

    Parameters
    ----------
    start_s, end_s
        The session itself, in seconds since the horizon's start.
    attendance
        How many come in all.
    flowing
        Visitors come and go between ``start_s`` and ``end_s`` and each stays ``stay_s``; otherwise all arrive in
        the ``arrive_s`` before the start.
    egress_s
        How long it takes until the last has left after the end; the first quarter hours carry most.

    Returns
    -------
    HeadCount
        From the first arrival to the last departure.
    """
    n_out = _steps(egress_s)
    if flowing:
        n_show = _steps(end_s - start_s)
        n_stay = _steps(stay_s)
        n_in = max(1, n_show - n_stay // 2)
        arriving = spread(attendance, shares(n_in, -(-n_in // 2))) + (0,) * (n_show - n_in)
        first_s, n_before = start_s, n_show
    else:
        n_in = _steps(arrive_s)
        n_show = _steps(end_s - start_s)
        arriving = spread(attendance, shares(n_in, -(-2 * n_in // 3))) + (0,) * n_show
        n_stay = len(arriving)
        first_s, n_before = start_s - n_in * STEP_S, n_in + n_show
    inside: list[int] = []
    there = 0
    for k in range(n_before):
        # Who arrived n_stay quarter hours ago leaves as this one begins.
        there -= arriving[k - n_stay] if k >= n_stay else 0
        there += arriving[k]
        inside.append(there)
    for leaving in spread(there, tuple(range(n_out, 0, -1))):
        inside.append(there)
        there -= leaving
    return HeadCount(first_s, arriving + (0,) * n_out, tuple(inside))
