"""Editing through the pages: undo and redo, and two tabs on one draft that do not overwrite each other silently."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from app_pages import _state
from scenarios import drafts
from scenarios.preset_list import chosen
from tests.app_pages.test_pages import on, texts

SESSION = {"id": "lanterns", "title": "Lantern concert", "attendance": 400}


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder of the test's own, and a name."""
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("VEDETTE_USER", "Ann")


def tab(project_root: Path, draft: drafts.Draft) -> AppTest:
    """A tab that shows the draft."""
    app = AppTest.from_file(str(project_root / "streamlit_app.py"), default_timeout=60)
    app.query_params["scenario"] = draft.id
    return app.run()


def click(app: AppTest, label: str) -> AppTest:
    """A click, with nothing gone wrong."""
    next(b for b in app.button if b.label == label).click().run()
    assert not app.exception
    return app


def preset(app: AppTest) -> AppTest:
    """Choose a preset on the page that has them."""
    app.session_state["rules_tab"] = "Presets"
    on(app, "rules")
    return app.selectbox(key="preset_name").select("uk-event").run()


def held(draft: drafts.Draft) -> list[str]:
    """Presets that the draft names."""
    return list(chosen(drafts.loaded(drafts.find(draft.id))))


def attendance(draft: drafts.Draft) -> int:
    return drafts.loaded(drafts.find(draft.id)).scenario.sessions[0].attendance


def test_undo_and_redo_by_their_buttons(project_root: Path) -> None:
    draft = drafts.add("crossroads", "session", SESSION)
    app = tab(project_root, draft)
    click(app, "Undo")
    assert attendance(draft) == 250
    assert next(b for b in app.button if b.label == "Undo").disabled
    click(app, "Redo")
    assert attendance(draft) == 400


@pytest.mark.parametrize(("choice", "comes_to"), [("Keep both", ["uk-event"]), ("Keep theirs, drop mine", [])])
def test_the_second_tab_is_told_and_chooses(project_root: Path, choice: str, comes_to: list[str]) -> None:
    """Ben closes a road while Ann's tab still shows the state before; her edit waits for her choice."""
    draft = drafts.add("crossroads", "absent", {
        "people": ["C05"], "names": ["Eve"], "start": "2026-06-12 18:30", "end": "2026-06-12 23:00"
    })  # fmt: skip
    draft = drafts.add(draft.id, "session", SESSION)
    app = preset(tab(project_root, draft))
    drafts.rename(draft, "Ben's name", who="Ben")
    click(app, "Take it over")
    assert held(draft) == []
    said = texts(app)
    assert "This scenario was changed since you last saw it: Ben (1 edit)." in said
    assert """Ben: "crossroads, changed" is now called "Ben's name".""" in said
    assert "Yours, not saved yet:" in said
    click(app, choice)
    assert held(draft) == comes_to
    assert drafts.find(draft.id).label == "Ben's name"
    assert "not saved yet" not in texts(app)


def test_what_others_did_is_told_without_an_edit_too(project_root: Path) -> None:
    draft = drafts.add("crossroads", "session", SESSION)
    app = tab(project_root, draft)
    drafts.rename(draft, "Ben's name", who="Ben")
    assert "Changed by others since you looked" in texts(app.run())
    assert "Changed by others since you looked" not in texts(app.run())


def test_an_undo_tells_what_others_did_meanwhile(project_root: Path) -> None:
    """Ann takes back her own edit; Ben's, which her tab has not shown, is not passed over in silence."""
    draft = drafts.add("crossroads", "session", SESSION)
    app = tab(project_root, draft)
    drafts.rename(draft, "Ben's name", who="Ben")
    click(app, "Undo")
    assert any("Ben" in one.value and "Ben's name" in one.value for one in app.toast)


def test_a_draft_that_others_changed_meanwhile_is_not_deleted_at_once(project_root: Path) -> None:
    draft = drafts.add("crossroads", "session", SESSION)
    app = tab(project_root, draft)
    app.checkbox(key=f"sure-{draft.id}").check().run()
    drafts.rename(draft, "Ben's name", who="Ben")
    click(app, "Delete")
    assert drafts.find(draft.id).label == "Ben's name"
    assert any("Others have changed this draft" in one.value for one in app.warning)
    app.checkbox(key=f"sure-{draft.id}").check().run()
    click(app, "Delete")
    assert all(source.ref != draft.id for source in drafts.sources())


@pytest.mark.parametrize(
    ("header", "told", "who"),
    [("X-User", {"X-User": " Eve\n"}, "Eve"), ("X-User", {}, "Ann"), ("", {"X-User": "Eve"}, "Ann")],
)
def test_a_proxy_says_who_is_at_work_only_where_it_is_asked(
    monkeypatch: pytest.MonkeyPatch, header: str, told: dict[str, str], who: str
) -> None:
    """Without VEDETTE_USER_HEADER anybody could send the header."""
    monkeypatch.setenv("VEDETTE_USER_HEADER", header)
    monkeypatch.setattr(_state.st, "context", SimpleNamespace(headers=told))
    assert _state.person() == who
