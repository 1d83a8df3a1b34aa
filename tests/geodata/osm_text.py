"""Tiny OpenStreetMap files written by hand: nodes on a metre grid near 13 E, 53 N."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

LON_0, LAT_0 = 13.0, 53.0
M_PER_DEGREE = math.pi / 180 * 6_371_009.0
CRS = "EPSG:32633"

Way = tuple[Sequence[int], Mapping[str, str]]


def lonlat(x_m: float, y_m: float) -> tuple[float, float]:
    """Degrees of a place some metres east and north of the origin."""
    lat = LAT_0 + y_m / M_PER_DEGREE
    return LON_0 + x_m / (M_PER_DEGREE * math.cos(math.radians(LAT_0))), lat


def osm_file(
    path: Path,
    nodes: Mapping[int, tuple[float, float]],
    ways: Mapping[int, Way],
    node_tags: Mapping[int, Mapping[str, str]] | None = None,
    relations: str = "",
) -> Path:
    """Write a file; nodes in metres, ways as (node ids, tags). Ways may name nodes that are not there."""
    tags_of = node_tags or {}
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    for node, (x, y) in sorted(nodes.items()):
        lon, lat = lonlat(x, y)
        lines.append(f'<node id="{node}" version="1" lon="{lon:.9f}" lat="{lat:.9f}">')
        lines += _tags(tags_of.get(node, {}))
        lines.append("</node>")
    for way, (refs, tags) in sorted(ways.items()):
        lines.append(f'<way id="{way}" version="1">')
        lines += [f'<nd ref="{ref}"/>' for ref in refs]
        lines += _tags(tags)
        lines.append("</way>")
    lines += [relations, "</osm>"]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _tags(tags: Mapping[str, str]) -> list[str]:
    return [f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items()]
