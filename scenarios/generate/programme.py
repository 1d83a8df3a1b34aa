"""What happens in a made-up town: places to protect, sessions at the venues, and the settings of the scenario."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from scenarios.generate.force import RANKS, Cells, UnitPlan, leads_of
from scenarios.generate.sizes import Size
from scenarios.generate.town import BLOCK_M, XY, Town, lonlat

START = datetime(2027, 6, 4, 6)  # noqa: DTZ001 - local time of the scenario, a Friday; the zone stands beside it
VENUES = ("square", "arena", "stadium", "hall", "park")
#: kind of venue -> (kind of session, start hour, hours, attendance, share of days, search, standing, risks)
_SHOWS: dict[str, tuple[str, float, float, int, float, bool, bool, tuple[str, ...]]] = {
    "square": ("market", 12, 10, 3000, 0.9, False, False, ("low", "medium")),
    "arena": ("concert", 20, 2.5, 4000, 0.7, True, False, ("low", "medium")),
    "stadium": ("match", 15.5, 2, 9000, 0.5, True, False, ("medium", "high")),
    "hall": ("exhibition", 10, 8, 2500, 0.9, False, False, ("low",)),
    "park": ("concert", 18, 4.5, 5000, 0.6, False, True, ("medium",)),
}
#: Other places, drawn in this order again and again until there are enough.
_OTHERS = (
    "station", "school", "townhall", "hospital", "level_crossing", "fuel", "school", "mall", "station", "school",
    "museum", "fuel", "bank", "water_works", "school", "courthouse", "station", "theatre", "level_crossing", "clinic",
)  # fmt: skip
_TAGS: dict[str, dict[str, str]] = {
    "square": {"place": "square"}, "arena": {"leisure": "sports_hall"}, "stadium": {"leisure": "stadium"},
    "hall": {"amenity": "events_venue"}, "school": {"amenity": "school"}, "townhall": {"amenity": "townhall"},
    "hospital": {"amenity": "hospital"}, "fuel": {"amenity": "fuel"}, "mall": {"shop": "mall"},
    "museum": {"tourism": "museum"}, "bank": {"amenity": "bank"}, "water_works": {"man_made": "water_works"},
    "courthouse": {"amenity": "courthouse"}, "theatre": {"amenity": "theatre"}, "clinic": {"amenity": "clinic"},
}  # fmt: skip
#: What the kinds ask for: class, weight, cover, gaps, visits, guards, dwell minutes.
_ASKS: dict[str, tuple[int, int, str, str, str, str, int]] = {
    "station": (2, 50, "event", "event:150", "", "event:2", 5),
    "school": (3, 5, "", "", "school-morning;school-noon", "", 5),
    "townhall": (2, 40, "event", "event:240", "", "event:2", 5),
    "hospital": (3, 30, "event", "", "", "", 5),
    "level_crossing": (3, 15, "", "event:240", "", "", 3),
    "fuel": (3, 10, "", "event:360", "", "", 3),
    "mall": (3, 20, "event", "event:240", "", "", 5),
    "museum": (3, 10, "", "event:360", "", "", 3),
    "bank": (3, 10, "", "event:360", "", "", 3),
    "water_works": (3, 15, "", "daily", "", "", 3),
    "courthouse": (3, 10, "", "event:360", "", "", 3),
    "theatre": (3, 10, "", "event:360", "", "", 3),
    "clinic": (3, 10, "", "event:360", "", "", 3),
}

HEAD = "# A made-up event in a made-up town, written by:"
"""Begins every scenario file written here; a folder that begins so may be written again."""


def place_sites(size: Size, town: Town, units: tuple[UnitPlan, ...], rng: Random) -> list[Cells]:
    """Rows of ``sites.csv``; the places are put on the map too."""
    taken: set[tuple[int, int]] = set()
    found: list[Cells] = []
    for k in range(size.n_venues):
        kind = VENUES[k % len(VENUES)]
        number = k // len(VENUES) + 1
        xy = _block(town, taken, rng, near=0.5)
        row = _row(f"{kind}{number}", f"Sample {kind.title()} {number}", kind, xy, units, k)
        row |= {"class": "1", "weight": str(100 - k % 20), "cover": "sessions", "backup": "yes" if k % 2 == 0 else "no",
                "gaps": "sessions:150", "dwell_min": "10", "core": "yes" if k == 0 else "no"}  # fmt: skip
        found.append(row)
        _draw(town, row, xy)
    counts: dict[str, int] = {}
    stations, crossings = list(town.stations), list(town.crossings)
    n = 0
    while len(found) < size.n_sites:
        kind = _OTHERS[n % len(_OTHERS)]
        n += 1
        if kind == "station" and stations:
            name, xy = stations.pop(int(rng.random() * len(stations)))
        elif kind == "level_crossing" and crossings:
            xy = crossings.pop(int(rng.random() * len(crossings)))
            name = f"Level crossing {counts.get(kind, 0) + 1}"
        elif kind in ("station", "level_crossing"):
            continue
        else:
            xy = _block(town, taken, rng, near=1.0)
            name = f"Sample {kind.replace('_', ' ').title()} {counts.get(kind, 0) + 1}"
        counts[kind] = counts.get(kind, 0) + 1
        cls, weight, cover, gaps, visits, guards, dwell = _ASKS[kind]
        row = _row(f"{kind.replace('_', '-')}{counts[kind]}", name, kind, xy, units, len(found))
        row |= {"class": str(cls), "weight": str(weight), "cover": cover, "backup": "no", "visits": visits,
                "guards": guards, "dwell_min": str(dwell), "core": "no"}  # fmt: skip
        row |= {"visits": gaps} if gaps == "daily" else {"gaps": gaps}
        found.append(row)
        if kind in _TAGS:
            _draw(town, row, xy)
    return found


def _block(town: Town, taken: set[tuple[int, int]], rng: Random, near: float) -> XY:
    """Middle of a free block, drawn around the town's middle (``near`` 1 is the whole town)."""
    plan = town.plan
    while True:
        at = [int((0.5 + near * ((rng.random() + rng.random()) / 2 - 0.5)) * (n - 1)) for n in (plan.n_x, plan.n_y)]
        spot = (at[0], at[1])
        if spot not in taken:
            taken.add(spot)
            return (spot[0] + 0.5) * BLOCK_M, (spot[1] + 0.1) * BLOCK_M


