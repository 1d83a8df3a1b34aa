"""The force as it is written, and what is wrong with it; read again only when the scenario changes."""

from __future__ import annotations

import streamlit as st

from app_pages import _data
from geodata.errors import GeodataError
from scenarios import drafts
from scenarios.errors import Fault, ScenarioError
from scenarios.faultwords import as_met
from scenarios.forces.columns import TABLES, columns_for
from scenarios.forces.lines import Line, Slip, elsewhere, lines_of, slips
from scenarios.forces.strength import Strength, strength_of
from scenarios.load import Loaded
from scenarios.tongue import language


@st.cache_resource(max_entries=6, show_spinner=False)
def _faults(ref: str, revision: str, code: str, _source: drafts.Source) -> tuple[Fault | str, ...]:  # noqa: ARG001
    try:
        _data.scenario_of(_source)
    except ScenarioError as error:
        return error.faults
    except GeodataError as error:
        return tuple(str(fault) for fault in error.faults)
    return ()


def judged(source: drafts.Source) -> tuple[Loaded | None, tuple[Fault | str, ...]]:
    """The checked scenario, or None and every fault."""
    faults = _faults(source.ref, source.revision, language(), source)
    return (None, faults) if faults else (_data.scenario_of(source), ())


@st.cache_resource(max_entries=6, show_spinner=False)
def _slips(ref: str, revision: str, code: str, _source: drafts.Source) -> tuple[list[Slip], list[str]]:
    raw = _data.raw_of(_source)
    found = _faults(ref, revision, code, _source)
    faults = [fault for fault in found if isinstance(fault, Fault)]
    lines: dict[str, dict[str, Line]] = {
        table: lines_of(raw, table, columns_for(raw, table)) for table in (TABLES if faults else ())
    }
    beside = slips(raw, faults, lines)
    rest = [fault.sentence() for fault in as_met(raw, elsewhere(faults, beside))]
    return beside, [*rest, *(fault for fault in found if isinstance(fault, str))]


def slips_of(source: drafts.Source) -> tuple[list[Slip], list[str]]:
    """The faults beside their cells in the tables of the force, and those that stand elsewhere, in sentences."""
    return _slips(source.ref, source.revision, language(), source)


@st.cache_resource(max_entries=6, show_spinner=False)
def _strength(ref: str, revision: str, code: str, _source: drafts.Source) -> Strength:  # noqa: ARG001
    return strength_of(_data.scenario_of(_source).scenario)


def strength(source: drafts.Source) -> Strength:
    """Who is on hand by unit and hour, of a sound scenario."""
    return _strength(source.ref, source.revision, language(), source)
