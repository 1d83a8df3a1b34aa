"""The event benchmark: one line that adds up, from a name and a seed."""

from pathlib import Path

import pytest

from benchmarks.events import KINDS, NAMED, SHARES
from scenarios.generate import SIZES
from scenarios.generate import sizes as room
from scenarios.generate.sizes import Size
from scenarios.generate.town import TownPlan
from scheduler.outcome import Limits

TINY = Size("tiny", TownPlan(16, 14, 1, 1, 4_000), 9, 90, 1, 1, 1, 1, 1, 2, 250, 4_000)


def test_every_size_has_its_shares() -> None:
    assert set(NAMED["events"]) == set(SIZES) == set(SHARES)


def test_a_small_event_is_planned_and_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day in a village: every stage is timed, bounds are below values, the audit agrees."""
    monkeypatch.setitem(room.SIZES, "tiny", TINY)
    monkeypatch.setitem(SHARES, "tiny", (1, 1, 2))
    result, plan = KINDS["events"](Path("tiny"), Limits(seconds=4), 0, 2)
    assert result["agrees"]
    assert result["breaches"] == 0
    assert set(result["stages"]) == {
        "generate", "load", "prepare", "siting", "patrols", "roster", "lay out", "audit"
    }
    for engine in ("siting", "patrols", "roster"):
        for value, bound in result["levels"][engine].values():
            assert bound is None or bound <= value
    assert result["people"] == 90
    assert isinstance(plan, dict)
