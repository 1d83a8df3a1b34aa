"""How each crew moves: on its network at its pace, through the air, or from picture to picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.assemble.places import Ways
from scenarios.patrol_settings import Moving
from scenarios.schema import Scenario
from scenarios.spans import intervals
from scheduler.patrols.problem import Mode

OFF_ROAD = frozenset({"drone", "camera"})
"""Modes without a network of their own."""


@dataclass(frozen=True, slots=True)
class Move:
    """A mode, the closures in force for it and its pace in percent of the network's."""

    mode: str
    closures: frozenset[str] = frozenset()
    pace_pct: int = 100

    @property
    def on_road(self) -> bool:
        """Whether it moves on a network."""
        return self.mode not in OFF_ROAD

    @property
    def name(self) -> str:
        """As people call it; distinct for distinct moves."""
        pace = "" if self.pace_pct == 100 else f" at {self.pace_pct} % of its pace"
        return self.mode + pace + (f" without {', '.join(sorted(self.closures))}" if self.closures else "")


def moving(scenario: Scenario, mode: str) -> Moving:
    """The settings of a mode, as written or the defaults."""
    found: Moving = next((m for m in scenario.patrols.modes if m.mode == mode), Moving(mode=mode))  # type: ignore[arg-type]
    return found


def move_of(scenario: Scenario, ways: Ways, mode: str, start_s: int, end_s: int) -> Move:
    """How a crew moves during its shift: what closes or slows any of it holds for all of it."""
    if mode in OFF_ROAD:
        return Move(mode)
    pace = moving(scenario, mode).pace_pct
    slowest = [
        slow.pace_pct
        for slow in scenario.patrols.slow
        if mode in slow.modes
        and any(a < end_s and b > start_s for span in slow.spans for a, b in intervals(scenario, span))
    ]
    return Move(mode, ways.active(mode, start_s, end_s), pace * min(slowest, default=100) // 100)


def mode_table(scenario: Scenario, ways: Ways, xy: NDArray[np.float64], move: Move) -> Mode:
    """Seconds between the locations ``xy`` (metres ``[n, 2]``) for one way of moving, rounded up."""
    own = moving(scenario, move.mode)
    if move.mode == "drone":
        apart = np.hypot(*(xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1))
        seconds = np.ceil(apart * 3.6 / own.kmh)
        return _table(move.name, seconds, np.ones(seconds.shape, np.bool_))
    if move.mode == "camera":
        seconds = np.full((len(xy), len(xy)), own.switch_s)
        return _table(move.name, seconds, np.ones(seconds.shape, np.bool_))
    times = ways.seconds(move.mode, move.closures, xy, xy, walk=False)
    seconds = np.where(times.reachable, times.seconds, 0)
    return _table(move.name, -(-seconds.astype(np.int64) * 100 // move.pace_pct), times.reachable.copy())


def _table(name: str, seconds: NDArray[np.generic], reachable: NDArray[np.bool_]) -> Mode:
    whole = seconds.astype(np.int32)
    np.fill_diagonal(whole, 0)
    np.fill_diagonal(reachable, True)
    return Mode(name, whole, reachable)
