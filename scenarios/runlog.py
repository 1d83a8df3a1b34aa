"""One JSON-lines log for each run: what ran with which versions and settings, and every event with its second.

First line: ``{"kind": "run", "scenario", "digest", "seed", "settings", "versions"}``. Then one line for each
progress event: ``{"kind", "engine", "level", "value", "bound", "at_s", "text"}``, ``at_s`` counted from the
start of the run. Last line: ``{"kind": "end", "exit_code", "at_s", "peak_mib"}``. The plan itself holds no clock
times; this log does, and is only kept beside it.
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from scheduler.outcome import OnProgress, Progress

PACKAGES = ("vedette", "ortools", "pyvrp", "numpy", "scipy", "numba", "networkx", "geopandas", "shapely")


def versions() -> dict[str, str]:
    """Python and the packages that can change a plan."""
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


class RunLog:
    """Collects events, passing each on; may be called from a solver's thread."""

    def __init__(self, head: Mapping[str, Any], onward: OnProgress | None = None) -> None:
        self.began = time.monotonic()
        self.onward = onward
        self.rows: list[dict[str, Any]] = [{"kind": "run", **head, "versions": versions()}]

    def __call__(self, event: Progress) -> None:
        """Note an event and pass it on."""
        self.rows.append(
            {
                "kind": event.kind, "engine": event.engine, "level": event.level, "value": event.value,
                "bound": event.bound, "at_s": self.seconds(), "text": event.text,
            }
        )
        if self.onward is not None:
            self.onward(event)

    def seconds(self) -> float:
        """Seconds since the run began, to the millisecond."""
        return round(time.monotonic() - self.began, 3)

    def end(self, **facts: Any) -> None:
        """Note how the run ended."""
        self.rows.append({"kind": "end", "at_s": self.seconds(), **facts})

    def dumps(self) -> str:
        """The text of ``run.jsonl``."""
        return "".join(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in self.rows)
