"""Charts: times on a 24-hour clock in the scenario's own zone, whatever zone the reader's machine is set to.

Local times are handed over as if they were UTC and drawn on a UTC scale; otherwise the browser would shift
them by its own offset.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from typing import Any

import altair as alt
import pandas as pd

from app_pages._display import is_large
from app_pages._words import level_words
from scenarios.jobs import Event
from scenarios.tongue import dates
from scenarios.tongue import say as _
from scenarios.view import PlanView

HOUR = 3600
#: Pixels of a chart's words, and in large type.
PLAIN_WORDS, LARGE_WORDS = 12, 15
#: Units up to which each has a broad row in the strip.
FEW_UNITS = 12
#: Few to many: away from the page's own colour.
HEAT = ["#c6dbf5", "#0b3d7d"]
DARK_HEAT = ["#1e3a5f", "#8fc1ff"]


def sized(chart: Any) -> Any:
    """A whole chart with its words as large as the page's: a chart measures them in pixels."""
    if not is_large():
        return chart
    size = {"labelFontSize": LARGE_WORDS, "titleFontSize": LARGE_WORDS}
    return chart.configure_axis(**size).configure_legend(**size)


def moment(view: PlanView, second: int) -> datetime:
    """Local time as a naive-looking UTC time for a UTC scale."""
    return view.clock(second).replace(tzinfo=UTC)


def time_axis(view: PlanView, first_s: int, last_s: int, *, top: bool = False) -> alt.X:
    """A 24-hour axis over a span, with the day where it is longer than one."""
    more: dict[str, Any] = {"format": "%H:%M"}
    if last_s - first_s > 30 * HOUR:
        days = ", ".join(f"'{dates.weekday(date(2023, 1, 1 + k))}'" for k in range(7))  # a Sunday first, as Vega counts
        more = {"labelExpr": f"[{days}][utcday(datum.value)] + utcFormat(datum.value, ' %H:%M')"}
    domain = [moment(view, first_s).isoformat(), moment(view, last_s).isoformat()]
    return alt.X(
        "start:T", title=None, scale=alt.Scale(type="utc", domain=domain),
        axis=alt.Axis(
            grid=True, labelOverlap=True, tickCount=12, orient="top" if top else "bottom", **more
        ),
    )  # fmt: skip


def curve(events: tuple[Event, ...], engine: str, level: str) -> Any:
    """The best value so far and what it cannot get below, over the seconds of the search."""
    mine = [e for e in events if e.engine == engine and e.level == level and e.value is not None]
    best, bound = _("best so far"), _("cannot get below")
    rows = [{"second": e.t, "what": best, "value": e.value} for e in mine]
    rows += [{"second": e.t, "what": bound, "value": e.bound} for e in mine if e.bound is not None]
    if len(mine) < 2:
        return None
    data = pd.DataFrame(rows)
    lines = (
        alt.Chart(data)
        .mark_line(interpolate="step-after", strokeWidth=2.5)
        .encode(
            x=alt.X("second:Q", title=_("seconds"), axis=alt.Axis(tickMinStep=1, format="d")),
            y=alt.Y(
                "value:Q", title=level_words(level) or None, scale=alt.Scale(zero=False, nice=True)
            ),
            color=alt.Color(
                "what:N",
                title=None,
                scale=alt.Scale(
                    domain=[best, bound], range=["#1456a8", "#d6820b"]
                ),
                legend=alt.Legend(orient="top", direction="horizontal"),
            ),
            strokeDash=alt.StrokeDash(
                "what:N",
                legend=None,
                scale=alt.Scale(domain=[best, bound], range=[[1, 0], [6, 4]]),
            ),
            tooltip=[
                alt.Tooltip("what:N", title=" "),
                alt.Tooltip("value:Q", format=","),
                "second:Q",
            ],
        )
    )
    return sized(lines.properties(height=230))


def strength(view: PlanView, first_s: int, last_s: int, *, unit: str = "", dark: bool = False) -> Any:
    """How many of each unit are on duty, hour by hour: the overview before any name is looked at.

    A click on a row is the selection ``unit``, with the unit's name. ``unit`` draws that one alone.
    """
    heads: dict[tuple[str, int], set[str]] = defaultdict(set)
    for duty in view.duties:
        if duty.start_s < last_s and first_s < duty.end_s:
            for hour in range(duty.start_s // HOUR, -(-duty.end_s // HOUR)):
                heads[duty.unit, hour].add(duty.person)
    hours = range(first_s - first_s % HOUR, last_s, HOUR)
    begins = {s: view.clock(s) for s in (*hours, last_s)}
    rows = [
        {
            "unit": view.units.get(one, one),
            "start": begins[s].replace(tzinfo=UTC),
            "end": begins[min(last_s, s + HOUR)].replace(tzinfo=UTC),
            "people": len(heads.get((one, s // HOUR), ())),
            "hour": dates.weekday_moment(begins[s]),
        }
        for one in sorted({u for u, _hour in heads} if not unit else {unit})
        for s in hours
    ]
    base = alt.Chart(pd.DataFrame(rows, columns=["unit", "start", "end", "people", "hour"])).encode(
        x=time_axis(view, first_s, last_s),
        x2="end:T",
        y=alt.Y(
            "unit:N", title=None, scale=alt.Scale(paddingInner=0.12),
            axis=alt.Axis(labelLimit=260, labelOverlap=False, labelFlush=False, labelBound=False),
        ),
    )  # fmt: skip
    many = _("on duty")
    colour = alt.Color(
        "people:Q", title=many, scale=alt.Scale(range=DARK_HEAT if dark else HEAT, domainMin=1),
        legend=None if unit else alt.Legend(format="d", tickMinStep=1),
    )  # fmt: skip
    tips = [alt.Tooltip("unit:N", title=_("Unit")), alt.Tooltip("hour:N", title=_("from")),
            alt.Tooltip("people:Q", title=many)]  # fmt: skip
    cells = base.mark_rect().encode(
        color=alt.condition("datum.people > 0", colour, alt.value("rgba(128,128,128,0.07)")), tooltip=tips
    )
    units = len({row["unit"] for row in rows})
    row = (30 if units <= FEW_UNITS else 18) + (LARGE_WORDS - PLAIN_WORDS if is_large() else 0)
    chosen = alt.selection_point(name="unit", fields=["unit"], clear=False)
    return sized(cells.add_params(chosen).properties(height=max(70, row * units + 40)))
