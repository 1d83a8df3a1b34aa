"""The timetable of breaks with names: who is off which seat when, and who stands in."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from scenarios.desk import Desk
from scenarios.plan import Plan

COLUMNS = ("from", "to", "kind", "place", "seat", "person", "name", "relief_seat", "relief_person", "relief_name")


def breaks_csv(desk: Desk, plan: Plan) -> bytes | None:
    """The table as CSV in UTF-8 with BOM; None where the scenario asks for no timetable."""
    breaks = desk.timetable.breaks
    if not breaks:
        return None
    who = {(d.group, d.seat): d.person for d in plan.roster.duties}
    names = {p.id: p.name for p in desk.staff.people}
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for b in breaks:
        person = who.get((b.seats, b.seat), "")
        relief = who.get((b.relief, b.relief_seat), "") if b.relief else ""
        place = desk.places[b.place].name if b.place in desk.places else b.place
        start, end = (f"{desk.scenario.clock(s):%Y-%m-%d %H:%M}" for s in (b.start_s, b.end_s))
        rows.writerow([
            start, end, b.kind, _plain(place), f"{b.seats}/{b.seat}", person, _plain(names.get(person, "")),
            f"{b.relief}/{b.relief_seat}" if b.relief else "", relief, _plain(names.get(relief, "")),
        ])  # fmt: skip
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def _plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


def write_breaks(desk: Desk, plan: Plan, folder: Path) -> tuple[Path, ...]:
    """Write ``breaks.csv`` where there is a timetable."""
    data = breaks_csv(desk, plan)
    if data is None:
        return ()
    path = folder / "breaks.csv"
    path.write_bytes(data)
    return (path,)
