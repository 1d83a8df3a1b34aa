"""Charts: times on a 24-hour clock in the scenario's own zone, whatever zone the reader's machine is set to.

Local times are handed over as if they were UTC and drawn on a UTC scale; otherwise the browser would shift
them by its own offset.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import altair as alt
import pandas as pd

from app_pages._tables import where
from app_pages._words import level_words
from scenarios.jobs import Event
from scenarios.view import DutyView, PlanView

HOUR = 3600
#: Few to many: away from the page's own colour.
HEAT = ["#c6dbf5", "#0b3d7d"]
DARK_HEAT = ["#1e3a5f", "#8fc1ff"]
KINDS = {
    "post": "#1456a8",
    "patrol": "#7b2cbf",
    "crew": "#7b2cbf",
    "steward": "#5f6f00",
    "gate": "#c2410c",
    "guard": "#0c8599",
    "supervisor": "#d6336c",
    "lead": "#f06595",
    "reserve": "#8d96a3",
    "base": "#5c6b7a",
    "search": "#b08900",
    "relief": "#8d5a2b",
    "other": "#343a40",
}


def moment(view: PlanView, second: int) -> datetime:
    """Local time as a naive-looking UTC time for a UTC scale."""
    return view.clock(second).replace(tzinfo=UTC)


def time_axis(view: PlanView, first_s: int, last_s: int, *, top: bool = False) -> alt.X:
    """A 24-hour axis over a span."""
    form = "%H:%M" if last_s - first_s <= 30 * HOUR else "%a %H:%M"
    domain = [moment(view, first_s).isoformat(), moment(view, last_s).isoformat()]
    return alt.X(
        "start:T",
        title=None,
        scale=alt.Scale(type="utc", domain=domain),
        axis=alt.Axis(
            format=form,
            grid=True,
            labelOverlap=True,
            tickCount=12,
            orient="top" if top else "bottom",
        ),
    )


def curve(events: tuple[Event, ...], engine: str, level: str) -> Any:
    """The best value so far and what it cannot get below, over the seconds of the search."""
    mine = [e for e in events if e.engine == engine and e.level == level and e.value is not None]
    rows = [{"second": e.t, "what": "best so far", "value": e.value} for e in mine]
    rows += [
        {"second": e.t, "what": "cannot get below", "value": e.bound}
        for e in mine
        if e.bound is not None
    ]
    if len(mine) < 2:
        return None
    data = pd.DataFrame(rows)
    lines = (
        alt.Chart(data)
        .mark_line(interpolate="step-after", strokeWidth=2.5)
        .encode(
            x=alt.X("second:Q", title="seconds", axis=alt.Axis(tickMinStep=1, format="d")),
            y=alt.Y(
                "value:Q", title=level_words(level) or None, scale=alt.Scale(zero=False, nice=True)
            ),
            color=alt.Color(
                "what:N",
                title=None,
                scale=alt.Scale(
                    domain=["best so far", "cannot get below"], range=["#1456a8", "#d6820b"]
                ),
                legend=alt.Legend(orient="top", direction="horizontal"),
            ),
            strokeDash=alt.StrokeDash(
                "what:N",
                legend=None,
                scale=alt.Scale(domain=["best so far", "cannot get below"], range=[[1, 0], [6, 4]]),
            ),
            tooltip=[
                alt.Tooltip("what:N", title=" "),
                alt.Tooltip("value:Q", format=","),
                "second:Q",
            ],
        )
    )
    return lines.properties(height=230)


def strength(view: PlanView, first_s: int, last_s: int, *, dark: bool = False) -> Any:
    """How many of each unit are on duty, hour by hour: the overview before any name is looked at."""
    heads: dict[tuple[str, int], set[str]] = defaultdict(set)
    for duty in view.duties:
        for hour in range(duty.start_s // HOUR, -(-duty.end_s // HOUR)):
            heads[view.units.get(duty.unit, duty.unit), hour].add(duty.person)
    rows = [
        {
            "unit": unit,
            "start": moment(view, s),
            "end": moment(view, min(last_s, s + HOUR)),
            "people": len(heads.get((unit, s // HOUR), ())),
            "hour": f"{view.clock(s):%a %H:%M}",
        }
        for unit in sorted({u for u, _ in heads})
        for s in range(first_s - first_s % HOUR, last_s, HOUR)
    ]
    base = alt.Chart(pd.DataFrame(rows, columns=["unit", "start", "end", "people", "hour"])).encode(
        x=time_axis(view, first_s, last_s),
        x2="end:T",
        y=alt.Y(
            "unit:N",
            title=None,
            scale=alt.Scale(paddingInner=0.12),
            axis=alt.Axis(labelLimit=220, labelOverlap=False),
        ),
    )
    cells = base.mark_rect().encode(
        color=alt.condition(
            "datum.people > 0",
            alt.Color(
                "people:Q",
                title="on duty",
                scale=alt.Scale(range=DARK_HEAT if dark else HEAT, domainMin=1),
                legend=alt.Legend(format="d", tickMinStep=1),
            ),
            alt.value("rgba(128,128,128,0.07)"),
        ),
        tooltip=["unit:N", "hour:N", alt.Tooltip("people:Q", title="on duty")],
    )
    units = len({row["unit"] for row in rows})
    return cells.properties(height=max(90, 30 * units + 40))


def timeline(
    view: PlanView, duties: Sequence[DutyView], first_s: int, last_s: int, *, pick: bool = False
) -> Any:
    """One line for each person, one bar for each duty; ``pick`` makes a bar answer to a click."""
    same = Counter(p.name for p in view.people)
    label = {p.id: p.name if same[p.name] == 1 else f"{p.name} ({p.id})" for p in view.people}
    rows = [
        {
            "name": label.get(d.person, d.name),
            "start": moment(view, max(d.start_s, first_s)),
            "end": moment(view, min(d.end_s, last_s)),
            "kind": d.kind,
            "place": where(d),
            "when": view.span(d.start_s, d.end_s),
            "task": d.role or d.task,
            "seat": f"{d.group}/{d.seat}",
        }
        for d in duties
    ]
    if not rows:
        return None
    order = [label[p.id] for p in view.people]
    there = {row["name"] for row in rows}
    shown = [name for name in order if name in there]
    kinds = sorted({str(row["kind"]) for row in rows})
    chart = (
        alt.Chart(pd.DataFrame(rows))
        .mark_bar(cornerRadius=2, height=11)
        .encode(
            x=time_axis(view, first_s, last_s, top=True),
            x2="end:T",
            y=alt.Y(
                "name:N",
                sort=shown,
                title=None,
                axis=alt.Axis(labelLimit=180, labelOverlap=False, grid=True),
            ),
            color=alt.Color(
                "kind:N",
                title=None,
                legend=alt.Legend(orient="top", direction="horizontal"),
                scale=alt.Scale(domain=kinds, range=[KINDS.get(k, "#8d5a2b") for k in kinds]),
            ),
            tooltip=["name:N", "when:N", "place:N", "task:N"],
        )
        .properties(height=alt.Step(18))
    )
    if not pick:
        return chart
    picked = alt.selection_point(name="seat", fields=["seat"])
    return chart.encode(opacity=alt.condition(picked, alt.value(1), alt.value(0.45))).add_params(picked)
