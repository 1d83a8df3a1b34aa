"""Places in a real browser, in both languages: draw, drag, name, undo; closures and a perimeter; the table twin."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from scenarios import drafts, tongue
from scenarios.publish.webmap import WORDS
from scenarios.tongue import say, speaking
from tests.app_pages.chrome import browsing, settle, until
from tests.app_pages.test_browser import home, server  # noqa: F401 - fixtures
from tests.app_pages.test_unsent import stored

pytestmark = pytest.mark.browser


def click(page: Page, *points: tuple[int, int]) -> None:
    """Clicks on the map, with a breath between them so that none is taken for the second half of a double click."""
    for x, y in points:
        page.locator(".vm-map").click(position={"x": x, "y": y})
        page.wait_for_timeout(60)


def drag(page: Page, selector: str, dx: int, dy: int) -> None:
    """Take hold of a mark and let it go elsewhere."""
    box = page.locator(selector).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2, steps=3)
    page.mouse.move(x + dx, y + dy, steps=3)
    page.mouse.up()
    settle(page)


def pick(page: Page, label: str, option: str) -> None:
    """An option of a list, by the keyboard; the list may have been closed by what the page was still drawing."""
    box, wanted = page.get_by_role("combobox", name=label, exact=True), page.get_by_role("option", name=option)
    for _try in range(5):
        box.press("ArrowDown")
        page.wait_for_timeout(400)
        if wanted.count():
            break
    wanted.click()
    page.keyboard.press("Escape")
    settle(page)


def row_of(home: Path, monkeypatch: pytest.MonkeyPatch, page: Page, ident: str) -> dict:  # noqa: F811
    """What the store has of a row that was drawn."""
    monkeypatch.setenv("VEDETTE_HOME", os.fspath(home))
    found = re.search(r"scenario=(\d{8}-[\w-]+)", page.url)
    assert found is not None, page.url
    raw = drafts.raw_of(drafts.find(found[1]))
    rows = [row.values for table in ("sites", "closures", "posts") for row in raw.tables.get(table, ())]
    return next((dict(values) for values in rows if values["id"] == ident), {})


@pytest.mark.parametrize("code", list(tongue.LANGUAGES))
def test_a_site_is_drawn_dragged_named_and_taken_back(
    server: str, home: Path, chromium: str, code: str, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:
    """A click adds it, a drag moves it, its name outlives F5, undo takes it back; a closure is a row below."""
    words = WORDS[code]
    with browsing(chromium) as (page, outside, faults), speaking(code):
        page.goto(f"{server}/places?scenario=crossroads&lang={code}")
        settle(page)
        page.get_by_role("button", name=words["tool_site"], exact=True).click()
        click(page, (330, 330))
        expect(page.locator("[data-thing=site1]")).to_be_visible()
        settle(page)
        first = row_of(home, monkeypatch, page, "site1")
        assert first["name"] == say("New site {n}", n=1)
        drag(page, "[data-thing=site1]", 60, 30)
        until(page, lambda: row_of(home, monkeypatch, page, "site1")["lon"] > first["lon"])
        second = row_of(home, monkeypatch, page, "site1")
        assert second["lat"] < first["lat"]
        name = page.get_by_role("textbox", name=say("name").capitalize(), exact=True)
        name.fill("Food court")
        name.press("Enter")
        expect(page.locator("[data-thing=site1][title='Food court']")).to_be_visible()
        page.reload()
        settle(page)
        expect(page.locator("[data-thing=site1][title='Food court']")).to_be_visible()
        page.get_by_role("button", name=say("Undo"), exact=True).click()
        expect(page.locator("[data-thing=site1][title='Food court']")).to_have_count(0)
        assert row_of(home, monkeypatch, page, "site1") == second

        page.get_by_role("button", name=words["tool_close_area"], exact=True).click()
        click(page, (260, 230), (330, 230), (330, 300))
        page.get_by_role("button", name=words["done"], exact=True).click()
        expect(page.locator("[data-thing=closed1]")).to_be_visible()
        settle(page)
        assert row_of(home, monkeypatch, page, "closed1")["shape"].startswith("POLYGON ((")
        page.get_by_role("tab", name=say("Closures")).click()
        expect(page.locator("canvas td", has_text=say("Closure {n}", n=1))).to_be_attached()
    assert faults == []
    assert outside == []


@pytest.mark.parametrize("code", list(tongue.LANGUAGES))
def test_a_perimeter_is_drawn_its_corner_dragged_and_saved(
    server: str, home: Path, chromium: str, code: str, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:
    """Every way in is a point with a kind, blue lights are proven, a corner can be moved, all of it is one change."""
    words = WORDS[code]
    with browsing(chromium, height=1000) as (page, outside, faults), speaking(code):
        page.goto(f"{server}/places?scenario=crossroads&lang={code}")
        settle(page)
        page.get_by_role("button", name=words["tool_perimeter"], exact=True).click()
        click(page, (200, 330), (360, 330), (360, 460), (200, 460))
        page.keyboard.press("Enter")
        expect(page.locator("[data-gate=G01]")).to_be_visible()
        page.get_by_role("tab", name=say("Perimeter")).click()
        settle(page)
        before = page.locator("[data-gate^=G]").count()
        drag(page, "[data-corner='3']", 40, 60)
        expect(page.locator("[data-gate^=G]")).not_to_have_count(before)
        points = page.locator("[data-gate^=G]").count()
        settle(page)
        for label, place in (("Blue lights from", "Crossroads Police"), ("and to", "Crossroads Station")):
            pick(page, say(label), place)
        lossless = say("Blue lights lose no second: {n} ways, proven on the closed roads.", n=2)
        expect(page.get_by_text(lossless)).to_be_visible()
        name = page.get_by_label(say("Name of the perimeter"), exact=True)
        name.fill("Inner ring")
        monkeypatch.setenv("VEDETTE_HOME", os.fspath(home))
        until(page, lambda: stored("crossroads", "perimeter").get("name") == "Inner ring")
        page.reload()  # nothing of it is saved as a change yet, and all of it is still there
        settle(page)
        expect(page.locator("[data-gate^=G]")).to_have_count(points)
        page.get_by_role("tab", name=say("Perimeter")).click()
        expect(page.get_by_text(lossless)).to_be_visible()
        expect(name).to_have_value("Inner ring")
        settle(page)
        page.get_by_role("button", name=say("Save as a change")).click()
        settle(page)
        expect(page.locator("[data-thing^=ring1-g]").first).to_be_visible()
        assert page.locator("[data-thing^='ring1-g']:not([data-thing$='-zu'])").count() == points
    assert faults == []
    assert outside == []
