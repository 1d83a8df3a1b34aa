"""The lists of words on Forces, by Streamlit's own test runner: what two people add, neither loses in silence."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from scenarios import drafts
from scenarios.forces.columns import listed
from scenarios.tongue import say as _
from tests.app_pages.test_event import source
from tests.app_pages.test_pages import house, on, texts  # noqa: F401 - fixture


def ranks(ref: str) -> tuple[str, ...]:
    return listed(drafts.raw_of(drafts.find(ref)), "ranks")


def lists(project_root: Path, ref: str) -> AppTest:
    """A tab that shows the lists."""
    app = AppTest.from_file(str(project_root / "streamlit_app.py"), default_timeout=60)
    app.query_params["scenario"] = ref
    app = on(app.run(), "forces")
    app.session_state["forces_tab"] = _("Words to choose from")
    return app.run()


def test_a_word_added_over_anothers_waits_for_a_choice(project_root: Path) -> None:
    """Ben adds a rank while Ann's tab shows the list before; hers is not dropped, and his is not taken back."""
    before = [*ranks("crossroads")]
    draft = drafts.put_setting("crossroads", "demand", {"reserve_pct": 9}, who="Ann")
    app = lists(project_root, draft.id)
    drafts.put_setting(draft.id, "", {"ranks": [*before, "chief"]}, who="Ben")
    app.multiselect(key="list-ranks").set_value(before[:-1]).run()
    assert not app.exception
    assert list(ranks(draft.id)) == [*before, "chief"]
    assert "not saved yet" in texts(app)
    app.button(key="choice-mine").click().run()
    assert list(ranks(draft.id)) == before[:-1]
    assert app.multiselect(key="list-ranks").value == before[:-1]


def test_a_word_taken_out_and_brought_back_by_undo(project_root: Path) -> None:
    before = [*ranks("crossroads")]
    app = lists(project_root, "crossroads")
    app.multiselect(key="list-ranks").set_value(before[1:]).run()
    ref = source(app).ref
    assert (ref != "crossroads", list(ranks(ref))) == (True, before[1:])
    app.button(key="undo").click().run()
    assert app.multiselect(key="list-ranks").value == list(ranks(ref)) == before