def _draw(town: Town, row: Cells, xy: XY) -> None:
    if row["kind"] in _TAGS:
        town.node(xy, **_TAGS[row["kind"]], name=row["name"])


def _row(ident: str, name: str, kind: str, xy: XY, units: tuple[UnitPlan, ...], k: int) -> Cells:
    owner = nearest_unit(units, xy, "rail" if kind == "level_crossing" else "police")
    lon, lat = lonlat(xy)
    lead = f"{owner.id}-{1 + k % leads_of(owner):03d}"
    return {"id": ident, "name": name, "kind": kind, "owner": owner.id, "lead": lead, "lon": f"{lon:.6f}",
            "lat": f"{lat:.6f}", "cover": "", "gaps": "", "visits": "", "guards": ""}  # fmt: skip


def nearest_unit(units: tuple[UnitPlan, ...], xy: XY, prefix: str) -> UnitPlan:
    """The unit of a sort that lies nearest, the first of equals."""
    mine = [u for u in units if u.id.startswith(prefix)]
    return min(mine, key=lambda u: abs(u.xy[0] - xy[0]) + abs(u.xy[1] - xy[1]))


def hold_sessions(size: Size, sites: list[Cells], rng: Random) -> list[Cells]:
    """Rows of ``sessions.csv`` at scale 1; ``scaled`` fits the attendance to the force."""
    found = []
    for site in sites:
        if site["kind"] not in _SHOWS or site["class"] != "1":
            continue
        kind, hour, hours, attendance, share, search, standing, risks = _SHOWS[site["kind"]]
        for day in range(size.n_days):
            if rng.random() >= share:
                continue
            start = START + timedelta(days=day, hours=hour - START.hour)
            found.append({
                "id": f"{site['id']}-d{day + 1}", "title": f"{kind.title()} at {site['name']}", "site": site["id"],
                "kind": kind, "start": f"{start:%Y-%m-%d %H:%M}",
                "end": f"{start + timedelta(hours=hours):%Y-%m-%d %H:%M}",
                "attendance": str(int(attendance * (0.6 + 0.8 * rng.random()))), "arrive_min": "90", "egress_min": "45",
                "search": "yes" if search else "no", "standing": "yes" if standing else "no",
                "risk": risks[int(rng.random() * len(risks))],
            })  # fmt: skip
    return found


