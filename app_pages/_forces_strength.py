"""Strength: who is on hand by unit and hour, against what is asked for; the same as a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import altair as alt
import pandas as pd
import streamlit as st

from app_pages import _forces_data
from scenarios import drafts
from scenarios.forces.strength import Party, Strength
from scenarios.load import Loaded
from scenarios.raw import Raw
from scenarios.tongue import mark, says
from scenarios.tongue import say as _
from scenarios.tongue.dates import short_day, weekday_moment

BODIES = {"police": mark("Police and support"), "stewards": mark("Stewards and guards")}
#: Blue and orange are told apart by everybody; the one that is asked for is a line besides.
BLUE, ORANGE = "#1456a8", "#c2410c"
DARK_BLUE, DARK_ORANGE = "#8fc1ff", "#ffb38a"


def strength_tab(source: drafts.Source, _raw: Raw, loaded: Loaded | None) -> None:
    """Bodies over time, then units over time, then all of it as a table."""
    if loaded is None:
        st.info(_("Strength is counted once the faults are mended."), icon=":material/info:")
        return
    its = _forces_data.strength(source)
    _figures(its, loaded)
    cells = st.columns(len(its.bodies) or 1, gap="large")
    for cell, body in zip(cells, its.bodies, strict=False):
        with cell:
            st.markdown(f"##### {_(BODIES[body.name])}")
            st.altair_chart(_curve(its, body), alt=_alt(body, its))
    st.caption(_("On hand is everybody who is not away for the whole hour; nobody works all these hours. Asked for is "
                 "what follows from the programme; posts and patrols come on top when it is planned."))  # fmt: skip
    st.markdown("##### " + _("Units by the hour"))
    st.altair_chart(_strip(its), alt=_("People on hand of each unit, hour by hour; the table below says the same."))
    with st.expander(_("As a table"), icon=":material/table:"):
        st.dataframe(_frame(its), hide_index=True, alt=_("People on hand and asked for by unit and hour"))


def _figures(its: Strength, loaded: Loaded) -> None:
    away = len({row.person for row in loaded.scenario.absences})
    cells = st.columns(4)
    heads = sum(body.heads for body in its.bodies)
    unnamed = sum(unit.unnamed for unit in its.units)
    cells[0].metric(_("People"), f"{heads:,}", says("{n} without a name yet", "{n} without a name yet", unnamed)
                    if unnamed else None, delta_color="off", delta_arrow="off")  # fmt: skip
    cells[1].metric(_("Away for some of the time"), f"{away:,}")
    short = max((body.short for body in its.bodies), default=0)
    cells[2].metric(_("Short in the worst hour"), f"{short:,}")
    whole = next((lift for lift in its.tightest if lift.category == "all"), None)
    if whole is not None:
        when = weekday_moment(loaded.scenario.clock(whole.start_s))
        hours = f"{whole.needed_h:,.0f} / {whole.available_h:,.0f}"
        cells[3].metric(_("Hours asked for of those people can give"), hours, _("tightest from {when}", when=when),
                        delta_color="off", delta_arrow="off")  # fmt: skip


def _utc(when: datetime) -> str:
    return when.replace(tzinfo=UTC).isoformat()


def _axis(its: Strength) -> alt.X:
    form = "%H:%M" if len(its.hours) <= 30 else "%d.%m. %H:%M"
    axis = alt.Axis(format=form, labelOverlap=True, tickCount=8)
    return alt.X("start:T", title=None, scale=alt.Scale(type="utc"), axis=axis)


def _curve(its: Strength, body: Party) -> alt.LayerChart:
    rows = [
        {"start": _utc(hour), "hand": body.present[k], "asked": body.needed[k], "when": weekday_moment(hour)}
        for k, hour in enumerate(its.hours)
    ]
    rows += [{**rows[-1], "start": _utc(its.hours[-1] + timedelta(hours=1))}] if rows else []
    dark = st.context.theme.type == "dark"
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=_axis(its),
        tooltip=[alt.Tooltip("when:N", title=_("Hour")), alt.Tooltip("hand:Q", title=_("on hand")),
                 alt.Tooltip("asked:Q", title=_("asked for"))],
    )  # fmt: skip
    hand = base.mark_area(interpolate="step-after", opacity=0.25, line={"color": DARK_BLUE if dark else BLUE},
                          color=DARK_BLUE if dark else BLUE).encode(y=alt.Y("hand:Q", title=None))  # fmt: skip
    asked = base.mark_line(interpolate="step-after", strokeWidth=3, strokeDash=[6, 3],
                           color=DARK_ORANGE if dark else ORANGE).encode(y="asked:Q")  # fmt: skip
    names = [_("on hand"), _("asked for")]
    legend = alt.Chart(pd.DataFrame({"what": names})).mark_point(opacity=0).encode(
        color=alt.Color("what:N", title=None, scale=alt.Scale(
            domain=names, range=[DARK_BLUE, DARK_ORANGE] if dark else [BLUE, ORANGE]),
            legend=alt.Legend(orient="top", symbolOpacity=1, symbolType="stroke")),
    )  # fmt: skip
    return alt.layer(hand, asked, legend).properties(height=220)


def _strip(its: Strength) -> alt.Chart:
    rows = [
        {"unit": unit.name, "start": _utc(hour), "end": _utc(hour.replace(minute=59)), "hand": unit.present[k],
         "share": 100 * unit.present[k] / unit.heads if unit.heads else 0, "asked": unit.needed[k],
         "when": weekday_moment(hour)}
        for unit in its.units for k, hour in enumerate(its.hours)
    ]  # fmt: skip
    dark = st.context.theme.type == "dark"
    colors = ["#1e3a5f", "#8fc1ff"] if dark else ["#c6dbf5", "#0b3d7d"]
    return alt.Chart(pd.DataFrame(rows)).mark_rect(height=alt.RelativeBandSize(0.8)).encode(
        x=_axis(its), x2="end:T",
        y=alt.Y("unit:N", title=None, sort=[unit.name for unit in its.units], axis=alt.Axis(labelLimit=220)),
        color=alt.Color("hand:Q", title=_("on hand"), scale=alt.Scale(range=colors, domainMin=0),
                        legend=alt.Legend(orient="top")),
        tooltip=[alt.Tooltip("unit:N", title=_("Unit")), alt.Tooltip("when:N", title=_("Hour")),
                 alt.Tooltip("hand:Q", title=_("on hand")), alt.Tooltip("asked:Q", title=_("asked of it alone"))],
    ).properties(height={"step": 22})  # fmt: skip


def _alt(body: Party, its: Strength) -> str:
    return _(
        "{what}: between {low} and {high} on hand, at most {most} asked for, over {n} hours",
        what=_(BODIES[body.name]), low=min(body.present, default=0), high=max(body.present, default=0),
        most=max(body.needed, default=0), n=len(its.hours),
    )  # fmt: skip


def _frame(its: Strength) -> pd.DataFrame:
    columns = [f"{short_day(hour)} {hour:%H}" for hour in its.hours]
    named = [(body, _(BODIES[body.name])) for body in its.bodies] + [(unit, unit.name) for unit in its.units]
    rows = []
    for party, name in named:
        cells = (f"{here} / {asked}" for here, asked in zip(party.present, party.needed, strict=True))
        rows.append({_("Who"): name, _("People"): party.heads, **dict(zip(columns, cells, strict=True))})
    return pd.DataFrame(rows)
