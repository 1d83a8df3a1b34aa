"""Roster: strength by the hour, each unit's people over time, who is where, and every seat with its reason."""

from __future__ import annotations

import streamlit as st

from app_pages import _charts, _tables
from app_pages._empty import plan_or_stop
from app_pages._words import count

HOUR = 3600

job, view = plan_or_stop("The roster")
days = {"All days": (0, view.horizon_s)} | _tables.days_of(view)
units = {"": "All units"} | {
    u: name for u, name in view.units.items() if any(p.unit == u for p in view.people)
}

st.markdown(f"### {view.title}")
bar = st.columns([2, 3], vertical_alignment="bottom")
unit = bar[0].selectbox("Unit", list(units), format_func=lambda u: units[u], key="roster_unit")
day = "All days"
if len(days) > 2:
    day = bar[1].segmented_control(
        "Day", list(days), default="All days", required=True, key="roster_day"
    )
first_s, last_s = days[day or "All days"]

st.markdown("#### On duty by the hour")
st.altair_chart(
    _charts.strength(view, first_s, last_s, dark=st.context.theme.type == "dark"),
    alt="People on duty of each unit, hour by hour",
)
mine = tuple(
    d
    for d in view.duties
    if (not unit or d.unit == unit) and d.start_s < last_s and first_s < d.end_s
)
people = {d.person for d in mine}
st.caption(
    f"{units[unit]}: {count(len(people), 'person', 'people')} with {count(len(mine), 'duty', 'duties')}"
)

lines, grid, where, seats, hours = st.tabs(["Timeline", "Grid", "Who and where", "Seats", "Hours"])
with lines:
    chart = _charts.timeline(view, unit, first_s, last_s)
    if chart is None:
        st.info("Nobody of this unit is on duty in this span.")
    else:
        with st.container(height=560, border=False):
            st.altair_chart(
                chart, alt="Duties of each person over time; the tab Grid has them as a table"
            )
with grid:
    step = HOUR if last_s - first_s <= 26 * HOUR else 2 * HOUR
    st.dataframe(
        _tables.grid_rows(view, unit, first_s, last_s, step),
        hide_index=True,
        height=560,
        column_config={"Name": st.column_config.TextColumn(pinned=True)},
        alt="People by hours; each cell names the place of the duty",
    )
with where:
    st.dataframe(
        _tables.duty_rows(view, mine), hide_index=True, height=560, alt="Duties in order of time"
    )
with seats:
    short = st.toggle("Only what is short", key="roster_short")
    table = _tables.seat_rows(view)
    st.dataframe(
        table[table["Short"] > 0] if short and len(table) else table,
        hide_index=True,
        height=560,
        alt="Seats with their number, its reason and who fills them",
    )
with hours:
    st.dataframe(
        _tables.person_rows(view, unit), hide_index=True, height=560, alt="Hours of each person"
    )
