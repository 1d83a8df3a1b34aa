"""The parts of the Roster page: filters that survive a change of page, the strip of strengths, and the tabs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app_pages import _charts, _tables
from app_pages._duties import pick
from scenarios.tongue import mark, says
from scenarios.tongue import say as _
from scenarios.view import DutyView, PlanView, SeatsView

HALF_HOUR, HOUR = 1800, 3600
#: So many people have their cells drawn at once; of more, a unit or a name is asked for.
FEW_PEOPLE = 220
#: So many rows of a long list.
MOST_ROWS = 2000
#: Widget -> plain key of the session: Streamlit forgets a widget's value when another page is shown.
KEPT = {"roster_unit": "", "roster_day": 0, "roster_find": "", "roster_short": False, "roster_edit": False}
TABS = {"lines": mark("Timeline"), "grid": mark("Grid"), "where": mark("Who and where"), "seats": mark("Seats"),
        "hours": mark("Hours")}  # fmt: skip


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
        """Empty seats of the span that fit, then those of the duties that fit, both by time."""
        held = [f"{d.group}/{d.seat}" for d in sorted(self.duties(view), key=lambda d: (d.start_s, d.place_name))]
        filled = {f"{d.group}/{d.seat}" for d in view.duties}
        groups = {s.id: s for s in view.seats}
        empty = []
        for seat in known:
            its = groups.get(seat.rpartition("/")[0])
            if its is None or seat in filled or int(seat.rpartition("/")[2]) > max(its.need, its.want):
                continue
            inside = its.start_s < self.last_s and self.first_s < its.end_s
            if inside and self._named(_("empty"), its.place_name, seat):
                empty.append((its.start_s, seat))
        return [seat for _start, seat in sorted(empty)] + held

    def groups(self, view: PlanView) -> list[SeatsView]:
        """The seat groups that fit: of the unit that owes them, or whose people fill them."""
        unit_of = {p.id: p.unit for p in view.people}
        return [
            s for s in view.seats
            if s.start_s < self.last_s and self.first_s < s.end_s
            and (not self.unit or s.owner == self.unit or any(unit_of.get(p) == self.unit for p in s.people))
            and self._named(s.place_name, s.id)
        ]  # fmt: skip

    def _named(self, *texts: str) -> bool:
        return not self.find or any(self.find.casefold() in text.casefold() for text in texts)


def filters(view: PlanView) -> Filters:
    """The bar above everything."""
    days = [(_("All days"), (0, view.horizon_s)), *_tables.days_of(view).items()]
    units = {"": _("All units")} | {u: n for u, n in view.units.items() if any(p.unit == u for p in view.people)}
    for key, first in KEPT.items():
        if key not in st.session_state:
            st.session_state[key] = st.session_state.get(f"kept_{key}", first)
    if st.session_state["roster_unit"] not in units:
        st.session_state["roster_unit"] = ""
    if st.session_state["roster_day"] not in range(len(days)):
        st.session_state["roster_day"] = 0
    cells = st.columns([2, 2, 2], vertical_alignment="bottom")
    unit = cells[0].selectbox(_("Unit"), list(units), format_func=lambda u: units[u], key="roster_unit")
    find = cells[1].text_input(_("Name, place or seat"), key="roster_find", placeholder=_("any"))
    editing = cells[2].toggle(_("Change duties"), key="roster_edit")
    day = 0
    if len(days) > 2:
        which = range(len(days))
        day = st.segmented_control(
            _("Day"), which, required=True, key="roster_day", format_func=lambda k: days[k][0],
        ) or 0  # fmt: skip
    for key in KEPT:
        st.session_state[f"kept_{key}"] = st.session_state[key]
    return Filters(unit, units[unit], *days[day][1], find.strip(), editing)


def show_strip(view: PlanView, chosen: Filters) -> None:
    """How many of each unit are on duty, hour by hour; a click on a row chooses the unit."""
    dark = st.context.theme.type == "dark"
    chart = _charts.strength(view, chosen.first_s, chosen.last_s, unit=chosen.unit, dark=dark)
    st.altair_chart(
        chart, alt=_("People on duty of each unit, hour by hour; the tab Grid has them as a table"), key="roster_strip",
        on_select=_unit_picked, selection_mode="unit",
    )  # fmt: skip
    st.session_state["roster_units"] = {name: unit for unit, name in view.units.items()}


def show_tabs(view: PlanView, chosen: Filters, lines: Callable[[], None]) -> None:
    """Timeline, which ``lines`` draws, and the same as tables: only the one that is looked at is made."""
    mine = chosen.duties(view)
    people = {d.person for d in mine}
    tabs = st.tabs([_(title) for title in TABS.values()], key="roster_tabs", on_change="rerun")
    if tabs[0].open:
        with tabs[0]:
            lines()
    for tab, show in zip(tabs[1:], (_grid, _where, _seats, _hours), strict=True):
        if tab.open:
            with tab:
                show(view, chosen, mine, people)
    who = says("{n} person", "{n} people", len(people))
    st.caption(_("{unit}: {people} with {duties}", unit=chosen.title, people=who,
                 duties=says("{n} duty", "{n} duties", len(mine))))  # fmt: skip


def lines_open() -> bool:
    """Whether the timeline is what is looked at."""
    first = next(iter(TABS.values()))
    return st.session_state.get("roster_tabs") in (None, _(first))


def _too_many(people: set[str]) -> bool:
    if len(people) > FEW_PEOPLE:
        st.info(_("{n} people fit: choose a unit in the list or by a click on its row above, or type a name.",
                  n=len(people)), icon=":material/filter_alt:")  # fmt: skip
        return True
    if not people:
        st.info(_("Nobody fits the filters in this span."))
    return not people


def _grid(view: PlanView, chosen: Filters, _mine: tuple[DutyView, ...], people: set[str]) -> None:
    if (chosen.find or not chosen.unit) and _too_many(people):
        return
    span = chosen.last_s - chosen.first_s
    step = HALF_HOUR if span <= 26 * HOUR else HOUR if span <= 80 * HOUR else 2 * HOUR
    if step != HALF_HOUR:
        st.caption(_("Choose a day to see half hours."))
    rows = _tables.grid_rows(
        view, chosen.unit, chosen.first_s, chosen.last_s, step, people if chosen.find or not chosen.unit else None
    )
    st.dataframe(
        rows, hide_index=True, height=560, column_config={_("Full name"): st.column_config.TextColumn(pinned=True)},
        alt=_("People by hours; each cell names the place of the duty"),
    )  # fmt: skip


def _where(view: PlanView, chosen: Filters, mine: tuple[DutyView, ...], _people: set[str]) -> None:
    ordered = _tables.in_order(mine)[:MOST_ROWS]
    if len(mine) > MOST_ROWS:
        st.caption(_("The first {few:,} of {n:,}; a unit, a day or a name brings others.", few=MOST_ROWS, n=len(mine)))
    st.session_state["roster_rows"] = [f"{d.group}/{d.seat}" for d in ordered]
    taken: dict[str, Any] = {"key": "roster_table", "on_select": _row_picked, "selection_mode": "single-row"}
    st.dataframe(
        _tables.duty_rows(view, ordered), hide_index=True, height=560, alt=_("Duties in order of time"),
        **(taken if chosen.editing else {}),
    )  # fmt: skip


def _seats(view: PlanView, chosen: Filters, _mine: tuple[DutyView, ...], _people: set[str]) -> None:
    short = st.toggle(_("Only what is short"), key="roster_short")
    mine = [its for its in chosen.groups(view) if its.n_short or not short]
    if len(mine) > MOST_ROWS:
        st.caption(_("The first {few:,} of {n:,}; a unit, a day or a name brings others.", few=MOST_ROWS, n=len(mine)))
    st.dataframe(
        _tables.seat_rows(view, mine)[:MOST_ROWS], hide_index=True, height=560,
        alt=_("Seats with their number, its reason and who fills them"),
    )  # fmt: skip


def _hours(view: PlanView, chosen: Filters, _mine: tuple[DutyView, ...], _people: set[str]) -> None:
    st.dataframe(_tables.person_rows(view, chosen.unit), hide_index=True, height=560, alt=_("Hours of each person"))


def _unit_picked() -> None:
    """A row of the strip was clicked: that unit, or all of them when it was chosen already."""
    found = st.session_state["roster_strip"].selection.get("unit", [])
    unit = st.session_state.get("roster_units", {}).get(found[0]["unit"] if found else "", "")
    st.session_state["roster_unit"] = "" if unit == st.session_state.get("roster_unit") else unit


def _row_picked() -> None:
    """A row of the table was chosen."""
    rows = st.session_state["roster_table"].selection.get("rows", [])
    known = st.session_state.get("roster_rows", [])
    if rows and rows[0] < len(known):
        pick(known[rows[0]])
