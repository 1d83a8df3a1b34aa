"""Scenario and ground -> siting Problem, and stands back to posts with spans."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geodata.candidates import candidate_points
from geodata.crs import to_lonlat
from scenarios.assemble.places import Places, Spot, Ways
from scenarios.bluelights import standing_on
from scenarios.errors import Fault, ScenarioError
from scenarios.schema import Kind, PostRow, Scenario, Site
from scenarios.spans import Interval, intervals, merged
from scenarios.strength import Budget
from scheduler.siting.plan import SitingPlan
from scheduler.siting.problem import Kind as UnitKind
from scheduler.siting.problem import Period, Post, Problem, Reach, Ring, dense_reach
from scheduler.siting.problem import Site as DemandSite

PRICE_OPEN = 10
"""Opening price of a post in units of the level ``posts``; an existing one costs nothing extra."""


@dataclass(frozen=True, eq=False)
class SitingTables:
    """The Problem and the names behind its indices."""

    problem: Problem
    sites: tuple[Site, ...]
    posts: tuple[Spot, ...]
    kind: Kind


@dataclass(frozen=True, slots=True)
class PostStand:
    """A post of the plan: its number, where it is, and one unbroken span with the same units."""

    number: str
    place: str
    kind: str
    n_units: int
    start_s: int
    end_s: int
    owner: str
    lead: str


def siting_kind(scenario: Scenario) -> Kind:
    """The kind of unit that stands at posts."""
    return next(kind for kind in scenario.kinds if kind.id == scenario.siting.kind)


def siting_spans(scenario: Scenario) -> tuple[Interval, ...]:
    """Spans in which posts may stand: the planner's, or all in which some site wants cover."""
    if scenario.siting.spans:
        named = scenario.siting.spans
        return merged(i for span in named for i in intervals(scenario, span))
    return merged(
        i for site in scenario.sites for span in site.cover for i in intervals(scenario, span, site.id)
    )


def candidates(scenario: Scenario, places: Places, ways: Ways) -> tuple[Spot, ...]:
    """Known posts first, then road points near the sites that want cover; forbidden stretches left out."""
    known = [places[row.id] for row in scenario.posts if row.state != "forbidden"]
    wanted = [site for site in scenario.sites if site.cover]
    network = ways.ground.networks["car"]
    centres = places.xy(site.id for site in wanted)
    found = candidate_points(
        network,
        sites_xy=centres,
        spacing_m=float(scenario.siting.candidate_spacing_m),
        within_m=_near_m(scenario),
    )
    xy = np.array([c.xy for c in found], dtype=np.float64).reshape(-1, 2)
    lonlat = to_lonlat(xy, places.crs) if len(xy) else xy
    spots = [
        Spot(c.id, network.name_of(c.edge) or c.id, "candidate", (float(c.xy[0]), float(c.xy[1])),
             (float(ll[0]), float(ll[1])))
        for c, ll in zip(found, lonlat, strict=True)
    ]
    barred = [row for row in scenario.posts if row.state == "forbidden"]
    free = [s for s in spots if not any(_inside(s, places[row.id], row) for row in barred)]
    return tuple(known + free)


def _near_m(scenario: Scenario) -> float:
    """How far from a site a post can still be of use: what a car drives within the class-1 standard."""
    return max(600.0, scenario.response.class_1_s * 12.0)


def _inside(spot: Spot, centre: Spot, row: PostRow) -> bool:
    return float(np.hypot(spot.xy[0] - centre.xy[0], spot.xy[1] - centre.xy[1])) <= row.radius_m


def standard_s(scenario: Scenario, cls: int) -> int:
    """Response standard of a site class in seconds."""
    tiers = scenario.response
    return {1: tiers.class_1_s, 2: tiers.class_2_s, 3: tiers.class_3_s}[cls]


