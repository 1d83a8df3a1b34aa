"""Who answers for what, as a table: the twin of the map's layer."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from scenarios.view import PlanView


def territory_rows(view: PlanView) -> pd.DataFrame:
    """One row for each post and span; sites with their seconds, late ones marked."""
    names = {site.id: site.name for site in view.sites}
    where = {post.number: post.name for post in view.posts}
    return pd.DataFrame(
        [
            {
                "post": its.post,
                "where": where.get(its.post, ""),
                "when": view.span(its.start_s, its.end_s),
                "answers for": ", ".join(
                    f"{names.get(site, site)} {took} s{' (late)' if site in its.late else ''}"
                    for site, took in its.sites
                )
                or "nobody: stands as a second unit",
                "weight": its.load,
                "its share": its.share,
            }
            for its in view.territories
        ]
    )


def territory_table(view: PlanView) -> None:
    """The table and what its columns mean."""
    st.table(territory_rows(view).set_index("post"))
    st.caption(
        "Each site has one post that answers for it: in time first, then so that no post has more than its share of "
        "the weight (its part by units and a quarter more), then the nearest."
    )


def light_table(view: PlanView) -> None:
    """Blue-light ways as a table: the twin of their layer on the map."""
    names = {**view.units, **{site.id: site.name for site in view.sites}}
    st.table(
        pd.DataFrame(
            [
                {
                    "from": names.get(way.origin, way.origin),
                    "to": names.get(way.target, way.target),
                    "when": view.span(way.start_s, way.end_s),
                    "nothing closed": "no way" if way.free_s is None else f"{way.free_s} s",
                    "with closures": "no way" if way.seconds is None else f"{way.seconds} s",
                }
                for way in view.lights
            ]
        ).set_index("from")
    )
    st.caption("The walk between road and place counts at both ends. No post may stand on these ways.")


def presence_table(view: PlanView) -> None:
    """What is in sight of each site, people, barriers and cameras apart."""
    names = {site.id: site.name for site in view.sites}
    st.table(
        pd.DataFrame(
            [
                {
                    "site": names.get(row.site, row.site),
                    "when": view.span(row.start_s, row.end_s),
                    "people %": row.people,
                    "barriers %": row.barriers,
                    "cameras %": row.cameras,
                    "units that respond": row.responders,
                }
                for row in view.presence
            ]
        ).set_index("site")
    )
    st.caption("In percent of one unit of people in sight. Barriers and cameras show and delay; they never respond.")
