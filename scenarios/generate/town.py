"""A town that does not exist: a street grid, rail lines through it and into the country, written as OpenStreetMap text.

Streets are rows and columns of blocks. Rows are never interrupted, so every corner can be reached; single pieces of
columns are missing, and residential rows may be one-way. A rail line runs between two rows or two columns: main roads
pass below a rail bridge, some streets over a level crossing, the others end at the track. Outside the town a country
road keeps beside each line, with crossings to the fields. Only ``random.Random.random`` is drawn from, since its
numbers are the same on every version and platform.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from random import Random
from xml.sax.saxutils import quoteattr

LAT0, LON0 = 51.0, 9.0
#: Metres of one degree at this latitude; a town of its own needs no more than that.
M_PER_LAT, M_PER_LON = 111_250.0, 70_190.0
BLOCK_M = 160.0
#: Every sixth street is a main road.
MAIN_EVERY = 6
_JITTER_M = 14.0
_MISSING = 0.08
_COUNTRY_STEP_M = 400.0
_CROSSING_EVERY_M = 2400.0
_FIELD_M = 260.0
#: The NS and EW lines pass one over the other within this reach of where they meet.
_OVER_M = 20.0

XY = tuple[float, float]
Tags = dict[str, str]


@dataclass(frozen=True)
class TownPlan:
    """How large a town is: corners along x and y, lines along and across, and how long each line is."""

    n_x: int
    n_y: int
    lines_along: int
    lines_across: int
    line_m: float


@dataclass
class Town:
    """Nodes and ways as they go into the file; ``stations`` are those of the rail lines in order."""

    plan: TownPlan
    nodes: list[tuple[XY, Tags]] = field(default_factory=list)
    ways: list[tuple[list[int], Tags]] = field(default_factory=list)
    corner: dict[tuple[int, int], int] = field(default_factory=dict)
    stations: list[tuple[str, XY]] = field(default_factory=list)
    crossings: list[XY] = field(default_factory=list)
    rail_m: float = 0.0

    def node(self, xy: XY, **tags: str) -> int:
        """Add a node and return its number in the file."""
        self.nodes.append(((round(xy[0], 1), round(xy[1], 1)), tags))
        return len(self.nodes)

    def way(self, nodes: Iterable[int], **tags: str) -> None:
        """Add a way through nodes."""
        self.ways.append((list(nodes), tags))

    @property
    def centre(self) -> XY:
        """Middle of the street grid."""
        return (self.plan.n_x - 1) * BLOCK_M / 2, (self.plan.n_y - 1) * BLOCK_M / 2

    def osm(self) -> str:
        """The whole map as OpenStreetMap XML."""
        return "".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield "<?xml version='1.0' encoding='UTF-8'?>\n<osm version='0.6' generator='vedette generate'>\n"
        for number, (xy, tags) in enumerate(self.nodes, start=1):
            lon, lat = lonlat(xy)
            head = f" <node id='{number}' version='1' lat='{lat:.7f}' lon='{lon:.7f}'"
            yield f"{head}>{_tags(tags)}</node>\n" if tags else f"{head}/>\n"
        for number, (nodes, tags) in enumerate(self.ways, start=1):
            refs = "".join(f"<nd ref='{n}'/>" for n in nodes)
            yield f" <way id='{number}' version='1'>{refs}{_tags(tags)}</way>\n"
        yield "</osm>\n"


def _tags(tags: Tags) -> str:
    return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())


def lonlat(xy: XY) -> XY:
    """Degrees of a point of the town."""
    return round(LON0 + xy[0] / M_PER_LON, 7), round(LAT0 + xy[1] / M_PER_LAT, 7)


@dataclass(frozen=True)
class _Line:
    """A rail line between two neighbouring streets: along rows (``flat``) or along columns."""

    name: str
    flat: bool
    street: int
    at_m: float


def build_town(plan: TownPlan, rng: Random) -> Town:
    """Lay out streets and lines."""
    town = Town(plan)
    lines = _lines_of(plan)
    for row in range(plan.n_y):
        for col in range(plan.n_x):
            dx, dy = ((rng.random() - 0.5) * 2 * _JITTER_M for _ in range(2))
            town.corner[col, row] = town.node((col * BLOCK_M + dx, row * BLOCK_M + dy))
    on_line: dict[str, list[tuple[float, int | None, str]]] = {line.name: [] for line in lines}
    _rows(town, lines, on_line)
    _columns(town, lines, on_line, rng)
    for line in lines:
        _country(town, line, on_line[line.name])
    for line in lines:
        _tracks(town, line, lines, on_line[line.name])
    return town


def _lines_of(plan: TownPlan) -> list[_Line]:
    found: list[_Line] = []
    for flat, number, n in ((True, plan.lines_along, plan.n_y), (False, plan.lines_across, plan.n_x)):
        for k in range(number):
            street = round((k + 1) * (n - 1) / (number + 1))
            # Not beside a main road: the blocks there hold venues.
            street += 1 if street % MAIN_EVERY in (0, MAIN_EVERY - 1) else 0
            name = f"Sample Line {len(found) + 1}"
            found.append(_Line(name, flat, street, (street + 0.5) * BLOCK_M))
    return found


def _kind(index: int, last: int) -> Tags:
    if index % (2 * MAIN_EVERY) == 0:
        return {"highway": "primary", "maxspeed": "50"}
    if index % MAIN_EVERY == 0:
        return {"highway": "secondary", "maxspeed": "50"}
    if index == last:
        return {"highway": "tertiary", "maxspeed": "50"}
    return {"highway": "residential", "maxspeed": "30"}


def _pieces(
    town: Town, start: int, end: int, crossed: Iterable[tuple[_Line, XY, bool, bool]],
    on_line: dict[str, list[tuple[float, int | None, str]]],
) -> list[int] | None:
    """Nodes of one street piece from corner to corner, None where a track ends it."""
    nodes = [start]
    for line, xy, main, level in crossed:
        along = xy[0] if line.flat else xy[1]
        if main:
            on_line[line.name].append((along, None, "bridge"))
        elif level:
            at = town.node(xy, railway="level_crossing")
            town.crossings.append(xy)
            on_line[line.name].append((along, at, "crossing"))
            nodes.append(at)
        else:
            return None
    return [*nodes, end]


def _xy(town: Town, node: int) -> XY:
    return town.nodes[node - 1][0]


def _rows(town: Town, lines: list[_Line], on_line: dict[str, list[tuple[float, int | None, str]]]) -> None:
    plan = town.plan
    across = {line.street: line for line in lines if not line.flat}
    for row in range(plan.n_y):
        tags = {**_kind(row, plan.n_y - 1), "name": f"{row + 1}. Row"}
        if tags["highway"] == "residential" and row % MAIN_EVERY in (1, MAIN_EVERY - 1):
            tags["oneway"] = "yes" if row % MAIN_EVERY == 1 else "-1"
        nodes = [town.corner[0, row]]
        for col in range(plan.n_x - 1):
            start, end = town.corner[col, row], town.corner[col + 1, row]
            line = across.get(col)
            if line is None:
                nodes.append(end)
                continue
            y = (_xy(town, start)[1] + _xy(town, end)[1]) / 2
            # Rows are never interrupted: what is no main road crosses on the level.
            main = row % MAIN_EVERY == 0 or row % 2 == 0
            piece = _pieces(town, start, end, [(line, (line.at_m, y), main, True)], on_line)
            nodes += (piece or [start, end])[1:]
        town.way(nodes, **tags)


def _columns(
    town: Town, lines: list[_Line], on_line: dict[str, list[tuple[float, int | None, str]]], rng: Random
) -> None:
    plan = town.plan
    along = {line.street: line for line in lines if line.flat}
    for col in range(plan.n_x):
        tags = {**_kind(col, plan.n_x - 1), "name": f"{col + 1}. Column"}
        quiet = tags["highway"] == "residential"
        nodes = [town.corner[col, 0]]
        for row in range(plan.n_y - 1):
            start, end = town.corner[col, row], town.corner[col, row + 1]
            gone = rng.random() < _MISSING and quiet
            crossed = []
            if row in along:
                line = along[row]
                x = (_xy(town, start)[0] + _xy(town, end)[0]) / 2
                crossed = [(line, (x, line.at_m), not quiet, col % (2 * MAIN_EVERY) == 3)]
            piece = None if gone and not crossed else _pieces(town, start, end, crossed, on_line)
            if piece is None:
                if len(nodes) > 1:
                    town.way(nodes, **tags)
                nodes = [end]
            else:
                nodes += piece[1:]
        if len(nodes) > 1:
            town.way(nodes, **tags)


def _country(town: Town, line: _Line, marks: list[tuple[float, int | None, str]]) -> None:
    """Country roads beside the line to both sides of the town, with crossings to the fields."""
    n = town.plan.n_x if line.flat else town.plan.n_y
    width = (n - 1) * BLOCK_M
    out_m = (town.plan.line_m - width) / 2
    if out_m <= 0:
        return
    beside = line.at_m - BLOCK_M / 2
    for edge, sign in ((0, -1), (n - 1, 1)):
        start = town.corner[(edge, line.street) if line.flat else (line.street, edge)]
        nodes, far, since = [start], 0.0, 0.0
        while far + _COUNTRY_STEP_M <= out_m:
            far += _COUNTRY_STEP_M
            since += _COUNTRY_STEP_M
            along = edge * BLOCK_M + sign * far
            nodes.append(town.node((along, beside) if line.flat else (beside, along)))
            if since >= _CROSSING_EVERY_M:
                since = 0.0
                over = (along, line.at_m) if line.flat else (line.at_m, along)
                at = town.node(over, railway="level_crossing")
                town.crossings.append(over)
                marks.append((along, at, "crossing"))
                side = (along, line.at_m + _FIELD_M) if line.flat else (line.at_m + _FIELD_M, along)
                town.way([nodes[-1], at, town.node(side)], highway="unclassified", maxspeed="50", name="Field Lane")
        town.way(nodes, highway="tertiary", maxspeed="70", name=f"{line.name} Road")


def _tracks(town: Town, line: _Line, lines: list[_Line], marks: list[tuple[float, int | None, str]]) -> None:
    """The track with its stations, crossings and bridges."""
    n = town.plan.n_x if line.flat else town.plan.n_y
    middle = (n - 1) * BLOCK_M / 2
    low, high = middle - town.plan.line_m / 2, middle + town.plan.line_m / 2
    marks = [*marks, (low, None, "end"), (high, None, "end")]
    if not line.flat:  # above the lines along
        marks += [(other.at_m, None, "bridge") for other in lines if other.flat]
    step = 4 * MAIN_EVERY * BLOCK_M
    stops = [MAIN_EVERY * BLOCK_M * 3 / 2 + k * step for k in range(int((n - 1) * BLOCK_M // step) + 1)]
    stops += [low + 600.0, high - 600.0]
    marks += [(at, None, "station") for at in stops if low < at < high]
    run: list[int] = []
    base = {"railway": "rail", "usage": "main", "name": line.name, "maxspeed": "120"}
    for along, node, kind in sorted(marks, key=lambda m: (m[0], m[2])):
        here = (along, line.at_m) if line.flat else (line.at_m, along)
        if kind == "bridge":
            ends = [town.node((along + d, line.at_m) if line.flat else (line.at_m, along + d))
                    for d in (-_OVER_M, _OVER_M)]
            run.append(ends[0])
            if len(run) > 1:
                town.way(run, **base)
            town.way(ends, **base, bridge="yes", layer="1")
            run = [ends[1]]
            continue
        if kind == "station":
            name = f"{line.name.removeprefix('Sample ')} Station {len(town.stations) + 1}"
            run.append(town.node(here, railway="station", public_transport="station", name=name))
            town.stations.append((name, here))
        else:
            run.append(node or town.node(here))
    town.way(run, **base)
    town.rail_m += high - low
