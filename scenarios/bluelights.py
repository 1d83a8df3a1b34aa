"""Blue-light ways (P15): where emergency vehicles drive with the closures of each time, and what stands on them.

The ways are searched on the network again by whoever asks, so the audit does not believe the plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.travel import Path
from scenarios.assemble.places import Places, Ways
from scenarios.errors import Fault, ScenarioError
from scenarios.raw import Raw
from scenarios.schema import Scenario
from scenarios.tongue import say as _
from scenarios.view import LightView
from scheduler.outcome import Breach

PROFILE = "car"
XY = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LightWay:
    """One way there or back.

    Attributes
    ----------
    origin, target
        Place ids, in the direction driven.
    free_s, seconds
        With nothing closed, and with the closures in force, the walk between road and place at both ends included;
        None where there is no way.
    xy
        Float64 ``[k, 2]``, metres: the line with the closures in force (nothing closed where there is none).
    closures
        Closures that lie on the fastest way with nothing closed.
    """

    origin: str
    target: str
    free_s: int | None
    seconds: int | None
    xy: XY
    closures: tuple[str, ...]

    def delayed(self, most_s: int) -> bool:
        """Whether the closures take the way away, or cost it more than ``most_s``."""
        if self.free_s is None:
            return False
        return self.seconds is None or self.seconds - self.free_s > most_s


def light_ways(
    scenario: Scenario, places: Places, ways: Ways, closures: frozenset[str] = frozenset()
) -> tuple[LightWay, ...]:
    """The fastest ways between the places of ``[blue_lights]``, there and back, with some closures in force."""
    key = ("blue lights", closures, scenario.blue_lights.origins, scenario.blue_lights.to)
    if key not in ways.kept:
        pairs = [(a, b) for a in scenario.blue_lights.origins for b in scenario.blue_lights.to if a != b]
        ways.kept[key] = tuple(
            _way(places, ways, closures, *ends) for a, b in pairs for ends in ((a, b), (b, a))
        )
    found: tuple[LightWay, ...] = ways.kept[key]
    return found


def _way(places: Places, ways: Ways, closures: frozenset[str], origin: str, target: str) -> LightWay:
    free = _path(places, ways, frozenset(), origin, target)
    now = _path(places, ways, closures, origin, target) if closures else free
    used = set() if free is None else set(free[0].edges.tolist())
    shut = tuple(c for c in sorted(closures) if used & set(ways.closed[PROFILE][c].tolist()))
    shown = now if now is not None else free
    return LightWay(
        origin, target, None if free is None else free[1], None if now is None else now[1],
        np.empty((0, 2)) if shown is None else shown[0].xy, shut,
    )  # fmt: skip


def _path(
    places: Places, ways: Ways, closures: frozenset[str], origin: str, target: str
) -> tuple[Path, int] | None:
    """The way, and its seconds with the walk at its end: where the road to a place is closed, people run the rest."""
    router = ways.router(PROFILE, closures)
    (start, out_s), (end, in_s) = (ways.snap(router, places.xy([place])) for place in (origin, target))
    way = router.path(start, end)
    return None if way is None else (way, way.seconds + int(out_s[0]) + int(in_s[0]))


def on_a_way(xy: XY, ways: Iterable[LightWay], clear_m: float) -> NDArray[np.bool_]:
    """Which points ``[n, 2]`` lie within ``clear_m`` of one of the ways."""
    lines = [shapely.LineString(way.xy) for way in ways if len(way.xy) > 1]
    if not lines or not len(xy):
        return np.zeros(len(xy), dtype=np.bool_)
    return np.asarray(shapely.dwithin(shapely.points(xy), shapely.union_all(lines), clear_m), dtype=np.bool_)


def closure_sets(scenario: Scenario, ways: Ways) -> Iterator[tuple[int, int, frozenset[str]]]:
    """``(start_s, end_s, closures in force)`` over the whole horizon."""
    edges = [0, *ways.breaks(), scenario.horizon_s]
    for start, end in pairwise(edges):
        if start < end:
            yield start, end, ways.active(PROFILE, start, end)


def standing_on(
    scenario: Scenario, places: Places, ways: Ways, xy: XY, spans: Sequence[tuple[int, int]]
) -> NDArray[np.bool_]:
    """Which points lie on a blue-light way during any of the spans."""
    if not scenario.blue_lights.origins:
        return np.zeros(len(xy), dtype=np.bool_)
    sets = {
        closed
        for start, end, closed in closure_sets(scenario, ways)
        if any(a < end and b > start for a, b in spans)
    }
    every = [way for closed in sorted(sets, key=sorted) for way in light_ways(scenario, places, ways, closed)]
    return on_a_way(xy, every, float(scenario.blue_lights.clear_m))


def check_blue_lights(scenario: Scenario, raw: Raw, places: Places, ways: Ways) -> None:
    """Prove on the network that closures leave every blue-light way open.

    Raises
    ------
    ScenarioError
        Ways that do not exist at all, and closures that take one away or cost it more than ``most_delay_s``: all of
        them, each with its seconds, the closure's row and when.
    """
    its = scenario.blue_lights
    faults: dict[tuple[str, str, str], Fault] = {}
    for start, _end, closed in closure_sets(scenario, ways):
        for way in light_ways(scenario, places, ways, closed):
            if way.free_s is None:
                names = _("{origin} to {target}", origin=way.origin, target=way.target)
                file, row = raw.where(("blue_lights",))
                faults[way.origin, way.target, ""] = Fault(
                    file, row, "blue_lights", names, _("places that vehicles can get between, there and back"),
                    _("the map has no way between them: mend the map or name other places"),
                )  # fmt: skip
            guilty = way.closures or tuple(sorted(closed))
            for closure in guilty if way.delayed(its.most_delay_s) else ():
                with_it = _("{n} s with it", n=way.seconds)
                after = _("no way is left") if way.seconds is None else with_it
                file, row = cited(raw, "closures", closure)
                faults.setdefault(
                    (way.origin, way.target, closure),
                    Fault(
                        file, row, "id", closure,
                        _(
                            "a closure that leaves the blue-light way {origin} to {target} open: "
                            "{free_s} s without closures, {after} from {start:%Y-%m-%d %H:%M}",
                            origin=way.origin, target=way.target, free_s=way.free_s, after=after,
                            start=scenario.clock(start),
                        ),
                        _("open an emergency gate there, move the closure, or raise blue_lights.most_delay_s"),
                    ),
                )  # fmt: skip
    if faults:
        raise ScenarioError(faults.values())


def cited(raw: Raw, table: str, ident: str) -> tuple[str, int | None]:
    """File and row of the row of a table that has an id."""
    for row in raw.tables.get(table, ()):
        if str(row.values.get("id", "")).strip() == ident:
            return row.where("id")
    return f"{table}.csv", None


def blocked(
    scenario: Scenario, places: Places, ways: Ways, standing: Iterable[tuple[str, tuple[float, float], int, int]]
) -> list[Breach]:
    """Posts of a plan, ours or anybody's, that stand on a blue-light way while they are manned.

    Parameters
    ----------
    standing
        ``(number, xy, start_s, end_s)`` of every stand in the road.
    """
    rows = list(standing)
    if not scenario.blue_lights.origins or not rows:
        return []
    found: dict[str, None] = {}
    for start, end, closed in closure_sets(scenario, ways):
        mine = [row for row in rows if row[2] < end and row[3] > start]
        xy = np.array([row[1] for row in mine], dtype=np.float64).reshape(-1, 2)
        lit = on_a_way(xy, light_ways(scenario, places, ways, closed), float(scenario.blue_lights.clear_m))
        found |= {row[0]: None for row, on in zip(mine, lit.tolist(), strict=True) if on}
    if not found:
        return []
    return [Breach("blue_light_way", len(found), "posts", hard=True, where=tuple(sorted(found)[:3]))]


def light_views(scenario: Scenario, places: Places, ways: Ways) -> tuple[LightView, ...]:
    """Every way over the horizon, by its ends; spans in which it stays the same are one."""
    found: dict[tuple[str, str], list[LightView]] = {}
    for start, end, closed in closure_sets(scenario, ways) if scenario.blue_lights.origins else ():
        for way in light_ways(scenario, places, ways, closed):
            rows = found.setdefault((way.origin, way.target), [])
            if rows and rows[-1].seconds == way.seconds and np.array_equal(rows[-1].xy, way.xy):
                rows[-1] = replace(rows[-1], end_s=end)
            else:
                rows.append(LightView(way.origin, way.target, start, end, way.free_s, way.seconds, way.xy))
    return tuple(view for rows in found.values() for view in rows)
