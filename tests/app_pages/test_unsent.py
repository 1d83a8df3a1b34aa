"""What is typed and not sent stays: over a change of page, in a new session, into a draft; sent, it is gone."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from scenarios import drafts, jobs
from scenarios.rule_edits import put_rule
from scenarios.rule_list import rule_list
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
    its = town()
    known = {person.id: f"C{n:02}" for n, person in enumerate(its.people, start=1)}
    duties = tuple(replace(duty, person=known[duty.person]) for duty in its.duties)
    view = replace(its, start=datetime(2026, 6, 12, 15, tzinfo=UTC), duties=duties)
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
    """Somebody else was quicker at the same rule: until the choice is made a new session finds what was typed."""
    ref, form = day["scenario"], "exception-minimum_rest"
    app = session(project_root, "rules", scenario=ref)
    app.selectbox(key="rule_name").select("minimum_rest").run()
    field(app, "multiselect", form, "who-person").select("C03").run()
    rule = next(one for one in rule_list(drafts.loaded(drafts.find(ref)).scenario) if one.name == "minimum_rest")
    put_rule(ref, rule, {"exceptions": [{"unit": ["police"], "mode": "hard"}]}, who="Ben")
    app.button(key="add_exception-minimum_rest").click().run()
    assert "not saved yet" in texts(app)
    assert stored(ref, form) == {"who-person": ["C03"]}
    app = session(project_root, "rules", scenario=ref)
    assert "not saved yet" in texts(app)
    app.button(key="choice-mine").click().run()
    assert not app.exception
    assert "not saved yet" not in texts(app)
    assert stored(ref, form) == stored(ref, "conflict") == {}
    (rule,) = [one for one in rule_list(drafts.loaded(drafts.find(ref)).scenario) if one.name == "minimum_rest"]
    assert rule.exceptions[-1] == {"person": ["C03"], "mode": "hard"}
    app.selectbox(key="rule_name").select("minimum_rest").run()
    assert field(app, "multiselect", form, "who-person").value == []


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


def test_a_new_scenario_is_typed_in_two_sittings(project_root) -> None:
    """The form opens by itself where something was begun; made, it is empty again."""
    app = session(project_root, "start")
    assert not next(e for e in app.expander if e.label == "New scenario").proto.expanded
    field(app, "text_input", "template", "name").set_value("Fair").run()
    field(app, "text_input", "map", "title").set_value("Summer fair").run()
    field(app, "number_input", "map", "officers").set_value(75).run()
    field(app, "datetime_input", "map", "from").set_value(datetime(2027, 7, 3, 9, 30)).run()  # noqa: DTZ001 - as typed
    app = session(project_root, "start")
    assert next(e for e in app.expander if e.label == "New scenario").proto.expanded
    assert field(app, "text_input", "map", "title").value == "Summer fair"
    assert field(app, "number_input", "map", "officers").value == 75
    assert field(app, "datetime_input", "map", "from").value == datetime(2027, 7, 3, 9, 30)  # noqa: DTZ001
    assert field(app, "text_input", "template", "name").value == "Fair"
    app.button(key="make_template").click().run()
    assert not app.exception
    assert drafts.find(source(app).ref).label == "Fair"
    assert (stored("", "template"), stored("", "map")["officers"]) == ({}, 75)


def test_an_exception_to_a_rule_is_kept_for_each_rule_by_itself(project_root) -> None:
    """Also for whom by kind; added, the form is empty."""
    app = session(project_root, "rules", scenario="crossroads")
    app.selectbox(key="rule_name").select("minimum_rest").run()
    form = "exception-minimum_rest"
    field(app, "segmented_control", form, "for").set_value("unit").run()
    field(app, "multiselect", form, "who-unit").select("police").run()
    field(app, "number_input", form, "own-rest_h").set_value(9.5).run()
    app = session(project_root, "rules", scenario="crossroads")
    app.selectbox(key="rule_name").select("minimum_rest").run()
    assert field(app, "multiselect", form, "who-unit").value == ["police"]
    assert field(app, "number_input", form, "own-rest_h").value == 9.5
    app.button(key="add_exception-minimum_rest").click().run()
    assert not app.exception
    assert field(app, "multiselect", form, "who-person").value == []
    assert stored("crossroads", form) == stored(source(app).ref, form) == {}


def test_how_to_search_is_asked_for_the_same_way_again(project_root) -> None:
    app = session(project_root, "plan", scenario="crossroads")
    field(app, "select_slider", "plan", "time").set_value("2 minutes").run()
    field(app, "checkbox", "plan", "again").check().run()
    app = session(project_root, "plan", scenario="crossroads")
    assert field(app, "select_slider", "plan", "time").value == "2 minutes"
    app.button(key="plan_now").click().run()
    (job,) = jobs.jobs()
    assert (job.options.seconds, job.options.repeatable) == (120.0, True)


def test_of_two_tabs_the_last_one_that_typed_stands(project_root, day: dict[str, str]) -> None:
    """Field by field; a tab that is behind shows what it has, and nothing breaks."""
    one, two = (session(project_root, "today", **day) for _tab in range(2))
    field(one, "text_input", "incident", "what").set_value("Tree").run()
    field(two, "number_input", "incident", "number").set_value(7).run()
    field(two, "text_input", "incident", "what").set_value("Fallen tree").run()
    assert field(one.run(), "text_input", "incident", "what").value == "Tree"
    assert stored(day["scenario"], "incident") == {"what": "Fallen tree", "number": 7}
    two.button(key="note_incident").click().run()
    assert not one.run().exception
    assert stored(day["scenario"], "incident") == {}


@pytest.mark.parametrize("nonsense", [
    {"what": 7, "number": "many", "long": 61, "kinds": "sworn", "from": -5, "where": "moon"},
    {"what": "x" * 500, "number": 10**9, "long": None, "kinds": ["sworn", "pirates"], "from": 10**12, "where": []},
    {"what": None, "number": True, "long": [], "kinds": [[]], "from": "now", "where": {"a": 1}},
])  # fmt: skip
def test_what_no_longer_fits_a_field_is_passed_over(project_root, day: dict[str, str], nonsense: dict) -> None:
    """An entry of another version, of a list that has changed: the page shows what it shows without."""
    unfinished.keep_fields(open_store(), actor(), day["scenario"], "incident", nonsense)
    app = session(project_root, "today", **day)
    assert field(app, "number_input", "incident", "number").value == 2
    assert field(app, "selectbox", "incident", "long").value == 60
    assert len(field(app, "text_input", "incident", "what").value) <= 80
    assert set(field(app, "multiselect", "incident", "kinds").value) <= {"sworn"}


def test_what_the_store_refuses_is_said_and_stays_on_the_page(project_root, day, monkeypatch) -> None:
    app = session(project_root, "today", **day)
    monkeypatch.setattr(unfinished, "MOST_CHARS", 3)
    field(app, "text_input", "incident", "what").set_value("Fallen tree").run()
    assert not app.exception
    assert "at most 3 characters in all" in app.toast[0].value
    assert field(app, "text_input", "incident", "what").value == "Fallen tree"
    assert stored(day["scenario"], "incident") == {}


def test_what_was_searched_for_is_there_when_the_page_is_seen_again(project_root) -> None:
    app = session(project_root, "rules", scenario="crossroads")
    app.text_input(key="rule_search").set_value("night").run()
    assert on(on(app, "event"), "rules").text_input(key="rule_search").value == "night"
    on(app, "places").text_input(key="places_search").set_value("school").run()
    assert on(on(app, "event"), "places").text_input(key="places_search").value == "school"
