"""The timeline of an event: its sessions by site, the crowd, and the people needed, one above the other.

Local times are drawn on a UTC scale, as on the other charts, so that no reader's own zone shifts them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import altair as alt
import pandas as pd

from scenarios.load import Loaded
from scenarios.programme import GROUPS, Hour, Programme
from scenarios.tongue import mark
from scenarios.tongue import say as _
from scenarios.tongue.dates import weekday_moment

HOUR = timedelta(hours=1)
GROUP_WORDS = {
    "stewards": mark("Stewards"), "police": mark("Police"), "leads": mark("Leads"), "spare": mark("Relief and reserve"),
    "home": mark("Stations"), "other": mark("Other"),
}  # fmt: skip
#: Okabe and Ito's colours, told apart by colour-blind people; the order of the stack tells them too.
COLOURS = {
    "stewards": "#e69f00", "police": "#0072b2", "leads": "#cc79a7", "spare": "#009e73", "home": "#56b4e9",
    "other": "#d55e00",
}  # fmt: skip
MOVING, THERE = "#9db8d9", "#1456a8"
#: Room for the labels of every chart, so that hours stand below each other.
LABELS = 150

#: Width of a bar in pixels, for its name to stay within.
WIDE = "(scale('x', datum.end) - scale('x', datum.start))"


def _flat(when: datetime) -> datetime:
    return when.replace(tzinfo=UTC)


def _axis(its: Programme, *, labels: bool = True) -> alt.X:
    """The whole horizon on a 24-hour clock."""
    first, last = _flat(its.hours[0].start), _flat(its.hours[-1].start) + HOUR
    form = "%H:%M" if last - first <= timedelta(hours=30) else _("%a %H:%M")
    return alt.X(
        "start:T", title=None, scale=alt.Scale(type="utc", domain=[first.isoformat(), last.isoformat()]),
        axis=alt.Axis(format=form, grid=True, labelOverlap=True, tickCount=14, labels=labels, ticks=labels),
    )  # fmt: skip


def _left(**more: Any) -> alt.Axis:
    return alt.Axis(minExtent=LABELS, maxExtent=LABELS, labelLimit=LABELS - 10, **more)


def _headed(text: str) -> alt.TitleParams:
    return alt.TitleParams(text, anchor="start", fontSize=14, offset=4)


def sessions_chart(its: Programme, loaded: Loaded) -> Any:
    """A line for each site: pale while people come and go, dark during the session; None without any."""
    zone = its.hours[0].start.tzinfo
    rows = []
    for one in its.gatherings:
        session, crowd = one.session, one.crowd
        start, end = (_flat(when.astimezone(zone)) for when in (session.start, session.end))
        told = {
            "site": one.site, "title": session.title,
            "when": " - ".join(weekday_moment(when.astimezone(zone)) for when in (session.start, session.end)),
            "people": session.attendance, "need": one.most,
        }  # fmt: skip
        first = _flat(loaded.scenario.clock(crowd.start_s))
        last = end + timedelta(minutes=session.egress_min)
        rows += [
            {**told, "start": min(first, start), "end": last, "part": "moving"},
            {**told, "start": start, "end": end, "part": "session"},
        ]
    if not rows:
        return None
    sites = list(dict.fromkeys(row["site"] for row in rows))
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=_axis(its), x2="end:T",
        y=alt.Y("site:N", sort=sites, title=None, axis=_left(labelOverlap=False)),
        tooltip=[
            alt.Tooltip("title:N", title=_("Session")), alt.Tooltip("when:N", title=_("When")),
            alt.Tooltip("people:Q", title=_("Expected"), format=","), alt.Tooltip("need:Q", title=_("Needed at once")),
        ],
    )  # fmt: skip
    moving = base.transform_filter("datum.part == 'moving'").mark_bar(height=8, color=MOVING, cornerRadius=2)
    there = base.transform_filter("datum.part == 'session'").mark_bar(height=18, color=THERE, cornerRadius=3)
    names = base.transform_filter("datum.part == 'session'").mark_text(
        align="left", dx=4, color="white", fontSize=11,
        limit=alt.ExprRef(f"max(1, {WIDE} - 8)"), opacity=alt.ExprRef(f"{WIDE} < 40 ? 0 : 1"),
    ).encode(text="title:N")  # fmt: skip
    return (moving + there + names).properties(height=alt.Step(28 if len(sites) <= 12 else 23))


def crowd_chart(its: Programme) -> Any:
    """How many are there, and how many arrive in each hour."""
    there, arrive = _("there at once"), _("arrive in the hour")
    rows = [
        {"start": at, "what": what, "heads": heads, "hour": weekday_moment(hour.start)}
        for at, hour in _steps(its)
        for what, heads in ((there, hour.heads), (arrive, hour.coming))
    ]  # fmt: skip
    scale = alt.Scale(domain=[there, arrive], range=["#56b4e9", "#d55e00"])
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=_axis(its),
        y=alt.Y("heads:Q", title=None, axis=_left(format=",d", tickCount=4)),
        color=alt.Color("what:N", title=None, scale=scale, legend=alt.Legend(orient="top", direction="horizontal")),
        tooltip=[alt.Tooltip("hour:N", title=_("Hour")), alt.Tooltip("what:N", title=" "),
                 alt.Tooltip("heads:Q", title=_("Heads"), format=",")],
    )  # fmt: skip
    area = base.transform_filter(alt.datum.what == there).mark_area(interpolate="step-after", opacity=0.55)
    line = base.transform_filter(alt.datum.what == arrive).mark_line(interpolate="step-after", strokeWidth=2.5)
    return (area + line).properties(height=210, title=_headed(_("Crowd")))


def people_chart(its: Programme) -> Any:
    """People needed at once in each hour, by task."""
    names = {group: _(GROUP_WORDS[group]) for group in GROUPS}
    there = [group for group in GROUPS if any(hour.people.get(group) for hour in its.hours)]
    shown, colours = [names[group] for group in there], [COLOURS[group] for group in there]
    rows = [
        {"start": at, "task": names[group], "people": hour.people.get(group, 0), "place": k,
         "hour": weekday_moment(hour.start)}
        for at, hour in _steps(its)
        for k, group in enumerate(there)
    ]  # fmt: skip
    return (
        alt.Chart(pd.DataFrame(rows, columns=["start", "task", "people", "place", "hour"]))
        .mark_area(interpolate="step-after")
        .encode(
            x=_axis(its),
            y=alt.Y("people:Q", title=None, axis=_left(format="d", tickMinStep=1, tickCount=5)),
            color=alt.Color(
                "task:N", title=None, sort=shown, scale=alt.Scale(domain=shown, range=colours),
                legend=alt.Legend(orient="top", direction="horizontal"),
            ),
            order=alt.Order("place:Q"),
            tooltip=[alt.Tooltip("hour:N", title=_("Hour")), alt.Tooltip("task:N", title=_("Task")),
                     alt.Tooltip("people:Q", title=_("Needed at once"))],
        )
        .properties(height=270, title=_headed(_("People needed")))
    )  # fmt: skip


def _steps(its: Programme) -> list[tuple[datetime, Hour]]:
    """Every hour at its start, and the last one at its end too, so that the steps reach it."""
    found = [(_flat(hour.start), hour) for hour in its.hours]
    return [*found, (found[-1][0] + HOUR, its.hours[-1])]
