"""Sessions: the programme as a table that is edited in place; every edit is saved as it is made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from app_pages._changes import save
from app_pages._grid import grid
from app_pages._grid_rows import Edits, Row
from app_pages._unsent import Unsent
from scenarios import drafts
from scenarios.demandwords import RISKS, risk_word
from scenarios.load import Loaded
from scenarios.programme import HOUR_S
from scenarios.tablewords import column_word
from scenarios.tongue import mark
from scenarios.tongue import say as _

FORM = "%Y-%m-%d %H:%M"
KINDS = {
    "concert": mark("concert"), "match": mark("match"), "exhibition": mark("exhibition"), "market": mark("market"),
    "ceremony": mark("ceremony"), "parade": mark("parade"), "other": mark("other"),
}  # fmt: skip
COLUMNS = (
    "title", "site", "kind", "start", "end", "attendance", "risk", "gates", "search", "standing", "arrive_min",
    "egress_min",
)  # fmt: skip
HELP = {
    "attendance": mark("How many come in all; from this follow arrivals, stewards and police."),
    "risk": mark("Low halves the police for the crowd, high doubles it."),
    "gates": mark("Entrances, each with stewards while they are open."),
    "search": mark("Whether bags are searched: lanes follow from the busiest hour of arrivals."),
    "standing": mark("Whether people stand before a stage, which takes stewards in front of it."),
    "arrive_min": mark("Minutes before the start in which people arrive."),
    "egress_min": mark("Minutes until the last has left after the end."),
}


def local(when: datetime, loaded: Loaded) -> datetime:
    """Local time of the scenario, without its zone, as the inputs want it."""
    return when.astimezone(ZoneInfo(loaded.scenario.timezone)).replace(tzinfo=None)


def sessions_table(source: drafts.Source, loaded: Loaded) -> None:
    """The programme; what is edited is saved as one edit."""
    its = loaded.scenario
    now = {s.id: _row(s, loaded) for s in its.sessions}
    middle = its.clock(its.horizon_s // 2 // HOUR_S * HOUR_S)
    later = its.clock(min(its.horizon_s, its.horizon_s // 2 // HOUR_S * HOUR_S + 2 * HOUR_S))
    blank: Row = {
        "title": "", "site": its.sites[0].id if its.sites else "", "kind": "other", "start": f"{middle:{FORM}}",
        "end": f"{later:{FORM}}", "attendance": 500, "risk": "medium", "gates": 1, "search": False, "standing": False,
        "arrive_min": 90, "egress_min": 45,
    }  # fmt: skip
    span = (f"{local(its.start, loaded):{FORM}}", f"{local(its.end, loaded):{FORM}}")
    if not now:
        st.caption(_("No session yet: type the first one into the row below, or paste rows from a spreadsheet."))
    grid(
        "sessions", now, _columns(loaded, blank), blank=blank, moments=("start", "end"),
        fresh=lambda taken: next(f"added{n}" for n in range(1, len(taken) + 2) if f"added{n}" not in taken),
        judge=lambda row: _wrong(row, span), save=lambda found: _save(source, found, now),
        form=Unsent("sessions", source.ref), alt=_("Sessions of the event"),
    )  # fmt: skip


def _row(session: Any, loaded: Loaded) -> Row:
    row = {column: getattr(session, column) for column in COLUMNS}
    return {**row, **{name: f"{local(row[name], loaded):{FORM}}" for name in ("start", "end")}}


def _columns(loaded: Loaded, blank: Row) -> Mapping[str, Any]:
    sites = {s.id: s.name for s in loaded.scenario.sites}
    of = st.column_config
    shown: dict[str, Any] = {
        "title": of.TextColumn(_title("title"), required=True, max_chars=80, width=190),
        "site": of.SelectboxColumn(
            _title("site"), required=True, options=list(sites), format_func=lambda s: sites.get(s, s), width=150,
            default=blank["site"] or None,
        ),
        "kind": of.SelectboxColumn(
            _title("kind"), required=True, options=list(KINDS), format_func=lambda k: _(KINDS[k]), default="other"
        ),
        "attendance": _whole("attendance", 500, 10_000_000),
        "risk": of.SelectboxColumn(
            _title("risk"), required=True, options=list(RISKS), format_func=risk_word, default="medium",
            help=_(HELP["risk"]),
        ),
    }  # fmt: skip
    for name in ("start", "end"):
        shown[name] = of.DatetimeColumn(
            _title(name), required=True, format="MM-DD HH:mm", step=60, width=108,
            default=datetime.fromisoformat(blank[name]),
        )
    for name in ("gates", "arrive_min", "egress_min"):
        shown[name] = _whole(name, blank[name], 1440)
    for name in ("search", "standing"):
        shown[name] = of.CheckboxColumn(_title(name), default=False, help=_(HELP[name]))
    return {name: shown[name] for name in COLUMNS}


def _whole(name: str, default: int, most: int) -> Any:
    return st.column_config.NumberColumn(
        _title(name), required=True, min_value=0, max_value=most, step=1, default=default, help=_(HELP[name]),
        format="localized" if name == "attendance" else None,
    )  # fmt: skip


def _title(column: str) -> str:
    word = column_word(column)
    return word[:1].upper() + word[1:]


def _wrong(row: Row, span: tuple[str, str]) -> str:
    """Why a row is not saved yet; moments compare as they are written."""
    name = row["title"].strip()
    if not name:
        return _("A session without a title is not saved yet: give it one.")
    if row["start"] >= row["end"]:
        return _("{name} is not saved yet: it must end after it starts.", name=name)
    if row["start"] < span[0] or row["end"] > span[1]:
        return _(
            "{name} is not saved yet: it must lie within {start} and {end}; change the event's times first.",
            name=name, start=span[0], end=span[1],
        )  # fmt: skip
    return ""


def _save(source: drafts.Source, found: Edits, now: Mapping[str, Row]) -> None:
    put = [("sessions", {"id": i}, cells, now[i]["title"]) for i, cells in found.changed.items()]
    put += [("sessions", {"id": i}, row, row["title"].strip()) for i, row in found.new.items()]
    gone = [("sessions", {"id": i}, now[i]["title"]) for i in found.gone]
    save(source, lambda who, seen: drafts.change_rows(source.ref, put=put, gone=gone, seen=seen, who=who))
