"""Sites, posts and rail sections of a plan as people see them, with cover and gaps read from the audit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from geodata.known import short_id
from geodata.sites import KeySite
from scenarios.assemble.places import key_sites
from scenarios.assemble.siting import standard_s
from scenarios.audit import Rebuilt
from scenarios.desk import Desk
from scenarios.gaps import gap_views, visits_by_place, window_views
from scenarios.plan import Plan
from scenarios.schema import Site
from scenarios.territory import counted, readable
from scenarios.tongue import say as _
from scenarios.view import XY, CoverView, PostView, SectionView, SiteView, StandView, TerritoryView
from scheduler.siting.audit import Cover, cover
from scheduler.siting.plan import SitingPlan
from scheduler.siting.worth import worth


def covers_by_site(rebuilt: Rebuilt, plan: Plan) -> dict[str, tuple[CoverView, ...]]:
    """For each site, who answers first and second in each period in which it wants cover."""
    tables = rebuilt.siting
    numbers = {place: number for number, place in plan.posts.items()}
    post_ids = [numbers.get(p.id, p.id) for p in tables.problem.posts]
    found: dict[str, list[CoverView]] = defaultdict(list)
    for period, its in zip(tables.problem.periods, cover(tables.problem, plan.siting), strict=True):
        for s, site in enumerate(tables.problem.sites):
            if not its.active[s]:
                continue
            first, second = int(its.first_s[s]), int(its.second_s[s])
            in_time = 0 <= first <= site.standard_s
            backed = 0 <= second <= site.standard_s
            found[site.id].append(
                CoverView(
                    period.start_s, period.end_s,
                    post_ids[its.first_post[s]] if in_time else None, first if first >= 0 else None,
                    post_ids[its.second_post[s]] if backed else None, second if second >= 0 else None,
                )
            )
    return {site: tuple(rows) for site, rows in found.items()}


def site_views(desk: Desk, plan: Plan, rebuilt: Rebuilt) -> tuple[SiteView, ...]:
    """Every site of the scenario in file order."""
    covers = covers_by_site(rebuilt, plan)
    promised = {place.id: place for place in rebuilt.patrols.problem.places}
    seen = visits_by_place(plan.patrols)
    shapes = key_sites(desk.ground)
    leads = {p.id: p.name for p in desk.staff.people}
    found = []
    for site in desk.scenario.sites:
        spot = desk.places[site.id]
        found.append(
            SiteView(
                id=site.id, name=site.name, kind=site.kind, cls=site.class_, weight=site.weight,
                xy=spot.xy, lonlat=spot.lonlat, owner=site.owner, lead=leads.get(site.lead, site.lead),
                standard_s=standard_s(desk.scenario, site.class_), cover=covers.get(site.id, ()),
                gaps=gap_views(promised[site.id].promises if site.id in promised else (), seen, site.id),
                windows=window_views(promised[site.id].windows if site.id in promised else (), seen, site.id),
                polygon=_polygon(shapes, site),
            )
        )
    return tuple(found)


def _polygon(shapes: Mapping[str, KeySite], site: Site) -> XY | None:
    known = shapes.get(short_id(site.osm)) if site.osm else None
    return None if known is None else known.polygon


def post_views(
    desk: Desk,
    plan: Plan,
    rebuilt: Rebuilt,
    sites: tuple[SiteView, ...],
    names: Mapping[str, str],
) -> tuple[PostView, ...]:
    """Every post of the plan in order of its number."""
    spots = rebuilt.derived.chosen
    worth_of = _worth(rebuilt, plan)
    stands: dict[str, list[StandView]] = defaultdict(list)
    owner: dict[str, tuple[str, str]] = {}
    place: dict[str, str] = {}
    titles = {kind.id: kind.title for kind in desk.scenario.kinds}
    leads = {p.id: p.name for p in desk.staff.people}
    for stand in rebuilt.derived.stands:
        stands[stand.number].append(
            StandView(stand.start_s, stand.end_s, titles.get(stand.kind, stand.kind), stand.n_units)
        )
        owner[stand.number], place[stand.number] = (stand.owner, stand.lead), stand.place
    covered: dict[str, list[str]] = defaultdict(list)
    for site in sites:
        for number in dict.fromkeys(c.first for c in site.cover if c.first is not None):
            covered[number].append(site.id)
    return tuple(
        PostView(
            number=number, place=place[number],
            name=names.get(place[number], place[number]).removeprefix(f"{number} "),
            xy=spots[place[number]].xy, lonlat=spots[place[number]].lonlat,
            owner=owner[number][0], lead=leads.get(owner[number][1], owner[number][1]), stands=tuple(rows),
            covers=tuple(covered.get(number, ())), worth=worth_of.get(place[number], ""),
        )
        for number, rows in sorted(stands.items())
    )


def territory_views(plan: Plan, rebuilt: Rebuilt) -> tuple[TerritoryView, ...]:
    """Who answers for what, by post and time; spans that touch and are alike are one.

    Parameters
    ----------
    plan
        Only posts that are really manned.
    """
    problem = rebuilt.siting.problem
    periods = {period.id: period for period in problem.periods}
    standard = {site.id: site.standard_s for site in problem.sites}
    numbers = {place: number for number, place in plan.posts.items()}
    sound, found = readable(problem, plan.siting), []
    for row in plan.territories:
        if row["period"] not in periods:
            continue
        its, span = counted(problem, sound, row), periods[row["period"]]
        for post, load in its.load.items():
            sites = tuple(sorted(its.seconds.get(post, {}).items(), key=lambda pair: (pair[1], pair[0])))
            late = tuple(site for site, took in sites if took > standard[site])
            number = numbers.get(post, post)
            found.append(
                TerritoryView(span.start_s, span.end_s, number, sites, late, load, its.share[post])
            )
    joined: dict[tuple[object, ...], TerritoryView] = {}
    for one in sorted(found, key=lambda t: (t.post, t.start_s)):
        before = joined.get((one.post, one.start_s))
        if before is not None and (before.sites, before.late) == (one.sites, one.late):
            del joined[one.post, one.start_s]
            one = replace(one, start_s=before.start_s, share=max(before.share, one.share))  # noqa: PLW2901
        joined[one.post, one.end_s] = one
    return tuple(sorted(joined.values(), key=lambda t: (t.post, t.start_s)))


def _worth(rebuilt: Rebuilt, plan: Plan) -> dict[str, str]:
    """What would be lost without each post, in a sentence that names the sites."""
    problem = rebuilt.siting.problem
    sound = readable(problem, plan.siting)
    names = {site.id: site.name for site in rebuilt.siting.sites}
    whole, found = cover(problem, sound), {}
    weight = sum(int(problem.weights(p).sum()) for p in range(len(problem.periods)))
    for its in worth(problem, sound):
        without = cover(problem, SitingPlan(tuple(s for s in sound.stands if s.post != its.post)))
        bare, single = (lost_sites(whole, without, field) for field in ("bare", "single"))
        found[its.post] = _worth_sentence(
            [names[problem.sites[s].id] for s in bare],
            [names[problem.sites[s].id] for s in single if s not in bare],
            its.response / weight if weight else 0.0,
        )
    return found


def lost_sites(before: Sequence[Cover], after: Sequence[Cover], field: str) -> list[int]:
    """Indices of sites that are ``bare`` or ``single`` after and were not before, in some period."""
    every = [getattr(b, field) & ~getattr(a, field) for a, b in zip(before, after, strict=True)]
    return np.flatnonzero(np.logical_or.reduce(every)).tolist() if every else []


def _worth_sentence(bare: Sequence[str], single: Sequence[str], slower_s: float) -> str:
    parts = []
    if bare:
        parts.append(_("nobody reaches {sites} in time", sites=_(", ").join(bare)))
    if single:
        parts.append(_("no second unit reaches {sites} in time", sites=_(", ").join(single)))
    if slower_s >= 0.05:
        parts.append(_("first responses are {seconds:.1f} s slower on average", seconds=slower_s))
    if not parts:
        return _("Without it nothing is bare or slower: it could be given up.")
    return _("Without it {loss}.", loss=_("; ").join(parts))


def section_views(desk: Desk, plan: Plan, rebuilt: Rebuilt) -> tuple[SectionView, ...]:
    """Every section of running line; those without a promise have no gaps."""
    promised = {place.id: place for place in rebuilt.patrols.problem.places}
    seen = visits_by_place(plan.patrols)
    return tuple(
        SectionView(
            id=section.id, line=section.line_name, cls=section.kind, xy=section.xy,
            length_m=round(section.length_m),
            gaps=gap_views(promised[section.id].promises if section.id in promised else (), seen, section.id),
            windows=window_views(
                promised[section.id].windows if section.id in promised else (), seen, section.id
            ),
            crossings=tuple((float(c.xy[0]), float(c.xy[1])) for c in section.crossings),
        )
        for section in desk.ground.rail.sections
    )
