"""What happens on the day: sick calls and incidents, each saved as changes of the draft."""

from __future__ import annotations

import streamlit as st

from app_pages import _data
from app_pages._changes import save, show_faults
from app_pages._unsent import ABOUT_PEOPLE, Unsent
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
AT_ONCE = -1


def happened_forms(source: drafts.Source, job: Job, view: PlanView, now_s: int) -> None:
    """A sick call, or something that needs people at a place."""
    try:
        scenario = _data.scenario_of(source).scenario
    except (ScenarioError, GeodataError) as error:
        show_faults(error)
        return
    titles = [_("Sick call"), _("Incident")]
    begun = bool(incident_of(source).kept) and not sick_of(source).kept
    ill, place = st.tabs(titles, default=titles[begun], key=f"happened-{language()}")
    with ill:
        sick_form(source, job, scenario, view, now_s)
    with place:
        incident_form(source, scenario, view, now_s)


def sick_of(source: drafts.Source) -> Unsent:
    """A sick call that is not noted yet; it names a person, so it is not kept for long."""
    return Unsent("sick", source.ref, days=ABOUT_PEOPLE)


def incident_of(source: drafts.Source) -> Unsent:
    """An incident that is not noted yet."""
    return Unsent("incident", source.ref)


def _moment(form: Unsent, title: str, first: str, view: PlanView, first_s: int) -> int:
    """At once, or one of the quarter hours to the end; what is chosen stays while the clock goes on."""
    options = [AT_ONCE, *range((first_s // QUARTER + 1) * QUARTER, view.horizon_s, QUARTER)]
    chosen = form.one(
        title, "from", options, start=AT_ONCE,
        format_func=lambda s: first if s == AT_ONCE else weekday_moment(view.clock(s)),
    )  # fmt: skip
    return first_s if chosen == AT_ONCE else int(chosen)


@st.fragment
def sick_form(source: drafts.Source, job: Job, scenario: Scenario, view: PlanView, now_s: int) -> None:
    """Who is away, from when."""
    form = sick_of(source)
    away = happened.away(scenario, view, now_s)
    people = {person: text for person, text in happened.people_on(view, now_s) if person not in away}
    # One at a time, in a box that keeps its height: the button below does not move away under the pointer.
    who = form.one(
        _("Who is away"), "who", list(people), format_func=lambda p: people.get(p, p), placeholder=_("name or unit")
    )
    start = _moment(form, _("Away from"), _("now"), view, now_s)
    if st.button(_("Note the sick call"), key="note_sick", icon=":material/add:", disabled=who is None):
        note_sick(source, job, scenario, view, [str(who)], start, now_s, form)


def note_sick(
    source: drafts.Source, job: Job, scenario: Scenario, view: PlanView, people: list[str], from_s: int, now_s: int,
    form: Unsent | None = None,
) -> None:  # fmt: skip
    """Save sick calls as changes of the draft."""
    plan = read_plan(job.out / "plan.json")
    _report(source, happened.sick(scenario, view, plan, people, from_s, now_s), form)


@st.fragment
def incident_form(source: drafts.Source, scenario: Scenario, view: PlanView, now_s: int) -> None:
    """What, where, how many, for how long."""
    form, places = incident_of(source), {spot.id: spot for spot in happened.spots(scenario)}
    title = form.text(_("What it is"), "what", placeholder=_("fallen tree, missing child ..."))
    where = form.one(
        _("Where"), "where", list(places), start=next(iter(places), None), format_func=lambda one: places[one].name
    )
    cells = st.columns(3)
    with cells[0]:
        number = form.number(_("How many"), "number", 1, 500, start=2)
    with cells[1]:
        start = _moment(form, _("From"), _("at once"), view, happened.earliest(scenario, now_s))
    with cells[2]:
        minutes = form.one(_("For how long"), "long", LASTING, start=60, format_func=lambda n: _("{n} min", n=n))
    there = {p.category for p in view.people}
    kinds = form.several(
        _("Who may go"), "kinds", [c for c in CATEGORIES if c in there], format_func=lambda one: CATEGORIES[one],
        placeholder=_("anybody"),
    )  # fmt: skip
    late = start >= view.horizon_s
    if st.button(_("Note the incident"), key="note_incident", icon=":material/add:", disabled=late or where is None):
        name = title.strip() or _("Incident")
        end = start + 60 * minutes
        _report(source, [happened.incident(scenario, name, places[where], int(number), start, end, kinds)], form)


def _report(source: drafts.Source, its: happened.Happened, form: Unsent | None) -> None:
    """Save everything as one edit of the draft; each change can be taken back by itself."""
    save(
        source, lambda who, seen: drafts.add_all(source.ref, its, seen=seen, who=who),
        " ".join(say(kind, values) for kind, values in its), form=form,
    )  # fmt: skip
