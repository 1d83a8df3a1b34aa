"""Made-up events from their map to their roster: ``python -m benchmarks events district --seed 0 --seconds 60``.

The event comes from ``scenarios.generate`` with the seed; the engines run once, in the order and with the shares of
time that ``docs/performance.md`` names, and the plan is audited. One JSON line tells seconds of each stage, levels,
bound, gap and the most memory held.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scenarios.audit import audit_plan
from scenarios.chain import Chain, Round, Settings, run_round
from scenarios.desk import prepare
from scenarios.generate import SIZES, generate
from scenarios.load import load_checked
from scenarios.run import plan_of
from scheduler.outcome import Limits, Outcome

#: Seconds of siting, patrols and roster at full length: what each size is measured by.
SHARES = {"district": (10, 15, 35), "city": (30, 90, 180), "mega": (180, 240, 480)}
ENGINES = ("siting", "patrols", "roster")


@dataclass(frozen=True)
class _Shared(Settings):
    """Each engine's own part of the time, whatever the others left over."""

    parts: tuple[int, int, int] = (10, 15, 35)

    def limits(self, engine: str, used_s: float) -> Limits:
        """The engine's part of the seconds."""
        return Limits((self.seconds or 60.0) * self.parts[ENGINES.index(engine)] / sum(self.parts))


@contextmanager
def _timed(stages: dict[str, float], name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    stages[name] = round(time.monotonic() - began, 2)


def run(path: Path, limits: Limits, seed: int, workers: int) -> tuple[dict[str, Any], object]:
    """Make the event, plan it once, audit it.

    Parameters
    ----------
    path
        The size's name: ``district``, ``city`` or ``mega``.
    limits
        Seconds of the three engines together.
    """
    size = path.name
    stages: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        with _timed(stages, "generate"):
            event = generate(size, seed, Path(folder))
        with _timed(stages, "load"):
            loaded = load_checked(folder)
        with _timed(stages, "prepare"):
            desk = prepare(loaded)
        settings = _Shared(limits.seconds, None, seed, workers, SHARES[size])
        began = time.monotonic()
        found = run_round(desk, settings)
        planning_s = time.monotonic() - began
        stages |= {name: round(found.outcomes[name].seconds, 2) for name in ENGINES}
        stages["lay out"] = round(planning_s - sum(found.outcomes[name].seconds for name in ENGINES), 2)
        plan = plan_of(desk, settings, Chain([found]), found, None)
        with _timed(stages, "audit"):
            audit = audit_plan(desk, plan)
    roster = found.outcomes["roster"]
    first = roster.first_open or (roster.levels[-1] if roster.levels else None)
    problem = found.roster.problem
    result = {
        "status": roster.status.value, "objective": first.value if first else None,
        "bound": first.bound if first else None, "gap": roster.gap, "seconds": planning_s + stages["audit"],
        "level": first.name if first else None, "lift": round(event.load.lift, 3), "stages": stages,
        "people": len(problem.people), "groups": len(problem.groups),
        "seats": sum(group.need for group in problem.groups), "posts": _count(found, "siting"),
        "tours": _count(found, "patrols"), "must_short": found.must_short(),
        "agrees": audit.agrees, "breaches": len(audit.breaches),
        "levels": {name: _levels(found.outcomes[name]) for name in ENGINES},
    }  # fmt: skip
    return result, plan.to_json()


def _count(found: Round, engine: str) -> int:
    return len(found.numbers) if engine == "siting" else len(found.patrol_plan.tours)


def _levels(outcome: Outcome[Any]) -> dict[str, list[int | None]]:
    return {level.name: [level.value, level.bound] for level in outcome.levels}


Run = Callable[[Path, Limits, int, int], tuple[dict[str, Any], object]]
KINDS: dict[str, Run] = {"events": run}
#: Instances that are names, not files.
NAMED = {"events": tuple(SIZES)}
