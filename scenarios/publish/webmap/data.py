"""PlanView -> plain data for the map script: short, whole numbers, ids resolved to names.

Times stay seconds since the horizon's start; ``offsets`` lets the script write local clock times in the
scenario's own zone, whatever zone the reader's machine is set to.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scenarios.manned import Manned
from scenarios.publish.webmap.encode import Coder
from scenarios.publish.webmap.words import WORDS
from scenarios.view import (
    AreaView,
    Background,
    GapView,
    PlanView,
    PostView,
    SectionView,
    SiteView,
    TourView,
)

FORM = 2
#: What of a tour hangs on who rides; its way does not.
OF_RIDERS = ("members", "manned")


def map_data(view: PlanView) -> dict[str, Any]:
    """Everything the map script draws and tells, as JSON-ready data.

    Parameters
    ----------
    view
        The plan as people see it; geometry in ``view.crs`` (metric).

    Returns
    -------
    dict
        ``form`` (number of this layout), titles, ``offsets`` ``[[second, utc offset in s], ...]``, ``words`` in
        the scenario's language, ``lines`` (delta-coded table that legs point into) and one list for each layer.
        A tour is ``manned`` or not, a post has the spans in which it is ``manned`` and those in which it stands
        ``lacking`` people: what is not manned visits and covers nothing.
        ``stamp``, here and in ``ground``, tells one content from another, so that either travels only once.
        Coordinates are longitude and latitude in 1e-5 degree, WGS-84.
    """
    coder = Coder(view.crs)
    texts: dict[str, int] = {}
    staff, manned = _staff(view, texts), Manned.of(view)
    data: dict[str, Any] = {
        "form": FORM,
        "title": view.title,
        "scenario": view.scenario,
        "version": view.version,
        "classification": view.classification,
        "credit": view.credit,
        "synthetic": view.synthetic,
        "language": view.language,
        "words": WORDS["zh" if view.language == "zh" else "en"],
        "start": int(view.start.timestamp()),
        "horizon_s": view.horizon_s,
        "offsets": offsets(view),
        "units": dict(view.units),
        "sessions": _sessions(view),
        "ground": _ground(view.background, coder),
        "sites": [_site(site, view, coder, staff) for site in view.sites],
        "posts": [_post(post, view, coder, staff, manned) for post in view.posts],
        "tours": _tours(view, coder, manned),
        "sections": [_section(section, coder) for section in view.sections],
        "zones": [_area(area, coder) for area in view.zones],
        "closures": [_area(area, coder) for area in view.closures],
        "territories": [
            [t.start_s, t.end_s, t.post, [[site, took] for site, took in t.sites], list(t.late)]
            for t in view.territories
        ],
        "lights": [
            {
                "from": light.origin, "to": light.target, "span": [light.start_s, light.end_s],
                "free_s": light.free_s, "seconds": light.seconds, "way": next(iter(coder.lines([light.xy])), None),
            }
            for light in view.lights
        ],
        "presence": [
            [p.site, p.start_s, p.end_s, p.people, p.barriers, p.cameras, p.responders] for p in view.presence
        ],
        "short": list(view.short),
    }
    data["texts"] = list(texts)
    data["lines"] = coder.table
    ground = data["ground"]
    ground["stamp"] = stamp_of(ground)
    data["stamp"] = stamp_of({name: value for name, value in data.items() if name != "ground"})
    return data


def stamp_of(part: Mapping[str, Any]) -> str:
    """A short digest of plain data."""
    return hashlib.sha256(json.dumps(part, separators=(",", ":")).encode()).hexdigest()[:16]


def offsets(view: PlanView) -> list[list[int]]:
    """``[second, offset from UTC in seconds]`` at the start and after each change of the clock."""
    found: list[list[int]] = []
    for second in range(0, view.horizon_s + 3600, 900):
        shift = view.clock(second).utcoffset()
        seconds = int(shift.total_seconds()) if shift is not None else 0
        if not found or found[-1][1] != seconds:
            found.append([second, seconds])
    return found


def _second(view: PlanView, when: object) -> int | None:
    """Seconds since the horizon's start of a session's time, given as seconds, as a datetime or as ISO text."""
    from datetime import datetime

    if isinstance(when, bool) or when is None:
        return None
    if isinstance(when, (int, float)):
        return int(when)
    moment = when if isinstance(when, datetime) else datetime.fromisoformat(str(when))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=view.clock(0).tzinfo)
    return round((moment - view.start).total_seconds())


def _sessions(view: PlanView) -> list[dict[str, Any]]:
    rows = []
    for session in view.sessions:
        start = _second(view, session.get("start_s", session.get("start")))
        end = _second(view, session.get("end_s", session.get("end")))
        if start is not None and end is not None:
            rows.append(
                {
                    "title": str(session.get("title", session.get("id", ""))),
                    "site": str(session.get("site", "")),
                    "span": [start, end],
                    "people": session.get("attendance"),
                }
            )
    return sorted(rows, key=lambda row: (row["span"], row["title"]))


def _ground(ground: Background, coder: Coder) -> dict[str, Any]:
    return {
        "roads": {name: coder.lines(parts) for name, parts in ground.roads.items()},
        "rail": coder.lines(ground.rail),
        "water": coder.lines(ground.water, tolerance_m=2.0),
        "green": coder.lines(ground.green, tolerance_m=2.0),
        "labels": [[text, *coder.point((x, y))] for text, x, y in ground.labels],
    }


Staff = Mapping[str, list[list[Any]]]


def _staff(view: PlanView, texts: dict[str, int]) -> Staff:
    """Who stands where: place and party -> rows ``[start, end, need, names, what, why]``.

    ``why`` is a number of ``texts``: the formula of the need and where it comes from, kept once for all its seats.
    """
    names = {person.id: person.name for person in view.people}
    rows: dict[str, list[list[Any]]] = defaultdict(list)
    for seats in sorted(view.seats, key=lambda s: (s.start_s, s.id)):
        row = [
            seats.start_s,
            seats.end_s,
            seats.need,
            [names.get(person, person) for person in seats.people],
            seats.asks,
            texts.setdefault(" · ".join(part for part in (seats.formula, seats.source) if part), len(texts)),
        ]
        for key in {seats.place, seats.party}:
            rows[key].append(row)
    return rows


def _at(keys: Iterable[str], staff: Staff) -> list[list[Any]]:
    """Rows of all keys, each row once, in order of time."""
    rows: list[list[Any]] = []
    for key in dict.fromkeys(keys):
        rows += [row for row in staff.get(key, ()) if not any(row is other for other in rows)]
    return sorted(rows, key=lambda row: (row[0], row[1]))


def _lead(lead: str, view: PlanView) -> str:
    return view.leads.get(lead, lead)


def _gaps(gaps: Iterable[GapView]) -> list[list[int]]:
    return [[g.start_s, g.end_s, g.promised_s, g.longest_s, g.longest_from_s, g.dwell_s] for g in gaps]


def _site(site: SiteView, view: PlanView, coder: Coder, staff: Staff) -> dict[str, Any]:
    rings = coder.lines([site.polygon]) if site.polygon is not None else []
    return {
        "id": site.id,
        "name": site.name,
        "kind": site.kind,
        "cls": site.cls,
        "at": coder.point(site.xy),
        "ring": rings[0] if rings else None,
        "owner": view.units.get(site.owner, site.owner),
        "lead": _lead(site.lead, view),
        "standard_s": site.standard_s,
        "cover": [
            [c.start_s, c.end_s, c.first, c.first_s, c.second, c.second_s] for c in site.cover
        ],
        "gaps": _gaps(site.gaps),
        "staff": _at([site.id], staff),
    }


def _post(post: PostView, view: PlanView, coder: Coder, staff: Staff, manned: Manned) -> dict[str, Any]:
    return {
        "id": post.number,
        "place": post.place,
        "name": post.name,
        "at": coder.point(post.xy),
        "owner": view.units.get(post.owner, post.owner),
        "lead": _lead(post.lead, view),
        "stands": [[s.start_s, s.end_s, s.kind, s.n_units] for s in post.stands],
        "manned": [list(span) for span in manned.spans(post)],
        "lacking": [list(span) for span in manned.lacking(post)],
        "covers": list(post.covers),
        "worth": post.worth,
        "staff": _at([post.number, post.place], staff),
    }


def _tours(view: PlanView, coder: Coder, manned: Manned) -> list[dict[str, Any]]:
    """Every tour; lines and points of all of them are coded together."""
    coder.know(stop.xy for tour in view.tours for stop in tour.stops)
    ways = [[*(s.way for s in tour.stops if s.way is not None), *(leg.xy for leg in tour.legs)] for tour in view.tours]
    numbers = iter(coder.line_numbers(way for mine in ways for way in mine))
    return [{**_tour(tour, view, coder, numbers), "manned": manned.rides(tour)} for tour in view.tours]


def _tour(tour: TourView, view: PlanView, coder: Coder, numbers: Iterator[int]) -> dict[str, Any]:
    members = {(duty.person, duty.name): duty for duty in tour.members}
    return {
        "id": f"{tour.call_sign}@{tour.depart_s}",
        "sign": tour.call_sign,
        "crew": tour.crew,
        "unit": view.units.get(tour.unit, tour.unit),
        "kind": tour.kind,
        "mode": tour.mode,
        "span": [tour.depart_s, tour.return_s],
        "depot": coder.point(tour.depot_xy),
        "metres": tour.metres,
        "stops": [
            [
                s.place,
                s.name,
                *coder.point(s.xy),
                s.arrive_s,
                s.leave_s,
                s.earliest_s,
                s.latest_s,
                s.task,
                -1 if s.way is None else next(numbers),
            ]
            for s in tour.stops
        ],
        "legs": [[leg.depart_s, leg.arrive_s, next(numbers)] for leg in tour.legs],
        "rests": [list(rest) for rest in tour.rests],
        "members": [
            {"name": name, "role": duty.role or duty.rank, "span": [duty.start_s, duty.end_s]}
            for (_, name), duty in members.items()
        ],
    }


def _section(section: SectionView, coder: Coder) -> dict[str, Any]:
    lines = coder.lines([section.xy])
    return {
        "id": section.id,
        "line": section.line,
        "cls": section.cls,
        "way": lines[0] if lines else None,
        "metres": section.length_m,
        "gaps": _gaps(section.gaps),
        "crossings": [coder.point(point) for point in section.crossings],
    }


def _area(area: AreaView, coder: Coder) -> dict[str, Any]:
    lines = coder.lines([area.xy])
    # A closure may be a single point: it is drawn as a mark.
    at = lines[0][:2] if lines else coder.point(area.xy.reshape(-1, 2)[0])
    closed = len(area.xy) > 3 and bool((area.xy[0] == area.xy[-1]).all())
    return {
        "id": area.id,
        "name": area.name,
        "kind": area.kind,
        "ring": lines[0] if lines else None,
        "closed": closed or area.kind in {"core", "buffer", "outer"},
        "at": at,
        "span": None if area.start_s is None or area.end_s is None else [area.start_s, area.end_s],
    }