def assemble_siting(
    scenario: Scenario,
    places: Places,
    ways: Ways,
    budget: Budget,
    caps: Mapping[tuple[str, int, int], int] | None = None,
    patrol_heads: Callable[[int, int], int] | None = None,
    *,
    reach_s: int | None = None,
) -> SitingTables:
    """Build the siting Problem.

    Parameters
    ----------
    budget
        What is left of the force by hour; stock is its least value over a period.
    caps
        Tighter stock from the loop: ``("posts", start, end) -> most units`` in overlapping periods.
    patrol_heads
        Officers that patrols need at least during a span: set aside before posts spend beyond one for each
        class-1 site, which is all that covering those can take.
    reach_s
        How far a post is of use to a site; three times the longest standard where not given.
    """
    sites = tuple(site for site in scenario.sites if site.cover)
    spots = candidates(scenario, places, ways)
    kind = siting_kind(scenario)
    units = scenario.siting.units_from or tuple(u.id for u in scenario.units)
    left = budget.units_left(kind, units)
    rows = {row.id: row for row in scenario.posts if row.state != "forbidden"}
    barred = barred_posts(scenario, places, ways, spots)
    musts = musts_of(scenario)
    periods: list[Period] = []
    reaches: list[Reach] = []
    reach_of: dict[frozenset[str], int] = {}
    least = sum(s.id in musts for s in spots)
    for start, end in _periods(scenario, ways):
        active = np.array(
            [_overlaps(start, end, (i for s in site.cover for i in intervals(scenario, s, site.id)))
             for site in sites], dtype=np.bool_)
        closures = ways.active(kind.mode, start, end)
        if closures not in reach_of:
            reach_of[closures] = len(reaches)
            reaches.append(_reach(scenario, places, ways, kind, closures, spots, sites, reach_s))
        stock = min(scenario.siting.most_units, budget.least(left, start, end))
        if patrol_heads is not None:
            first = sum(site.class_ == 1 for site, on in zip(sites, active, strict=True) if on)
            aside = -(-patrol_heads(start, end) // kind.n_people)
            stock = max(stock - aside, min(stock, first))
        for (what, begun, last), most in (caps or {}).items():
            if what == "posts" and begun < end and last > start:
                stock = min(stock, most)
        periods.append(
            Period(
                id=f"{start // 60}-{end // 60}", start_s=start, end_s=end,
                reach=(reach_of[closures],), active=active, stock=(max(stock, least),),
                most_posts=_most_posts(scenario, start, end),
            )
        )
    problem = Problem(
        sites=tuple(
            DemandSite(s.id, s.weight, standard_s(scenario, s.class_), must=s.class_ == 1, backup=s.backup)
            for s in sites
        ),
        posts=tuple(_post(scenario, spot, rows.get(spot.id), spot.id in musts, spot.id in barred) for spot in spots),
        kinds=(UnitKind(kind.id, kind.responds),),
        periods=tuple(periods),
        reaches=tuple(reaches),
        point_site=np.arange(len(sites), dtype=np.int32),
        apart=_apart(spots, len(rows), float(scenario.siting.apart_m)),
        move_price=PRICE_OPEN,
        rings=rings_of(scenario, places, spots),
    )
    return SitingTables(problem, sites, spots, kind)


def _periods(scenario: Scenario, ways: Ways) -> list[Interval]:
    """Siting spans cut where a closure, or the window of a known post, begins or ends."""
    windows = [_window(scenario, row) for row in scenario.posts]
    cuts = sorted({*ways.breaks(), *(cut for window in windows for cut in window if cut is not None)})
    found = []
    for start, end in siting_spans(scenario):
        edges = [start, *(c for c in cuts if start < c < end), end]
        found += list(pairwise(edges))
    return found


def _overlaps(start: int, end: int, spans: Iterable[Interval]) -> bool:
    return any(a < end and b > start for a, b in spans)


def musts_of(scenario: Scenario) -> frozenset[str]:
    """Posts that must stand: required ones, and with ``keep_existing`` those that stand already."""
    states = ("required", "existing") if scenario.siting.keep_existing else ("required",)
    return frozenset(row.id for row in scenario.posts if row.state in states)


def _most_posts(scenario: Scenario, start: int, end: int) -> int | None:
    """The most posts that may stand in a period: the planner's own limit, and ``add_posts`` beside the musts."""
    its = scenario.siting
    limits = [] if its.most_posts is None else [its.most_posts]
    if its.add_posts is not None:
        musts = musts_of(scenario)
        windows = [_window(scenario, row) for row in scenario.posts if row.id in musts]
        standing = sum((a is None or a <= start) and (b is None or end <= b) for a, b in windows)
        limits.append(standing + its.add_posts)
    return min(limits, default=None)


def barred_posts(scenario: Scenario, places: Places, ways: Ways, spots: Sequence[Spot]) -> frozenset[str]:
    """Places on blue-light ways, where nobody may stand (P15).

    Raises
    ------
    ScenarioError
        Posts that must stand are among them: all of them.
    """
    xy = np.array([s.xy for s in spots], dtype=np.float64).reshape(-1, 2)
    lit = standing_on(scenario, places, ways, xy, siting_spans(scenario))
    # a post inside a venue stands in no road, whatever passes its door
    inside = {row.id for row in scenario.posts if row.site is not None and row.lon is None and row.osm is None}
    barred = frozenset(s.id for s, on in zip(spots, lit.tolist(), strict=True) if on and s.id not in inside)
    lost = sorted(musts_of(scenario) & barred)
    if lost:
        expected = f"posts off the blue-light ways (blue_lights.clear_m {scenario.blue_lights.clear_m})"
        remedy = "move them, make them candidates, or lower clear_m"
        raise ScenarioError([Fault("posts.csv", None, "id", ident, expected, remedy) for ident in lost])
    return barred


def _post(scenario: Scenario, spot: Spot, row: PostRow | None, must: bool, barred: bool) -> Post:
    if row is None:
        return Post(spot.id, price=PRICE_OPEN, forbidden=barred)
    opens, closes = _window(scenario, row)
    return Post(
        spot.id,
        price=0 if row.state in ("existing", "required") else PRICE_OPEN,
        capacity=row.capacity,
        required=must,
        forbidden=barred,
        existing=row.state == "existing",
        open_s=opens,
        close_s=closes,
    )


def _window(scenario: Scenario, row: PostRow) -> tuple[int | None, int | None]:
    """First opening and last closing of a known post; None, None when it has no spans of its own."""
    times = [i for span in row.spans for i in intervals(scenario, span, row.site)]
    return (min(t[0] for t in times), max(t[1] for t in times)) if times else (None, None)


def _reach(
    scenario: Scenario,
    places: Places,
    ways: Ways,
    kind: Kind,
    closures: frozenset[str],
    spots: tuple[Spot, ...],
    sites: tuple[Site, ...],
    reach_s: int | None = None,
) -> Reach:
    origins = np.array([s.at for s in spots], dtype=np.float64).reshape(-1, 2)
    times = ways.seconds(kind.mode, closures, origins, places.xy(s.id for s in sites))
    out: NDArray[np.int32] = np.array([s.walk_s for s in spots], dtype=np.int32)
    seconds, reachable = times.seconds + out[:, None], times.reachable.copy()
    # A post inside a site is at that site already: what counts is the stated walk to its entrance.
    inside = {row.id: row.site for row in scenario.posts if row.site is not None}
    index = {site.id: k for k, site in enumerate(sites)}
    for j, spot in enumerate(spots):
        k = index.get(inside.get(spot.id, ""))
        if k is not None:
            seconds[j, k], reachable[j, k] = spot.walk_s, True
    # Beyond three times its standard a post is of no use to a site: not even for backup or response.
    tiers = scenario.response
    limit = reach_s or 3 * max(tiers.class_1_s, tiers.class_2_s, tiers.class_3_s)
    return dense_reach(seconds, reachable, limit)


def rings_of(scenario: Scenario, places: Places, spots: tuple[Spot, ...]) -> tuple[Ring, ...]:
    """Rings that the scenario gives numbers to: posts inside a zone and outside the smaller ones.

    Raises
    ------
    ScenarioError
        Zones that the scenario does not have, a most below the least, or a ring with too few places: all at once.
    """
    zones = {zone.id: zone for zone in scenario.zones}
    faults, found = [], []
    xy = np.array([s.xy for s in spots], dtype=np.float64).reshape(-1, 2)
    for row in scenario.siting.rings:
        if row.zone not in zones:
            faults.append(_ring_fault(row.zone, "the id of a zone", "see zones.csv"))
            continue
        if row.most is not None and row.most < row.least:
            faults.append(_ring_fault(row.zone, f"most {row.least} or more, found {row.most}", "raise most"))
        radius = zones[row.zone].radius_m
        inside = _within(xy, places[row.zone].xy, radius)
        for other in zones.values():
            if other.radius_m < radius:
                inside &= ~_within(xy, places[other.id].xy, other.radius_m)
        posts = tuple(np.flatnonzero(inside).tolist())
        if len(posts) < row.least:
            few = f"at least {row.least} places for posts, {len(posts)} lie there"
            faults.append(_ring_fault(row.zone, few, "lower least, or add posts.csv rows there"))
        found.append(Ring(row.zone, posts, row.least, row.most))
    if faults:
        raise ScenarioError(faults)
    return tuple(found)


def _within(xy: NDArray[np.float64], centre: tuple[float, float], radius_m: float) -> NDArray[np.bool_]:
    near: NDArray[np.bool_] = np.hypot(xy[:, 0] - centre[0], xy[:, 1] - centre[1]) <= radius_m
    return near


def _ring_fault(zone: str, expected: str, remedy: str) -> Fault:
    return Fault("scenario.toml", None, "siting.rings", zone, expected, remedy)


def _apart(spots: tuple[Spot, ...], n_known: int, apart_m: float) -> tuple[tuple[int, int], ...]:
    if len(spots) < 2 or apart_m <= 0:
        return ()
    xy = np.array([s.xy for s in spots])
    near = np.hypot(*(xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1)) < apart_m
    first, second = np.nonzero(np.triu(near, 1))
    # Two posts the planner has set side by side are the planner's decision; the rule is for ours.
    pairs = zip(first.tolist(), second.tolist(), strict=True)
    return tuple((a, b) for a, b in pairs if b >= n_known)


def post_stands(
    scenario: Scenario, tables: SitingTables, plan: SitingPlan, numbers: Mapping[str, str]
) -> tuple[PostStand, ...]:
    """Stands of the plan joined over touching periods; ``numbers`` gives each place its post number."""
    rows = {row.id: row for row in scenario.posts}
    periods = {p.id: p for p in tables.problem.periods}
    spans: dict[tuple[str, str, int], list[Interval]] = {}
    for stand in plan.stands:
        period = periods.get(stand.period)
        if period is not None:
            key = (stand.post, stand.kind, stand.n_units)
            spans.setdefault(key, []).append((period.start_s, period.end_s))
    found = []
    for (place, kind, n_units), times in spans.items():
        owner, lead = post_owner(scenario, rows.get(place))
        for start, end in merged(times):
            found.append(PostStand(numbers[place], place, kind, n_units, start, end, owner, lead))
    return tuple(sorted(found, key=lambda s: (s.number, s.start_s)))


def post_owner(scenario: Scenario, row: PostRow | None) -> tuple[str, str]:
    """Owner unit and named lead of a post; a computed one belongs to the first siting unit (or unit)."""
    if row is not None:
        return row.owner, row.lead
    unit = (scenario.siting.units_from or (scenario.units[0].id,))[0]
    core = next((z for z in scenario.zones if z.owner == unit), scenario.zones[0] if scenario.zones else None)
    lead = core.lead if core is not None else next(s.lead for s in scenario.sites)
    return unit, lead


def number_posts(plan: SitingPlan, old: Mapping[str, str], retired: tuple[str, ...]) -> dict[str, str]:
    """Post numbers by place: old ones are kept, new ones take the next free number, retired ones never."""
    place_number = {place: number for number, place in old.items()}
    taken = set(old) | set(retired)
    following = 1
    for place in sorted({stand.post for stand in plan.stands}):
        if place in place_number:
            continue
        while f"P{following:02d}" in taken:
            following += 1
        place_number[place] = f"P{following:02d}"
        taken.add(f"P{following:02d}")
    return place_number
