"""Every page through the frame with Streamlit's own test runner; jobs run with the stand-in for the solvers."""

import json
import sys
import time
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from app_pages import _data
from app_pages._tables import days_of, grid_rows
from scenarios import drafts, jobs
from scenarios.view import TradeOff
from tests.scenarios.publish.webmap_town import town

FAKE = Path(__file__).resolve().parents[1] / "scenarios" / "fake_worker.py"
PATIENCE_S = 60.0


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, project_root: Path):
    """A data folder of the test's own, and workers with the stand-in."""
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHONPATH", str(project_root))
    monkeypatch.setattr(jobs, "_command", lambda folder: [sys.executable, str(FAKE), str(folder)])
    yield
    for child in jobs._CHILDREN.values():
        if child.poll() is None:
            child.kill()
            child.wait()
    jobs._CHILDREN.clear()


@pytest.fixture
def app(project_root: Path) -> AppTest:
    """The front end on the page that shows what a scenario is."""
    start = AppTest.from_file(str(project_root / "streamlit_app.py"), default_timeout=60)
    start.query_params["scenario"] = "crossroads"
    return start.run()


def on(app: AppTest, page: str) -> AppTest:
    """Another page, with nothing gone wrong on it."""
    app.switch_page(f"app_pages/{page}.py").run()
    assert not app.exception
    return app


def texts(app: AppTest) -> str:
    """All that the page says."""
    return "\n".join(
        str(e.value)
        for kind in ("markdown", "caption", "info", "success", "warning", "error")
        for e in getattr(app, kind)
    )


def planned(scenario: str = "crossroads", source: str = "crossroads") -> jobs.Job:
    """A finished job of the stand-in."""
    job = jobs.start(scenario, source=source, title=source)
    began = time.monotonic()
    while jobs.read(job.id).running:
        assert time.monotonic() - began < PATIENCE_S
        time.sleep(0.05)
    return jobs.read(job.id)


def test_the_first_page_tells_the_scenario(app: AppTest) -> None:
    assert not app.exception
    assert "Lantern evening at Crossroads" in texts(app)
    assert "No plan yet." in texts(app)


@pytest.mark.parametrize("page", ["map", "roster", "compare"])
def test_pages_without_a_plan_show_the_next_step(app: AppTest, page: str) -> None:
    """No empty tables: one sentence, one button."""
    assert any(button.label == "Go to Plan" for button in on(app, page).button)


def test_planning_from_the_page(app: AppTest) -> None:
    """The button starts a job, its id stands in the address, the end shows what came of it."""
    on(app, "plan")
    next(b for b in app.button if b.label == "Plan now").click().run()
    assert not app.exception
    (job,) = jobs.jobs()
    assert app.query_params["plan"] == job.id
    began = time.monotonic()
    while jobs.read(job.id).running:
        assert time.monotonic() - began < PATIENCE_S
        time.sleep(0.05)
    app.run()
    assert not app.exception
    assert "3 posts and 2 patrols keep 5 of 6 sites." in texts(app)
    assert "Short of people" in texts(app)


def test_a_crash_is_told_with_its_last_words(app: AppTest) -> None:
    """Not swallowed, not dressed up."""
    job = planned("broken")
    app.query_params["plan"] = job.id
    on(app, "plan")
    assert "broke off" in texts(app)
    assert "a defect of ours" in app.code[0].value


def test_faults_are_all_listed(app: AppTest) -> None:
    """The command's own sentences."""
    job = planned("wrong")
    app.query_params["plan"] = job.id
    assert 'people.csv row 7, unit "U9"' in texts(on(app, "plan"))


def test_what_no_plan_can_keep_is_told_where_the_plan_is_begun(app: AppTest) -> None:
    """The first ten by name, the rest counted, and no stage is held up by it."""
    job = planned()
    text = 'sites.csv row 3, cover "station": expected a place for a post within 5 s'
    rows = [json.dumps(asdict(jobs.Event(1.0, "doubt", "ground", text=f"{text} {n}."))) for n in range(12)]
    path = job.folder / "progress.jsonl"
    app.query_params["plan"] = job.id
    assert text not in texts(on(app, "plan"))
    path.write_text("\n".join([*rows, path.read_text(encoding="utf-8")]), encoding="utf-8")
    (told,) = [e.value for e in on(app, "plan").warning if text in e.value]
    assert told.count(text) == 10
    assert told.endswith("and 2 more")
    assert text not in "\n".join(str(e.value) for e in app.markdown)


def test_a_closure_that_closes_nothing_is_told(app: AppTest) -> None:
    """Only the map knows that no road is there; the page says so and still shows the map."""
    values = {
        "id": "closed1",
        "name": "In the fields",
        "lon": 10.0,
        "lat": 49.99,
        "radius_m": 5,
        "start": "2026-06-12 18:00",
        "end": "2026-06-12 20:00",
        "profiles": ["car"],
    }
    app.query_params["scenario"] = drafts.add("crossroads", "closure", values).id
    app.run()
    on(app, "places")
    assert not app.exception
    assert "expected at least one road inside the closure" in texts(app)


