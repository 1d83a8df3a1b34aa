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
from scenarios.assemble.siting_parts import apart, pauses, points_of, reach_of, rings_of, times_of
from scenarios.bluelights import standing_on
from scenarios.errors import Fault, ScenarioError
from scenarios.schema import Kind, PostRow, Scenario, Site
from scenarios.spans import Interval, intervals, merged
from scenarios.strength import Budget
from scenarios.tongue import say as _
from scheduler.siting.plan import SitingPlan
from scheduler.siting.problem import Kind as UnitKind
from scheduler.siting.problem import Period, Post, Problem, Reach
from scheduler.siting.problem import Site as DemandSite

PRICE_OPEN = 10
"""Opening price of a post in units of the level ``posts``; an existing one costs nothing extra."""


@dataclass(frozen=True, eq=False)
class SitingTables:
    """The Problem and the names behind its indices."""

    problem: Problem
    sites: tuple[Site, ...]
    posts: tuple[Spot, ...]
    kinds: tuple[Kind, ...]

    @property
    def kind(self) -> Kind:
        """The first kind."""
        return self.kinds[0]

    def kind_of(self, ident: str) -> Kind:
        """The kind with an id; the first where a plan names none of ours."""
        return next((kind for kind in self.kinds if kind.id == ident), self.kinds[0])


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


def siting_kinds(scenario: Scenario) -> tuple[Kind, ...]:
    """The kinds of unit that stand at posts, in the order in which they share people."""
    known = {kind.id: kind for kind in scenario.kinds}
    return tuple(known[name] for name in dict.fromkeys((scenario.siting.kind, *scenario.siting.kinds)))


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
    """Response standard of a site class in seconds, for kinds of unit that have no tiers of their own."""
    return scenario.response.standard_s(cls)


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
    spots, kinds = candidates(scenario, places, ways), siting_kinds(scenario)
    points = points_of(sites, places)
    rows = {row.id: row for row in scenario.posts if row.state != "forbidden"}
    barred = barred_posts(scenario, places, ways, spots)
    musts = musts_of(scenario) & {s.id for s in spots}
    paused, loose = pauses(scenario, spots, siting_spans(scenario), musts)
    periods: list[Period] = []
    reaches: list[Reach] = []
    known: dict[tuple[str, frozenset[str]], int] = {}
    for start, end in _periods(scenario, ways):
        active = np.array(
            [_overlaps(start, end, (i for s in site.cover for i in intervals(scenario, s, site.id)))
             for site in sites], dtype=np.bool_)
        for kind in kinds:
            key = (kind.id, ways.active(kind.mode, start, end))
            if key not in known:
                known[key] = len(reaches)
                reaches.append(reach_of(scenario, ways, kind, key[1], spots, sites, points, reach_s))
        most = scenario.siting.most_units
        for (what, begun, last), cap in (caps or {}).items():
            if what == "posts" and begun < end and last > start:
                most = min(most, cap)
        heads = 0 if patrol_heads is None else patrol_heads(start, end)
        first = sum(site.class_ == 1 for site, on in zip(sites, active, strict=True) if on)
        stock = _stock(scenario, kinds, budget, (start, end), most, heads, first)
        periods.append(
            Period(
                id=f"{start // 60}-{end // 60}", start_s=start, end_s=end,
                reach=tuple(known[k.id, ways.active(k.mode, start, end)] for k in kinds), active=active,
                stock=_with_musts(stock, kinds, [rows[m].kind for m in sorted(musts)]),
                most_posts=_most_posts(scenario, start, end), weight=_weights(scenario, sites, start, end),
            )
        )
    problem = Problem(
        sites=tuple(_site(scenario, site, kinds) for site in sites),
        posts=tuple(
            _post(scenario, spot, rows.get(spot.id), spot.id in musts - loose, spot.id in barred, kinds)
            for spot in spots
        ),
        kinds=tuple(UnitKind(kind.id, kind.responds) for kind in kinds),
        periods=tuple(periods),
        reaches=tuple(reaches),
        point_site=points.site,
        apart=apart(spots, len(rows), float(scenario.siting.apart_m)),
        apart_alike=tuple(
            (a, b, k)
            for a, b in apart(spots, len(rows), float(scenario.siting.apart_alike_m))
            for k in range(len(kinds))
        ),
        move_price=PRICE_OPEN,
        rings=(*rings_of(scenario, places, spots), *paused),
    )
    return SitingTables(problem, sites, spots, kinds)


