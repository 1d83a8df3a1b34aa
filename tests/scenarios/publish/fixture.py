"""A realistic plan view on the shipped map: posts, patrols on real streets, night duties, Chinese on wish.

It is made by hand, not by our engines, so that the papers are tested on their own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from scenarios.view import (
    AreaView,
    Background,
    CoverView,
    DutyView,
    GapView,
    Kpi,
    PersonView,
    PlanView,
    PostView,
    SeatsView,
    SectionView,
    SiteView,
    StandView,
)
from tests.scenarios.publish.fixture_tour import _tour
from tests.scenarios.publish.fixture_town import CRS, MARKET, H, Town, lonlat, town

_FIRST = (
    "Anna",
    "Jörg",
    "Lena",
    "Max",
    "Petra",
    "Søren",
    "Ulf",
    "Karin",
    "Timo",
    "Élise",
    "Bernd",
    "Nora",
)
_LAST = (
    "Abel",
    "Brandt",
    "Claußen",
    "Dietz",
    "Ehlers",
    "Fröhlich",
    "Groß",
    "Hübner",
    "Jansen",
    "Köhler",
    "Lüders",
    "Müller-Lüdenscheidt",
)
_LAST_ZH, _FIRST_ZH = (
    "王李张刘陈杨赵黄周吴徐孙",
    ("建国", "丽华", "伟", "敏", "志强", "晓燕", "军", "雪梅", "磊", "婷婷", "浩然", "欣怡"),
)
_UNITS = {
    "U1": "Central Station",
    "U2": "North Station",
    "U3": "Traffic Unit",
    "U4": "Armed Police Detachment",
    "U5": "Event Stewards",
}
_UNITS_ZH = {
    "U1": "城中派出所",
    "U2": "城北派出所",
    "U3": "交警大队",
    "U4": "武警中队",
    "U5": "活动保安队",
}


def plan_view(
    *, zh: bool = False, n_people: int = 36, n_tours: int = 6, n_stops: int = 12, n_posts: int = 10
) -> PlanView:
    """A plan of that size; three days, evenings and nights."""
    t = town()
    rng = np.random.default_rng(7)
    centre = np.array(MARKET)
    units = _UNITS_ZH if zh else _UNITS
    sites = _sites(t, centre, zh)
    posts = _posts(t, centre, n_posts, sites, zh)
    people = _people(n_people, units, zh)
    pool = iter(range(10**9))
    duties: list[DutyView] = []
    seats: list[SeatsView] = []
    for i, post in enumerate(posts):
        for day in range(3):
            for k, (a, b) in enumerate(((16, 22), (22, 28))):
                start, end = (24 * day + a) * H, (24 * day + b) * H
                crew = [people[next(pool) % n_people] for _ in range(2)]
                gid = f"G{i * 6 + day * 2 + k + 1}"
                task = (
                    "入口检查、疏导人群" if zh else "Watch the entrance, keep the rescue lane free"
                )
                duties += [
                    DutyView(
                        p.id,
                        p.name,
                        p.unit,
                        p.category,
                        p.rank,
                        gid,
                        s + 1,
                        post.number,
                        "post",
                        post.place,
                        post.name,
                        task,
                        start - 1800,
                        start,
                        end,
                        end + 900,
                        crew[0].name,
                        post.owner,
                        "lead" if s == 0 else "",
                    )
                    for s, p in enumerate(crew)
                ]
                seats.append(
                    SeatsView(
                        gid,
                        post.number,
                        "post",
                        post.place,
                        post.name,
                        start,
                        end,
                        2,
                        3,
                        tuple(p.id for p in crew),
                        post.owner,
                        crew[0].name,
                        "4000 people / 2000 per pair = 2",
                        "planner's table 3",
                        "sworn; armed",
                    )
                )
    tours = []
    depots = [t.place("police"), tuple(centre)]
    for i in range(n_tours):
        tour = _tour(
            t,
            i,
            n_stops,
            depots[i % 2],
            sites,
            [people[next(pool) % n_people] for _ in range(3)],
            rng,
            zh,
        )
        tours.append(tour)
        duties += tour.members
        seats.append(
            SeatsView(
                f"T{i + 1}",
                tour.call_sign,
                "crew",
                "depot",
                tour.depot,
                tour.depart_s,
                tour.return_s,
                4 if i == 0 else 3,
                3,
                tuple(m.person for m in tour.members),
                tour.unit,
                tour.members[0].name,
                "1 crew = 3",
                "patrol plan",
                "driver",
            )
        )
    load = Counter(d.person for d in duties)
    people = [
        replace(p, n_duties=load[p.id], hours=6.0 * load[p.id], nights=load[p.id] // 2)
        for p in people
    ]
    ring = np.array([(np.cos(a), np.sin(a)) for a in np.linspace(0, 2 * np.pi, 37)])
    sections = tuple(
        SectionView(
            f"R{i:02d}",
            "Stralsund–Berlin",
            "approach",
            r,
            500,
            (GapView(0, 72 * H, 2 * H, 6500, 20 * H),),
            ((float(r[0][0]), float(r[0][1])),) if i % 3 == 0 else (),
        )
        for i, r in enumerate(r for r in t.rail if np.hypot(*(r.mean(axis=0) - centre)) < 2200)
    )
    labels = tuple((n, x, y) for n, (_, x, y) in sorted(t.labels.items(), key=lambda kv: -kv[1][0]))
    return PlanView(
        scenario="neubrandenburg",
        title="诺伊勃兰登堡城市节安保方案" if zh else "Neubrandenburg Town Festival",
        version="3f9a2c71d0",
        classification="内部" if zh else "RESTRICTED – for official use",
        language="zh" if zh else "en",
        credit="© OpenStreetMap contributors, ODbL 1.0",
        crs=CRS,
        timezone="Europe/Berlin",
        start=datetime(2026, 8, 28, 0, 0, tzinfo=ZoneInfo("Europe/Berlin")),
        horizon_s=72 * H,
        synthetic=True,
        units=units,
        leads={s.id: s.lead for s in sites},
        sessions=(
            {
                "id": "S1",
                "name": "Market evening",
                "place": "market",
                "start_s": 18 * H,
                "end_s": 23 * H,
                "attendance": 8000,
            },
            {
                "id": "S2",
                "name": "Concert",
                "place": "forum",
                "start_s": 43 * H,
                "end_s": 47 * H,
                "attendance": 4500,
            },
        ),
        sites=sites,
        posts=posts,
        tours=tuple(tours),
        sections=sections,
        zones=(
            AreaView("Z1", "核心区" if zh else "Core zone", "core", centre + ring * 420),
            AreaView("Z2", "缓冲区" if zh else "Buffer zone", "buffer", centre + ring * 900),
        ),
        closures=(
            AreaView("C1", "Market closed", "road", _road(t, centre)[0], 16 * H, 28 * H),
            AreaView(
                "C2",
                "Festival ground",
                "area",
                centre + np.array([(0, 0), (130, 10), (120, 120), (-10, 100), (0, 0)]),
                0,
                72 * H,
            ),
        ),
        seats=tuple(seats),
        duties=tuple(duties),
        people=tuple(people),
        background=Background(
            {k: tuple(v) for k, v in t.roads.items()},
            tuple(t.rail),
            tuple(t.water),
            tuple(t.green),
            labels,
        ),
        kpis=_kpis(),
        summary=(
            "All 84 mandatory seats of the posts are filled by named people.",
            "10 posts and 6 patrol crews; 21 of 24 sites are covered in time at every hour.",
            "The busiest hour is Sat 29 Aug 20:00: 34 of 36 people on duty.",
        ),
        breaches=(),
        short=("Patrol P1, Fri 28 Aug 18:00–02:00: 1 of 4 seats unfilled (driver).",),
        engines={
            "siting": {
                "status": "optimal",
                "levels": [
                    {
                        "name": "must seats short",
                        "unit": "seats",
                        "value": 0,
                        "bound": 0,
                        "proven": True,
                    }
                ],
                "seconds": 1.4,
            },
            "patrols": {
                "status": "feasible",
                "levels": [
                    {
                        "name": "revisit minutes over",
                        "unit": "min",
                        "value": 35,
                        "bound": 12,
                        "proven": False,
                    }
                ],
                "seconds": 21.0,
            },
            "roster": {
                "status": "feasible",
                "objective": 412,
                "bound": 396,
                "gap": 0.0388,
                "seats": 84,
                "filled": 83,
                "seconds": 30.2,
            },
        },
    )


def _sites(t: Town, centre: np.ndarray, zh: bool) -> tuple[SiteView, ...]:
    near = sorted(
        {(n, k, round(x), round(y)) for k, n, x, y in t.places},
        key=lambda p: np.hypot(p[2] - centre[0], p[3] - centre[1]),
    )
    out: list[SiteView] = []
    for name, kind, x, y in [*near[:22], *near[40::6]]:
        if any(abs(x - s.xy[0]) + abs(y - s.xy[1]) < 120 for s in out) or len(out) == 24:
            continue
        i = len(out)
        cls = (
            1
            if kind in {"station", "stadium", "theatre", "townhall"}
            else 2
            if kind in {"hospital", "place_of_worship"}
            else 3
        )
        cover = tuple(
            CoverView(
                d * 24 * H + 16 * H,
                d * 24 * H + 22 * H,
                None if i in {17, 21} else "P01",
                None if i in {17, 21} else 140,
                None,
                None,
            )
            for d in range(3)
        )
        shown = f"第{i + 1}号目标·{name[:6]}" if zh else name
        out.append(
            SiteView(
                f"S{i + 1:03d}",
                shown,
                kind,
                cls,
                4 - cls,
                (x, y),
                lonlat(x, y),
                "U1",
                "Köhler, Nora",
                180,
                cover,
                (GapView(0, 72 * H, 4 * H, 3 * H, 5 * H),),
            )
        )
    return tuple(out)


def _posts(
    t: Town, centre: np.ndarray, n: int, sites: tuple[SiteView, ...], zh: bool
) -> tuple[PostView, ...]:
    out = []
    for i in range(n):
        x, y = centre + (
            np.array([60 + 95 * i * np.cos(2.4 * i), 95 * i * np.sin(2.4 * i)])
            if i > 2
            else np.array([18.0 * i, 6])
        )
        x, y = (float(v) for v in t.xy[t.snap(x, y)])
        name = (
            f"{i + 1}号岗·{'南门' if i % 2 else '北门'}"
            if zh
            else f"{('Market', 'Station', 'Friedländer Tor', 'Ring')[i % 4]} {('south', 'north', 'corner')[i % 3]}"
        )
        stands = tuple(
            StandView((24 * d + 16) * H, (24 * d + 28) * H, "first", 2) for d in range(3)
        )
        out.append(
            PostView(
                f"P{i + 1:02d}",
                f"C{i + 1}",
                name,
                (x, y),
                lonlat(x, y),
                f"U{i % 5 + 1}",
                "王建国" if zh else "Hübner, Karin",
                stands,
                tuple(s.id for s in sites[i : i + 2]),
            )
        )
    return tuple(out)


def _people(n: int, units: dict[str, str], zh: bool) -> list[PersonView]:
    out = []
    cats = ("sworn", "sworn", "auxiliary", "armed_police_force", "steward")
    for i in range(n):
        name = (
            _LAST_ZH[i % 12] + _FIRST_ZH[(i // 12 + i) % 12]
            if zh
            else f"{_LAST[i % 12]}, {_FIRST[(i // 12 + i) % 12]}"
        )
        out.append(
            PersonView(
                f"O{i + 1:03d}",
                name,
                f"U{i % 5 + 1}",
                cats[i % 5],
                ("constable", "sergeant", "inspector")[(i // 5) % 3],
                0,
                0,
                0,
                12.5,
                True,
            )
        )
    return out


def _kpis() -> tuple[Kpi, ...]:
    return (
        Kpi("posts", "Posts", 10, "10", group="Force"),
        Kpi("crews", "Patrol tours", 6, "6", group="Force"),
        Kpi("filled", "Mandatory seats filled", 83, "83 of 84", better="up", group="Force"),
        Kpi("hours", "Officer hours", 924, "924 h", "h", "down", "Force"),
        Kpi("covered", "Sites covered in time", 0.92, "92 %", better="up", group="Cover"),
        Kpi("backup", "Second cover", 0.61, "61 %", better="up", group="Cover"),
        Kpi("worst", "Longest response", 262, "4:22 min", "s", "down", "Cover"),
        Kpi("gap", "Longest gap kept", 1, "yes", better="up", group="Patrols"),
        Kpi("km", "Patrol kilometres", 88.1, "88.1 km", "km", "", "Patrols"),
        Kpi("nights", "Nights per person, most", 3, "3", better="down", group="Staff"),
    )


def _road(t: Town, centre: np.ndarray) -> list[np.ndarray]:
    lines = [
        w
        for k in ("residential", "pedestrian", "living_street")
        for w in t.roads.get(k, [])
        if len(w) > 3
    ]
    return sorted(lines, key=lambda w: float(np.hypot(*(w.mean(axis=0) - centre))))
