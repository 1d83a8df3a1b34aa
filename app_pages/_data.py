"""What pages read again and again, cached by plain keys: views by file and time of writing, scenarios by revision.

Nothing that these hand out may be changed: it is shared by everybody who looks at the same plan.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from geodata.errors import GeodataError
from scenarios import drafts, handplans, jobs
from scenarios.desk import Desk
from scenarios.errors import ScenarioError
from scenarios.handwork import Handwork
from scenarios.load import Loaded, check
from scenarios.publish.webmap import map_data
from scenarios.publish.webmap.data import OF_RIDERS, stamp_of
from scenarios.raw import Raw
from scenarios.tongue import language
from scenarios.tongue import say as _
from scenarios.view import Background, PlanView
from scenarios.viewfile import read_view
from scenarios.viewwords import spoken


@st.cache_resource(max_entries=8, show_spinner=False)
def _kept_view(path: str, written_ns: int) -> PlanView:  # noqa: ARG001
    return read_view(Path(path))


@st.cache_resource(max_entries=12, show_spinner=False)
def _view(path: str, written_ns: int, code: str) -> PlanView:
    return spoken(_kept_view(path, written_ns), code)


def view_of(job: jobs.Job) -> PlanView | None:
    """The plan of a job as people see it, in the reader's language; None while there is none."""
    path = job.view_path
    try:
        return _view(str(path), path.stat().st_mtime_ns, language()) if path.is_file() else None
    except ValueError as error:
        st.warning(_("{reason}. Plan again to see it here.", reason=error))
        return None


@st.cache_resource(max_entries=8, show_spinner=False)
def _map_data(path: str, written_ns: int, code: str) -> dict[str, Any]:
    return map_data(_view(path, written_ns, code))


def map_of(job: jobs.Job) -> dict[str, Any]:
    """The map script's data of a job that has a plan."""
    path = job.view_path
    return _map_data(str(path), path.stat().st_mtime_ns, language())


# A source's revision comes back with its content, so whatever is kept by it is made of the very source that was asked
# for: found anew it might be another by now. Warnings and faults are in a language.
@st.cache_resource(max_entries=12, show_spinner=False)
def _raw(ref: str, revision: str, code: str, _source: drafts.Source) -> Raw:  # noqa: ARG001
    return drafts.raw_of(_source)


def raw_of(source: drafts.Source) -> Raw:
    """A scenario as it is written, faults and all; ScenarioError where its files cannot be read."""
    return _raw(source.ref, source.revision, language(), source)


@st.cache_resource(max_entries=12, show_spinner=False)
def _loaded(ref: str, revision: str, code: str, _source: drafts.Source) -> Loaded:  # noqa: ARG001
    return check(raw_of(_source))


def scenario_of(source: drafts.Source) -> Loaded:
    """The checked scenario of a source; ScenarioError with every fault."""
    with st.spinner(_("Reading the scenario")):
        return _loaded(source.ref, source.revision, language(), source)


def job_of(plan_id: str) -> jobs.Job | None:
    """The job with this id; None when there is no such job."""
    try:
        return jobs.read(plan_id)
    except KeyError:
        return None


@st.cache_data(max_entries=200, show_spinner=False)
def _small_map(ref: str, revision: str, code: str, _source: drafts.Source) -> str:
    from scenarios.smallmap import small_map

    return small_map(_loaded(ref, revision, code, _source))


def small_map_of(source: drafts.Source) -> str:
    """A small picture of a scenario and its sites, as SVG."""
    return _small_map(source.ref, source.revision, language(), source)


@st.cache_resource(max_entries=3, show_spinner=False)
def _handwork(ref: str, plan: str, key: str, _source: drafts.Source) -> Handwork:  # noqa: ARG001
    return handplans.laid_out(_source, jobs.read(plan))


def handwork_of(source: drafts.Source, job: jobs.Job) -> Handwork:
    """A plan laid out for work by hand; laid out anew only when its scenario changes."""
    with st.spinner(_("Laying out the plan")):
        return _handwork(source.ref, job.id, handplans.key_of(source), source)


@st.cache_resource(max_entries=6, show_spinner=False)
def _standing(stamp: str, code: str, _source: drafts.Source, _job: jobs.Job, _kept: PlanView) -> PlanView:  # noqa: ARG001
    return handplans.standing_view(_source, _job, handwork_of(_source, _job), _kept)


def standing_view(source: drafts.Source, job: jobs.Job) -> PlanView | None:
    """The plan as it stands, with duties set by hand and all that follows from them; None while there is no plan.

    Where nothing was set by hand it is ``view_of(job)`` itself. Where the scenario has faults by now, so that duties
    cannot be judged, it is that too, under a warning.
    """
    kept, stamp = view_of(job), handplans.stamp_of(source, job)
    if kept is None or not stamp:
        return kept
    try:
        return _standing(stamp, language(), source, job, kept)
    except (ScenarioError, GeodataError) as error:
        st.warning(
            _("Duties were set by hand, and the scenario has faults that keep them from being judged: the plan is "
              "shown as it was made. {reason}", reason=error)
        )  # fmt: skip
        return kept


@st.cache_resource(max_entries=6, show_spinner=False)
def _standing_map(stamp: str, code: str, _view: PlanView, _made: jobs.Job) -> dict[str, Any]:  # noqa: ARG001
    made = view_of(_made)
    if made is None or _view.background is not made.background:
        return map_data(_view)
    # The ground and the ways of patrols are the largest part by far, and the same: only who rides is another.
    before = map_of(_made)
    still = tuple(replace(tour, stops=(), legs=()) for tour in _view.tours)
    bare = map_data(replace(_view, background=Background({}, ()), tours=still))
    tours = [
        {**was, **{name: now[name] for name in OF_RIDERS}}
        for was, now in zip(before["tours"], bare["tours"], strict=True)
    ]
    data = {**bare, "tours": tours, "lines": before["lines"], "ground": before["ground"]}
    return {**data, "stamp": stamp_of({name: value for name, value in data.items() if name not in ("ground", "stamp")})}


def standing_map(source: drafts.Source, job: jobs.Job) -> dict[str, Any]:
    """The map script's data of the plan as it stands; ``standing_key`` is the key that goes with it."""
    view, stamp = standing_view(source, job), handplans.stamp_of(source, job)
    if view is None or not stamp:
        return map_of(job)
    return _standing_map(stamp, language(), view, job)


def standing_key(source: drafts.Source, job: jobs.Job) -> str:
    """Tells one state of a plan from another: the plan's id, and what was set by hand."""
    return f"{job.id}-{handplans.stamp_of(source, job)}".rstrip("-")


@st.cache_resource(max_entries=3, show_spinner=False)
def _desk(ref: str, revision: str, _source: drafts.Source) -> Desk:
    from scenarios.desk import prepare

    return prepare(_loaded(ref, revision, language(), _source))


def desk_of(source: drafts.Source) -> Desk:
    """A scenario laid out on its map, for questions that need no plan."""
    with st.spinner(_("Reading the map")):
        return _desk(source.ref, source.revision, source)
