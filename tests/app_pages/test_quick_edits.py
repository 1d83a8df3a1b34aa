"""Two edits one after the other, the second before the page has run again: it still speaks of what the first began."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from scenarios import drafts
from tests.app_pages.test_pages import house, on, texts  # noqa: F401 - fixture


def twice() -> None:
    """Two fields in one run, as callbacks of a page that was drawn before either of them was saved."""
    import streamlit as st

    from app_pages import _state
    from app_pages._changes import keep
    from scenarios import drafts

    _state.load()
    source = drafts.find(_state.current().scenario)
    if not st.session_state.get("done"):
        st.session_state["done"] = True
        for name, value in (("title", "Lights"), ("classification", "internal")):
            values = {name: value}
            keep(source, lambda ref, who, seen, its=values: drafts.put_setting(ref, "", its, seen=seen, who=who))
    _state.saw(source.draft)


def settings(ref: str) -> tuple[str, str]:
    raw = drafts.raw_of(drafts.find(ref)).settings
    return raw["title"], raw["classification"]


def test_both_go_into_the_draft_that_the_first_began() -> None:
    app = AppTest.from_function(twice, default_timeout=60)
    app.query_params["scenario"] = "crossroads"
    app.run()
    assert not app.exception
    (its,) = [source for source in drafts.sources() if source.draft is not None]
    assert settings(its.ref) == ("Lights", "internal")


def test_nobody_is_in_conflict_with_an_edit_of_their_own() -> None:
    draft = drafts.put_setting("crossroads", "demand", {"reserve_pct": 9})
    app = AppTest.from_function(twice, default_timeout=60)
    app.query_params["scenario"] = draft.id
    app.run()
    assert not app.exception
    assert settings(draft.id) == ("Lights", "internal")


def test_the_name_that_is_typed_over_anothers_waits_for_a_choice(project_root: Path) -> None:
    """Ben gives the draft another name while Ann types hers: it is not dropped in silence."""
    draft = drafts.put_setting("crossroads", "demand", {"reserve_pct": 9}, who="Ann")
    app = AppTest.from_file(str(project_root / "streamlit_app.py"), default_timeout=60)
    app.query_params["scenario"] = draft.id
    on(app.run(), "event")
    drafts.rename(draft, "Ben's", who="Ben")
    app.text_input(key=f"name-{draft.id}").set_value("Ann's").run()
    assert not app.exception
    assert "not saved yet" in texts(app)
    app.button(key="choice-mine").click().run()
    assert drafts.find(draft.id).label == "Ann's"
    assert app.text_input(key=f"name-{draft.id}").value == "Ann's"
