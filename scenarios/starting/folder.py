"""What was given -> the files of a scenario folder, with everything that was left out filled in by plain defaults.

Names become ids, places without a point are looked up on the map by name, a unit without one stands at the police
station that the map shows, else in the middle. Each owner and lead is the first unit and its highest in rank.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from geodata.ground import Ground
from scenarios.draft_patch import toml
from scenarios.errors import Fault
from scenarios.raw import listed, nearest
from scenarios.starting.given import Given, Line
from scenarios.starting.names import made_id
from scenarios.starting.whereabouts import Spot, whereabouts
from scenarios.tongue import language
from scenarios.tongue import say as _

RANKS = ("officer", "sergeant", "inspector")
CATEGORIES = ("sworn", "auxiliary", "steward")
_TIME = "%Y-%m-%d %H:%M"
#: Kinds of the map that matter at most events, the most important first: response class and weight.
KINDS: Mapping[str, tuple[int, int]] = {
    "stadium": (1, 60), "arena": (1, 60), "hall": (1, 50), "marketplace": (1, 50), "square": (1, 50),
    "station": (2, 40), "metro_station": (2, 30), "bus_station": (2, 20), "townhall": (2, 20), "hospital": (2, 20),
    "university": (3, 10), "school": (3, 5),
}  # fmt: skip
MOST_SITES = 12
#: Minutes that a site of a response class goes unseen at most, where there are people for a patrol.
UNSEEN_MIN = {"1": 60, "2": 120}
SHORT_H = 12
Row = dict[str, str]
Float64 = NDArray[np.float64]


def from_map(ground: Ground, most: int = MOST_SITES) -> tuple[Line, ...]:
    """The sites that a map shows and most events touch, the most important first."""
    order = {kind: n for n, kind in enumerate(KINDS)}
    known = [site for site in ground.sites if site.kind in order and site.name]
    chosen = sorted(known, key=lambda site: (order[site.kind], site.name, site.id))[:most]
    return tuple(Line({"name": site.name, "kind": site.kind, **_point(ground, site.xy)}) for site in chosen)


def tables_of(
    given: Given, ground: Ground, *, patrols: bool = False
) -> tuple[dict[str, list[Row | None]], list[Fault]]:
    """Every table, in the order of the rows that were given, and the names that mean nothing or too much.

    None keeps the place of a row that was blank. A fault cites the table's file and the row of the sheet. With
    ``patrols`` important sites are promised to be seen now and then.
    """
    taken: set[str] = set()
    faults: list[Fault] = []
    units = _rows(given.rows("units"), lambda line: _unit(line, ground, taken))
    unit_ids = {row["name"].casefold(): row["id"] for row in units if row} | {r["id"]: r["id"] for r in units if r}
    first = next((row["id"] for row in units if row), "")
    people = _rows(given.rows("people"), lambda line: _person(line, unit_ids, first, taken))
    leads = _leads([row for row in people if row])
    lead = leads.get(first) or next(iter(leads.values()), "")
    sites = _rows(given.rows("sites"), lambda line: _site(line, ground, first, lead, taken, faults))
    for row in sites if patrols else ():
        if row and row["class"] in UNSEEN_MIN:
            row["gaps"] = f"event:{UNSEEN_MIN[row['class']]}"
    site_ids = {row["name"].casefold(): row["id"] for row in sites if row} | {r["id"]: r["id"] for r in sites if r}
    known = _people_by_word([row for row in people if row])
    sessions = _rows(given.rows("sessions"), lambda line: _session(line, site_ids, taken))
    absences = _rows(given.rows("absences"), lambda line: _absence(line, known, faults))
    return {"units": units, "people": people, "sites": sites, "sessions": sessions, "absences": absences}, faults


def settings_text(given: Given, map_file: str, units: Sequence[str], strong: bool, credit: str) -> str:
    """``scenario.toml``: shifts that fit the horizon, one kind of post and one of patrol, and the shipped defaults."""
    event = given.event
    hours = _hours(event.start, event.end)
    if hours <= SHORT_H:
        shifts = [("duty", event.start[-5:], max(1.0, hours))]
    else:
        shifts = [("early", "06:00", 8.0), ("late", "14:00", 8.0), ("night", "22:00", 8.0)]
    whole = _("the whole event")
    lines = [
        "# Made by Vedette for a start: change what does not fit. What is left out here has a default.",
        "schema = 1", 'name = "event"', f"title = {toml(event.title)}", f"timezone = {toml(event.timezone)}",
        f"start = {toml(event.start)}", f"end = {toml(event.end)}", f"language = {toml(language())}", "",
        f"categories = {toml(list(CATEGORIES))}", 'police = ["sworn"]', f"ranks = {toml(list(RANKS))}", "",
        "[map]", f"file = {toml(map_file)}", f"credit = {toml(credit)}", "snap_limit_m = 500", "",
        "[[spans]]", 'id = "event"', f"title = {toml(whole)}",
        f"times = [{{ start = {toml(event.start)}, end = {toml(event.end)} }}]", "",
    ]  # fmt: skip
    for name, start, length in shifts:
        lines += ["[[shifts]]", f"id = {toml(name)}", f"start = {toml(start)}", f"hours = {length:g}", ""]
    for kind, title, responds in (("post", _("post"), "true"), ("patrol", _("patrol"), "false")):
        seats = 'seats = [{ number = 2, categories = ["sworn", "auxiliary"] }]'
        lines += ["[[kinds]]", f"id = {toml(kind)}", f"title = {toml(title)}", 'mode = "car"', f"responds = {responds}",
                  seats, ""]  # fmt: skip
    lines += ["[siting]", 'kind = "post"', f"units_from = {toml(list(units))}", "most_units = 3"]
    lines += ['spans = ["event"]', ""]
    offers = [{"unit": unit, "kind": "patrol", "number": 1, "shifts": [s[0] for s in shifts]} for unit in units[:1]]
    lines += ["[patrols]", f"offers = {toml(offers if strong else [])}", ""]
    lines += ["[demand]", 'support = ["auxiliary"]', 'stewards = ["steward"]']
    if not _brings_stewards(given):
        lines += ["# No steward was given: the organiser's own are not planned here.", "plan_stewards = false"]
    lines += [f"reserve_at = {toml(unit)}" for unit in units[:1]] + [""]
    lines += ["[roster]", f"watch_shifts = {toml([s[0] for s in shifts])}", ""]
    return "\n".join(lines)


def _brings_stewards(given: Given) -> bool:
    """Whether anybody is a steward, by name or in a unit's numbers."""
    numbers = (line.get("strength") for line in given.rows("units"))
    named = (line.get("category") for line in given.rows("people"))
    return "steward" in {*named, *(part.split(":")[0].strip() for text in numbers for part in text.split(";"))}


