"""The sign of how a scenario and its plan stand, on every page, and the warning above an outdated result."""

from __future__ import annotations

import streamlit as st

from app_pages import _state
from app_pages._words import Told, when_text
from scenarios import drafts, standing
from scenarios.standing import Sign
from scenarios.store.plans import Standing
from scenarios.tongue import mark, says
from scenarios.tongue import say as _

WORDS: Told[Standing] = Told({
    "draft": mark("draft"), "planned": mark("planned"), "stale": mark("stale"), "published": mark("published"),
})  # fmt: skip
#: What each word means.
MEANING: Told[Standing] = Told({
    "draft": mark("No plan yet"),
    "planned": mark("Its plan fits it as it is"),
    "stale": mark("Changed after its newest plan"),
    "published": mark("Its published plan fits it as it is"),
})  # fmt: skip

COLOURS: dict[Standing, str] = {"draft": "gray", "planned": "green", "stale": "orange", "published": "blue"}
ICONS: dict[Standing, str] = {
    "draft": ":material/edit_note:", "planned": ":material/check_circle:", "stale": ":material/update:",
    "published": ":material/campaign:",
}  # fmt: skip
#: Pages that show what came of a plan.
RESULTS = {"plan.py", "map.py", "roster.py", "patrols.py", "posts.py", "compare.py"}
OLDER = mark(
    "**This plan is older than its inputs.** The scenario was changed after it was made: undo that, or plan again."
)


def badge(state: Standing) -> None:
    """One word, with a shape of its own beside the colour."""
    st.badge(WORDS[state], color=COLOURS[state], icon=ICONS[state])


def told(sign: Sign) -> str:
    """What the badge means, and what is known of the plan in view."""
    lines = [_("{meaning}.", meaning=MEANING[sign.scenario])]
    if sign.plan == "older" and sign.scenario != "stale":
        lines.append(_("The plan in view is older than that."))
    if sign.published_at is not None:
        lines.append(_("Given out {when} by {who}.", when=when_text(sign.published_at), who=sign.published_by))
    if sign.differs:
        lines.append(_("Duties were set by hand since."))
    return " ".join(lines)


def show_sign(sign: Sign) -> None:
    """The badge and its sentence, for the frame."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        badge(sign.scenario)
        st.caption(told(sign))


def show_banner(sign: Sign, page: str, plan_page: str) -> None:
    """Above a result that no longer tells what is asked."""
    if page not in RESULTS:
        return
    if sign.plan == "older":
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(_(OLDER), icon=":material/update:")
            if page != "plan.py" and st.button(_("Plan again"), key="plan_again", icon=":material/play_circle:"):
                st.switch_page(plan_page)
    if sign.n_by_hand and page != "roster.py":
        st.info(
            says("{n} seat is set by hand on the Roster page; figures, map and papers are of the plan as it stands.",
                 "{n} seats are set by hand on the Roster page; figures, map and papers are of the plan as it stands.",
                 sign.n_by_hand),
            icon=":material/edit:",
        )  # fmt: skip


def show_publish(plan: str) -> None:
    """The button that gives a plan out, as often as it differs from what was given out."""
    sign = standing.sign(drafts.find(_state.current().scenario), plan)
    if not sign.can_publish:
        return
    title = _("Publish again") if sign.differs else _("Publish")
    help_ = _("Marks this plan as the one that was given out; who and when stand in the trail.")
    if st.button(title, key="publish", icon=":material/campaign:", help=help_, disabled=sign.plan == "older"):
        standing.publish(plan, who=_state.person())
        st.toast(_("The plan is published."), icon=":material/campaign:")
        st.rerun()
