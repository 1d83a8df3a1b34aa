"""The Event page in a browser, in both languages: the programme changed by the keyboard in its table, and undone."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as TooLate

from scenarios import drafts
from tests.app_pages.chrome import browsing, settle
from tests.app_pages.test_browser import home, server  # noqa: F401 - fixtures

pytestmark = pytest.mark.browser

WORDS = {
    "en": {
        "why": "Who is needed, and why", "crowd": "1,200 are expected: up to 1,200 arrive within an hour",
        "undo": "Undo", "session": "1 session", "sessions": "2 sessions", "held": "must end after it starts",
        "whole": "The event as a whole",
    },
    "zh": {
        "why": "警力需求与依据", "crowd": "预计 1,200 人：一小时内最多到达 1,200 人", "undo": "撤销",
        "session": "1 场活动", "sessions": "2 场活动", "held": "结束时间必须晚于开始时间", "whole": "总体设置",
    },
}  # fmt: skip
TITLE, END, ATTENDANCE = 1, 5, 6


def cell(page: Page, column: int, row: int):
    """A cell as screen readers meet it."""
    return page.get_by_test_id(f"glide-cell-{column}-{row}").first


def type_into(page: Page, column: int, row: int, text: str, *, new: bool = False) -> None:
    """Go there from the first column by the arrows, open the cell, type, leave it; a new row opens by itself."""
    grid = page.get_by_test_id("stDataFrame").first
    box = page.locator(".gdg-input, [id^=gdg-overlay] input, [id^=gdg-overlay] textarea").first
    for _again in range(5):  # while the page is being drawn anew the first keys may go nowhere
        grid.click(position={"x": 100, "y": 50 + 34 * row})
        if not new:
            for _step in range(column - 1):
                page.keyboard.press("ArrowRight")
            page.keyboard.press("Enter")
        try:
            box.wait_for(timeout=4000)
            box.fill(text, timeout=4000)
            box.press("Enter", timeout=4000)
        except TooLate:  # it was closed by the drawing anew
            continue
        break
    settle(page)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_programme_is_changed_and_undone(server: str, chromium: str, lang: str) -> None:  # noqa: F811
    """More people expected, more are needed; a session that ends too soon is held back; undo and F5 lose nothing."""
    words = WORDS[lang]
    with browsing(chromium, height=1000) as (page, outside, faults):
        page.goto(f"{server}/event?scenario=crossroads&lang={lang}")
        figures = page.get_by_test_id("stMetricValue")
        expect(figures.nth(0)).to_have_text("250")
        before = int(figures.nth(2).inner_text())
        type_into(page, ATTENDANCE, 0, "1200")
        expect(figures.nth(0)).to_have_text("1,200")
        assert int(figures.nth(2).inner_text()) > before
        assert re.search(r"scenario=\d{8}-\d{6}-", page.url)
        page.get_by_role("tab", name=words["why"]).click()
        expect(page.get_by_text(words["crowd"])).to_be_visible()

        type_into(page, TITLE, 1, "Morning market", new=True)
        expect(page.get_by_text(words["sessions"], exact=True)).to_be_visible()
        type_into(page, END, 0, "2026-06-12 18:00")
        expect(page.get_by_text(words["held"])).to_be_visible()
        # Another page and a new session: what was saved stands, what is held still waits.
        for way in ("rules", "event"):
            page.get_by_test_id("stSidebarNav").locator(f"a[href*='/{way}']").click()
            settle(page)
        expect(page.get_by_text(words["held"])).to_be_visible()
        page.reload()
        expect(page.get_by_text(words["held"])).to_be_visible()
        expect(figures.nth(0)).to_have_text("1,700")
        expect(page.get_by_text(words["sessions"], exact=True)).to_be_visible()
        settle(page)

        page.get_by_role("button", name=words["undo"]).press("Enter")
        expect(page.get_by_text(words["session"], exact=True)).to_be_visible()
        page.get_by_role("button", name=words["undo"]).press("Enter")
        expect(figures.nth(0)).to_have_text("250")
        expect(cell(page, ATTENDANCE, 0)).to_have_text("250")
        page.reload()
        expect(figures.nth(0)).to_have_text("250")
        expect(cell(page, TITLE, 0)).to_have_text("Lantern concert")
        # What a reload does before it reloads: the field that the cursor is in is told, though nobody has left it.
        page.get_by_role("tab", name=words["whole"]).click()
        settle(page)
        page.locator(".st-key-general-title input").fill("Lanterns by the river")
        page.evaluate("window.dispatchEvent(new Event('beforeunload'))")
        expect(page.get_by_role("heading", name="Lanterns by the river")).to_be_visible()
    assert (outside, faults) == ([], [])


def test_another_scenario_and_back_leave_the_programme_as_it_is(
    server: str, home: Path, chromium: str, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:
    """Edited twice, another page, another desk, another scenario and its programme, and back: that writes nothing."""
    monkeypatch.setenv("VEDETTE_HOME", str(home))
    with browsing(chromium, height=1000) as (page, outside, faults):

        def go(name: str) -> None:
            page.get_by_test_id("stSidebar").get_by_role("link", name=name, exact=True).click()
            settle(page)

        def opened(ref: str, sessions: int, title: str, changes: int) -> None:
            """A scenario from Start, and its programme."""
            go("Start")
            page.locator(f".st-key-open-{ref} button").click()
            settle(page)
            go("Event")
            expect(page.get_by_role("button", name=f"Changes ({changes})")).to_be_visible()
            expect(cell(page, TITLE, sessions - 1)).to_have_text(title)

        page.goto(f"{server}/event?scenario=crossroads&lang=en")
        settle(page)
        type_into(page, ATTENDANCE, 0, "1200")
        type_into(page, ATTENDANCE, 0, "900")
        go("Rules")
        go("Event")
        expect(cell(page, ATTENDANCE, 0)).to_have_text("900")
        # Another desk adds a place: there is one more to choose, and so the columns are others.
        mine = parse_qs(urlsplit(page.url).query)["scenario"][0]
        place = drafts.raw_of(drafts.find(mine)).tables["sites"][0].values
        told = {name: value for name, value in place.items() if name not in {"id", "osm"}}
        drafts.put(mine, "sites", {"id": "gate"}, told, title="Gate", who="Ben")
        page.get_by_role("tab", name=WORDS["en"]["why"]).click()
        expect(page.get_by_text("Gate is added", exact=False).first).to_be_visible()
        settle(page)
        expect(cell(page, ATTENDANCE, 0)).to_have_text("900")
        opened("neubrandenburg", 8, "Regional exhibition, Sunday", 0)
        assert "scenario=neubrandenburg" in page.url
        opened(mine, 1, "Lantern concert", 2)
        expect(cell(page, ATTENDANCE, 0)).to_have_text("900")
    assert (outside, faults) == ([], [])
