"""People on duty and seats needed, hour by hour."""

from __future__ import annotations

from dataclasses import dataclass

from scenarios.view import PlanView

HOUR_S = 3600


@dataclass(frozen=True)
class Strength:
    """Counts at each full hour ``[h]``: by unit, in all, and the seats that must be filled."""

    hours_s: tuple[int, ...]
    by_unit: dict[str, list[int]]
    need: list[int]

    @property
    def filled(self) -> list[int]:
        """People on duty in all units ``[h]``."""
        return [sum(counts) for counts in zip(*self.by_unit.values(), strict=True)] or [0] * len(
            self.hours_s
        )


def strength(view: PlanView) -> Strength:
    """Count who is on duty at each full hour of the horizon; a span counts at hours in ``[start, end)``."""
    hours = tuple(range(0, view.horizon_s, HOUR_S))
    by_unit = {unit: [0] * len(hours) for unit in view.units}
    for d in view.duties:
        counts = by_unit.setdefault(d.unit, [0] * len(hours))
        for i in _within(d.start_s, d.end_s, len(hours)):
            counts[i] += 1
    need = [0] * len(hours)
    for s in view.seats:
        for i in _within(s.start_s, s.end_s, len(hours)):
            need[i] += s.need
    return Strength(hours, by_unit, need)


def _within(start_s: int, end_s: int, n_hours: int) -> range:
    return range(max(0, -(-start_s // HOUR_S)), min(n_hours, -(-end_s // HOUR_S)))
