"""Saving from the Places page: edits that come faster than the page runs."""

import pytest
import streamlit as st

from app_pages import _places_data, _state
from scenarios import drafts
from scenarios.placing.edits import RowEdit


def edit(**values: object) -> RowEdit:
    """An edit of the shipped square."""
    return RowEdit("sites", {"id": "square"}, values, "Market Square")


def test_two_quick_edits_are_no_conflict_with_oneself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both callbacks hold the source of the run before: one draft, no conflict, both values stand."""
    monkeypatch.setattr(st, "session_state", {_state._KEY: _state.State("crossroads")})
    monkeypatch.setattr(st, "query_params", {})
    monkeypatch.setattr(_state, "person", lambda: "ada")
    shipped = drafts.find("crossroads")
    assert _places_data.keep(shipped, [edit(weight=61)])
    draft = _state.current().scenario
    assert _places_data.keep(shipped, [edit(name="Old square")])
    assert _state.current().scenario == draft
    before = drafts.find(draft)
    assert _places_data.keep(before, [edit(weight=62)])
    assert _places_data.keep(before, [edit(name="New square")])
    assert _state.conflict() is None
    values = [change.values["values"] for change in drafts.find(draft).draft.changes]
    assert values == [{"name": "New square", "weight": 62}]
