"""What people call the tables of a scenario, one row of each, and their columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from scenarios.tongue import mark, says
from scenarios.tongue import say as _

#: One row of a table, as it stands before its name; lists of settings that have ids are tables too.
ONE: Mapping[str, str] = {
    "sessions": mark("Session"), "sites": mark("Site"), "zones": mark("Zone"), "units": mark("Unit"),
    "people": mark("Person"), "qualifications": mark("Qualification"), "absences": mark("Absence"),
    "wishes": mark("Wish"), "history": mark("Earlier duty"), "ledger": mark("Carried over for"),
    "resources": mark("Resource"), "posts": mark("Post"), "seats": mark("Seats"), "closures": mark("Closure"),
    "pins": mark("Pin"), "other_work": mark("Other work"), "published": mark("Published duty"),
    "spans": mark("Span of time"), "shifts": mark("Shift"), "kinds": mark("Kind of crew"),
    "seat_changes": mark("Seat group"),
}  # fmt: skip
#: A table as a whole.
MANY: Mapping[str, str] = {
    "sessions": mark("Sessions"), "sites": mark("Sites"), "zones": mark("Zones"), "units": mark("Units"),
    "people": mark("People"), "qualifications": mark("Qualifications"), "absences": mark("Leave"),
    "wishes": mark("Wishes"), "history": mark("Earlier duties"), "ledger": mark("Carried over"),
    "resources": mark("Cars and gear"), "posts": mark("Posts"), "seats": mark("Seats"), "closures": mark("Closures"),
    "pins": mark("Pins"), "other_work": mark("Other work"), "published": mark("Published roster"),
    "spans": mark("Spans of time"), "shifts": mark("Shifts"), "kinds": mark("Kinds of crew"),
    "seat_changes": mark("Seat groups"),
}  # fmt: skip
#: Columns, by the name that they have in the files.
COLUMNS: Mapping[str, str] = {
    "id": mark("id"), "name": mark("name"), "title": mark("title"), "unit": mark("unit"), "category": mark("category"),
    "rank": mark("rank"), "share_pct": mark("share of hours (%)"), "seniority": mark("years of service"),
    "tags": mark("restrictions"), "synthetic": mark("made up"), "person": mark("person"),
    "qualification": mark("qualification"), "valid_from": mark("valid from"), "valid_until": mark("valid until"),
    "start": mark("from"), "end": mark("to"), "kind": mark("kind"), "number": mark("number"), "lon": mark("longitude"),
    "lat": mark("latitude"), "osm": mark("place on the map"), "base_need": mark("always at home"),
    "duty_lead": mark("duty lead"), "strength": mark("strength in numbers"), "site": mark("site"),
    "attendance": mark("attendance"), "arrive_min": mark("arrive within (min)"),
    "egress_min": mark("leave within (min)"),
    "gates": mark("gates"), "search": mark("searched"), "standing": mark("standing"), "risk": mark("risk"),
    "class": mark("class"), "weight": mark("weight"), "owner": mark("owner"), "lead": mark("lead"),
    "cover": mark("reached in"), "backup": mark("second responder"), "gaps": mark("longest gaps"),
    "visits": mark("visits"), "dwell_min": mark("stay (min)"), "guards": mark("guards"), "core": mark("core"),
    "qualifications": mark("qualifications"), "line": mark("line"), "serve": mark("served by"), "modes": mark("modes"),
    "prize": mark("worth of a visit"), "prize_min": mark("worth once in (min)"), "prize_hours": mark("worth in"),
    "answers": mark("answered by"), "weights": mark("weights by time"), "radius_m": mark("radius (m)"),
    "wish": mark("wish"), "importance": mark("importance"), "groups": mark("seat groups"), "place": mark("place"),
    "shift": mark("shift"), "hours": mark("hours"), "nights": mark("nights"), "holidays": mark("holidays"),
    "state": mark("state"), "capacity": mark("places"), "walk_s": mark("walk (s)"), "spans": mark("times"),
    "need": mark("needed"), "want": mark("wanted"), "most": mark("at most"), "categories": mark("categories"),
    "rank_min": mark("lowest rank"), "team": mark("team"), "shape": mark("shape"), "profiles": mark("closed to"),
    "group": mark("seat group"), "on": mark("on duty"), "times": mark("times"), "days": mark("days"),
    "mode": mark("mode"), "responds": mark("responds"), "seats": mark("seats"), "any_unit": mark("any unit"),
}  # fmt: skip


def one_of(table: str) -> str:
    """What one row of a table is called."""
    return _(ONE.get(table, table))


def table_word(table: str) -> str:
    """What a table is called."""
    return _(MANY.get(table, table))


#: Columns that one table has another word for.
OWN: Mapping[tuple[str, str], str] = {
    ("people", "name"): mark("full name"), ("people", "id"): mark("personnel number"),
}  # fmt: skip


def column_word(column: str, table: str = "") -> str:
    """What a column is called, of a table where that matters."""
    if (table, column) in OWN:
        return _(OWN[table, column])
    return _(COLUMNS[column]) if column in COLUMNS else column.replace("_", " ")


def plain(value: Any) -> str:
    """A cell as it is written in a file; equal cells are equal texts."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple):
        return ";".join(plain(one) for one in value)
    return "" if value is None else str(value).strip()


_SHAPE = re.compile(r"(LINESTRING|POLYGON|MULTI(?:LINESTRING|POLYGON))\s*Z?\s*\(", re.IGNORECASE)
_RING, _CORNER = re.compile(r"\(\s*[-+.\d]"), re.compile(r"[-+.\deE]+\s+[-+.\deE]+(?:\s+[-+.\deE]+)?\s*[,)]")


def corners(value: Any) -> int | None:
    """How many corners a cell draws, a line or area as WKT; None where it is neither."""
    text = plain(value)
    if not _SHAPE.match(text):
        return None
    n = len(_CORNER.findall(text))
    return n - len(_RING.findall(text)) if "POLYGON" in text[:12].upper() else n  # a ring ends where it begins


def cell_words(value: Any) -> str:
    """A cell in a sentence; of a line or area the number of its corners."""
    text = plain(value)
    if not text:
        return _("nothing")
    n = corners(text)
    if n is not None:
        return says("{n} corner", "{n} corners", n)
    return _(text) if text in YES_NO else text


YES_NO = (mark("yes"), mark("no"))
