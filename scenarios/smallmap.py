"""A small map of a scenario as an SVG picture: roads, rail, water, and its sites by class; drawn once and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from scenarios import jobs
from scenarios.desk import prepare
from scenarios.load import Loaded
from scenarios.publish.basemap import road_class
from scenarios.tongue import says
from scenarios.viewing import background

WIDTH, HEIGHT = 320, 180
_FORM = 2
#: Line colours that hold on light and dark grounds, widths in pixels; the quiet ones first.
_ROADS = (("#9aa5b1", 0.5, ("street",)), ("#8593a3", 0.9, ("third", "second")), ("#c08a3e", 1.4, ("main",)))
_SITE = {1: (4.5, "#b3261e"), 2: (3.5, "#1456a8"), 3: (2.5, "#5b6b7c")}
Float64 = NDArray[np.float64]
_DRAWING = Lock()


def _kept(loaded: Loaded) -> Path:
    name = hashlib.sha256(f"{_FORM} {loaded.digest}".encode()).hexdigest()[:32]
    return jobs.home() / "cache" / "maps" / f"{name}.svg"


def small_map(loaded: Loaded) -> str:
    """The picture, drawn anew only where the scenario or its map has changed.

    Raises
    ------
    ScenarioError, GeodataError
        The places cannot be found on the map.
    """
    return _titled(_picture(loaded), loaded)


def _titled(picture: str, loaded: Loaded) -> str:
    """The picture, which is the same in every language, with its title in the reader's."""
    n = len(loaded.scenario.sites)
    title = escape(says("Map of {name}: {n} site", "Map of {name}: {n} sites", n, name=loaded.scenario.title))
    return picture.replace(">", f' aria-label="{title}"><title>{title}</title>', 1)


def _picture(loaded: Loaded) -> str:
    path = _kept(loaded)
    if path.is_file():
        return path.read_text(encoding="utf-8")
    # One at a time: who asks for a map that is being drawn waits for it.
    with _DRAWING:
        if path.is_file():
            return path.read_text(encoding="utf-8")
        text = _drawn(loaded)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    return text


def _drawn(loaded: Loaded) -> str:
    desk = prepare(loaded)
    ground = background(desk)
    sites = [(site, np.asarray(desk.places[site.id].xy)) for site in loaded.scenario.sites]
    low, scale = _window(np.array([xy for _, xy in sites]))
    parts = [_lines([a for a in ground.water if len(a)], low, scale, "#8fb8d8", 1.0)]
    for colour, width, classes in _ROADS:
        chosen = [line for cls, lines in ground.roads.items() if road_class(cls) in classes for line in lines]
        parts.append(_lines(chosen, low, scale, colour, width))
    parts.append(_lines(ground.rail, low, scale, "#6b5876", 0.9))
    for site, xy in sorted(sites, key=lambda one: -one[0].class_):
        radius, colour = _SITE[site.class_]
        x, y = _to_page(xy[None, :], low, scale)[0]
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}" stroke="#fff" stroke-width="0.8"/>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img">{"".join(parts)}</svg>'
    )


def _window(points: Float64) -> tuple[Float64, float]:
    """Lower left corner and pixels per metre: all sites with a margin, at least half a kilometre high."""
    low, high = points.min(axis=0), points.max(axis=0)
    size = np.maximum((high - low) * 1.25, np.array([900.0, 500.0]))
    scale = float(min(WIDTH / size[0], HEIGHT / size[1]))
    middle = (low + high) / 2
    return middle - np.array([WIDTH, HEIGHT]) / scale / 2, scale


def _to_page(xy: Float64, low: Float64, scale: float) -> Float64:
    page = (xy - low) * scale
    return np.column_stack([page[:, 0], HEIGHT - page[:, 1]])


def _lines(lines: Iterable[Sequence[object] | Float64], low: Float64, scale: float, colour: str, width: float) -> str:
    """Polylines as one path in whole pixels; those outside the picture or smaller than a pixel are left out."""
    pieces = []
    for line in lines:
        page = _to_page(np.asarray(line, dtype=np.float64), low, scale)
        if (page.max(axis=0) < 0).any() or (page.min(axis=0) > np.array([WIDTH, HEIGHT])).any():
            continue
        kept = [page[0].round().astype(int)]
        for point in page[1:].round().astype(int):
            if (point != kept[-1]).any():
                kept.append(point)
        if len(kept) > 1:
            steps = np.diff(np.array(kept), axis=0).tolist()
            pieces.append(f"M{kept[0][0]} {kept[0][1]}l" + " ".join(f"{x} {y}" for x, y in steps))
    if not pieces:
        return ""
    return f'<path d="{"".join(pieces)}" fill="none" stroke="{colour}" stroke-width="{width}"/>'
