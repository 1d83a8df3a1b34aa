"""A result older than its inputs says so on every page; publishing stands in the trail; old plans."""

import json
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from scenarios import drafts, jobs, standing
from scenarios.store.operations import Assign
from scenarios.store.place import open_store
from scenarios.store.trail import read_trail
from tests.app_pages.test_pages import PATIENCE_S, app, house, on, texts  # noqa: F401 - fixtures
from tests.scenarios.store.samples import SESSION, plan_body

RESULTS = ("plan", "map", "roster", "posts", "compare")


@pytest.fixture
def fair(app: AppTest) -> tuple[AppTest, drafts.Draft, jobs.Job]:  # noqa: F811
    """A draft that is planned, in view."""
    draft = drafts.add("crossroads", "session", SESSION)
    job = drafts.plan(drafts.find(draft.id), jobs.Options())
    began = time.monotonic()
    while jobs.read(job.id).running:
        assert time.monotonic() - began < PATIENCE_S
        time.sleep(0.05)
    (job.out / "plan.json").write_bytes(plan_body())
    app.query_params["scenario"], app.query_params["plan"] = draft.id, job.id
    return app, draft, jobs.read(job.id)


def signs(app: AppTest) -> str:  # noqa: F811
    """What the frame says of how things stand."""
    return "\n".join(str(e.value) for e in (*app.sidebar.markdown, *app.sidebar.caption))


@pytest.mark.parametrize("page", RESULTS)
def test_a_result_older_than_its_inputs_says_so(fair: tuple[AppTest, drafts.Draft, jobs.Job], page: str) -> None:
    """On each page that shows one; undoing the change takes it back."""
    app, draft, _ = fair  # noqa: F811
    assert "older than its inputs" not in texts(on(app, page))
    assert "planned]" in signs(app)
    changed = drafts.add(draft.id, "session", {**SESSION, "attendance": 999})
    assert "older than its inputs" in texts(on(app, page))
    assert "stale]" in signs(app)
    drafts.undo(changed)
    assert "older than its inputs" not in texts(on(app, page))


def test_publishing_from_the_page_stands_in_the_trail(
    fair: tuple[AppTest, drafts.Draft, jobs.Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who and when; duties set by hand afterwards make it another plan, that can be given out again."""
    monkeypatch.setenv("VEDETTE_USER", "Ann")
    app, draft, job = fair  # noqa: F811
    on(app, "plan").button(key="publish").click().run()
    assert "published]" in signs(app)
    assert "by Ann" in signs(app)
    assert "publish" not in {button.key for button in app.button}
    with open_store().reading() as conn:
        assert read_trail(conn, draft.id)[-1].what == "published"
    drafts.edit(draft, Assign(job.id, "G/3", "C05"))
    page = on(app, "plan")
    assert "Duties were set by hand since." in signs(page)
    assert "1 seat is set by hand" in texts(page)
    page.button(key="publish").click().run()
    assert "Duties were set by hand since." not in signs(page)
    with open_store().reading() as conn:
        assert read_trail(conn, draft.id)[-1].after["plan/duties"] == {"G/3": "C05"}


def old_plan(digest: str) -> jobs.Job:
    """A plan of crossroads that the store was never told of."""
    job = jobs.start("crossroads", source="crossroads", title="crossroads")
    began = time.monotonic()
    while jobs.read(job.id).running:
        assert time.monotonic() - began < PATIENCE_S
        time.sleep(0.05)
    body = {**json.loads(plan_body()), "digest": digest}
    (job.out / "plan.json").write_text(json.dumps(body), encoding="utf-8")
    return jobs.read(job.id)


def test_a_plan_from_before_the_store_is_judged_by_its_own_digest(house: None) -> None:  # noqa: F811
    """The same inputs: planned, and kept from then on. Others: older."""
    source = drafts.find("crossroads")
    other = old_plan("0" * 64)
    assert standing.sign(source, other.id).plan == "older"
    assert standing.standings()["crossroads"] == "stale"
    same = old_plan(drafts.loaded(source).digest)
    assert standing.standings()["crossroads"] == "planned"
    assert standing.sign(source, same.id).plan == "fits"
    assert standing.sign(source, other.id).plan == "older"
    Path(same.out / "plan.json").unlink()
    assert standing.standings()["crossroads"] == "planned"
