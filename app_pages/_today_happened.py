"""What happens on the day: sick calls and incidents, each saved as changes of the draft."""

from __future__ import annotations

import streamlit as st

from app_pages import _data
from app_pages._changes import save, show_faults
from app_pages._words import Told
from geodata.errors import GeodataError
from scenarios import drafts
from scenarios.draft_patch import say
from scenarios.errors import ScenarioError
from scenarios.jobs import Job
from scenarios.planform import read_plan
from scenarios.schema import Scenario
from scenarios.today import happened
from scenarios.tongue import language, mark
from scenarios.tongue import say as _
from scenarios.tongue.dates import weekday_moment
from scenarios.view import PlanView

CATEGORIES = Told({
    "sworn": mark("sworn officers"), "auxiliary": mark("auxiliaries"), "armed": mark("armed police"),
    "military": mark("military"), "steward": mark("stewards"), "volunteer": mark("volunteers"),
})  # fmt: skip
LASTING = (15, 30, 45, 60, 90, 120, 180, 240, 360)
QUARTER = 900
NOTED = "today_noted"
AT_ONCE = -1


def happened_forms(source: drafts.Source, job: Job, view: PlanView, now_s: int) -> None:
    """A sick call, or something that needs people at a place."""
    try:
        scenario = _data.scenario_of(source).scenario
    except (ScenarioError, GeodataError) as error:
        show_faults(error)
        return
    ill, place = st.tabs([_("Sick call"), _("Incident")], key=f"happened-{language()}")
    with ill:
        sick_form(source, job, scenario, view, now_s)
    with place:
        incident_form(source, scenario, view, now_s)


def _moment(title: str, first: str, view: PlanView, first_s: int, key: str) -> int:
    """At once, or one of the quarter hours to the end; what is chosen stays while the clock goes on."""
    options = [AT_ONCE, *range((first_s // QUARTER + 1) * QUARTER, view.horizon_s, QUARTER)]
    kept = st.session_state.get(f"kept_{key}", AT_ONCE)
    chosen = st.selectbox(
        title, options, options.index(kept) if kept in options else 0, key=f"{key}-{len(options)}",
        format_func=lambda s: first if s == AT_ONCE else weekday_moment(view.clock(s)),
    )  # fmt: skip
    st.session_state[f"kept_{key}"] = chosen
    return first_s if chosen == AT_ONCE else chosen


def sick_form(source: drafts.Source, job: Job, scenario: Scenario, view: PlanView, now_s: int) -> None:
    """Who is away, from when."""
    away = happened.away(source.draft.rows if source.draft is not None else {}, happened.local(scenario, now_s))
    people = {person: text for person, text in happened.people_on(view, now_s) if person not in away}
    key = f"sick_who-{st.session_state.get(NOTED, 0)}"  # an empty box after each note
    # One at a time, in a box that keeps its height: the button below does not move away under the pointer.
    who = st.selectbox(
        _("Who is away"), list(people), index=None, key=key, format_func=lambda p: people.get(p, p),
        placeholder=_("name or unit"),
    )  # fmt: skip
    start = _moment(_("Away from"), _("now"), view, now_s, "sick_from")
    if st.button(_("Note the sick call"), key="note_sick", icon=":material/add:", disabled=who is None):
        note_sick(source, job, scenario, view, [str(who)], start, now_s)


def note_sick(
    source: drafts.Source, job: Job, scenario: Scenario, view: PlanView, people: list[str], from_s: int, now_s: int
) -> None:
    """Save sick calls as changes of the draft."""
    plan = read_plan(job.out / "plan.json")
    _report(source, happened.sick(scenario, view, plan, people, from_s, now_s))


def incident_form(source: drafts.Source, scenario: Scenario, view: PlanView, now_s: int) -> None:
    """What, where, how many, for how long."""
    places = {spot.id: spot for spot in happened.spots(scenario)}
    hint = _("fallen tree, missing child ...")
    title = st.text_input(_("What it is"), key="incident_what", max_chars=80, placeholder=hint)
    where = st.selectbox(_("Where"), list(places), key="incident_where", format_func=lambda one: places[one].name)
    cells = st.columns(3)
    number = cells[0].number_input(_("How many"), 1, 500, 2, key="incident_number")
    with cells[1]:
        start = _moment(_("From"), _("at once"), view, happened.earliest(scenario, now_s), "incident_from")
    minutes = cells[2].selectbox(
        _("For how long"), LASTING, index=3, key="incident_long", format_func=lambda n: _("{n} min", n=n)
    )
    there = {p.category for p in view.people}
    kinds = st.multiselect(
        _("Who may go"), [c for c in CATEGORIES if c in there], key="incident_kinds",
        format_func=lambda one: CATEGORIES[one], placeholder=_("anybody"),
    )  # fmt: skip
    if st.button(_("Note the incident"), key="note_incident", icon=":material/add:", disabled=start >= view.horizon_s):
        name = title.strip() or _("Incident")
        end = start + 60 * minutes
        _report(source, [happened.incident(scenario, name, places[where], int(number), start, end, kinds)])


def _report(source: drafts.Source, its: happened.Happened) -> None:
    """Save everything as changes of the draft; each can be taken back."""
    st.session_state[NOTED] = st.session_state.get(NOTED, 0) + 1

    def do(who: str, seen: int | None) -> drafts.Draft:
        draft = None
        for kind, values in its:
            draft = drafts.add(source.ref, kind, values, seen=seen, who=who)
            seen = draft.revision
        if draft is None:
            raise KeyError(source.ref)
        return draft

    save(source, do, " ".join(say(kind, values) for kind, values in its))
