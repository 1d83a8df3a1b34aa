"""Forces in a real browser, in both languages: a cell, a person, leave, a fault beside its cell, and the way back."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from scenarios.tongue import say as _
from scenarios.tongue import speaking
from tests.app_pages.chrome import browsing, settle
from tests.app_pages.test_browser import home, server  # noqa: F401 - fixtures

ROW_PX = 33
QUOTED = re.compile('["“]8:00["”]')


def grid(page: Page) -> Locator:
    """The table that is open."""
    return page.locator("[data-testid=stDataFrame]:visible").first


def at(page: Page, column: int, row: int) -> Locator:
    """A cell as a screen reader finds it; the header is row 0, the marks of the rows column 0."""
    return grid(page).get_by_test_id(f"glide-cell-{column}-{row - 1}")


def choose(page: Page, x: float, row: int) -> None:
    """Click a cell, ``x`` as a share of the table's width."""
    box = grid(page).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * x, box["y"] + ROW_PX * (row + 0.5))
    page.wait_for_timeout(250)


def write(page: Page, x: float, row: int, text: str) -> None:
    """Write into a cell, over what stands there; once more where the table was just drawn anew."""
    page.wait_for_timeout(500)
    for _again in range(3):
        choose(page, x, row)
        page.keyboard.press("Enter")
        page.wait_for_timeout(300)
        page.keyboard.press("Control+A")
        page.keyboard.type(text, delay=15)
        page.keyboard.press("Enter")
        page.wait_for_timeout(1200)
        if grid(page).get_by_role("gridcell", name=text).or_(grid(page).get_by_text(text)).count():
            return


def answer(page: Page, text: str) -> None:
    """Write into the cell that a new row has opened."""
    page.wait_for_timeout(400)
    page.keyboard.type(text, delay=30)
    page.wait_for_timeout(150)
    page.keyboard.press("Enter")


def alert(page: Page) -> Locator:
    """What is said of the time that is none."""
    return page.get_by_test_id("stAlert").filter(has_text=QUOTED)


def changes(page: Page, n: int) -> None:
    """So many changes are in the list, and the page has settled."""
    expect(page.get_by_role("button", name=_("Changes ({n})", n=n))).to_be_visible()
    settle(page)


@pytest.mark.browser
@pytest.mark.parametrize("code", ["en", "zh"])
def test_the_force_is_edited_in_its_tables(server: str, chromium: str, code: str) -> None:  # noqa: F811
    """Saved as it is made, kept over F5, faults in the row that has them, each edit undone; nobody outside is asked."""
    with browsing(chromium) as (page, outside, faults), speaking(code):
        page.goto(f"{server}/forces?scenario=crossroads&lang={code}")
        settle(page)
        expect(at(page, 1, 5)).to_have_text("Eve Example")
        write(page, 0.08, 5, "Eva Beispiel")
        changes(page, 1)
        choose(page, 0.08, 9)  # the row below the last one adds, and asks at once
        answer(page, "Ina")
        changes(page, 2)
        expect(at(page, 8, 9)).to_have_text("C13")
        for way in ("rules", "forces"):  # another page and back: what was edited stands
            page.get_by_test_id("stSidebarNav").locator(f"a[href*='/{way}']").click()
            settle(page)
        changes(page, 2)
        expect(at(page, 1, 5)).to_have_text("Eva Beispiel")

        page.get_by_role("tab", name=_("Leave"), exact=True).click()
        settle(page)
        choose(page, 0.08, 1)
        answer(page, "Ina")
        changes(page, 3)
        expect(at(page, 1, 1)).to_have_text(re.compile("Ina|C13"))
        for name in (_("People"), _("Leave")):  # there and back: nothing is written by going
            page.get_by_role("tab", name=name, exact=True).click()
            settle(page)
            expect(at(page, 1, 5 if name == _("People") else 1)).to_have_text(re.compile("Eva Beispiel|Ina|C13"))
            changes(page, 3)
        write(page, 0.4, 1, "8:00")
        expect(alert(page).first).to_be_visible()
        expect(at(page, 1, 1)).to_contain_text(QUOTED)  # the mark stands in the row
        expect(page.get_by_text(_("To mend")).first).to_be_attached()

        page.reload()
        settle(page)
        expect(alert(page).first).to_be_visible()
        page.get_by_role("button", name=_("Undo"), exact=True).click()
        changes(page, 3)
        expect(alert(page)).to_have_count(0)
        for n in (2, 1):
            page.get_by_role("button", name=_("Undo"), exact=True).click()
            changes(page, n)
        page.get_by_role("tab", name=_("People"), exact=True).click()
        settle(page)
        expect(at(page, 1, 5)).to_have_text("Eva Beispiel")
        expect(at(page, 1, 9)).to_have_count(0)
        assert (outside, faults) == ([], [])