def csv_text(rows: Sequence[Row | None]) -> str:
    """A table as text; a blank row stays blank, so that faults name the row that people see."""
    columns = list(dict.fromkeys(name for row in rows if row for name in row))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([row.get(name, "") for name in columns] if row else [])
    return out.getvalue()


# ---------------------------------------------------------------- rows
def _rows(lines: Sequence[Line], make: Callable[[Line], Row]) -> list[Row | None]:
    """Rows at the place that they have in their sheet: the header is row 1."""
    found: list[Row | None] = []
    for line in lines:
        while line.row is not None and len(found) + 2 < line.row:
            found.append(None)
        found.append(make(line))
    return found


def _id(line: Line, taken: set[str], head: str) -> str:
    """The id that was given, else the name's own letters, else the next number; each once."""
    name = line.get("id") or made_id(line.get("name") or line.get("title"), head, taken)
    taken.add(name)
    return name


def _unit(line: Line, ground: Ground, taken: set[str]) -> Row:
    named = whereabouts(ground, line.get("name"))
    found = named if isinstance(named, Spot) else next((s for s in ground.sites if s.kind == "police"), None)
    middle = np.array([(ground.bounds[0] + ground.bounds[2]) / 2, (ground.bounds[1] + ground.bounds[3]) / 2])
    rest = {name: line.get(name) for name in ("kind", "strength", "base_need") if line.get(name)}
    point = _given_point(line) or _point(ground, _on_road(ground, middle if found is None else found.xy))
    return {"id": _id(line, taken, "unit"), "name": line.get("name"), **point, "duty_lead": "no", **rest}


def _person(line: Line, units: Mapping[str, str], first: str, taken: set[str]) -> Row:
    unit = line.get("unit")
    return {
        "id": _numbered(line, taken), "name": line.get("name"),
        "unit": units.get(unit.casefold(), unit) if unit else first,
        "category": line.get("category") or CATEGORIES[0], "rank": line.get("rank") or RANKS[0],
    }  # fmt: skip


