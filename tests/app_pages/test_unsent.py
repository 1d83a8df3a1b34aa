"""What is typed and not sent stays: over a change of page, in a new session, into a draft; sent, it is gone."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from scenarios import drafts
from scenarios.store import unfinished
from scenarios.store.place import open_store
from scenarios.store.texts import actor
from tests.app_pages.test_event import source
from tests.app_pages.test_pages import house, on, texts  # noqa: F401 - fixtures
from tests.scenarios.finished import finished
from tests.scenarios.publish.webmap_town import town

CORNERS = [[10.003, 50.001], [10.0075, 50.001], [10.0075, 50.0045], [10.003, 50.0045]]
"""Around the market square of Crossroads."""


def field(app: AppTest, kind: str, form: str, name: str) -> Any:
    """A field of a form, by its own name."""
    found = [one for one in getattr(app, kind) if (one.key or "").startswith(f"unsent-{form}-{name}-")]
    assert len(found) == 1, (form, name, [one.key for one in getattr(app, kind)])
    return found[0]


def session(project_root, page: str, **address: str) -> AppTest:
    """A reader who has just come: nothing of another session is there."""
    app = AppTest.from_file(str(project_root / "streamlit_app.py"), default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    return on(app.run(), page)


def stored(ref: str, form: str) -> dict[str, Any]:
    return unfinished.unfinished(open_store(), actor(), ref, form)


def perimeter(app: AppTest) -> AppTest:
    """The tab of Places."""
    app.session_state["places_tab"] = "Perimeter"
    return app.run()


@pytest.fixture
def day() -> dict[str, str]:
    """A draft with a plan, at a moment of its event."""
    draft = drafts.add("crossroads", "session", {"id": "lanterns", "title": "Lantern concert", "attendance": 300})
    view = replace(town(), start=datetime(2026, 6, 12, 15, tzinfo=UTC))
    plan = finished(view, source=drafts.find(draft.id))
    return {"scenario": draft.id, "plan": plan.id, "at": "3600"}


def test_today_keeps_what_is_typed_until_it_is_noted(project_root, day: dict[str, str]) -> None:
    """A change of page and a new session find it; noted, it is in the draft and no longer in the fields."""
    app = session(project_root, "today", **day)
    field(app, "text_input", "incident", "what").set_value("Fallen tree").run()
    field(app, "number_input", "incident", "number").set_value(4).run()
    person = field(app, "selectbox", "sick", "who").options[0]
    field(app, "selectbox", "sick", "who").select(person).run()
    for again in (on(on(app, "papers"), "today"), session(project_root, "today", **day)):
        assert field(again, "text_input", "incident", "what").value == "Fallen tree"
        assert field(again, "number_input", "incident", "number").value == 4
        assert stored(day["scenario"], "sick") == {"who": field(again, "selectbox", "sick", "who").value}
    again.button(key="note_incident").click().run()
    assert not again.exception
    (noted,) = [c for c in drafts.find(day["scenario"]).draft.changes if c.kind == "incident"]
    assert (noted.values["title"], noted.values["number"]) == ("Fallen tree", 4)
    assert field(again, "text_input", "incident", "what").value == ""
    assert stored(day["scenario"], "incident") == {}
    assert stored(day["scenario"], "sick") != {}


def test_an_edit_that_waits_for_a_choice_is_still_in_its_form(project_root, day: dict[str, str]) -> None:
    """Somebody else was quicker: until the choice is made a new session finds what was typed."""
    app = session(project_root, "today", **day)
    field(app, "text_input", "incident", "what").set_value("Fallen tree").run()
    drafts.rename(drafts.find(day["scenario"]).draft, "Ben's", who="Ben")
    app.button(key="note_incident").click().run()
    assert "not saved yet" in texts(app)
    assert stored(day["scenario"], "incident") == {"what": "Fallen tree"}
    app.button(key="choice-both").click().run()
    assert stored(day["scenario"], "incident") == {}
    assert field(app, "text_input", "incident", "what").value == ""


def test_a_perimeter_outlives_a_reload_and_goes_along_into_a_draft(project_root) -> None:
    """Corners, kinds, blue lights and name; the scenario's own change makes a draft, which has them from then on."""
    unfinished.keep_fields(open_store(), actor(), "crossroads", "perimeter", {"corners": CORNERS})
    app = perimeter(session(project_root, "places", scenario="crossroads"))
    field(app, "multiselect", "perimeter", "from").select("police").run()
    field(app, "text_input", "perimeter", "name").set_value("Inner ring").run()
    app = perimeter(session(project_root, "places", scenario="crossroads"))
    assert "Every way in" in texts(app)
    assert field(app, "multiselect", "perimeter", "from").value == ["police"]
    assert field(app, "text_input", "perimeter", "name").value == "Inner ring"
    on(app, "event")
    app.session_state["event_tab"] = "The event as a whole"
    app.run()
    app.text_input(key="general-title").set_value("Another title").run()
    draft = source(app).ref
    assert draft != "crossroads"
    perimeter(on(app, "places"))
    assert field(app, "text_input", "perimeter", "name").value == "Inner ring"
    next(b for b in app.button if b.label == "Save as a change").click().run()
    assert not app.exception
    (ring,) = [c for c in drafts.find(draft).draft.changes if c.kind == "perimeter"]
    assert ring.values["name"] == "Inner ring"
    assert stored(draft, "perimeter") == stored("crossroads", "perimeter") == {}
    assert "Every way in" not in texts(app)
