"""Speeds by time of day, and walking through a crowd: factors on edges for ``network.with_speeds``.

Every number here is a default with its source beside it and may be replaced; none of them is a measurement of the
planner's own streets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import shapely

from geodata.crs import to_metric
from geodata.errors import Faults, GeodataError
from geodata.network import Float64, Int64, RoadNetwork

WEEKDAYS = frozenset(range(5))
WEEKEND = frozenset({5, 6})
EVERY_DAY = frozenset(range(7))

FREE_WALK_MS = 1.34
"""Weidmann's free walking speed, metres a second."""
_GAMMA_PER_M2 = 1.913
_JAM_PER_M2 = 5.4
IMPASSABLE_PER_M2 = 4.0
"""From this density on nobody should be sent through: above 4 persons/m2 an open-air crowd counts as unstable."""


@dataclass(frozen=True)
class HourBand:
    """Speeds of one span of the day.

    Attributes
    ----------
    name : str
    days : frozenset of int
        0 is Monday.
    start_h, end_h : float
        Hours of the local clock, half-open ``[start_h, end_h)``, ``0 <= start_h < end_h <= 24``. A night that runs
        over midnight is two bands.
    factor_by_class : mapping
        Share of the free speed by ``highway`` value; a ``_link`` counts as the road it belongs to.
    other : float
        The factor of classes that are not named.
    """

    name: str
    days: frozenset[int]
    start_h: float
    end_h: float
    factor_by_class: Mapping[str, float] = field(default_factory=dict)
    other: float = 1.0

    def factor_of(self, highway: str) -> float:
        """Factor of one road class."""
        found = self.factor_by_class.get(highway)
        if found is None:
            found = self.factor_by_class.get(highway.removesuffix("_link"), self.other)
        return float(found)


