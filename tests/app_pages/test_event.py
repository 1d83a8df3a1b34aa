"""The Event page by Streamlit's own test runner: what the event is as a whole, and what follows from the programme."""

from datetime import datetime

import pytest
from streamlit.testing.v1 import AppTest

from scenarios import drafts
from tests.app_pages.test_pages import house, on, texts  # noqa: F401 - fixture

at = datetime.fromisoformat


@pytest.fixture
def event(project_root) -> AppTest:
    """The page Event of the crossroads, on its last tab."""
    start = AppTest.from_file(str(project_root / "streamlit_app.py"), default_timeout=60)
    start.query_params["scenario"] = "crossroads"
    start.run()
    start.session_state["event_tab"] = "The event as a whole"
    return on(start, "event")


def source(app: AppTest) -> drafts.Source:
    """What the address names."""
    named = app.query_params["scenario"]
    return drafts.find(named if isinstance(named, str) else named[0])


def scenario(app: AppTest):
    return drafts.loaded(source(app)).scenario


def test_the_whole_is_saved_as_it_is_changed_and_undone(event: AppTest) -> None:
    """The first change starts a draft; undo brings the field back too."""
    event.text_input(key="general-title").set_value("Lanterns by the river").run()
    assert scenario(event).title == "Lanterns by the river"
    assert "### Lanterns by the river" in texts(event)
    event.selectbox(key="general-language").select("zh").run()
    event.datetime_input(key="general-end").set_value(at("2026-06-13 01:00")).run()
    assert (scenario(event).language, f"{scenario(event).end:%d %H:%M}") == ("zh", "13 01:00")
    assert [change.kind for change in source(event).draft.changes] == ["setting"]
    event.button(key="undo").click().run()
    assert f"{scenario(event).end:%d %H:%M}" == "13 00:00"
    assert event.datetime_input(key="general-end").value == at("2026-06-13 00:00")
    assert drafts.loaded(drafts.find("crossroads")).scenario.title == "Lantern evening at Crossroads"


def test_an_end_before_the_start_is_not_saved(event: AppTest) -> None:
    event.datetime_input(key="general-end").set_value(at("2026-06-12 16:00")).run()
    assert not event.exception
    assert source(event).ref == "crossroads"
    assert event.datetime_input(key="general-end").value == at("2026-06-13 00:00")


def test_needs_stand_with_their_reasons(event: AppTest) -> None:
    """For the session, and for what is needed beside it; the table twin has every hour."""
    event.session_state["event_tab"] = "Who is needed, and why"
    event.run()
    assert "250 are expected: up to 250 arrive within an hour" in texts(event)
    table = next(t.value for t in event.dataframe if "Why" in t.value)
    police = table[table["Task"] == "police post"].iloc[0]
    assert (police["People"], police["Who"]) == (2, "sworn; 1 of them sworn or auxiliary")
    event.selectbox(key="needed_for").select("").run()
    table = next(t.value for t in event.dataframe if "Why" in t.value)
    assert set(table["Task"]) == {"duty lead", "reserve"}
    event.session_state["event_tab"] = "Timeline"
    event.run()
    hours = next(t.value for t in event.dataframe if "Hour" in t.value)
    assert list(hours["There at once"]) == [0, 250, 250, 250, 250, 250, 0]
    assert not event.exception


def test_an_event_without_sessions_is_shown_and_can_be_filled(event: AppTest) -> None:
    """The empty table stands there to be typed into; stations and leads are still needed."""
    draft = drafts.remove("crossroads", "sessions", [{"id": "lanterns"}], ["Lantern concert"])
    event.query_params["scenario"] = draft.id
    for tab in ("Timeline", "Who is needed, and why"):
        event.session_state["event_tab"] = tab
        event.run()
        assert not event.exception
    assert event.metric[0].value == "0"
    table = next(t.value for t in event.dataframe if "Why" in t.value)
    assert "duty lead" in set(table["Task"])