def test_a_change_that_breaks_the_scenario_can_be_taken_back(app: AppTest) -> None:
    """The page has nothing to show then but the faults, and the way back."""
    values = {"id": "lanterns", "title": "Lantern concert", "end": "2026-06-12 18:00"}
    draft = drafts.add("crossroads", "session", values)
    app.query_params["scenario"] = draft.id
    app.run()
    assert not app.exception
    assert "1 fault to mend" in texts(app)
    next(b for b in app.button if b.label == "Undo").click().run()
    assert "Lantern evening at Crossroads" in texts(app)


def test_the_roster_is_filtered_by_unit(app: AppTest) -> None:
    """Five people in all, two of Station South."""
    app.query_params["plan"] = planned().id
    on(app, "roster")
    assert "All units: 5 people with 5 duties" in texts(app)
    app.selectbox(key="roster_unit").select("U2").run()
    assert "Station South: 2 people with 2 duties" in texts(app)
    app.session_state["roster_tabs"] = "Seats"
    app.selectbox(key="roster_unit").select("").run()
    app.toggle(key="roster_short").set_value(True).run()
    assert not app.exception
    assert any(list(table.value.get("Place", [])) == ["Station square"] for table in app.dataframe)


def test_two_plans_are_compared(app: AppTest) -> None:
    """Figures side by side; equal plans have no changes."""
    first, second = planned(), planned()
    app.query_params["plan"] = first.id
    on(app, "compare")
    assert "Nothing: the same posts, patrols and duties." in texts(app)
    assert app.dataframe[0].value["Figure"].tolist() == ["Seats filled"]
    assert {first.id, second.id} == {job.id for job in jobs.jobs()}


def test_an_address_with_nonsense_is_told(app: AppTest) -> None:
    """Ids from the address line are looked up, never used as paths; no other scenario is shown in place of one."""
    app.query_params["plan"] = "../../etc/passwd"
    app.query_params["scenario"] = "<script>"
    app.run()
    assert not app.exception
    assert [one.value.split(":")[0] for one in app.warning] == ["This scenario is not here any more"]
    assert "Lantern evening at Crossroads" not in texts(app)


def test_a_draft_that_another_deleted_is_told_and_not_replaced(app: AppTest) -> None:
    """The next edit would else be made in a scenario that nobody chose."""
    draft = drafts.add("crossroads", "session", {"id": "lanterns", "title": "Lantern concert", "attendance": 400})
    app.query_params["scenario"] = draft.id
    on(app.run(), "event")
    drafts.delete(draft, who="Ben")
    app.run()
    assert not app.exception
    assert "This scenario is not here any more" in app.warning[0].value
    assert app.selectbox(key="pick_scenario").value is None
    app.selectbox(key="pick_scenario").select("crossroads").run()
    assert not app.warning
    assert "Lantern evening at Crossroads" in texts(app)


def test_two_drafts_of_one_name_are_told_apart(app: AppTest) -> None:
    """Each opens its own."""
    change = {"id": "lanterns", "title": "Lantern concert"}
    first = drafts.add("crossroads", "session", {**change, "attendance": 400}, who="Ann")
    second = drafts.add("crossroads", "session", {**change, "attendance": 500}, who="Ben")
    app.run()
    box = app.selectbox(key="pick_scenario")
    assert len(set(box.options)) == len(box.options)
    for draft in (first, second):
        app.selectbox(key="pick_scenario").select(draft.id).run()
        assert draft.id in (app.query_params["scenario"], *app.query_params["scenario"])


def test_a_day_of_25_hours_is_one_day_and_shows_its_double_hour() -> None:
    begin = datetime(2026, 10, 24, 18, tzinfo=ZoneInfo("Europe/Berlin"))
    view = replace(town(), timezone="Europe/Berlin", start=begin, horizon_s=36 * 3600)
    days = days_of(view)
    assert days == {
        "Sat 24 Oct": (0, 6 * 3600), "Sun 25 Oct": (6 * 3600, 31 * 3600), "Mon 26 Oct": (31 * 3600, 36 * 3600),
    }  # fmt: skip
    columns = list(grid_rows(view, "", *days["Sun 25 Oct"], 3600).columns)
    assert columns[2:6] == ["01:00", "02:00", "02:00 (2)", "03:00"]
    assert len(set(columns)) == len(columns) == 26


def test_the_posts_page_shows_the_curve(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chart and table where the plan has the curve, a sentence where it has none."""
    job = planned()
    app.query_params["plan"] = job.id
    assert "made without the curve" in texts(on(app, "posts"))
    points = (
        TradeOff(1, 60.0, 0.0, 200.0, 4, proven=True),
        TradeOff(2, 100.0, 50.0, 90.0, 0, proven=False, here=True),
    )
    whole = _data.view_of
    monkeypatch.setattr(_data, "view_of", lambda job: replace(whole(job), tradeoff=points))
    page = on(app, "posts")
    assert "2 posts reach every site in time." in texts(page)
    assert list(page.dataframe[0].value["posts at once"]) == ["1", "2 (this plan)"]
    assert list(page.dataframe[0].value["proven"]) == ["yes", "no"]
