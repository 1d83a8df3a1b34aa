"""Saving from the Places page: edits that come faster than the page runs."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app_pages import _places_data, _state
from scenarios import drafts
from scenarios.placing.edits import RowEdit
from tests.app_pages.test_pages import house, on, texts  # noqa: F401 - fixture


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


def test_a_field_shows_what_stands_and_not_what_waits(project_root: Path) -> None:
    """Ben was quicker with the same place: his value is in the field, hers waits; another scenario has its own."""
    draft = drafts.change_rows("crossroads", put=[edit(weight=61).row], who="Ann")
    other = drafts.duplicate(draft, who="Ann")
    app = AppTest.from_file(str(project_root / "streamlit_app.py"), default_timeout=60)
    app.query_params["scenario"] = draft.id
    on(app.run(), "places")
    app.session_state[_places_data.CHOSEN] = ("site", "square")
    app.run()
    assert app.number_input(key="place-site-square-weight").value == 61
    drafts.change_rows(draft.id, put=[edit(name="Ben's square").row], who="Ben")
    app.number_input(key="place-site-square-weight").set_value(70).run()
    assert not app.exception
    assert "not saved yet" in texts(app)
    assert app.number_input(key="place-site-square-weight").value == 61
    assert app.text_input(key="place-site-square-name").value == "Ben's square"
    app.selectbox(key="pick_scenario").select(other.id).run()
    assert app.number_input(key="place-site-square-weight").value == 61
    app.number_input(key="place-site-square-weight").set_value(65).run()
    app.selectbox(key="place-site-square-class").select_index(1).run()
    assert not app.exception
    site = drafts.loaded(drafts.find(other.id)).scenario.sites[0]
    assert (site.weight, site.name) == (65, "Market Square")
    app.button(key="undo").click().run()
    app.button(key="undo").click().run()
    assert app.number_input(key="place-site-square-weight").value == 61
