"""Navigation and the picker of scenario and plan, nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import streamlit as st

from app_pages import _data, _display, _guide, _state, _tongue
from app_pages._sign import show_banner, show_sign
from app_pages._words import apart, begun_text, state_mark, when_text
from scenarios import drafts, jobs, standing
from scenarios.tongue import mark
from scenarios.tongue import say as _

HERE = Path(__file__).resolve().parent
#: Pages by section; the part of the address is the English title.
SECTIONS = (
    ("", (("start.py", mark("Start"), ":material/home:"),)),
    (mark("Prepare"), (
        ("event.py", mark("Event"), ":material/event:"),
        ("places.py", mark("Places"), ":material/location_on:"),
        ("forces.py", mark("Forces"), ":material/local_police:"),
        ("rules.py", mark("Rules"), ":material/rule:"),
    )),
    (mark("Solve"), (("plan.py", mark("Plan"), ":material/play_circle:"),)),
    (mark("Read"), (
        ("map.py", mark("Map"), ":material/map:"),
        ("roster.py", mark("Roster"), ":material/groups:"),
        ("patrols.py", mark("Patrols"), ":material/route:"),
        ("posts.py", mark("Posts"), ":material/pin_drop:"),
        ("compare.py", mark("Compare"), ":material/compare_arrows:"),
    )),
    (mark("On the day"), (
        ("today.py", mark("Today"), ":material/today:"),
        ("papers.py", mark("Papers"), ":material/print:"),
    )),
)  # fmt: skip
PAGES = tuple(page for _title, pages in SECTIONS for page in pages)
#: Where a scenario is opened.
FIRST = HERE / "event.py"


def main() -> None:
    """Draw the frame and run the page that was chosen."""
    st.set_page_config(page_title="Vedette", page_icon=str(HERE / "vedette.svg"), layout="wide")
    st.logo(str(HERE / "logo.svg"), icon_image=str(HERE / "vedette.svg"), size="large")
    _tongue.begin()
    _display.begin()
    _guide.begin()
    pages = {
        # Absolute paths: from a wheel the script does not lie beside the pages.
        file: st.Page(HERE / file, title=_(title), icon=icon, url_path=title.lower(), default=file == "start.py")
        for file, title, icon in PAGES
    }
    chosen = st.navigation(
        {_(title): [pages[file] for file, *_rest in its] for title, its in SECTIONS}, expanded=True
    )
    here = next(file for file, page in pages.items() if page.url_path == chosen.url_path)
    state = _state.load()
    with st.sidebar:
        gone = not pick_scenario(state)
        if not gone:
            pick_plan(_state.current())
        state = _state.current()
        its = standing.sign(drafts.find(state.scenario), state.plan) if state.scenario and not gone else None
        if its is not None:
            show_sign(its)
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            _tongue.pick_language()
            _display.pick_display([title.lower() for _file, title, _icon in PAGES])
        _display.show_document()
    if gone and here != "start.py":
        st.warning(
            _("This scenario is not here any more: it was deleted, or its address is wrong. Choose another one."),
            icon=":material/search_off:",
        )  # fmt: skip
        st.page_link(pages["start.py"], label=_("To all scenarios"), icon=":material/home:")
        return
    _guide.show_panel(pages, here)
    if its is not None:
        show_banner(its, here, str(HERE / "plan.py"))
    chosen.run()


def pick_scenario(state: _state.State) -> bool:
    """Everything that can be planned: shipped, own folders, what-ifs, drafts; False where the one in view is gone.

    What is gone is not replaced by another one in silence: the next edit would be made there.
    """
    sources: dict[str, drafts.Source] = {source.ref: source for source in drafts.sources()}
    ref = state.scenario
    if not ref and state.plan:
        # A link to a plan alone: its scenario comes with it.
        job = _data.job_of(state.plan)
        ref = job.source if job is not None else ""
    gone = bool(ref) and ref not in sources
    if not ref:
        ref = next(iter(sources), "")
    if ref != state.scenario:
        _state.choose(scenario=ref)
    st.session_state["pick_scenario"] = None if gone else ref
    names = source_names(sources.values())
    st.selectbox(
        _("Scenario"),
        list(sources),
        key="pick_scenario",
        placeholder=_("Choose a scenario"),
        format_func=names.__getitem__,
        on_change=scenario_picked,
    )
    return not gone


def source_names(sources: Iterable[drafts.Source]) -> dict[str, str]:
    """What each is called in a list: of several alike, when each was begun."""
    every = {source.ref: source for source in sources}
    begun = {ref: begun_text(ref) for ref, source in every.items() if source.draft is not None}
    return apart({ref: source.label for ref, source in every.items()}, begun)


def pick_plan(state: _state.State) -> None:
    """The plans of the chosen scenario, the newest first."""
    mine: dict[str, jobs.Job] = {job.id: job for job in jobs.jobs() if job.source == state.scenario}
    if not mine:
        _state.choose(plan="")
        return
    chosen = state.plan if state.plan in mine else next(iter(mine))
    _state.choose(plan=chosen)
    st.session_state["pick_plan"] = chosen
    st.selectbox(
        _("Plan"),
        list(mine),
        key="pick_plan",
        format_func=apart({k: f"{when_text(job.created)}  {state_mark(job)}" for k, job in mine.items()}).__getitem__,
        on_change=plan_picked,
    )


def scenario_picked() -> None:
    """Another scenario: its newest plan is taken from the list on the next run."""
    # A name that has changed since the list was drawn comes back as the words that were shown: then all stays.
    if any(source.ref == st.session_state["pick_scenario"] for source in drafts.sources()):
        _state.choose(scenario=st.session_state["pick_scenario"], plan="")


def plan_picked() -> None:
    """Another plan of the same scenario."""
    picked = st.session_state["pick_plan"]
    if picked and jobs.is_id(picked):  # the state beside its time may have changed since, as with a scenario's name
        _state.choose(plan=picked)
