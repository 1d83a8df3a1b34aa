"""The parts of the Roster page: filters that survive a change of page, and the tabs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app_pages import _charts, _tables
from app_pages._duties import pick
from scenarios.view import DutyView, PlanView

HOUR = 3600
#: Widget -> plain key of the session: Streamlit forgets a widget's value when another page is shown.
KEPT = {"roster_unit": "", "roster_day": "All days", "roster_find": "", "roster_short": False, "roster_edit": False}


@dataclass(frozen=True)
class Filters:
    """What the reader wants to see."""

    unit: str
    title: str
    first_s: int
    last_s: int
    find: str
    editing: bool

    def duties(self, view: PlanView) -> tuple[DutyView, ...]:
        """The duties that fit."""
        return tuple(
            d for d in view.duties
            if (not self.unit or d.unit == self.unit) and d.start_s < self.last_s and self.first_s < d.end_s
            and self._named(d.name, d.place_name, f"{d.group}/{d.seat}")
        )  # fmt: skip

    def seats(self, view: PlanView, known: Iterable[str]) -> list[str]:
        """The seats of those duties, then empty ones of the span, both by time."""
        held = [f"{d.group}/{d.seat}" for d in sorted(self.duties(view), key=lambda d: (d.start_s, d.place_name))]
        filled = {f"{d.group}/{d.seat}" for d in view.duties}
        groups = {s.id: s for s in view.seats}
        empty = []
        for seat in known:
            its = groups.get(seat.rpartition("/")[0])
            if its is None or seat in filled or int(seat.rpartition("/")[2]) > max(its.need, its.want):
                continue
            inside = its.start_s < self.last_s and self.first_s < its.end_s
            if inside and self._named("empty", its.place_name, seat):
                empty.append((its.start_s, seat))
        return [seat for _, seat in sorted(empty)] + held

    def _named(self, *texts: str) -> bool:
        return not self.find or any(self.find.casefold() in text.casefold() for text in texts)


def filters(view: PlanView) -> Filters:
    """The bar above everything."""
    days = {"All days": (0, view.horizon_s)} | _tables.days_of(view)
    units = {"": "All units"} | {u: n for u, n in view.units.items() if any(p.unit == u for p in view.people)}
    for key, first in KEPT.items():
        if key not in st.session_state:
            st.session_state[key] = st.session_state.get(f"kept_{key}", first)
    if st.session_state["roster_unit"] not in units:
        st.session_state["roster_unit"] = ""
    if st.session_state["roster_day"] not in days:
        st.session_state["roster_day"] = "All days"
    cells = st.columns([2, 2, 2], vertical_alignment="bottom")
    unit = cells[0].selectbox("Unit", list(units), format_func=lambda u: units[u], key="roster_unit")
    find = cells[1].text_input("Name, place or seat", key="roster_find", placeholder="any")
    editing = cells[2].toggle("Change duties", key="roster_edit")
    day = "All days"
    if len(days) > 2:
        day = st.segmented_control("Day", list(days), required=True, key="roster_day") or day
    for key in KEPT:
        st.session_state[f"kept_{key}"] = st.session_state[key]
    return Filters(unit, units[unit], *days[day], find.strip(), editing)


def show_tabs(view: PlanView, chosen: Filters, mine: tuple[DutyView, ...]) -> None:
    """Timeline, and the same as tables; a click or a row chosen takes that seat into the panel."""
    lines, grid, where, seats, hours = st.tabs(["Timeline", "Grid", "Who and where", "Seats", "Hours"])
    more: dict[str, Any] = {"key": "roster_lines", "on_select": _bar_picked} if chosen.editing else {}
    with lines:
        chart = _charts.timeline(view, mine, chosen.first_s, chosen.last_s, pick=chosen.editing)
        if chart is None:
            st.info("Nobody fits the filters in this span.")
        else:
            with st.container(height=560, border=False):
                st.altair_chart(chart, alt="Duties of each person over time; the tab Grid has them as a table", **more)
    with grid:
        step = HOUR if chosen.last_s - chosen.first_s <= 26 * HOUR else 2 * HOUR
        st.dataframe(
            _tables.grid_rows(view, chosen.unit, chosen.first_s, chosen.last_s, step, {d.person for d in mine}
                              if chosen.find else None),
            hide_index=True, height=560, column_config={"Name": st.column_config.TextColumn(pinned=True)},
            alt="People by hours; each cell names the place of the duty",
        )  # fmt: skip
    with where:
        ordered = _tables.in_order(mine)
        st.session_state["roster_rows"] = [f"{d.group}/{d.seat}" for d in ordered]
        taken: dict[str, Any] = {"key": "roster_table", "on_select": _row_picked, "selection_mode": "single-row"}
        st.dataframe(
            _tables.duty_rows(view, ordered), hide_index=True, height=560, alt="Duties in order of time",
            **(taken if chosen.editing else {}),
        )  # fmt: skip
    with seats:
        short = st.toggle("Only what is short", key="roster_short")
        table = _tables.seat_rows(view)
        st.dataframe(
            table[table["Short"] > 0] if short and len(table) else table, hide_index=True, height=560,
            alt="Seats with their number, its reason and who fills them",
        )  # fmt: skip
    with hours:
        st.dataframe(
            _tables.person_rows(view, chosen.unit), hide_index=True, height=560, alt="Hours of each person"
        )


def _bar_picked() -> None:
    """A bar of the timeline was clicked."""
    found = st.session_state["roster_lines"].selection.get("seat", [])
    if found:
        pick(found[0]["seat"])


def _row_picked() -> None:
    """A row of the table was chosen."""
    rows = st.session_state["roster_table"].selection.get("rows", [])
    known = st.session_state.get("roster_rows", [])
    if rows and rows[0] < len(known):
        pick(known[rows[0]])
