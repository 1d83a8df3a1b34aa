"""The sign of how a scenario and its plan stand, on every page, and the warning above an outdated result."""

from __future__ import annotations

import streamlit as st

from app_pages import _state
from app_pages._words import count, when_text
from scenarios import drafts, standing
from scenarios.standing import Sign
from scenarios.store.plans import STANDINGS, Standing

COLOURS: dict[Standing, str] = {"draft": "gray", "planned": "green", "stale": "orange", "published": "blue"}
ICONS: dict[Standing, str] = {
    "draft": ":material/edit_note:", "planned": ":material/check_circle:", "stale": ":material/update:",
    "published": ":material/campaign:",
}  # fmt: skip
#: Pages that show what came of a plan.
RESULTS = {"plan.py", "map.py", "roster.py", "posts.py", "compare.py"}
OLDER = (
    "**This plan is older than its inputs.** The scenario was changed after it was made: undo that, or plan again."
)
BY_HAND = "by hand on the Roster page; the figures, the map and the papers here are those of the plan as it was made."


def badge(state: Standing) -> None:
    """One word, with a shape of its own beside the colour."""
    st.badge(state, color=COLOURS[state], icon=ICONS[state])


def told(sign: Sign) -> str:
    """What the badge means, and what is known of the plan in view."""
    lines = [STANDINGS[sign.scenario].capitalize() + "."]
    if sign.plan == "older" and sign.scenario != "stale":
        lines.append("The plan in view is older than that.")
    if sign.published_at is not None:
        lines.append(f"Given out {when_text(sign.published_at)} by {sign.published_by}.")
    if sign.differs:
        lines.append("Duties were set by hand since.")
    return " ".join(lines)


def show_sign(sign: Sign) -> None:
    """The badge and its sentence, for the frame."""
    badge(sign.scenario)
    st.caption(told(sign))


def show_banner(sign: Sign, page: str, plan_page: str) -> None:
    """Above a result that no longer tells what is asked."""
    if page not in RESULTS:
        return
    if sign.plan == "older":
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(OLDER, icon=":material/update:")
            if page != "plan.py" and st.button("Plan again", key="plan_again", icon=":material/play_circle:"):
                st.switch_page(plan_page)
    if sign.n_by_hand and page != "roster.py":
        one = count(sign.n_by_hand, "seat is", "seats are")
        st.info(f"{one} set {BY_HAND}", icon=":material/edit:")


def show_publish(plan: str) -> None:
    """The button that gives a plan out, as often as it differs from what was given out."""
    sign = standing.sign(drafts.find(_state.current().scenario), plan)
    if not sign.can_publish:
        return
    title = "Publish again" if sign.differs else "Publish"
    help_ = "Marks this plan as the one that was given out; who and when stand in the trail."
    if st.button(title, key="publish", icon=":material/campaign:", help=help_, disabled=sign.plan == "older"):
        standing.publish(plan, who=_state.person())
        st.toast("The plan is published.", icon=":material/campaign:")
        st.rerun()
