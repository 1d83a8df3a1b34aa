"""The hourly strength budget that siting and patrols share.

For every hour it says how many officers of a description are left when all fixed needs are manned. It is a
relaxation: people count as free in every hour in which they are not absent, and a need only lowers the
stock of descriptions that contain everybody who could fill it. So it never underestimates: what does not
fit this budget cannot be manned, and what fits may still fail on rest and hours, which the roster finds
and the loop in ``run`` hands back as tighter caps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scenarios.demand.need import Need
from scenarios.schema import Kind, Scenario
from scenarios.staff import HOUR_S, Staff

TOUR_S = 12 * 3600
REST_S = 11 * 3600


@dataclass(eq=False)
class Budget:
    """Heads by hour and what has been spent of them.

    ``spend`` holds, for each description (the mask of who could fill it, by its bytes), the heads taken in each hour;
    built from fixed needs and grown as engines take their share.
    """

    scenario: Scenario
    staff: Staff
    spend: dict[bytes, tuple[NDArray[np.bool_], NDArray[np.int64]]] = field(default_factory=dict)

    @property
    def n_hours(self) -> int:
        """Hours of the horizon, the last one may be a part."""
        return -(-self.scenario.horizon_s // HOUR_S)

    def twin(self) -> Budget:
        """A budget of its own with the same spending so far."""
        return Budget(self.scenario, self.staff, {key: (who, row.copy()) for key, (who, row) in self.spend.items()})

    def add_needs(self, needs: Iterable[Need]) -> None:
        """Take fixed needs out of the stock."""
        for need in needs:
            self.take(self.who_fills(need), need.start_s, need.end_s, need.number)

    def who_fills(self, need: Need) -> NDArray[np.bool_]:
        """Bool ``[n_people]``: everybody who may fill a need."""
        units = (need.unit,) if need.unit else ()
        return self.staff.eligible(need.categories, need.qualifications, need.rank_min, units)

    def take(self, who: NDArray[np.bool_], start_s: int, end_s: int, heads: int) -> None:
        """Spend ``heads`` of the people ``who`` during ``[start_s, end_s)``."""
        if heads > 0 and end_s > start_s:
            row = self.spend.setdefault(who.tobytes(), (who, np.zeros(self.n_hours, dtype=np.int64)))[1]
            row[max(0, start_s) // HOUR_S : -(-end_s // HOUR_S)] += heads

    def free(self, who: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Int ``[n_hours]``: most heads of ``who`` that are left in each hour, never below 0.

        Only spending that nobody outside ``who`` could cover is taken off, and never more of it than there are
        people to cover it: a seat that nobody can fill costs no heads.
        """
        asked = [row for row in self.spend.values() if not np.any(row[0] & ~who)]
        heads = self.staff.present[who].sum(axis=0).astype(np.int64)
        spent: list[tuple[NDArray[np.bool_], NDArray[np.int64]]] = []
        # The narrow descriptions first: what they take is no longer there for the wider ones around them.
        for fillers, wanted in sorted(asked, key=lambda row: int(row[0].sum())):
            there = self.staff.present[fillers].sum(axis=0).astype(np.int64)
            for inner, heads_inside in spent:
                if not np.any(inner & ~fillers):
                    there -= heads_inside
            taken = np.minimum(wanted, np.maximum(there, 0))
            spent.append((fillers, taken))
            heads -= taken
        left: NDArray[np.int64] = np.maximum(heads, 0)
        return left

    def units_left(self, kind: Kind, units: tuple[str, ...]) -> NDArray[np.int64]:
        """Int ``[n_hours]``: most units of a kind that the heads of ``units`` can still form."""
        lines = [(line, self.staff.eligible(line.categories, line.qualifications, line.rank_min, units))
                 for line in kind.seats]
        anyone = np.zeros(len(self.staff.people), dtype=np.bool_)
        most = np.full(self.n_hours, np.iinfo(np.int32).max, dtype=np.int64)
        for line, who in lines:
            most = np.minimum(most, self.free(who) // line.number)
            anyone |= who
        return np.minimum(most, self.free(anyone) // kind.n_people)

    def take_units(self, kind: Kind, units: tuple[str, ...], start_s: int, end_s: int, number: int) -> None:
        """Spend ``number`` units of a kind, line by line of its make-up."""
        for line in kind.seats:
            who = self.staff.eligible(line.categories, line.qualifications, line.rank_min, units)
            self.take(who, start_s, end_s, number * line.number)

    def least(self, per_hour: NDArray[np.int64], start_s: int, end_s: int) -> int:
        """The smallest value of an hourly array over ``[start_s, end_s)``."""
        return int(per_hour[max(0, start_s) // HOUR_S : -(-end_s // HOUR_S)].min())


@dataclass(frozen=True)
class Lift:
    """Hours that people can give against hours needed in the tightest stretch (formula D11).

    ``ratio`` below 1 proves a shortage: within ``tour + rest`` hours nobody can work longer than one tour.
    """

    category: str
    start_s: int
    end_s: int
    needed_h: float
    available_h: float

    @property
    def ratio(self) -> float:
        """Available over needed."""
        return self.available_h / self.needed_h if self.needed_h else float("inf")


def lifts(
    scenario: Scenario, staff: Staff, needs: Iterable[Need], *, tour_s: int = TOUR_S, rest_s: int = REST_S
) -> tuple[Lift, ...]:
    """The tightest window of ``tour + rest`` for every category that some need asks for alone, and for all.

    In any window of that length a person works at most one tour (two tours in it would leave less than the
    rest between them), so heads x tour is a true upper bound on the hours they can give.
    """
    window = (tour_s + rest_s) // HOUR_S
    hours = -(-scenario.horizon_s // HOUR_S)
    load: dict[str, NDArray[np.float64]] = {}
    for need in needs:
        keys = ["all"] + ([need.categories[0]] if len(need.categories) == 1 else [])
        for key in keys:
            row = load.setdefault(key, np.zeros(hours))
            _add_hours(row, need.start_s, need.end_s, need.number)
    found = []
    for category, row in sorted(load.items()):
        who = np.array([category in ("all", p.category) for p in staff.people], dtype=np.bool_)
        here = staff.present[who]
        best: Lift | None = None
        for first in range(max(1, hours - window + 1)):
            last = min(hours, first + window)
            needed = float(row[first:last].sum())
            given = float(np.minimum(here[:, first:last].sum(axis=1), tour_s // HOUR_S).sum())
            lift = Lift(category, first * HOUR_S, last * HOUR_S, needed, given)
            if needed and (best is None or lift.ratio < best.ratio):
                best = lift
        if best is not None:
            found.append(best)
    return tuple(found)


def _add_hours(row: NDArray[np.float64], start_s: int, end_s: int, number: int) -> None:
    for hour in range(max(0, start_s) // HOUR_S, min(len(row), -(-end_s // HOUR_S))):
        inside = min(end_s, (hour + 1) * HOUR_S) - max(start_s, hour * HOUR_S)
        row[hour] += number * inside / HOUR_S


def shares(caps: Mapping[tuple[str, int, int], int]) -> list[dict[str, object]]:
    """Caps as plain data for the report, in a fixed order."""
    return [
        {"what": what, "start_s": start, "end_s": end, "most": most}
        for (what, start, end), most in sorted(caps.items())
    ]
