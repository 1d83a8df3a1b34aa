"""What differs on the map: posts by shape and sign, one crew's round before and now; the same as tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from app_pages import _data
from app_pages._compare import Shown
from app_pages._component import show_map
from scenarios.mapdiff import (
    difference_map,
    post_differences,
    post_rows,
    round_differences,
    round_rows,
)
from scenarios.tongue import language, says
from scenarios.tongue import say as _
from scenarios.view import PlanView


@st.cache_resource(max_entries=12, show_spinner=False)
def _drawn(
    key: str, code: str, crew: str, _ground: dict[str, Any], _base: PlanView, _other: PlanView  # noqa: ARG001
) -> dict[str, Any]:
    rounds = [one for one in round_differences(_base, _other) if one.sign == crew]
    return difference_map(_ground, _base, _other, rounds)


def map_part(shown: Sequence[Shown]) -> None:
    """The first plan against one other."""
    base, rest = shown[0], shown[1:]
    other = rest[0]
    cells = st.columns([3, 2], vertical_alignment="bottom")
    if len(rest) > 1:
        at = cells[0].selectbox(
            _("Against {first}", first=base.title), range(len(rest)), key="compare_map_plan",
            format_func=lambda k: rest[k].title,
        )  # fmt: skip
        other = rest[at or 0]
    posts = post_differences(base.view, other.view)
    rounds = round_differences(base.view, other.view)
    told = [one for one in posts if one.kind != "same"]
    posts_told = says("{n} post differs", "{n} posts differ", len(told)) if told else _("The same posts")
    rounds_told = says("{n} round differs", "{n} rounds differ", len(rounds)) if rounds else _("the same rounds")
    crew = ""
    if rounds:
        signs = ["", *dict.fromkeys(one.sign for one in rounds)]
        # Where no post differs, a round is drawn at once: else the map would show nothing new.
        crew = cells[1].selectbox(
            _("Round to draw"), signs, index=0 if told else 1, key=f"compare_round-{other.job.id}",
            format_func=lambda one: one or _("none"),
        ) or ""  # fmt: skip
    cells[0].markdown(_("{posts}, {rounds}.", posts=f"**{posts_told}**", rounds=rounds_told))
    st.caption(
        _("Posts: + new, − gone, → moved, ≠ other times or units, grey the same. Rounds: solid now, dashed before.")
    )
    key = f"{base.job.id}-{other.job.id}"
    stand = f"{base.key} {other.key}"  # with what was set by hand since, in either plan
    drawn = _drawn(stand, language(), crew, _data.map_of(other.job), base.view, other.view)
    show_map(drawn, key=f"diff-{key}-{crew}", height="max(420px, calc(100vh - 22rem))")
    if told:
        st.markdown("##### " + _("Posts"))
        st.dataframe(pd.DataFrame(post_rows(base.view, other.view)), hide_index=True, row_height=44, height="content",
                     alt=_("Posts that differ: before and after"))  # fmt: skip
    if rounds:
        st.markdown("##### " + _("Rounds"))
        st.dataframe(
            pd.DataFrame(round_rows(base.view, other.view)), hide_index=True,
            height="content" if len(rounds) < 12 else 420, alt=_("Rounds that differ: before and after"),
        )  # fmt: skip