def _stock(
    scenario: Scenario, kinds: Sequence[Kind], budget: Budget, span: Interval, most: int, heads: int, first: int
) -> list[int]:
    """Units of each kind that the force can form in a span, people shared out to the kinds in their order.

    ``heads`` are set aside for patrols before the first kind spends beyond ``first``.
    """
    units = scenario.siting.units_from or tuple(u.id for u in scenario.units)
    left = budget if len(kinds) == 1 else budget.twin()
    found: list[int] = []
    for kind in kinds:
        can = left.least(left.units_left(kind, units), *span)
        n = min(most - sum(found), scenario.siting.units_by_kind.get(kind.id, most), can)
        if not found:
            n = max(n - -(-heads // kind.n_people), min(n, first))
        found.append(max(0, n))
        if len(kinds) > 1:
            left.take_units(kind, units, *span, found[-1])
    return found


def _with_musts(stock: Sequence[int], kinds: Sequence[Kind], asked: Sequence[tuple[str, ...]]) -> tuple[int, ...]:
    """At least one unit for every post that must stand: of the one kind it takes, else of the first."""
    ids = [kind.id for kind in kinds]
    needed = [0] * len(kinds)
    for names in asked:
        needed[ids.index(names[0]) if len(names) == 1 and names[0] in ids else 0] += 1
    return tuple(max(n, m) for n, m in zip(stock, needed, strict=True))


def _weights(scenario: Scenario, sites: Sequence[Site], start: int, end: int) -> NDArray[np.int64] | None:
    """What sites weigh in a period, None where no site has weights by span; the last span named wins."""
    if not any(site.weights for site in sites):
        return None
    found = np.array([site.weight for site in sites], dtype=np.int64)
    for k, site in enumerate(sites):
        for text in site.weights:
            span, _, weight = text.rpartition(":")
            if _overlaps(start, end, intervals(scenario, span, site.id)):
                found[k] = int(weight)
    return found


def _site(scenario: Scenario, site: Site, kinds: Sequence[Kind]) -> DemandSite:
    tiers, ids = scenario.response, [kind.id for kind in kinds]
    return DemandSite(
        site.id, site.weight, tiers.standard_s(site.class_), must=site.class_ == 1, backup=site.backup,
        kinds=tuple(k for k, ident in enumerate(ids) if ident in site.answers),
        standard_by_kind_s=tuple(tiers.standard_s(site.class_, ident) for ident in ids) if tiers.by_kind else (),
    )  # fmt: skip


def _periods(scenario: Scenario, ways: Ways) -> list[Interval]:
    """Siting spans cut where a closure, or the window of a known post, begins or ends."""
    cuts = {*ways.breaks(), *(cut for row in scenario.posts for span in times_of(scenario, row) for cut in span)}
    for site in scenario.sites:  # weights change at the edges of their spans
        spans = [i for text in site.weights for i in intervals(scenario, text.rpartition(":")[0], site.id)]
        cuts |= {edge for span in spans for edge in span}
    found = []
    for start, end in siting_spans(scenario):
        edges = [start, *(c for c in sorted(cuts) if start < c < end), end]
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
        clear_m = scenario.blue_lights.clear_m
        expected = _("posts off the blue-light ways (blue_lights.clear_m {clear_m})", clear_m=clear_m)
        remedy = _("move them, make them candidates, or lower clear_m")
        raise ScenarioError([Fault("posts.csv", None, "id", ident, expected, remedy) for ident in lost])
    return barred


def _post(
    scenario: Scenario, spot: Spot, row: PostRow | None, must: bool, barred: bool, kinds: Sequence[Kind]
) -> Post:
    if row is None:
        return Post(spot.id, price=PRICE_OPEN, forbidden=barred)
    opens, closes = _window(scenario, row)
    return Post(
        spot.id,
        price=0 if row.state in ("existing", "required") else PRICE_OPEN,
        capacity=row.capacity,
        kinds=tuple(k for k, kind in enumerate(kinds) if kind.id in row.kind),
        required=must,
        forbidden=barred,
        existing=row.state == "existing",
        open_s=opens,
        close_s=closes,
    )


def _window(scenario: Scenario, row: PostRow) -> tuple[int | None, int | None]:
    """First opening and last closing of a known post; None, None when it has no spans of its own."""
    times = times_of(scenario, row)
    return (times[0][0], times[-1][1]) if times else (None, None)


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
