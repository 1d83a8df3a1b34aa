"""Charts of Patrols: rounds over a 24-hour axis, and how long each place stays unseen against its promise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from app_pages._charts import moment, time_axis
from scenarios.manned import Manned
from scenarios.rounds import Promise
from scenarios.tongue import say as _
from scenarios.view import PlanView, TourView

#: What is drawn, and how: colours of the pages, told apart by shape as well (bars, ticks, frames).
LIGHT = {"tour": "#8fb4dd", "stop": "#0b3d7d", "rest": "#d6820b", "kept": "#9fd3bf", "broken": "#d3222a"}
DARK = {"tour": "#3d5f8a", "stop": "#a9d0ff", "rest": "#ffb454", "kept": "#2f6b57", "broken": "#ff5c5c"}
ROW = 26


def round_chart(view: PlanView, tours: Sequence[TourView], first_s: int, last_s: int, *, dark: bool = False) -> Any:
    """A line for each call sign: the tour as a bar, its stops as ticks, its breaks as hollow bars."""
    ink = DARK if dark else LIGHT
    manned, out, stops, rests = Manned.of(view), [], [], []
    for tour in tours:
        whole = {"crew": tour.call_sign, "unit": view.units.get(tour.unit, tour.unit),
                 "manned": _("yes") if manned.rides(tour) else _("no")}  # fmt: skip
        out.append(whole | _span(view, tour.depart_s, tour.return_s, first_s, last_s))
        for number, stop in enumerate(tour.stops, start=1):
            if first_s <= stop.arrive_s < last_s:
                its = _span(view, stop.arrive_s, max(stop.leave_s, stop.arrive_s + 60), first_s, last_s)
                stops.append(whole | its | {"place": f"{number}. {stop.name}"})
        rests += [whole | _span(view, a, b, first_s, last_s) for a, b in tour.rests if a < last_s and first_s < b]
    order = sorted({t.call_sign for t in tours})
    y = alt.Y("crew:N", sort=order, title=None, axis=alt.Axis(labelLimit=140, labelOverlap=False, grid=True))
    x = time_axis(view, first_s, last_s, top=True)
    tip = [alt.Tooltip("crew:N", title=_("Crew")), alt.Tooltip("unit:N", title=_("Unit")),
           alt.Tooltip("when:N", title=_("When"))]  # fmt: skip
    layers = [
        alt.Chart(_rows(out, "manned")).mark_bar(height=6, color=ink["tour"], cornerRadius=3).encode(
            x=x, x2="end:T", y=y, tooltip=tip
        ),
        alt.Chart(_rows(stops, "place")).mark_bar(height=16, color=ink["stop"]).encode(
            x=x, x2="end:T", y=y, tooltip=[*tip, alt.Tooltip("place:N", title=_("Place"))]
        ),
        alt.Chart(_rows(rests, "manned")).mark_bar(
            height=14, fill="transparent", stroke=ink["rest"], strokeWidth=2
        ).encode(x=x, x2="end:T", y=y, tooltip=[*tip, alt.Tooltip("what:N", title=" ")]).transform_calculate(
            what=f"'{_('Break')}'"
        ),
    ]  # fmt: skip
    return alt.layer(*layers).properties(height=alt.Step(ROW))


def gap_chart(view: PlanView, every: Sequence[Promise], first_s: int, last_s: int, *, dark: bool = False) -> Any:
    """A line for each promise: unseen stretches as bars, those beyond the promise thick and red, visits as ticks."""
    ink = DARK if dark else LIGHT
    bars, visits = [], []
    for p in every:
        label = {"place": _label(view, p), "name": p.name}
        for a, b in p.unseen:
            if a < last_s and first_s < b:
                beyond = b - a > p.promised_s
                bars.append(label | _span(view, a, b, first_s, last_s)
                            | {"minutes": (b - a) // 60, "promised": p.promised_s // 60, "beyond": beyond})  # fmt: skip
        for a, b, sign in p.visits:
            if a < last_s and first_s < b:
                visits.append(label | _span(view, a, max(b, a + 60), first_s, last_s) | {"crew": sign})
    order = list(dict.fromkeys(_label(view, p) for p in every))
    y = alt.Y("place:N", sort=order, title=None, axis=alt.Axis(labelLimit=260, labelOverlap=False, grid=True))
    x = time_axis(view, first_s, last_s, top=True)
    tip = [
        alt.Tooltip("name:N", title=_("Place")), alt.Tooltip("when:N", title=_("Unseen")),
        alt.Tooltip("minutes:Q", title=_("minutes")), alt.Tooltip("promised:Q", title=_("promised")),
    ]  # fmt: skip
    known = _rows(bars, "minutes", "promised", "beyond", name="place")
    kept, broken = known[~known["beyond"].astype(bool)], known[known["beyond"].astype(bool)]
    layers = [
        alt.Chart(kept).mark_bar(height=6, color=ink["kept"]).encode(x=x, x2="end:T", y=y, tooltip=tip),
        alt.Chart(broken).mark_bar(height=14, color=ink["broken"], opacity=0.85).encode(
            x=x, x2="end:T", y=y, tooltip=tip
        ),
        alt.Chart(_rows(visits, "crew", name="place")).mark_bar(height=18, color=ink["stop"]).encode(
            x=x, x2="end:T", y=y,
            tooltip=[alt.Tooltip("name:N", title=_("Place")), alt.Tooltip("crew:N", title=_("Crew")),
                     alt.Tooltip("when:N", title=_("When"))],
        ),
    ]  # fmt: skip
    return alt.layer(*layers).properties(height=alt.Step(ROW))


def _label(view: PlanView, p: Promise) -> str:
    """The place, with the hours of the promise where it has several."""
    return f"{p.name} ({view.hhmm(p.start_s)}-{view.hhmm(p.end_s)})"


def _span(view: PlanView, a: int, b: int, first_s: int, last_s: int) -> dict[str, object]:
    return {
        "start": moment(view, max(a, first_s)), "end": moment(view, min(b, last_s)),
        "when": f"{view.hhmm(a)}-{view.hhmm(b)}",
    }  # fmt: skip


def _rows(rows: Sequence[dict[str, object]], *more: str, name: str = "crew") -> pd.DataFrame:
    """A table with its columns even where it has no row."""
    columns = list(dict.fromkeys([name, "name", "unit", "start", "end", "when", *more]))
    return pd.DataFrame(list(rows), columns=columns)
