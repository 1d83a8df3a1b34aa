"""What lies under a plan, as drawing paths: one ``<path>`` for each class of road."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scenarios.publish.mapframe import UNIT, Frame
from scenarios.view import XY, Background

_CLASS_OF = {
    "motorway": "main", "trunk": "main", "primary": "main",
    "secondary": "second", "tertiary": "third",
    "residential": "street", "unclassified": "street", "living_street": "street", "road": "street",
    "pedestrian": "walk", "service": "service", "busway": "service",
    "footway": "path", "path": "path", "cycleway": "path", "steps": "path", "track": "path",
    "bridleway": "path", "corridor": "path", "foot": "path",
}  # fmt: skip


@dataclass(frozen=True)
class RoadStyle:
    """Widths in millimetres at 1:10,000."""

    key: str
    width: float
    casing: float
    fill: str
    edge: str
    dash: str = ""
    least_scale: int = 10_000_000


# Where a road is too narrow on paper for two edges it is one line in this colour.
_PLAIN = {"main": "#cf9a4c", "second": "#c2a552"}

# Drawn in this order: small below great, all edges before all fills, so that junctions flow together.
ROADS = (
    RoadStyle("path", 0.16, 0, "#b3a792", "", "60 35", 13_000),
    RoadStyle("service", 0.30, 0.12, "#ffffff", "#cfcac0", "", 21_000),
    RoadStyle("walk", 0.62, 0.13, "#eceaf0", "#b9b5c0"),
    RoadStyle("street", 0.62, 0.13, "#ffffff", "#b9b5ac"),
    RoadStyle("third", 0.85, 0.15, "#fffbe0", "#a59f87"),
    RoadStyle("second", 1.10, 0.17, "#fdeeb0", "#97885a"),
    RoadStyle("main", 1.45, 0.20, "#f7cf8b", "#8d6a35"),
)


def road_class(name: str) -> str:
    """The drawing class of a road class of the map (``primary_link`` is drawn as ``primary``)."""
    return _CLASS_OF.get(name.removesuffix("_link"), "street")


class Lines:
    """Many polylines with their boxes, so that a small window finds its own quickly."""

    def __init__(self, lines: Iterable[XY]) -> None:
        self.lines = [np.asarray(line, dtype=np.float64) for line in lines if len(line) >= 2]
        n = len(self.lines)
        self.boxes = np.zeros((n, 4))
        for i, line in enumerate(self.lines):
            self.boxes[i, :2] = line.min(axis=0)
            self.boxes[i, 2:] = line.max(axis=0)

    def within(self, frame: Frame) -> list[NDArray[np.float64]]:
        """The lines whose box touches the frame."""
        west, south, east, north = frame.bounds
        b = self.boxes
        hit = (b[:, 0] <= east) & (b[:, 2] >= west) & (b[:, 1] <= north) & (b[:, 3] >= south)
        return [self.lines[i] for i in np.flatnonzero(hit)]


def path_data(lines: Sequence[XY], frame: Frame, *, grain: int = 4) -> str:
    """SVG path text of polylines: whole drawing units, relative steps, steps below ``grain`` left out.

    A line that ends where it began is closed.
    """
    if not lines:
        return ""
    counts = [len(line) for line in lines]
    points = np.rint(frame.paper(np.concatenate(lines)) * UNIT / grain).astype(np.int64) * grain
    out: list[str] = []
    at = 0
    for n in counts:
        piece = points[at : at + n].tolist()
        at += n
        (x, y), closed = piece[0], piece[0] == piece[-1] and n > 3
        text = [f"M{x} {y}l"]
        for nx, ny in piece[1 : n - 1 if closed else n]:
            if nx != x or ny != y:
                text.append(f"{nx - x} {ny - y} ")
                x, y = nx, ny
        if len(text) > 1:
            out.append("".join(text).rstrip() + ("z" if closed else ""))
    return "".join(out)


class BaseMap:
    """The background of a plan, sorted once and drawn on as many sheets as needed."""

    def __init__(self, background: Background) -> None:
        self.background = background
        by_class: dict[str, list[XY]] = {}
        for name in sorted(background.roads):
            by_class.setdefault(road_class(name), []).extend(_once(background.roads[name]))
        self.roads = {key: Lines(lines) for key, lines in by_class.items()}

    @cached_property
    def rail(self) -> Lines:
        """Railway tracks."""
        return Lines(self.background.rail)

    @cached_property
    def water(self) -> tuple[Lines, Lines]:
        """Lakes and wide rivers (closed lines), and streams (open ones)."""
        closed = [w for w in self.background.water if len(w) > 3 and np.array_equal(w[0], w[-1])]
        ids = {id(w) for w in closed}
        return Lines(closed), Lines(w for w in self.background.water if id(w) not in ids)

    @cached_property
    def green(self) -> Lines:
        """Woods, parks and meadows."""
        return Lines(self.background.green)

    def draw(self, frame: Frame) -> list[str]:
        """SVG elements of the background inside a frame."""
        size = width_factor(frame.scale)
        out = [
            f'<rect width="{_u(frame.width_mm)}" height="{_u(frame.height_mm)}" fill="#faf8f3"/>'
        ]
        out += _area(self.green.within(frame), frame, 'fill="#e2ecd4"')
        lakes, streams = self.water
        out += _area(
            lakes.within(frame), frame, 'fill="#cfe2ee" stroke="#7fa6bd" stroke-width="12"'
        )
        out += _area(
            streams.within(frame),
            frame,
            f'fill="none" stroke="#a9cbdd" stroke-width="{_u(0.35 * size)}"',
        )
        drawn = []
        for style in ROADS:
            if style.key in self.roads and frame.scale <= style.least_scale:
                d = path_data(self.roads[style.key].within(frame), frame)
                drawn += [(style, d)] if d else []
        out.append('<g fill="none" stroke-linejoin="round" stroke-linecap="round">')
        for style, d in drawn:
            if style.casing and frame.scale <= 26_000:
                w = style.width * size + 2 * style.casing * min(1.0, size)
                out.append(f'<path d="{d}" stroke="{style.edge}" stroke-width="{_u(w)}"/>')
        for style, d in drawn:
            plain = frame.scale > 26_000 or not style.casing
            colour = style.fill
            if plain:
                colour = style.fill if not style.edge else _PLAIN.get(style.key, style.edge)
            w = style.width * size * (0.6 if plain and style.casing else 1.0)
            dash = f' stroke-dasharray="{style.dash}"' if style.dash else ""
            out.append(f'<path d="{d}" stroke="{colour}" stroke-width="{_u(w)}"{dash}/>')
        out.append("</g>")
        out += self._draw_rail(frame, size)
        return out

    def _draw_rail(self, frame: Frame, size: float) -> list[str]:
        d = path_data(self.rail.within(frame), frame)
        if not d:
            return []
        # A thin line crossed by ties: a second, broad stroke in short dashes.
        line = f'<path d="{d}" fill="none" stroke="#4b4b4b" stroke-width="{_u(0.24 * size)}"/>'
        dash = f"{_u(0.16 * size)} {_u(1.5 * size)}"
        width = _u(1.05 * size)
        ties = f'<path d="{d}" fill="none" stroke="#4b4b4b" stroke-width="{width}" stroke-dasharray="{dash}"/>'
        return [line, ties]


def _once(lines: Iterable[XY]) -> list[XY]:
    """Lines without those that run another one backwards: a network holds a two-way street twice."""
    found: dict[tuple[object, ...], XY] = {}
    for line in lines:
        if len(line) >= 2:
            a, b = (tuple(np.rint(p * 10).astype(np.int64).tolist()) for p in (line[0], line[-1]))
            inner = np.rint(line[1:-1].sum(axis=0)).astype(np.int64).tolist()
            found.setdefault((min(a, b), max(a, b), len(line), *inner), line)
    return list(found.values())


def width_factor(scale: int) -> float:
    """Lines grow and shrink less than the ground does, so that every scale stays legible."""
    return float(min(1.7, max(0.42, (10_000 / scale) ** 0.55)))


def _area(lines: Sequence[XY], frame: Frame, style: str) -> list[str]:
    d = path_data(lines, frame)
    return [f'<path d="{d}" fill-rule="evenodd" {style}/>'] if d else []


def _u(millimetres: float) -> int:
    return max(1, round(millimetres * UNIT))
