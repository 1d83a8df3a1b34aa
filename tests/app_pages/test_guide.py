"""The guided first run: offered to newcomers only, resumed by its address, gone for good once it was left."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app_pages.frame import HERE
from scenarios import drafts, firstrun
from scenarios.firstrun import STEPS
from tests.app_pages.test_pages import house, on, texts  # noqa: F401 - fixtures


@pytest.fixture
def opened(project_root: Path, monkeypatch: pytest.MonkeyPatch):
    """Start, as somebody opens it."""
    def one(who: str = "Ann", **address: str) -> AppTest:
        monkeypatch.setenv("VEDETTE_USER", who)
        app = AppTest.from_file(str(project_root / "streamlit_app.py"), default_timeout=60)
        app.query_params.update(address)
        app.run()
        assert not app.exception
        return app

    return one


def keys(app: AppTest) -> set[str]:
    """The guide's buttons that are there."""
    return {str(button.key) for button in app.button if str(button.key).startswith("guide_")}


def address(app: AppTest) -> dict[str, str]:
    """The address as plain text."""
    return {name: one if isinstance(one, str) else one[0] for name, one in app.query_params.items()}


def test_the_run_from_its_offer_to_its_end(opened) -> None:
    app = opened()
    assert keys(app) == {"guide_start", "guide_decline"}
    app.button(key="guide_start").click().run()
    assert address(app)["guide"] == "1"
    assert address(app)["scenario"] == firstrun.SCENARIO
    for number, step in enumerate(STEPS, start=1):
        assert f"Step {number} of 5: {step.title}" in texts(app)
        assert step.text in texts(app)
        if number < len(STEPS):
            app.button(key="guide_next").click().run()
            assert not app.exception
    app.button(key="guide_back").click().run()
    assert f"Step {len(STEPS) - 1} of 5" in texts(app)
    app.button(key="guide_next").click().run()
    app.button(key="guide_done").click().run()
    assert "guide" not in address(app)
    assert "Step" not in texts(app)


def test_each_step_is_about_pages_that_are_there() -> None:
    assert {page for step in STEPS for page in step.pages} <= {path.name for path in HERE.glob("[!_]*.py")}


def test_what_was_left_does_not_come_back_but_can_be_called(opened) -> None:
    app = opened(guide="3", scenario="crossroads")
    assert "Step 3 of 5" in texts(app)
    assert "Step 3 of 5" in texts(on(app, "map"))
    app.button(key="guide_leave").click().run()
    assert keys(app) == set()
    again = opened()
    assert keys(again) == {"guide_call"}
    again.button(key="guide_call").click().run()
    assert "Step 1 of 5" in texts(again)
    # Another person was never asked.
    assert keys(opened("Ben")) == {"guide_start", "guide_decline"}


def test_who_has_made_something_is_not_asked(opened) -> None:
    assert firstrun.offered("Ann")
    drafts.add("crossroads", "session", {"id": "lanterns", "title": "Lantern concert", "attendance": 400})
    assert not firstrun.offered("Ann")
    assert keys(opened()) == {"guide_call"}


@pytest.mark.parametrize("nonsense", ["0", "6", "99999999999999999999", "x", "-1", "²"])
def test_a_step_that_is_none_is_none(opened, nonsense: str) -> None:
    app = opened(guide=nonsense)
    assert "Step" not in texts(app)
    assert "guide" not in address(app)


def test_a_damaged_note_is_as_none(tmp_path: Path, house: None) -> None:  # noqa: F811
    firstrun.decline("Ann")
    assert not firstrun.offered("Ann")
    (tmp_path / "home" / "first-run.json").write_text("[1", encoding="utf-8")
    assert firstrun.offered("Ann")
    firstrun.decline("Ben")
    assert not firstrun.offered("Ben")


def test_large_type_stays_over_pages_and_reload(opened) -> None:
    app = opened(scenario="crossroads")
    assert "type" not in address(app)
    app.toggle(key="pick_large").set_value(True).run()
    assert address(app)["type"] == "large"
    assert on(app, "map").toggle(key="pick_large").value
    assert opened(type="large", scenario="crossroads").toggle(key="pick_large").value
