"""Kilometre posts: what ``railway=milestone`` says of a line, and how far that is from the chainage measured here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import shapely

from geodata.crs import to_metric
from geodata.errors import Drops
from geodata.osm import OsmData
from geodata.railparts import Posts, RailLine

Float64 = npt.NDArray[np.float64]

_NEAR_M = 100.0
_KEYS = ("railway:position:exact", "railway:position", "railway:milestone:position", "distance")
_PLAIN = re.compile(r"^(?:km|pk|dk|k)?\s*(\d+)(?:[.,](\d+))?\s*(?:km)?$", re.IGNORECASE)
_PLUS = re.compile(r"^(?:km|pk|dk|k)?\s*(\d+)\s*\+\s*(\d{1,3})(?:[.,]\d+)?$", re.IGNORECASE)
_MILES = re.compile(r"^mi:\s*(\d+(?:\.\d+)?)$", re.IGNORECASE)
_MILE_M = 1609.344
_LOOSE_M = 150.0


def read_post(tags: Mapping[str, str]) -> float | None:
    """Metres that a kilometre post stands for, or None.

    >>> read_post({"railway:position": "12.4"}), read_post({"railway:position": "12+400"})
    (12400.0, 12400.0)
    """
    for key in _KEYS:
        text = tags.get(key, "").strip().split(";")[0].strip()
        if hit := _PLAIN.match(text):
            return float(f"{hit[1]}.{hit[2] or 0}") * 1000
        if hit := _PLUS.match(text):
            return float(hit[1]) * 1000 + float(hit[2])
        if hit := _MILES.match(text):
            return float(hit[1]) * _MILE_M
    return None


def with_posts(
    lines: Sequence[RailLine], osm: OsmData, crs: str, drops: Drops
) -> tuple[RailLine, ...]:
    """Lines with the kilometre posts that stand beside them, two at least that agree; each post counts for one line."""
    nodes = [n for n in osm.nodes.values() if n.tags.get("railway") == "milestone"]
    if not nodes or not lines:
        return tuple(lines)
    xy = to_metric(np.array([(n.lon, n.lat) for n in nodes]), crs)
    shapes = np.array([shapely.LineString(line.xy) for line in lines], dtype=object)
    found: dict[int, list[tuple[float, float, str]]] = {}
    for node, place in zip(nodes, map(shapely.Point, xy), strict=True):
        name = f"n{node.osm_id}"
        post_m = read_post(node.tags)
        if post_m is None:
            drops.add("kilometre post without a readable position", name)
            continue
        gap = shapely.distance(shapes, place)
        k = int(np.argmin(gap))
        if gap[k] > _NEAR_M:
            drops.add("kilometre post beside no line", name)
            continue
        at = lines[k].start_m + float(shapely.line_locate_point(shapes[k], place))
        found.setdefault(k, []).append((at, post_m, name))
    result = list(lines)
    for k, rows in found.items():
        posts = fit_posts(sorted(rows))
        if posts is None:
            drops.add(
                "kilometre post alone, or at odds with the others of its line",
                rows[0][2],
                len(rows),
            )
            continue
        for name in posts.refused:
            drops.add("kilometre post alone, or at odds with the others of its line", name)
        result[k] = replace(lines[k], posts=posts)
    return tuple(result)


def fit_posts(rows: Sequence[tuple[float, float, str]]) -> Posts | None:
    """Posts (chainage, official metres, id) that run one way and fit a plain rule best; None if fewer than two do.

    Of both directions the one is taken in which most posts stand within 150 m of the middle offset, so a post of
    another line or a slip of the pen does not bend the rest.
    """
    if len(rows) < 2:
        return None
    at, post = (np.array([row[i] for row in rows], dtype=np.float64) for i in (0, 1))
    choices = []
    for sign in (1, -1):
        offset = post - sign * at
        middle = float(np.median(offset))
        near = np.abs(offset - middle) <= _LOOSE_M
        choices.append(
            (-int(near.sum()), float(np.abs(offset - middle)[near].sum()), -sign, middle)
        )
    _, _, against, middle = min(choices)
    sign = -against
    kept: list[int] = []
    for k in range(len(rows)):
        fits = abs(post[k] - sign * at[k] - middle) <= _LOOSE_M
        if fits and (not kept or (sign * (post[k] - post[kept[-1]]) > 0 and at[k] > at[kept[-1]])):
            kept.append(k)
    if len(kept) < 2:
        return None
    offset_m = float(np.median(post[kept] - sign * at[kept]))
    return Posts(
        at[kept],
        post[kept],
        tuple(rows[k][2] for k in kept),
        offset_m,
        sign,
        float(np.abs(post[kept] - sign * at[kept] - offset_m).max()),
        tuple(rows[k][2] for k in range(len(rows)) if k not in kept),
    )
