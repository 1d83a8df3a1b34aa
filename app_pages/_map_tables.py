"""The table twins of the map: the plan by the hour, posts, sites, rail, territories, blue lights, what is in sight."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from app_pages._territories import light_table, presence_table, territory_table
from scenarios.hourly import hours_of
from scenarios.manned import Manned
from scenarios.sitewords import site_kind
from scenarios.tongue import language, mark
from scenarios.tongue import say as _
from scenarios.tongue.dates import weekday_moment
from scenarios.view import GapView, PlanView

CLASSES = {
    "station_approach": mark("station approach"), "bridge": mark("bridge"), "tunnel": mark("tunnel"),
    "crossing": mark("level crossing"), "open_line": mark("open line"),
}  # fmt: skip


def map_tables(view: PlanView, key: str) -> None:
    """One tab for each table that has a row."""
    known: Mapping[str, tuple[bool, Callable[[PlanView, str], None]]] = {
        _("By the hour"): (True, _hours), _("Posts"): (bool(view.posts), _posts),
        _("Sites"): (bool(view.sites), _sites),
        _("Rail"): (bool(view.sections), _rail),
        _("Who answers for what"): (bool(view.territories), lambda its, _key: territory_table(its)),
        _("Blue-light ways"): (bool(view.lights), lambda its, _key: light_table(its)),
        _("What is in sight"): (bool(view.presence), lambda its, _key: presence_table(its)),
    }  # fmt: skip
    some = {title: draw for title, (there, draw) in known.items() if there}
    for tab, (title, draw) in zip(st.tabs(list(some), key="map_tab", on_change="rerun"), some.items(), strict=True):
        if tab.open:
            with tab:
                draw(view, f"{key}-{language()}-{title}")


@st.cache_data(max_entries=20, show_spinner=False)
def _hour_rows(key: str, _view: PlanView) -> pd.DataFrame:  # noqa: ARG001
    rail = bool(_view.sections)
    return pd.DataFrame(
        [
            {
                _("Hour"): weekday_moment(_view.clock(hour.start_s)), _("Posts manned"): hour.posts,
                _("Patrols out"): hour.patrols, _("Sites reached by two"): hour.twice, _("by one"): hour.once,
                _("not in time"): hour.bare,
                **({_("Rail sections promised"): hour.promised, _("unseen too long"): hour.late} if rail else {}),
            }
            for hour in hours_of(_view)
        ]
    )  # fmt: skip


def _hours(view: PlanView, key: str) -> None:
    st.dataframe(_hour_rows(key, view), hide_index=True, alt=_("The plan by the hour"))
    st.caption(_("A site counts by its worst moment of the hour, a rail section when it was unseen too long in it. "
                 "Posts and patrols that lack people count for nothing."))  # fmt: skip


def _posts(view: PlanView, key: str) -> None:  # noqa: ARG001
    names, manned = {site.id: site.name for site in view.sites}, Manned.of(view)
    lacking = {post.number: manned.lacking(post) for post in view.posts}
    rows = [
        {
            _("Post"): post.number, _("Where"): post.name,
            _("Stands"): "; ".join(f"{view.span(s.start_s, s.end_s)} ({s.n_units} × {s.kind})" for s in post.stands),
            **({_("Short of people, counts for nothing"): "; ".join(view.span(*span) for span in lacking[post.number])}
               if any(lacking.values()) else {}),
            _("Reaches in time"): ", ".join(names.get(site, site) for site in post.covers), _("Why"): post.worth,
            _("Unit"): view.units.get(post.owner, post.owner), _("Lead"): view.leads.get(post.lead, post.lead),
        }
        for post in view.posts
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=_("Posts"))


def _sites(view: PlanView, key: str) -> None:  # noqa: ARG001
    rows = [
        {
            _("Site"): site.name, _("Class"): site.cls, _("Kind"): site_kind(site.kind),
            _("Not reached in time"): "; ".join(view.span(c.start_s, c.end_s) for c in site.uncovered),
            _("Without a second"): "; ".join(
                view.span(c.start_s, c.end_s) for c in site.cover if c.first is not None and c.second is None
            ),
            _("Longest time unseen"): _gap(view, site.gaps),
        }
        for site in sorted(view.sites, key=lambda s: (not s.uncovered, s.cls, s.name))
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=_("Sites"))


def _rail(view: PlanView, key: str) -> None:  # noqa: ARG001
    rows = [
        {
            _("Section"): section.id, _("Line"): section.line, _("Kind"): _(CLASSES.get(section.cls, section.cls)),
            _("Metres"): section.length_m,
            _("State"): _state(section.gaps), _("Longest time unseen"): _gap(view, section.gaps),
        }
        for section in sorted(view.sections, key=lambda s: -_over(s.gaps))
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=_("Rail sections"))


def _over(gaps: tuple[GapView, ...]) -> int:
    """How far the worst gap goes beyond its promise; far below nought where nothing is promised."""
    return max((gap.longest_s - gap.promised_s for gap in gaps), default=-(10**9))


def _state(gaps: tuple[GapView, ...]) -> str:
    return _("no promise") if not gaps else _("too long") if _over(gaps) > 0 else _("kept")


def _gap(view: PlanView, gaps: tuple[GapView, ...]) -> str:
    told = [
        _("{when}: {longest} min of {promised}", when=view.span(g.start_s, g.end_s), longest=round(g.longest_s / 60),
          promised=round(g.promised_s / 60))
        for g in gaps
    ]  # fmt: skip
    return "; ".join(told)
