"""A duty changed in a real browser: chosen, seen, done by the keyboard, kept over F5 and another page, taken back."""

import os

import pytest
from playwright.sync_api import Page, expect

from scenarios.load import load_checked
from scenarios.run import plan_scenario
from tests.app_pages.chrome import browsing
from tests.app_pages.test_browser import home, server, settle, to  # noqa: F401 - fixtures
from tests.app_pages.test_duties import kept


@pytest.fixture
def plan(home, monkeypatch: pytest.MonkeyPatch) -> str:  # noqa: F811
    """The shipped crossroads planned, as a finished job of the server under test."""
    monkeypatch.setenv("VEDETTE_HOME", os.fspath(home))
    return kept(plan_scenario(load_checked("crossroads"), seconds=4, seed=0, repeatable=True)).id


@pytest.mark.browser
def test_a_duty_is_emptied_and_taken_back(server: str, chromium: str, plan: str) -> None:  # noqa: F811
    """Copy, choose, see, do, look at another page, F5, undo: nobody outside is asked for anything."""
    with browsing(chromium) as (page, outside, faults):
        page.goto(f"{server}/roster?scenario=crossroads&plan={plan}")
        settle(page)
        page.get_by_text("Change duties").click()
        page.get_by_role("button", name="Make a copy to work on").click()
        expect(page.get_by_text("no hard rule broken")).to_be_visible()
        settle(page)
        page.get_by_role("textbox", name="Name, place or seat").fill("Ada")
        page.get_by_role("textbox", name="Name, place or seat").press("Enter")
        settle(page)
        seat = page.get_by_role("combobox", name="Seat", exact=False).first
        expect(seat).to_be_visible()
        way(page, "Empty the seat")
        expect(page.get_by_text("leaves 1 seat empty")).to_be_visible()
        page.get_by_role("button", name="Do it").press("Enter")
        expect(page.get_by_text("The last change")).to_be_visible()
        to(page, "Map")
        expect(page.get_by_text("1 seat is set by hand")).to_be_visible()
        to(page, "Roster")
        expect(page.get_by_role("textbox", name="Name, place or seat")).to_have_value("Ada")
        page.reload()
        settle(page)
        expect(page.get_by_text("Against the plan as it was made")).to_be_visible()
        page.get_by_role("button", name="Undo").press("Enter")
        expect(page.get_by_text("Against the plan as it was made")).to_have_count(0)
        assert (outside, faults) == ([], [])


def way(page: Page, name: str) -> None:
    """One of the ways to change a seat."""
    page.get_by_role("radio", name=name).or_(page.get_by_role("button", name=name)).first.click()
    settle(page)
