"""Areas that posts reach within the response tiers, as polygons with their meaning stated.

The area is drawn from roads, not from circles: every road *part* that is reached in time, widened by ``buffer_m`` on
both sides, and blocks of up to ``fill_m2`` that are shut in by reached roads filled. Areas of rising limits lie within
each other exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.coverage import Reach, parts_within
from geodata.errors import Faults
from geodata.network import Snapped
from geodata.router import Router
from geodata.travel import Float64

if TYPE_CHECKING:
    import geopandas

TIERS_S = (60, 180, 300)
"""The 1, 3 and 5 minute tiers."""
_GRID_M = 0.01
_ARC_STEPS = 4


@dataclass(frozen=True, eq=False)
class Isochrones:
    """Areas reached within rising limits, nested.

    Attributes
    ----------
    limits_s : tuple of int
        Rising.
    polygons : tuple of shapely.MultiPolygon
        One for each limit in metres of ``crs``; empty where nothing is reached. Each covers the one before exactly.
    reach : tuple of Reach
        The road parts that each area was drawn from.
    n_posts, n_lost : int
        Posts asked about, and how many of them lie on no open road and so reach nothing.
    buffer_m, fill_m2, simplify_m : float
    profile, crs : str
    """

    limits_s: tuple[int, ...]
    polygons: tuple[shapely.MultiPolygon, ...]
    reach: tuple[Reach, ...]
    n_posts: int
    n_lost: int
    buffer_m: float
    fill_m2: float
    simplify_m: float
    profile: str
    crs: str

    @property
    def bands(self) -> tuple[shapely.MultiPolygon, ...]:
        """What each limit adds to the one before: areas that do not overlap, for drawing."""
        empty: Any = shapely.MultiPolygon()
        before = (empty, *self.polygons[:-1])
        return tuple(
            _multi(shapely.difference(outer, inner))
            for inner, outer in zip(before, self.polygons, strict=True)
        )

    @property
    def area_km2(self) -> tuple[float, ...]:
        """Square kilometres of each area."""
        return tuple(float(p.area) / 1e6 for p in self.polygons)

    def to_geodataframe(self) -> geopandas.GeoDataFrame:
        """One row for each limit, smallest first: ``limit_s``, ``area_km2``, ``road_km`` and what it means."""
        import geopandas

        return geopandas.GeoDataFrame(
            {
                "limit_s": list(self.limits_s),
                "area_km2": list(self.area_km2),
                "road_km": [reach.length_m / 1000 for reach in self.reach],
                "meaning": [self.meaning(limit_s) for limit_s in self.limits_s],
            },
            geometry=list(self.polygons),
            crs=self.crs,
        )

    def meaning(self, limit_s: int) -> str:
        """Say in a sentence what the area of a limit stands for."""
        whom = "the post" if self.n_posts == 1 else f"the nearest of {self.n_posts} posts"
        text = (
            f"Within {_minutes(limit_s)} of {whom} ({self.profile}, on the network as given): all that lies within "
            f"{self.buffer_m:g} m of a road reached in time, an edge by the part that fits"
        )
        if self.fill_m2 > 0:
            text += f", and blocks of up to {self.fill_m2 / 10_000:g} ha shut in by such roads"
        text += ". It starts when the unit moves: reaction and way on foot are not in it."
        if self.n_lost:
            text += f" {self.n_lost} of {self.n_posts} posts lie on no open road and reach nothing."
        return text


def isochrones(
    router: Router,
    posts: Snapped,
    limits_s: Sequence[int] = TIERS_S,
    *,
    buffer_m: float = 40.0,
    fill_m2: float = 20_000.0,
    simplify_m: float = 2.0,
) -> Isochrones:
    """Areas that the *nearest* of the posts reaches within each limit.

    Parameters
    ----------
    router
        Over the network of the hour, with its closures.
    posts
        Laid onto that network; travel is away from them.
    limits_s
        Rising whole seconds above 0.
    buffer_m
        How far from a reached road a place may lie to count.
    fill_m2
        Holes up to this size are filled; 0 keeps all.
    simplify_m
        Outlines may move by about this much to have fewer corners; 0 keeps all. Areas stay nested.

    Returns
    -------
    Isochrones

    Raises
    ------
    GeodataError
        Limits that do not rise or are not above 0; a buffer that is not above 0.
    """
    limits = _checked(limits_s, buffer_m)
    nodes_ms = router.nodes_ms(posts, limit_s=limits[-1])
    return _draw(router, posts, nodes_ms, limits, buffer_m, fill_m2, simplify_m)


def isochrones_by_post(
    router: Router,
    posts: Snapped,
    limits_s: Sequence[int] = TIERS_S,
    *,
    buffer_m: float = 40.0,
    fill_m2: float = 20_000.0,
    simplify_m: float = 2.0,
) -> tuple[Isochrones, ...]:
    """As :func:`isochrones` for each post by itself."""
    limits = _checked(limits_s, buffer_m)
    within = router.node_coverage(posts, limits[-1])
    found = []
    for k in range(len(posts)):
        nodes_ms = np.full(router.network.n_nodes, np.inf)
        mine = slice(within.indptr[k], within.indptr[k + 1])
        nodes_ms[within.target[mine]] = within.ms[mine]
        found.append(
            _draw(router, posts.take([k]), nodes_ms, limits, buffer_m, fill_m2, simplify_m)
        )
    return tuple(found)


def _checked(limits_s: Sequence[int], buffer_m: float) -> tuple[int, ...]:
    limits = tuple(int(s) for s in limits_s)
    faults = Faults()
    if not limits or limits[0] <= 0 or any(b <= a for a, b in pairwise(limits)):
        faults.add(
            f"limits of {list(limits)} s",
            expected="one or more that rise, all above 0",
            mend="Sort them and leave out doubles.",
        )
    if not buffer_m > 0:
        faults.add(f"a buffer of {buffer_m:g} m draws no area", expected="above 0 m")
    faults.raise_any()
    return limits


def _draw(
    router: Router,
    posts: Snapped,
    nodes_ms: Float64,
    limits: tuple[int, ...],
    buffer_m: float,
    fill_m2: float,
    simplify_m: float,
) -> Isochrones:
    net = router.network
    reach = tuple(parts_within(net, nodes_ms, posts, limit_s * 1000.0) for limit_s in limits)
    areas = [_filled(area, fill_m2) for area in _widened(reach, buffer_m)]
    lost = ~posts.ok | net.closed[np.where(posts.ok, posts.edge, 0)]
    return Isochrones(
        limits,
        _nested(areas, simplify_m),
        reach,
        len(posts),
        int(lost.sum()),
        buffer_m,
        fill_m2,
        simplify_m,
        net.profile,
        net.crs,
    )


def _widened(reach: Sequence[Reach], buffer_m: float) -> list[Any]:
    """Roads reached, widened; each limit adds its new parts to the area of the one before."""
    areas: list[Any] = []
    seen: set[tuple[int, float, float]] = set()
    for part in reach:
        keys = list(zip(part.edge.tolist(), part.from_m.tolist(), part.to_m.tolist(), strict=True))
        fresh = np.array([key not in seen for key in keys], dtype=bool)
        seen.update(keys)
        wide = shapely.buffer(part.geometry[fresh], buffer_m, quad_segs=_ARC_STEPS)
        areas.append(shapely.union_all([*areas[-1:], *wide]))
    return areas


def _filled(area: Any, fill_m2: float) -> Any:
    """Return the area without its holes of at most ``fill_m2``."""
    filled = []
    for polygon in shapely.get_parts(area):
        holes = shapely.get_rings(polygon)[1:]
        kept = holes[shapely.area(shapely.polygons(holes)) > fill_m2] if len(holes) else holes
        filled.append(shapely.Polygon(shapely.get_exterior_ring(polygon), list(kept)))
    return shapely.union_all(filled)


def _nested(areas: list[Any], simplify_m: float) -> tuple[shapely.MultiPolygon, ...]:
    """Lay areas into each other exactly.

    Where two outlines run almost alike, each has corners of its own, and rounding lets the inner one peep out by a
    hair. All outlines are cut at each other once, each face of that drawing goes to the first area that holds it, and
    the areas are put together from whole faces: then they share their corners.
    """
    edges = shapely.union_all([shapely.boundary(area) for area in areas], grid_size=_GRID_M)
    faces = shapely.get_parts(shapely.polygonize([edges]))
    inside = shapely.point_on_surface(faces)
    tier = np.full(len(faces), len(areas))
    for k in range(len(areas) - 1, -1, -1):
        shapely.prepare(areas[k])
        tier[shapely.contains_properly(areas[k], inside)] = k
    bands = np.array(
        [_multi(shapely.coverage_union_all(faces[tier == k])) for k in range(len(areas))],
        dtype=object,
    )
    if simplify_m > 0:
        bands = shapely.coverage_simplify(bands, simplify_m)
    return tuple(_multi(shapely.coverage_union_all(bands[: k + 1])) for k in range(len(areas)))


def _multi(shape: Any) -> shapely.MultiPolygon:
    parts = [
        p for p in shapely.get_parts(shape) if isinstance(p, shapely.Polygon) and not p.is_empty
    ]
    return shapely.MultiPolygon(parts)


def _minutes(limit_s: int) -> str:
    whole, rest = divmod(limit_s, 60)
    if not rest:
        return "1 minute" if whole == 1 else f"{whole} minutes"
    return f"{limit_s} s"