def scaled(sessions: list[Cells], pct: int) -> list[Cells]:
    """The same sessions with ``pct`` percent of their attendance, and gates to match."""
    found = []
    for row in sessions:
        attendance = max(100, int(row["attendance"]) * pct // 100 // 10 * 10)
        found.append({**row, "attendance": str(attendance), "gates": str(max(1, min(12, -(-attendance // 1800))))})
    return found


def offers(size: Size, units: tuple[UnitPlan, ...]) -> list[tuple[str, str, int]]:
    """Crews that each unit can send in every watch: (unit, kind, number)."""
    found = []
    for unit in units:
        if unit.id.startswith("police"):
            found.append((unit.id, "car_patrol", 3 if unit.id == "police1" else 2))
        elif unit.id.startswith("rail"):
            found.append((unit.id, "rail_patrol", 3 if size.rail_units == 1 else 2))
    return found


def most_posts(size: Size) -> int:
    """Response posts that may stand at once: one for each venue and a few more."""
    return size.n_venues + max(2, size.n_sites // 10)


def settings_toml(size: Size, seed: int, units: tuple[UnitPlan, ...]) -> str:
    """``scenario.toml`` of the event."""
    end = START + timedelta(days=size.n_days)
    days = [START + timedelta(days=d) for d in range(size.n_days)]
    school = [d for d in days if d.weekday() < 5]
    rail = next(u for u in units if u.id.startswith("rail"))
    lines = [
        f"{HEAD} vedette generate {size.name} --seed {seed}",
        "# Nobody and nothing in it exists. Times are local; what is left out keeps its default.",
        "schema = 1", f'name = "{size.name}-{seed}"', f'title = "Sample {size.name} event {seed}"',
        'timezone = "Europe/Berlin"', f'start = "{_at(START)}"', f'end = "{_at(end)}"',
        'classification = "EXERCISE - synthetic town and staff"', "synthetic_staff = true",
        'categories = ["sworn", "armed", "auxiliary", "steward"]', 'police = ["sworn", "armed"]',
        f"ranks = [{', '.join(_q(r) for r in RANKS)}]",
        'qualifications_known = ["armed", "traffic", "driving", "first_aid", "search"]',
        'tags_known = ["no_night", "no_standing"]',
        "", "[map]", 'file = "town.osm"', 'crs = "EPSG:25832"', 'credit = "A made-up town, drawn by vedette generate"',
        *_span("event", "afternoon and evening",
               [(d.replace(hour=15), d.replace(hour=15) + timedelta(hours=9)) for d in days]),
        *_span("daily", "once a day", [(d, d + timedelta(days=1)) for d in days]),
        *_span("school-morning", "half an hour before and after school starts",
               [(d.replace(hour=7), d.replace(hour=8)) for d in school]),
        *_span("school-noon", "end of lessons", [(d.replace(hour=13), d.replace(hour=14)) for d in school]),
    ]  # fmt: skip
    for name, hour in (("early", 6), ("late", 14), ("night", 22)):
        lines += ["", "[[shifts]]", f'id = "{name}"', f'start = "{hour:02d}:00"', "hours = 8"]
    for name, title, responds, second in (
        ("response_car", "response car on standby", True, '"sworn", "armed", "auxiliary"'),
        ("car_patrol", "car patrol", False, '"sworn", "auxiliary"'),
        ("rail_patrol", "rail patrol by car", False, '"sworn"'),
    ):
        driving = 'qualifications = ["driving"], uses = { car = 1, radio = 1 }'
        first = '"sworn", "armed"' if responds else '"sworn"'
        lines += [
            "", "[[kinds]]", f'id = "{name}"', f'title = "{title}"', 'mode = "car"',
            f"responds = {str(responds).lower()}",
            "seats = [",
            f"  {{ number = 1, categories = [{first}], {driving} }},",
            f"  {{ number = 1, categories = [{second}], uses = {{ radio = 1 }} }},", "]",
        ]  # fmt: skip
    responders = [u.id for u in units if u.id.startswith(("police", "support"))]
    rows = ",\n".join(
        f'  {{ unit = "{unit}", kind = "{kind}", number = {n}, shifts = ["early", "late", "night"] }}'
        for unit, kind, n in offers(size, units)
    )
    lines += [
        "", "[demand]", "police_ratio = 400", "steward_ratio = 300", "lane_rate_per_h = 400",
        'search_qualification = "search"', 'supervisor_rank = "sergeant"', 'lead_rank = "sergeant"',
        "reserve_pct = 10", 'reserve_at = "police1"', "tour_h = 8", "meal_from_h = 6", "command_from = 2000",
        'support = ["auxiliary"]', 'stewards = ["steward"]',
        "", "[siting]", 'kind = "response_car"', f"units_from = [{', '.join(_q(u) for u in responders)}]",
        f"most_units = {most_posts(size)}", f"candidate_spacing_m = {size.spacing_m}", "apart_m = 150",
        'spans = ["event"]',
        "", "[patrols]", f"offers = [\n{rows},\n]", "slack_pct = 5", "break_min = 30",
        "", "[rail]", f'owner = "{rail.id}"', f'lead = "{rail.id}-001"', "section_m = 500",
        f"event_area_m = {size.event_area_m}", "access_limit_m = 250",
    ]  # fmt: skip
    for cls, promise, weight in (
        ("station_approach", 'gaps = ["event:150"]', 40), ("bridge", 'gaps = ["event:240"]', 30),
        ("crossing", 'visits = ["daily"]', 20), ("open_line", 'visits = ["daily"]', 10),
    ):  # fmt: skip
        lines += ["", f"[rail.classes.{cls}]", promise, f"weight = {weight}"]
    lines += [
        "", "[roster]", 'watch_shifts = ["early", "late", "night"]',
        "", "[rules.duty_lead]", 'mode = "hard"', "params = { rank_min = 2 }    # place in the list of ranks, from 0",
        "", "[rules.police_lead_auxiliary]", 'mode = "hard"',
        'params = { led = ["auxiliary"], leading = ["sworn", "armed"] }', "",
    ]  # fmt: skip
    if size.n_days >= 7:
        lines += ["[rules.weekly_rest]", 'mode = "off"    # the force is sized by a week\'s hours alone', ""]
    return "\n".join(lines)


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _q(text: str) -> str:
    return f'"{text}"'


def _span(ident: str, title: str, times: list[tuple[datetime, datetime]]) -> list[str]:
    if not times:
        return []
    rows = [f'  {{ start = "{_at(a)}", end = "{_at(b)}" }},' for a, b in times]
    return ["", "[[spans]]", f'id = "{ident}"', f'title = "{title}"', "times = [", *rows, "]"]
