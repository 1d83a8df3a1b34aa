"""The cheapest ways out of what a plan leaves short: looked for on request, each one click from the draft."""

from __future__ import annotations

import streamlit as st

from app_pages import _state
from app_pages._changes import keep
from app_pages._progress import stage_words
from app_pages._words import lasting
from scenarios import drafts, jobs, standing, waysout
from scenarios.handplans import can_be_laid_out
from scenarios.jobs import Job
from scenarios.tongue import language, says
from scenarios.tongue import say as _
from scenarios.waysout import Shortage, Way, Ways

SECONDS = 40.0
ICONS = {
    "drop": ":material/event_busy:", "borrow": ":material/group_add:", "lend": ":material/swap_horiz:",
    "standin": ":material/badge:", "loosen": ":material/rule_settings:", "waive": ":material/rule:",
    "qualify": ":material/school:", "recall": ":material/undo:", "unpin": ":material/keep_off:",
    "rank": ":material/military_tech:", "demand": ":material/trending_down:",
}  # fmt: skip
#: Ways shown at once for each shortage; the dearer ones behind one click.
FEW = 3
_ADDED = "way_added"


def show_ways(source: drafts.Source, job: Job) -> None:
    """The button, the search while it runs, and what it found."""
    st.markdown("#### " + _("Ways out"), anchors=False)
    if not can_be_laid_out(job):
        st.caption(_("The plan's file is gone: plan again to look for ways out."))
        return
    search = jobs.explanation(job.id)
    if search is None:
        st.caption(_("Which seats cannot be filled and why, and what would mend it: proven, with the effort of each."))
        if st.button(_("Find the cheapest ways out"), key="find_ways", type="primary", icon=":material/search:"):
            waysout.look(source, job, seconds=SECONDS)
            st.rerun()
        return
    if search.running:
        _searching(job.id, search.id)
        return
    found = waysout.found_by(search, language())
    stale = search.key != waysout.key_of(source, job)
    if stale:
        st.warning(_("Duties or the scenario have changed since this was looked for."), icon=":material/update:")
    elif standing.sign(source, job.id).plan == "older":
        st.caption(
            _("Looked for over the scenario as it is now, with the posts, patrols and duties of this older plan.")
        )
    if found is None:
        _failed(search)
    else:
        show_found(source, found)
    if st.button(_("Look again"), key="find_ways", icon=":material/refresh:", type="primary" if stale else "secondary"):
        waysout.look(source, job, seconds=SECONDS)
        st.rerun()


@st.fragment(run_every="1s")
def _searching(plan: str, ident: str) -> None:
    """The search as it goes, anew each second; one full run at its end."""
    search = jobs.explanation(plan)
    if search is None or not search.running:
        st.rerun()
        return
    doing = [stage_words(event.text) for event in search.events if event.engine == "explain" and event.text]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(_("looking for ways out"), color="blue", icon=":material/search:")
        limit = lasting(search.options.seconds)
        st.caption(_("{time} of at most {limit}", time=lasting(search.elapsed_s), limit=limit))
        if st.button(_("Stop and show what was found"), key="stop_ways", icon=":material/stop_circle:"):
            jobs.stop(ident)
    st.progress(min(1.0, search.elapsed_s / max(1.0, search.options.seconds)), text=doing[-1] if doing else None)


def _failed(search: Job) -> None:
    """A search that found nothing because it could not."""
    if search.state == "failed" and search.result is not None:
        faults = search.result.faults_in.get(language(), search.result.faults)
        st.error(_("The scenario has faults, so that nothing can be looked for:"))
        st.markdown("\n".join(f"- {fault}" for fault in faults))
    elif search.state == "stopped":
        st.info(_("Stopped before it began."))
    else:
        st.error(_("The search broke off. What it said last:"))
        st.code(jobs.log_tail(search.id) or _("(nothing)"), language=None)


def show_found(source: drafts.Source, found: Ways) -> None:
    """What is short and why, and for each shortage its ways out as cards."""
    st.markdown(f"**{found.head}**")
    if found.lines:
        st.markdown("\n".join(f"- {line}" for line in found.lines))
    if not found.finished:
        st.caption(_("The time ended before everything was looked into."))
    for number, shortage in enumerate(found.shortages, start=1):
        with st.container(border=True):
            show_shortage(source, shortage, number, len(found.shortages))
    if found.out_of_reach:
        with st.expander(_("Out of reach, whatever the plan")):
            st.markdown("\n".join(f"- {line}" for line in found.out_of_reach))


def show_shortage(source: drafts.Source, shortage: Shortage, number: int, n_all: int) -> None:
    """The seats, why they must stay empty, and what would mend it."""
    if n_all > 1:
        st.markdown("##### " + _("Shortage {n} of {all}", n=number, all=n_all), anchors=False)
    st.markdown("\n".join(f"- {line}" for line in shortage.lines))
    if not shortage.looked_into:
        st.caption(_("Its ways out were not looked for in the time given."))
        return
    if shortage.ways:
        one = says("{n} way out, shown to work:", "{n} ways out, each shown to work; the cheapest first:",
                   len(shortage.ways))  # fmt: skip
        st.caption(one)
        cards(source, shortage.ways[:FEW], f"{number}-a")
        if len(shortage.ways) > FEW:
            rest = shortage.ways[FEW:]
            with st.expander(says("{n} dearer way", "{n} dearer ways", len(rest))):
                cards(source, rest, f"{number}-b")
    else:
        st.caption(_("No way out by a single step was found in the time given."))
    if shortage.conflict:
        with st.expander(_("Why: these cannot all hold together")):
            st.markdown("\n".join(f"- {line}" for line in shortage.conflict))


def cards(source: drafts.Source, ways: tuple[Way, ...], key: str) -> None:
    """Ways out side by side."""
    for first in range(0, len(ways), FEW):
        for k, (column, way) in enumerate(zip(st.columns(FEW), ways[first : first + FEW], strict=False), start=first):
            with column.container(border=True, height="stretch"):
                card(source, way, f"way-{key}-{k}")


def card(source: drafts.Source, way: Way, key: str) -> None:
    """One way out: what it does, what it costs, and the button that adds it to the draft."""
    st.markdown(f"{ICONS.get(way.kind, '')} **{way.title}**")
    st.markdown(way.what)
    st.badge(_("effort {n}", n=way.price), color="gray")
    if way.least:
        st.caption(_("Nothing less of this kind is enough; this is proven."))
    if way.whatif is None:
        st.caption(_("No change of the tables can say this: arrange it by hand."))
    elif st.button(_("Add to the draft"), key=key, icon=":material/add:", width="stretch"):
        told = _("{title}: added to the draft.", title=way.title)
        if keep(source, lambda ref, who, seen: waysout.take_over(ref, way, seen=seen, who=who), told):
            st.session_state[_ADDED] = (_state.current().scenario, way.what)
            st.rerun()


def show_added(source: drafts.Source) -> None:
    """What was taken over last, until it is planned."""
    ref, what = st.session_state.get(_ADDED, ("", ""))
    if ref != source.ref:
        return
    st.success(_("Added to the draft: {what} Plan again above to see what it gives.", what=what), icon=":material/add:")


def forget_added() -> None:
    """A new plan is being made: what was added is part of it."""
    st.session_state.pop(_ADDED, None)
