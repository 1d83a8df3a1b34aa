"""A duty changed in a real browser, in both languages: judged before it is saved, shown everywhere, taken back."""

import os
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from scenarios import tongue
from scenarios.load import load_checked
from scenarios.publish.webmap import WORDS
from scenarios.run import Planned, plan_scenario
from scenarios.viewwords import spoken
from tests.app_pages.chrome import browsing, settle
from tests.app_pages.test_browser import SECOND, home, server  # noqa: F401 - fixtures
from tests.scenarios.finished import finished

pytestmark = pytest.mark.browser
BOTH = pytest.mark.parametrize("code", ["en", "zh"])
#: What stands in the box where a rule would be broken, and beside the badges after an edit.
PART = {"en": re.compile(r"breaks \d+ rule"), "zh": re.compile(r"违反 \d+ 条规则")}
AGAINST = {"en": "Against the plan as it was made", "zh": "与原规划相比"}
Words = Callable[..., str]


@pytest.fixture(scope="module")
def made() -> Planned:
    """The shipped crossroads, planned."""
    return plan_scenario(load_checked("crossroads"), seconds=4, seed=0, repeatable=True)


@pytest.fixture
def plan(home, made: Planned, monkeypatch: pytest.MonkeyPatch) -> str:  # noqa: F811
    """That plan as a finished job of the server under test."""
    monkeypatch.setenv("VEDETTE_HOME", os.fspath(home))
    return finished(made.view, made.plan).id


def speech(code: str) -> Words:
    """What a page says in a language."""

    def told(text: str, many: str = "", n: int = 0, /, **values: object) -> str:
        with tongue.speaking(code):
            return tongue.says(text, many, n) if many else tongue.say(text, **values)

    return told


def press(page: Page, name: str) -> None:
    """A button, by the keyboard."""
    page.get_by_role("button", name=name, exact=True).press("Enter")
    settle(page)


def choose(page: Page, label: str, typed: str) -> None:
    """Take the first option that fits what is typed."""
    box = page.get_by_role("combobox", name=label)
    box.click()
    box.fill(typed)
    page.get_by_role("option").filter(has_text=typed).first.click()
    settle(page)


def to(page: Page, address: str) -> None:
    """Another page by its link, whatever it is called."""
    page.get_by_test_id("stSidebarNav").locator(f"a[href*='/{address}']").click()
    page.wait_for_url(f"**/{address}*")
    settle(page)


@BOTH
def test_a_duty_is_changed_and_taken_back(
    server: str, chromium: str, plan: str, made: Planned, code: str  # noqa: F811
) -> None:
    """Break a rule, see it, take it back; empty a post: map and figures follow; F5; fill it from the list; undo."""
    w, number = speech(code), made.view.posts[0].number
    ben = next(d for d in made.view.duties if d.kind == "post" and d.party == number)
    filled = next(k.text for k in spoken(made.view, code).kpis if k.key == "seats")
    with browsing(chromium) as (page, outside, faults):
        page.goto(f"{server}/map?scenario=crossroads&plan={plan}&lang={code}")
        page.wait_for_selector("[data-post]")
        page.evaluate(SECOND, ben.start_s + 600)
        expect(page.get_by_text(WORDS[code]["all_covered"])).to_be_visible()
        to(page, "roster")
        page.get_by_text(w("Change duties"), exact=True).click()
        press(page, w("Make a copy to work on"))
        expect(page.get_by_text(w("no hard rule broken"))).to_be_visible()

        choose(page, w("Seat"), ben.name)
        page.get_by_text(w("Also who would break rules ({n})", n="").rstrip("()（）").strip()).click()
        settle(page)
        choose(page, "Who, the best first" if code == "en" else "人选", w("Breaks rules: {text}", text="").strip())
        expect(page.get_by_test_id("stAlert").get_by_text(PART[code])).to_be_visible()
        press(page, w("Do it"))
        expect(page.get_by_text(w("no hard rule broken"))).to_have_count(0)
        press(page, w("Undo"))
        expect(page.get_by_text(w("no hard rule broken"))).to_be_visible()

        way(page, w("Empty the seat"))
        expect(page.get_by_text(w("leaves {n} seat empty", "leaves {n} seats empty", 1)).first).to_be_visible()
        press(page, w("Do it"))
        expect(page.get_by_text(w("The last change")).first).to_be_visible()
        to(page, "plan")
        expect(page.get_by_text(filled.replace("12", "11", 1), exact=True).first).to_be_visible()
        to(page, "map")
        page.wait_for_selector("[data-post]")
        page.evaluate(SECOND, ben.start_s + 600)
        expect(page.get_by_text(WORDS[code]["uncovered_now"])).to_be_visible()
        to(page, "roster")
        expect(page.get_by_text(AGAINST[code])).to_be_visible()
        page.reload()
        settle(page)
        expect(page.get_by_text(AGAINST[code])).to_be_visible()

        page.get_by_text(w("Change duties"), exact=True).click()
        choose(page, w("Seat"), f"{ben.group}/{ben.seat}")
        press(page, w("Do it"))
        expect(page.get_by_text(w("fills {n} seat", "fills {n} seats", 1)).first).to_be_visible()
        press(page, w("Undo"))
        expect(page.get_by_text(w("{n} seat empty", "{n} seats empty", 1)).first).to_be_visible()
        undo = page.get_by_role("button", name=w("Undo"), exact=True)
        for _again in range(4):  # a press while the page is being drawn anew is nobody's
            if undo.is_enabled():
                press(page, w("Undo"))
                page.wait_for_timeout(500)
        expect(undo).to_be_disabled()
        expect(page.get_by_text(AGAINST[code])).to_have_count(0)
        to(page, "plan")
        expect(page.get_by_text(filled, exact=True).first).to_be_visible()
        assert (outside, faults) == ([], [])


def way(page: Page, name: str) -> None:
    """One of the ways to change a seat."""
    page.get_by_role("radio", name=name).or_(page.get_by_role("button", name=name)).first.click()
    settle(page)
