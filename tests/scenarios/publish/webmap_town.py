"""A small invented town as a PlanView: a grid of streets, six sites, three posts, two patrols, a rail line."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from geodata.crs import to_lonlat
from scenarios.view import (
    AreaView,
    Background,
    CoverView,
    DutyView,
    GapView,
    Kpi,
    LegView,
    PersonView,
    PlanView,
    PostView,
    SeatsView,
    SectionView,
    SiteView,
    StandView,
    StopView,
    TourView,
)

CRS = "EPSG:32633"
X0, Y0 = 384_000.0, 5_935_000.0
HOUR = 3600
HORIZON = 12 * HOUR


def xy(east: float, north: float) -> tuple[float, float]:
    return (X0 + east, Y0 + north)


def line(*points: tuple[float, float]) -> np.ndarray:
    return np.array([xy(*p) for p in points])


def lonlat(at: tuple[float, float]) -> tuple[float, float]:
    lon, lat = to_lonlat([at], CRS)[0]
    return (float(lon), float(lat))


def ring(east: float, north: float, radius: float, n: int = 24) -> np.ndarray:
    turn = np.linspace(0, 2 * np.pi, n + 1)
    points = np.column_stack(
        [X0 + east + radius * np.cos(turn), Y0 + north + radius * np.sin(turn)]
    )
    points[-1] = points[0]
    return points


def ground() -> Background:
    east = np.arange(0, 2001, 200.0)
    roads = {
        "residential": tuple(line((e, 0), (e, 2000)) for e in east)
        + tuple(line((0, n), (2000, n)) for n in east if n not in (600, 1400)),
        "primary": (line((0, 600), (2000, 600)), line((0, 1400), (1000, 1400), (2000, 1450))),
        "footway": (line((400, 400), (600, 600)), line((1400, 1000), (1600, 1200))),
    }
    return Background(
        roads=roads,
        rail=(line((-100, 1700), (900, 1650), (2100, 1800)),),
        water=(
            np.array(
                [xy(1500, -100), xy(1900, 300), xy(2100, 300), xy(2100, -100), xy(1500, -100)]
            ),
        ),
        green=(ring(500, 500, 160),),
        labels=(("Old Town", *xy(1000, 1000)), ("Harbour", *xy(1700, 150))),
    )


def site(
    number: int, name: str, kind: str, cls: int, at: tuple[float, float], cover: list
) -> SiteView:
    here = xy(*at)
    return SiteView(
        id=f"S{number}",
        name=name,
        kind=kind,
        cls=cls,
        weight=10 * (4 - cls),
        xy=here,
        lonlat=lonlat(here),
        owner="U1",
        lead="L1",
        standard_s=60 * (2 * cls - 1),
        cover=tuple(CoverView(*row) for row in cover),
        gaps=(GapView(0, HORIZON, 4 * HOUR, 3 * HOUR, 2 * HOUR),) if cls == 3 else (),
    )


def duty(
    person: str, name: str, group: str, party: str, kind: str, place: str, start: int, end: int
) -> DutyView:
    return DutyView(
        person=person,
        name=name,
        unit="U1" if person < "N07" else "U2",
        category="sworn",
        rank="sergeant" if person in ("N01", "N07") else "officer",
        group=group,
        seat=1,
        party=party,
        kind=kind,
        place=place,
        place_name=place,
        task="watch",
        report_s=start - 900,
        start_s=start,
        end_s=end,
        release_s=end + 900,
        lead="L1",
        owner="U1",
    )


def tour(sign: str, unit: str, depart: int, members: tuple[DutyView, ...]) -> TourView:
    """Depot at (200, 200), two stops, home again; ten minutes for each leg, twenty at each stop."""
    way = [(200, 200), (1000, 600), (1400, 1400), (200, 200)]
    stops, legs, now = [], [], depart
    for i in range(3):
        a, b = way[i], way[i + 1]
        corner = (b[0], a[1])
        legs.append(
            LegView(now, now + 600, abs(a[0] - b[0]) + abs(a[1] - b[1]), line(a, corner, b))
        )
        now += 600
        if i < 2:
            stops.append(
                StopView(
                    f"S{i + 2}",
                    ["Station", "Bridge school"][i],
                    "site",
                    xy(*b),
                    now,
                    now + 1200,
                    now - 300,
                    now + 300,
                    "call in",
                )
            )
            now += 1200
    return TourView(
        call_sign=sign,
        crew=f"{unit}-{sign}",
        unit=unit,
        kind="car_pair",
        mode="car",
        depart_s=depart,
        return_s=now,
        depot=unit,
        depot_xy=xy(200, 200),
        stops=tuple(stops),
        legs=tuple(legs),
        rests=((stops[0].leave_s - 600, stops[0].leave_s),),
        members=members,
        metres=sum(leg.metres for leg in legs),
    )


def town(**changes: object) -> PlanView:
    """The town's plan; keyword arguments replace fields of the view."""
    start = datetime(2026, 8, 28, 14, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    people = tuple(
        PersonView(
            f"N{n:02d}",
            f"{first} {last}",
            "U1" if n < 7 else "U2",
            "sworn",
            "sergeant" if n in (1, 7) else "officer",
            8.0,
            1,
            1,
            0.0,
            True,
        )
        for n, (first, last) in enumerate(
            [
                ("Ada", "Ahrens"),
                ("Ben", "Brandt"),
                ("Cem", "Can"),
                ("Dora", "Dahl"),
                ("Eva", "Ernst"),
                ("Finn", "Frey"),
                ("Gül", "Gür"),
                ("Hugo", "Haas"),
                ("Ida", "Ihde"),
                ("Jan", "Jahn"),
                ("Kim", "Köhler"),
                ("Lea", "Lenz"),
            ],
            start=1,
        )
    )
    crew = (
        duty("N07", "Gül Gür", "G3", "K01", "patrol", "K01", 4 * HOUR, 9 * HOUR),
        duty("N08", "Hugo Haas", "G3", "K01", "patrol", "K01", 4 * HOUR, 9 * HOUR),
    )
    posts = tuple(
        PostView(
            f"P{n:02d}",
            f"C{n}",
            name,
            xy(*at),
            lonlat(xy(*at)),
            "U1",
            "L1",
            (StandView(4 * HOUR, 10 * HOUR, "car_pair", 1),),
            covers,
            "reaches two sites that nobody else reaches in time",
        )
        for n, name, at, covers in [
            (1, "Market corner", (1000, 1000), ("S1", "S2", "S4")),
            (2, "Station square", (900, 1600), ("S2", "S6")),
            (3, "Harbour road", (1600, 400), ("S5",)),
        ]
    )
    covered = [(4 * HOUR, 10 * HOUR, "P01", 55, "P02", 90)]
    sites = (
        site(1, "Market square", "market", 1, (1100, 1050), covered),
        site(
            2,
            "Central station",
            "station",
            1,
            (950, 1650),
            [(4 * HOUR, 10 * HOUR, "P02", 40, None, None)],
        ),
        site(3, "Bridge school", "school", 3, (1400, 1400), []),
        site(4, "City hall </script><b>x", "hall", 2, (1250, 900), covered),
        site(
            5,
            "Fuel depot",
            "fuel",
            2,
            (1700, 500),
            [
                (4 * HOUR, 7 * HOUR, "P03", 120, None, None),
                (7 * HOUR, 10 * HOUR, None, None, None, None),
            ],
        ),
        site(
            6, "市民广场", "square", 3, (700, 1500), [(4 * HOUR, 10 * HOUR, "P02", 140, None, None)]
        ),
    )
    duties = (
        duty("N01", "Ada Ahrens", "G1", "P01", "post", "C1", 4 * HOUR, 10 * HOUR),
        duty("N02", "Ben Brandt", "G1", "P01", "post", "C1", 4 * HOUR, 10 * HOUR),
        duty("N03", "Cem Can", "G2", "P02", "post", "C2", 4 * HOUR, 10 * HOUR),
        *crew,
    )
    seats = (
        SeatsView(
            "G1",
            "P01",
            "post",
            "C1",
            "Market corner",
            4 * HOUR,
            10 * HOUR,
            2,
            2,
            ("N01", "N02"),
            "U1",
            "L1",
            "2 for each car pair",
            "kinds",
            "2 sworn",
        ),
        SeatsView(
            "G2",
            "P02",
            "post",
            "C2",
            "Station square",
            4 * HOUR,
            10 * HOUR,
            2,
            2,
            ("N03",),
            "U1",
            "L1",
            "2 for each car pair",
            "kinds",
            "2 sworn",
        ),
        SeatsView(
            "G3",
            "K01",
            "patrol",
            "K01",
            "Patrol K01",
            4 * HOUR,
            9 * HOUR,
            2,
            2,
            ("N07", "N08"),
            "U2",
            "L1",
            "2 for each car pair",
            "kinds",
            "2 sworn, one drives",
        ),
    )
    sections = tuple(
        SectionView(
            f"R{n}",
            "Line 7",
            cls,
            line(*points),
            500,
            (GapView(0, HORIZON, 2 * HOUR, longest, 0),) if longest else (),
            (xy(*points[0]),) if cls == "crossing" else (),
        )
        for n, cls, points, longest in [
            (1, "station_approach", ((500, 1670), (900, 1650)), HOUR),
            (2, "open_line", ((900, 1650), (1500, 1725)), 3 * HOUR),
            (3, "open_line", ((1500, 1725), (2000, 1788)), 0),
        ]
    )
    fields: dict = {
        "scenario": "small-town",
        "title": "Evening market in a small town",
        "version": "v1",
        "classification": "INTERNAL",
        "language": "en",
        "credit": "Invented ground",
        "crs": CRS,
        "timezone": "Europe/Berlin",
        "start": start,
        "horizon_s": HORIZON,
        "synthetic": True,
        "units": {"U1": "Station North", "U2": "Station South"},
        "leads": {"L1": "Ada Ahrens"},
        "sessions": (
            {
                "id": "E1",
                "title": "Evening market",
                "site": "S1",
                "start_s": 5 * HOUR,
                "end_s": 9 * HOUR,
                "attendance": 1200,
            },
        ),
        "sites": sites,
        "posts": posts,
        "tours": (tour("K01", "U2", 6 * HOUR + 1800, crew), tour("K02", "U1", 6 * HOUR, ())),
        "sections": sections,
        "zones": (AreaView("Z1", "Core", "core", ring(1100, 1050, 300)),),
        "closures": (
            AreaView("X1", "Market street", "closure", ring(1100, 1050, 120), 5 * HOUR, 9 * HOUR),
        ),
        "seats": seats,
        "duties": duties,
        "people": people,
        "background": ground(),
        "kpis": (Kpi("seats_filled", "Seats filled", 5, "5 of 6", "seats", "up", "roster"),),
        "summary": ("3 posts and 2 patrols keep 5 of 6 sites.",),
        "short": ("P02 Station square lacks 1 sworn 18:00-00:00.",),
    }
    return PlanView(**(fields | changes))
