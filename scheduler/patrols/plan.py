"""The patrol plan as plain data: each crew's stops with their times, and its breaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit: the crew is there during ``[arrive_s, leave_s)``; ``reverse`` enters at end ``b``."""

    place: str
    arrive_s: int
    leave_s: int
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class Rest:
    """A break taken during ``[start_s, end_s)`` after stop number ``after`` (-1: before the first)."""

    after: int
    start_s: int
    end_s: int


@dataclass(frozen=True, slots=True)
class Tour:
    """What one crew does in its shift: leaves its depot at ``depart_s``, is back at ``return_s``."""

    crew: str
    depart_s: int
    return_s: int
    stops: tuple[Stop, ...]
    rests: tuple[Rest, ...] = ()


@dataclass(frozen=True, slots=True)
class PatrolPlan:
    """Every tour; a crew without one stays at home."""

    tours: tuple[Tour, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON data, crews in order of their ids, so that equal plans are equal bytes."""
        return {
            "tours": [
                {
                    "crew": t.crew,
                    "depart_s": t.depart_s,
                    "return_s": t.return_s,
                    "stops": [
                        {
                            "place": s.place,
                            "arrive_s": s.arrive_s,
                            "leave_s": s.leave_s,
                            "reverse": s.reverse,
                        }
                        for s in t.stops
                    ],
                    "rests": [
                        {"after": r.after, "start_s": r.start_s, "end_s": r.end_s} for r in t.rests
                    ],
                }
                for t in sorted(self.tours, key=lambda t: t.crew)
            ]
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PatrolPlan:
        """Read what ``to_json`` wrote."""
        return cls(
            tuple(
                Tour(
                    str(t["crew"]),
                    int(t["depart_s"]),
                    int(t["return_s"]),
                    tuple(
                        Stop(
                            str(s["place"]),
                            int(s["arrive_s"]),
                            int(s["leave_s"]),
                            bool(s["reverse"]),
                        )
                        for s in t["stops"]
                    ),
                    tuple(
                        Rest(int(r["after"]), int(r["start_s"]), int(r["end_s"]))
                        for r in t["rests"]
                    ),
                )
                for t in data["tours"]
            )
        )
