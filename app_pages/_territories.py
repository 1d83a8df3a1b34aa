"""Who answers for what, as a table: the twin of the map's layer."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from scenarios.tongue import say as _
from scenarios.view import PlanView


def territory_rows(view: PlanView) -> pd.DataFrame:
    """One row for each post and span; sites with their seconds, late ones marked."""
    names = {site.id: site.name for site in view.sites}
    where = {post.number: post.name for post in view.posts}
    return pd.DataFrame(
        [
            {
                _("post"): its.post,
                _("where"): where.get(its.post, ""),
                _("when"): view.span(its.start_s, its.end_s),
                _("answers for"): ", ".join(
                    _("{site} {n} s (late)", site=names.get(site, site), n=took) if site in its.late
                    else _("{site} {n} s", site=names.get(site, site), n=took)
                    for site, took in its.sites
                )
                or _("nobody: stands as a second unit"),
                _("weight"): its.load,
                _("its share"): its.share,
            }
            for its in view.territories
        ]
    )


def territory_table(view: PlanView) -> None:
    """The table and what its columns mean."""
    st.table(territory_rows(view).set_index(_("post")))
    st.caption(
        _("Each site has one post that answers for it: in time first, then so that no post has more than its share of "
          "the weight (its part by units and a quarter more), then the nearest.")
    )  # fmt: skip


def light_table(view: PlanView) -> None:
    """Blue-light ways as a table: the twin of their layer on the map."""
    names = {**view.units, **{site.id: site.name for site in view.sites}}
    st.table(
        pd.DataFrame(
            [
                {
                    _("from"): names.get(way.origin, way.origin),
                    _("to"): names.get(way.target, way.target),
                    _("when"): view.span(way.start_s, way.end_s),
                    _("nothing closed"): _("no way") if way.free_s is None else _("{n} s", n=way.free_s),
                    _("with closures"): _("no way") if way.seconds is None else _("{n} s", n=way.seconds),
                }
                for way in view.lights
            ]
        ).set_index(_("from"))
    )
    st.caption(_("The walk between road and place counts at both ends. No post may stand on these ways."))


def presence_table(view: PlanView) -> None:
    """What is in sight of each site, people, barriers and cameras apart."""
    names = {site.id: site.name for site in view.sites}
    st.table(
        pd.DataFrame(
            [
                {
                    _("site"): names.get(row.site, row.site),
                    _("when"): view.span(row.start_s, row.end_s),
                    _("people %"): row.people,
                    _("barriers %"): row.barriers,
                    _("cameras %"): row.cameras,
                    _("units that respond"): row.responders,
                }
                for row in view.presence
            ]
        ).set_index(_("site"))
    )
    st.caption(
        _("In percent of one unit of people in sight. Barriers and cameras show and delay; they never respond.")
    )