@dataclass(frozen=True)
class SpeedProfile:
    """Factors on driving speeds by day of the week, hour and road class.

    Attributes
    ----------
    name, source : str
        ``source`` says where the factors come from, for the page beside them.
    bands : tuple of HourBand
        They must not overlap; an hour in none of them has free speeds (factor 1).
    profiles : frozenset of str
        Travellers they hold for; all others keep their speeds.

    Raises
    ------
    GeodataError
        Bands that overlap, hours out of 0..24, days out of 0..6, factors that are not above 0: all in one report.
    """

    name: str
    source: str
    bands: tuple[HourBand, ...]
    profiles: frozenset[str] = frozenset({"car", "emergency"})

    def __post_init__(self) -> None:
        faults = Faults()
        for band in self.bands:
            if not 0 <= band.start_h < band.end_h <= 24:
                faults.add(
                    f"band {band.name!r} runs from {band.start_h:g} to {band.end_h:g}",
                    expected="0 <= start < end <= 24 hours",
                    mend="Part a night that runs over midnight into two bands.",
                )
            if not band.days or not band.days <= EVERY_DAY:
                faults.add(f"band {band.name!r} has no day or a day out of 0..6 (0 is Monday)")
            numbers = {**band.factor_by_class, "other": band.other}
            bad = [k for k, v in numbers.items() if not (np.isfinite(v) and v > 0)]
            if bad:
                faults.add(
                    f"band {band.name!r} has factors that are not above 0",
                    bad,
                    expected="a share of the free speed, 0.6 for example",
                    mend="Close a road with with_closures instead.",
                )
        for i, a in enumerate(self.bands):
            for b in self.bands[i + 1 :]:
                if a.days & b.days and a.start_h < b.end_h and b.start_h < a.end_h:
                    faults.add("two bands hold at one hour", [a.name, b.name])
        faults.raise_any()

    def band_at(self, weekday: int, hour: float) -> HourBand | None:
        """Return the band that holds at ``hour`` (0 up to but not 24) of ``weekday`` (0 is Monday), or None."""
        if weekday not in EVERY_DAY or not 0 <= hour < 24:
            raise GeodataError(
                f"day {weekday}, hour {hour:g} is no time of the week; expected days 0..6 and hours in [0, 24)."
            )
        for band in self.bands:
            if weekday in band.days and band.start_h <= hour < band.end_h:
                return band
        return None

    def cut(
        self, weekday: int, from_h: float, to_h: float
    ) -> tuple[tuple[float, float, HourBand | None], ...]:
        """Cut a span where the speeds change, so that each part has one router.

        Parameters
        ----------
        weekday
            Day on which hour 0 lies, 0 is Monday.
        from_h, to_h
            Hours since that day's midnight, ``[from_h, to_h)``; they may run over midnight (26 is 2 in the morning).

        Returns
        -------
        tuple of (from_h, to_h, band)
            Parts that touch, in order.
        """
        if not 0 <= from_h < to_h:
            raise GeodataError(
                f"the span {from_h:g}..{to_h:g} h has no length; expected 0 <= from < to."
            )
        edges = {from_h, to_h}
        for day in range(int(from_h // 24), int(-(-to_h // 24))):
            for band in self.bands:
                edges |= {day * 24 + h for h in (band.start_h, band.end_h)}
        inner = sorted(h for h in edges if from_h <= h <= to_h)
        parts: list[tuple[float, float, HourBand | None]] = []
        for low, high in pairwise(inner):
            held = self.band_at((weekday + int(low // 24)) % 7, low % 24)
            if parts and parts[-1][2] is held:
                parts[-1] = (parts[-1][0], high, held)
            else:
                parts.append((low, high, held))
        return tuple(parts)

    def edge_factors(self, network: RoadNetwork, weekday: int, hour: float) -> Float64:
        """Return the factor of every edge at an hour, float64 ``[e]``, for ``with_speeds``."""
        return self.band_factors(network, self.band_at(weekday, hour))

    def band_factors(self, network: RoadNetwork, band: HourBand | None) -> Float64:
        """Return the factor of every edge in one band, float64 ``[e]``; 1 for None and for other travellers."""
        if band is None or network.profile not in self.profiles:
            return np.ones(network.n_edges)
        by_class = np.array([band.factor_of(name) for name in network.class_names])
        factors: Float64 = by_class[network.edge_class]
        return factors

    def eased(self, share: float) -> SpeedProfile:
        """Return the profile of a vehicle that wins back ``share`` (0..1) of what the traffic costs, as on a call."""
        if not 0 <= share <= 1:
            raise GeodataError(f"a share of {share:g} cannot be won back; expected 0..1.")

        def ease(factor: float) -> float:
            return factor + share * max(0.0, 1.0 - factor)

        bands = tuple(
            replace(
                band,
                factor_by_class={k: ease(v) for k, v in band.factor_by_class.items()},
                other=ease(band.other),
            )
            for band in self.bands
        )
        return replace(
            self,
            name=f"{self.name}, eased by {share:.0%}",
            source=f"{self.source} {share:.0%} of the loss is won back.",
            bands=bands,
        )


def _city(express: float, trunk: float, street: float) -> dict[str, float]:
    """Factors by the three kinds of road that the congestion scale knows; yards and paths keep their speed."""
    return {
        "motorway": express, "trunk": express, "primary": trunk, "secondary": street, "tertiary": street,
        "unclassified": street, "residential": street, "road": street,
    }  # fmt: skip


_SMOOTH = (65.0, 40.0, 35.0)
# Middles of the grades "nearly free" (50-65, 30-40, 25-35 km/h) and "lightly congested" (35-50, 20-30, 15-25 km/h).
_DAY = _city(*(speed / free for speed, free in zip((57.5, 35.0, 30.0), _SMOOTH, strict=True)))
_RUSH = _city(*(speed / free for speed, free in zip((42.5, 25.0, 20.0), _SMOOTH, strict=True)))

CITY_TRAFFIC = SpeedProfile(
    name="city traffic",
    source=(
        "Grades of urban road congestion as Chinese practice has them (free above 65 km/h on expressways, 40 on trunk "
        "roads, 35 on others; nearly free above 50, 30, 25; lightly congested above 35, 20, 15): the day is the middle "
        "of the second grade, rush hour that of the third, each over the first. Kunming's yearbook for 2019 has 25.6 "
        "and 23.7 km/h at the peaks. The hours are custom. Check locally."
    ),
    bands=(
        HourBand("morning rush", WEEKDAYS, 7, 9, _RUSH),
        HourBand("weekday", WEEKDAYS, 9, 17, _DAY),
        HourBand("evening rush", WEEKDAYS, 17, 19, _RUSH),
        HourBand("evening", WEEKDAYS, 19, 22, _DAY),
        HourBand("weekend day", WEEKEND, 9, 21, _DAY),
    ),
)
"""Weekday rush 7-9 and 17-19, day, and free speeds at night; an editable default."""


def walking_speed_ms(density_per_m2: npt.ArrayLike, free_ms: float = FREE_WALK_MS) -> Float64:
    """Walking speed in a crowd, metres a second.

    Parameters
    ----------
    density_per_m2
        Persons per square metre, 0 or more.
    free_ms
        Speed of a free walker.

    Notes
    -----
    ``v = v0 (1 - exp(-1.913 (1/density - 1/5.4)))``, 0 from 5.4 persons/m2 on. U. Weidmann, Transporttechnik der
    Fussgaenger, ETH Zurich 1993. It holds for people who walk *with* the crowd; against it they are slower.

    Raises
    ------
    GeodataError
        A density that is negative or not a number.
    """
    density = np.asarray(density_per_m2, dtype=np.float64)
    if not (density >= 0).all():
        raise GeodataError("crowd densities must be 0 or more persons per square metre.")
    with np.errstate(divide="ignore"):
        room = np.where(density > 0, 1 / density, np.inf) - 1 / _JAM_PER_M2
    speed: Float64 = free_ms * (1 - np.exp(-_GAMMA_PER_M2 * np.maximum(room, 0.0)))
    return speed


@dataclass(frozen=True)
class CrowdArea:
    """A place full of people for a while.

    Attributes
    ----------
    shape : shapely polygon or multipolygon
        In degrees (longitude, latitude) as drawn closures are, or in metres of the network's CRS.
    density_per_m2 : float
        Persons per square metre: expected heads over the area that is left to stand on.
    units : {"lonlat", "metric"}
    name : str
    """

    shape: Any
    density_per_m2: float
    units: Literal["lonlat", "metric"] = "lonlat"
    name: str = ""


@dataclass(frozen=True, eq=False)
class CrowdEffect:
    """What crowds do to a network for walkers.

    Attributes
    ----------
    factor : float64 [e]
        Share of the walking speed left on each edge as a whole, for ``with_speeds``.
    density_per_m2 : float64 [e]
        The densest crowd that an edge runs through, 0 outside.
    closed : int64 [k]
        Edge rows that run through a crowd too dense to pass; their factor is 1, since they are closed.
    """

    factor: Float64
    density_per_m2: Float64
    closed: Int64

    def apply(self, network: RoadNetwork) -> RoadNetwork:
        """Return the network slowed and closed by the crowds."""
        return network.with_speeds(self.factor).with_closures(self.closed)


def crowd_effect(
    network: RoadNetwork,
    areas: Sequence[CrowdArea],
    *,
    impassable_per_m2: float = IMPASSABLE_PER_M2,
    bridges_too: bool = True,
) -> CrowdEffect:
    """Slow the edges of a network for walking where they lie in crowds.

    Parameters
    ----------
    network
        For walkers (profile ``foot``).
    areas
        Where areas overlap the greater density counts.
    impassable_per_m2
        Edges that run more than a metre through a crowd this dense are closed.
    bridges_too
        Whether a crowd also stands on the bridges and in the tunnels of its area.

    Returns
    -------
    CrowdEffect
        An edge half in a crowd is slowed by half: its time is that of its parts added up.

    Raises
    ------
    GeodataError
        The network is not for walkers; an area is no polygon or is not simple; a density below 0.
    """
    _check_crowds(network, areas)
    times = np.ones(network.n_edges)
    densest = np.zeros(network.n_edges)
    shut = np.zeros(network.n_edges, dtype=bool)
    usable = np.flatnonzero(bridges_too | ~(network.bridge | network.tunnel))
    tree = shapely.STRtree(network.lines[usable])
    taken: Any = shapely.MultiPolygon()
    for area in sorted(areas, key=lambda a: -a.density_per_m2):
        shape = area.shape
        if area.units == "lonlat":
            shape = shapely.transform(shape, lambda lonlat: to_metric(lonlat, network.crs))
        shape, taken = shapely.difference(shape, taken), shapely.union(shape, taken)
        near = usable[tree.query(shape, predicate="intersects")]
        inside_m = shapely.length(shapely.intersection(network.lines[near], shape))
        whole_m = shapely.length(network.lines[near])
        share = np.divide(inside_m, whole_m, out=np.zeros(len(near)), where=whole_m > 0)
        hit = share > 0
        densest[near[hit]] = np.maximum(densest[near[hit]], area.density_per_m2)
        if area.density_per_m2 >= impassable_per_m2:
            shut[near[inside_m > np.minimum(1.0, whole_m / 2)]] = True
        factor = float(walking_speed_ms(area.density_per_m2, 1.0))
        times[near] += share * (1 / max(factor, 1e-3) - 1)
    times[shut] = 1.0
    return CrowdEffect(1 / times, densest, np.flatnonzero(shut).astype(np.int64))


def _check_crowds(network: RoadNetwork, areas: Sequence[CrowdArea]) -> None:
    faults = Faults()
    if network.profile != "foot":
        faults.add(
            f"crowds slow walkers, and this network is for {network.profile!r}",
            mend="Take the network of the profile foot; close the area to vehicles with with_closures.",
        )
    names = [area.name or f"area {k}" for k, area in enumerate(areas)]
    flat = [
        name
        for name, area in zip(names, areas, strict=True)
        if shapely.get_dimensions(area.shape) != 2 or not shapely.is_valid(area.shape)
    ]
    if flat:
        faults.add(
            "crowd areas are no simple polygons",
            flat,
            mend="Draw each as an area whose outline does not cross itself.",
        )
    bad = [
        name
        for name, area in zip(names, areas, strict=True)
        if not (np.isfinite(area.density_per_m2) and area.density_per_m2 >= 0)
    ]
    if bad:
        faults.add("crowd densities are no numbers of 0 or more", bad, expected="persons/m2")
    faults.raise_any()
