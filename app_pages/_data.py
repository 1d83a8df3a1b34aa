"""What pages read again and again, cached by plain keys: views by file and time of writing, scenarios by revision.

Nothing that these hand out may be changed: it is shared by everybody who looks at the same plan.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from scenarios import drafts, handplans, jobs
from scenarios.desk import Desk
from scenarios.handwork import Handwork
from scenarios.load import Loaded
from scenarios.publish.webmap import map_data
from scenarios.view import PlanView
from scenarios.viewfile import read_view


@st.cache_resource(max_entries=12, show_spinner=False)
def _view(path: str, written_ns: int) -> PlanView:  # noqa: ARG001
    return read_view(Path(path))


def view_of(job: jobs.Job) -> PlanView | None:
    """The plan of a job as people see it; None while there is none."""
    path = job.view_path
    try:
        return _view(str(path), path.stat().st_mtime_ns) if path.is_file() else None
    except ValueError as error:
        st.warning(f"{error}. Plan again to see it here.")
        return None


@st.cache_resource(max_entries=8, show_spinner=False)
def _map_data(path: str, written_ns: int) -> dict[str, Any]:
    return map_data(_view(path, written_ns))


def map_of(job: jobs.Job) -> dict[str, Any]:
    """The map script's data of a job that has a plan."""
    path = job.view_path
    return _map_data(str(path), path.stat().st_mtime_ns)


@st.cache_resource(max_entries=12, show_spinner="Reading the scenario")
def _loaded(ref: str, revision: str) -> Loaded:  # noqa: ARG001
    return drafts.loaded(drafts.find(ref))


def scenario_of(source: drafts.Source) -> Loaded:
    """The checked scenario of a source; ScenarioError with every fault."""
    return _loaded(source.ref, source.revision)


def job_of(plan_id: str) -> jobs.Job | None:
    """The job with this id; None when there is no such job."""
    try:
        return jobs.read(plan_id)
    except KeyError:
        return None


@st.cache_resource(max_entries=4, show_spinner=False)
def _ground(ref: str, revision: str) -> dict[str, Any]:
    from scenarios.ground_view import ground_view

    return map_data(ground_view(_loaded(ref, revision)))


def ground_of(source: drafts.Source) -> dict[str, Any]:
    """The map script's data of a scenario that need not be planned."""
    return _ground(source.ref, source.revision)


@st.cache_data(max_entries=200, show_spinner=False)
def _small_map(ref: str, revision: str) -> str:
    from scenarios.smallmap import small_map

    return small_map(_loaded(ref, revision))


def small_map_of(source: drafts.Source) -> str:
    """A small picture of a scenario and its sites, as SVG."""
    return _small_map(source.ref, source.revision)


@st.cache_resource(max_entries=3, show_spinner="Laying out the plan")
def _handwork(ref: str, plan: str, key: str) -> Handwork:  # noqa: ARG001
    return handplans.laid_out(drafts.find(ref), jobs.read(plan))


def handwork_of(source: drafts.Source, job: jobs.Job) -> Handwork:
    """A plan laid out for work by hand; laid out anew only when its scenario changes."""
    return _handwork(source.ref, job.id, handplans.key_of(source))


@st.cache_resource(max_entries=3, show_spinner="Reading the map")
def _desk(ref: str, revision: str) -> Desk:
    from scenarios.desk import prepare

    return prepare(_loaded(ref, revision))


def desk_of(source: drafts.Source) -> Desk:
    """A scenario laid out on its map, for questions that need no plan."""
    return _desk(source.ref, source.revision)
