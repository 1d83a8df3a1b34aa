"""The roster as plain data: who sits in which seat. Times are the group's own; nothing derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Duty:
    """One person in one seat: ``group`` and ``person`` are ids, ``seat`` counts from 1 (``G12/3``)."""

    group: str
    seat: int
    person: str


@dataclass(frozen=True, slots=True)
class RosterPlan:
    """All duties."""

    duties: tuple[Duty, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON data, sorted, so that equal plans are equal bytes."""
        return {
            "duties": [
                {"seat": f"{d.group}/{d.seat}", "person": d.person} for d in sorted(self.duties)
            ]
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> RosterPlan:
        """Read what ``to_json`` wrote."""
        duties = []
        for row in data["duties"]:
            group, _, seat = str(row["seat"]).rpartition("/")
            duties.append(Duty(group, int(seat), str(row["person"])))
        return cls(tuple(duties))
