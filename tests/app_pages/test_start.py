"""Start in a real browser: cards with maps, a new scenario from a map file and from Excel, nobody else is called."""

import re
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from streamlit.testing.v1 import AppTest

from scenarios import drafts, jobs
from scenarios.starting.begin import from_template
from scenarios.store.place import open_store
from tests.app_pages.chrome import browsing, settle
from tests.app_pages.test_browser import home, server, to  # noqa: F401 - fixtures
from tests.app_pages.test_pages import FAKE, PATIENCE_S, texts
from tests.scenarios.starting.test_starting import workbook


@pytest.mark.browser
def test_new_scenarios_from_a_map_and_from_excel(
    server: str, chromium: str, project_root: Path, tmp_path: Path  # noqa: F811
) -> None:
    """Each opens at once, stands on Start with its map afterwards, and F5 loses nothing."""
    town = project_root / "scenarios/library/crossroads/crossroads.osm"
    book = tmp_path / "people.xlsx"
    book.write_bytes(workbook())
    with browsing(chromium) as (page, outside, faults):
        page.goto(server)
        settle(page)
        expect(page.get_by_alt_text("Map of crossroads", exact=True)).to_be_visible()

        new(page, "From a map file")
        upload(page, "map_file", town)
        page.get_by_role("textbox", name="Title of the event").fill("Night of lights")
        page.get_by_role("button", name="Make it").locator("visible=true").click()
        expect(page.get_by_role("heading", name="Night of lights")).to_be_visible()
        assert re.search(r"scenario=\d{8}-\d{6}-[0-9a-f]{8}", page.url)

        to(page, "Start")
        new(page, "From Excel")
        upload(page, "book_file", book)
        upload(page, "book_map", town)
        page.get_by_role("button", name="Make it").locator("visible=true").click()
        expect(page.get_by_role("heading", name="Night market")).to_be_visible()
        expect(page.get_by_text("40 people")).to_be_visible()
        page.reload()
        settle(page)
        expect(page.get_by_role("heading", name="Night market")).to_be_visible()

        to(page, "Start")
        for name in ("Night of lights", "Night market"):
            expect(page.get_by_alt_text(f"Map of {name}")).to_be_visible()
        assert drawn(page, "Map of Night market") == [320, 180]
        page.get_by_role("button", name="Open Night market").click()
        expect(page.get_by_role("heading", name="Night market")).to_be_visible()
        assert (outside, faults) == ([], [])


def new(page: Page, way: str) -> None:
    """One of the ways to a new scenario."""
    page.get_by_text("New scenario").click()
    page.get_by_role("tab", name=way).click()
    settle(page)


def upload(page: Page, key: str, path: Path) -> None:
    """A file into an uploader, until its name is shown."""
    box = page.locator(f".st-key-{key}")
    box.locator("input[type=file]").set_input_files(path)
    expect(box.get_by_text(path.name)).to_be_visible()
    settle(page)


def drawn(page: Page, alt: str) -> list[int]:
    """The natural size of a picture: nothing where it could not be drawn."""
    size: list[int] = page.get_by_alt_text(alt).evaluate("image => [image.naturalWidth, image.naturalHeight]")
    return size


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, project_root: Path) -> AppTest:
    """The front end on its first page, with a data folder of its own."""
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("VEDETTE_USER", "Ann")
    monkeypatch.setenv("PYTHONPATH", str(project_root))
    monkeypatch.setattr(jobs, "_command", lambda folder: [sys.executable, str(FAKE), str(folder)])
    return AppTest.from_file(str(project_root / "streamlit_app.py"), default_timeout=60)


def states(app: AppTest) -> list[str]:
    """What each card's badge says, in the order of the cards."""
    assert not app.exception
    words = "draft|planned|stale|published"
    found = [re.search(rf"\b({words})\b\]", str(text.value)) for text in app.markdown]
    return [one[1] for one in found if one]


def test_each_card_says_how_it_stands(start: AppTest) -> None:
    """A draft, then planned, then stale by a change, then planned again when it is undone."""
    draft = drafts.find(from_template(open_store(), "crossroads", "Fair", who="Ann"))
    assert states(start.run())[0] == "draft"
    job = drafts.plan(draft, jobs.Options(), who="Ann")
    began = time.monotonic()
    while jobs.read(job.id).running:
        assert time.monotonic() - began < PATIENCE_S
        time.sleep(0.05)
    assert states(start.run())[0] == "planned"
    change = {"id": "lanterns", "title": "Lantern concert", "attendance": 400}
    changed = drafts.add(draft.ref, "session", change, who="Ann")
    assert states(start.run())[0] == "stale"
    drafts.undo(changed, who="Ann")
    assert states(start.run())[0] == "planned"
    assert set(states(start.run())[1:]) == {"draft"}


def test_a_name_is_text_and_an_empty_one_is_told(start: AppTest) -> None:
    from_template(open_store(), "crossroads", "**[x](y)** <b>$a$", who="Ann")
    assert r"\*\*\[x\](y)\*\* \<b\>\$a\$" in texts(start.run())
    next(b for b in start.button if b.label == "Make it").click().run()
    assert "1 fault to mend; nothing was kept." in texts(start)
    assert len([source for source in drafts.sources() if source.draft is not None]) == 1