def _site(line: Line, ground: Ground, owner: str, lead: str, taken: set[str], faults: list[Fault]) -> Row:
    found = whereabouts(ground, line.get("name"))
    point, kind = _given_point(line) or {}, line.get("kind")
    if isinstance(found, Spot):
        point, kind = point or _point(ground, found.xy), kind or found.kind
    elif not point and line.get("name"):
        faults.append(Fault("sites.csv", line.row, "name", line.get("name"), found.expected, found.remedy))
    kind = kind or "square"
    its_class, weight = KINDS.get(kind, (2, 20))
    return {
        "id": _id(line, taken, "site"), "name": line.get("name"), "kind": kind,
        "class": line.get("class") or str(its_class), "weight": line.get("weight") or str(weight), "owner": owner,
        "lead": lead, "lon": point.get("lon", ""), "lat": point.get("lat", ""), "cover": "event",
        "guards": line.get("guards"),
    }  # fmt: skip


def _session(line: Line, sites: Mapping[str, str], taken: set[str]) -> Row:
    site = line.get("site")
    rest = {name: line.get(name) for name in ("gates", "risk") if line.get(name)}
    return {
        "id": _id(line, taken, "session"), "title": line.get("title"), "site": sites.get(site.casefold(), site),
        "kind": line.get("kind") or "other", "start": line.get("start"), "end": line.get("end"),
        "attendance": line.get("attendance"), **rest,
    }  # fmt: skip


def _numbered(line: Line, taken: set[str]) -> str:
    """The id that was given, else the next of p001, p002 ...: names are no ids, two may have the same."""
    name = line.get("id") or next(f"p{n:03d}" for n in range(1, 10**6) if f"p{n:03d}" not in taken)
    taken.add(name)
    return name


def _people_by_word(people: Sequence[Row]) -> dict[str, list[Row]]:
    """The people of a name, and of an id."""
    found: dict[str, list[Row]] = {}
    for row in people:
        for word in {row["name"].casefold(), row["id"].casefold()}:
            found.setdefault(word, []).append(row)
    return found


def _absence(line: Line, people: Mapping[str, list[Row]], faults: list[Fault]) -> Row:
    person = line.get("person")
    ids = [row["id"] for row in people.get(person.casefold(), [])]
    if person and len(ids) != 1:
        like = nearest(person, [row["name"] for rows in people.values() for row in rows])
        expected = _("one person of this name, there are {n}", n=len(ids)) if ids else _("a name or id of the people")
        remedy = _("give the id: {ids}", ids=listed(ids)) if ids else (
            _('did you mean "{like}"?', like=like) if like else _("add the person, or mend the name"))  # fmt: skip
        faults.append(Fault("absences.csv", line.row, "person", person, expected, remedy))
    return {
        "person": ids[0] if ids else person, "start": line.get("start"), "end": line.get("end"),
        "kind": line.get("kind") or "leave",
    }  # fmt: skip


def _leads(people: Sequence[Row]) -> dict[str, str]:
    """The highest in rank of each unit, the first of equals."""
    found: dict[str, Row] = {}
    for row in people:
        best = found.get(row["unit"])
        if best is None or _rank(row) > _rank(best):
            found[row["unit"]] = row
    return {unit: row["id"] for unit, row in found.items()}


def _rank(row: Row) -> int:
    return RANKS.index(row["rank"]) if row["rank"] in RANKS else -1


def _given_point(line: Line) -> Row | None:
    return {"lon": line.get("lon"), "lat": line.get("lat")} if line.get("lon") or line.get("lat") else None


def _point(ground: Ground, xy: Float64) -> Row:
    lon, lat = ground.to_lonlat(np.asarray([xy]))[0].tolist()
    return {"lon": f"{lon:.6f}", "lat": f"{lat:.6f}"}


def _on_road(ground: Ground, xy: Float64) -> Float64:
    """The junction nearest to a point: the middle of a map may be a lake."""
    nodes = ground.network().node_xy
    return np.asarray(nodes[np.argmin(((nodes - xy) ** 2).sum(axis=1))])


def _clock(text: str) -> datetime:
    """A local time as written; 24:00 is the end of its day."""
    if text.endswith(" 24:00"):
        return _clock(f"{text[:-6]} 00:00") + timedelta(days=1)
    return datetime.strptime(text, _TIME)  # noqa: DTZ007 - local times, as written


def _hours(start: str, end: str) -> float:
    """Hours of the horizon by the clock; 24 where a time cannot be read (the loader will say so)."""
    try:
        span = _clock(end) - _clock(start)
    except ValueError:
        return 24.0
    return max(span, timedelta(0)) / timedelta(hours=1)
