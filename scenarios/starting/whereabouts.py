"""Where a place lies that people give by its name: a key site of the map, or anything else that the map names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.ground import Ground
from geodata.named import plain
from scenarios.raw import listed, nearest
from scenarios.tongue import say as _

Float64 = NDArray[np.float64]
#: Drawings of one name no farther apart than this are one place: a mall and its node, the exits of a station.
ONE_PLACE_M = 250.0
MOST_TOLD = 3


@dataclass(frozen=True, eq=False)
class Spot:
    """A place that was found: a point in metres of the ground's CRS, and what the map says that it is."""

    xy: Float64
    kind: str


@dataclass(frozen=True)
class Unknown:
    """Why a name is no place: what was expected, and how to mend it."""

    expected: str
    remedy: str


def whereabouts(ground: Ground, name: str) -> Spot | Unknown:
    """The place of this name; of several things that bear it, key sites come first."""
    wanted = plain(name)
    for site in ground.sites:
        if site.name and plain(site.name) == wanted:
            return Spot(site.xy, site.kind)
    rows = ground.named.called(name)
    if not rows:
        return _unheard(ground, name)
    points = ground.named.xy[rows]
    if np.ptp(points, axis=0).max() > ONE_PLACE_M:
        return _several(ground, points)
    known = {site.kind for site in ground.sites}
    best = min(rows, key=lambda row: (ground.named.kinds[row] not in known, ground.named.ids[row][0] == "n", row))
    return Spot(ground.named.xy[best], ground.named.kinds[best])


def _several(ground: Ground, points: Float64) -> Unknown:
    shown = [f"{lon:.5f} {lat:.5f}" for lon, lat in ground.to_lonlat(points[:MOST_TOLD]).tolist()]
    return Unknown(
        _("one place of this name, the map has {n}", n=len(points)),
        _("write the lon and lat of the one that is meant: {points}", points=listed(shown, MOST_TOLD)),
    )


def _unheard(ground: Ground, name: str) -> Unknown:
    like = _like(name, [*dict.fromkeys(site.name for site in ground.sites if site.name), *ground.named.names])
    remedy = (
        _("did you mean {names}? Else fill in lon and lat", names=listed(like, MOST_TOLD))
        if like
        else _("fill in lon and lat")
    )
    return Unknown(_("a place that the map names, or its point"), remedy)


def _like(name: str, known: Sequence[str]) -> list[str]:
    """Names that hold this one or are held by it, else the one that differs least."""
    wanted = plain(name)
    held = [one for one in known if wanted and (wanted in plain(one) or (len(plain(one)) > 1 and plain(one) in wanted))]
    if held:
        return list(dict.fromkeys(sorted(held, key=lambda one: abs(len(one) - len(name)))))[:MOST_TOLD]
    like = nearest(name, list(known))
    return [like] if like else []
