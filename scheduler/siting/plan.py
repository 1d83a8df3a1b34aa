"""The siting plan as plain data: which post stands when, with how many units of which kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Stand:
    """``n_units`` units of one kind at one post during one period (ids of the Problem)."""

    post: str
    period: str
    kind: str
    n_units: int


@dataclass(frozen=True, slots=True)
class SitingPlan:
    """Every stand, in a fixed order."""

    stands: tuple[Stand, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON data, sorted, so that equal plans are equal bytes."""
        return {
            "stands": [
                {"post": s.post, "period": s.period, "kind": s.kind, "n_units": s.n_units}
                for s in sorted(self.stands)
            ]
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SitingPlan:
        """Read what ``to_json`` wrote."""
        return cls(
            tuple(
                Stand(str(s["post"]), str(s["period"]), str(s["kind"]), int(s["n_units"]))
                for s in data["stands"]
            )
        )
