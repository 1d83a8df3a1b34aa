"""Charts and tables of the trade-off between posts and cover."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from app_pages._words import Told
from scenarios.tongue import mark
from scenarios.tongue import say as _
from scenarios.view import PlanView, TradeOff

SHARES = Told({"in_time": mark("reached in time"), "backed": mark("with a second unit in time")})


def trade_table(points: tuple[TradeOff, ...]) -> pd.DataFrame:
    """One row for each number of posts."""
    return pd.DataFrame(
        {
            _("posts at once"): [_("{n} (this plan)", n=p.n_posts) if p.here else str(p.n_posts) for p in points],
            _("in time %"): [p.in_time_pct for p in points],
            _("second unit in time %"): [p.backed_pct for p in points],
            _("mean response s"): [p.mean_s for p in points],
            _("proven"): [_("yes") if p.proven else _("no") for p in points],
        }
    )


def post_table(view: PlanView) -> pd.DataFrame:
    """One row for each post of the plan."""
    names = {site.id: site.name for site in view.sites}
    return pd.DataFrame(
        {
            _("post"): [p.number for p in view.posts],
            _("where"): [p.name for p in view.posts],
            _("answers first for"): [", ".join(names.get(s, s) for s in p.covers) for p in view.posts],
            _("worth"): [p.worth for p in view.posts],
        }
    )


def next_table(view: PlanView) -> pd.DataFrame:
    """The next best places, the best first."""
    places = view.force.next_places if view.force is not None else ()
    return pd.DataFrame(
        {
            _("where"): [p.name for p in places],
            _("point"): [f"{p.lonlat[1]:.5f} N, {p.lonlat[0]:.5f} E" for p in places],
            _("what it would add"): [p.adds for p in places],
        }
    )


def _axis(points: tuple[TradeOff, ...]) -> alt.X:
    return alt.X(
        "posts:O",
        title=_("posts at once"),
        sort=[p.n_posts for p in points],
        axis=alt.Axis(labelAngle=0),
    )


def _here(points: tuple[TradeOff, ...]) -> Any:
    """A band behind the plan's own number."""
    rows = pd.DataFrame({"posts": [p.n_posts for p in points if p.here]})
    return alt.Chart(rows).mark_rule(opacity=0.16, strokeWidth=22, color="#2f7fd6").encode(x=_axis(points))


def share_chart(points: tuple[TradeOff, ...]) -> Any:
    """Shares of weight in time and with a second unit in time; filled points are proven."""
    names, words = list(SHARES.values()), {True: _("yes"), False: _("no")}
    rows = [
        {"posts": p.n_posts, "what": what, "share": value, "proven": words[p.proven], "sure": p.proven}
        for p in points
        for what, value in zip(names, (p.in_time_pct, p.backed_pct), strict=True)
        if value is not None
    ]
    base = alt.Chart(pd.DataFrame(rows, columns=["posts", "what", "share", "proven", "sure"])).encode(
        x=_axis(points),
        y=alt.Y("share:Q", title=_("% of weight"), scale=alt.Scale(domain=[0, 100])),
        color=alt.Color(
            "what:N",
            title=None,
            scale=alt.Scale(domain=names, range=["#2f7fd6", "#2f9e44"]),
            legend=alt.Legend(orient="top", direction="horizontal", labelLimit=260),
        ),
        shape=alt.Shape("what:N", title=None, scale=alt.Scale(domain=names, range=["circle", "square"])),
        tooltip=[
            alt.Tooltip("posts:O", title=_("posts at once")), alt.Tooltip("what:N", title=" "),
            alt.Tooltip("share:Q", format=".1f", title="%"), alt.Tooltip("proven:N", title=_("proven")),
        ],
    )
    filled = alt.condition("datum.sure", alt.value(1.0), alt.value(0.0))
    marks = base.mark_line(strokeWidth=2.5) + base.mark_point(size=70, filled=True).encode(
        fillOpacity=filled, strokeOpacity=alt.value(1.0)
    )
    return (_here(points) + marks).properties(height=290)


def time_chart(points: tuple[TradeOff, ...]) -> Any:
    """The weighted mean response."""
    rows = [{"posts": p.n_posts, "seconds": p.mean_s} for p in points if p.mean_s is not None]
    base = alt.Chart(pd.DataFrame(rows, columns=["posts", "seconds"])).encode(
        x=_axis(points),
        y=alt.Y("seconds:Q", title=_("mean response, seconds"), scale=alt.Scale(zero=True)),
        tooltip=[
            alt.Tooltip("posts:O", title=_("posts at once")),
            alt.Tooltip("seconds:Q", format=".1f", title=_("mean response s")),
        ],
    )
    marks = base.mark_line(strokeWidth=2.5, color="#d6820b") + base.mark_point(
        size=70, filled=True, color="#d6820b", opacity=1
    )
    return (_here(points) + marks).properties(height=290)
