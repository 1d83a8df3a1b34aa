"""A duty changed in a real browser, in both languages: judged before it is saved, shown everywhere, taken back."""

import os
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

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


#: What has the focus in the timeline, in the words that are read aloud.
FOCUSED = "() => document.activeElement.shadowRoot.querySelector('#vr-active')?.getAttribute('aria-label') ?? ''"


@BOTH
def test_a_duty_is_dragged_and_taken_back(
    server: str, chromium: str, plan: str, made: Planned, code: str  # noqa: F811
) -> None:
    """By mouse onto who breaks rules: told, marked, undone beside it; its seat emptied, and filled again by keys."""
    w = speech(code)
    ben = next(d for d in made.view.duties if d.kind == "post")
    with browsing(chromium) as (page, outside, faults):
        page.goto(f"{server}/roster?scenario=crossroads&plan={plan}&lang={code}")
        settle(page)
        page.get_by_text(w("Change duties"), exact=True).click()
        press(page, w("Make a copy to work on"))
        bar, said = page.locator(f"[data-seat='{ben.group}/{ben.seat}']"), page.locator(".vr-says")
        owner = page.locator(".vr-row").filter(has=bar).locator(".vr-name")
        expect(owner).to_have_text(ben.name)

        hold(page, bar)
        to_name = page.locator(".vr-name").filter(has=page.locator(".vr-x")).first
        name = to_name.inner_text().removeprefix("✕").strip()
        carry(page, to_name)
        page.mouse.up()
        settle(page)
        menu = page.get_by_role("menuitem", name=w("Give it to {name} as well", name=name))
        if menu.count():
            menu.click()
        expect(said).to_contain_text(w("The last change"))
        expect(said).to_contain_text(PART[code])
        expect(owner).to_contain_text(name)
        expect(page.locator(".vr-broken").first).to_be_visible()
        expect(page.get_by_text(w("no hard rule broken"))).to_have_count(0)
        page.locator(".vr-buttons").get_by_role("button", name=w("Undo")).click()
        expect(page.get_by_text(w("no hard rule broken"))).to_be_visible()
        expect(owner).to_have_text(ben.name)
        expect(page.locator(".vr-broken")).to_have_count(0)

        hold(page, bar)
        carry(page, page.locator(".vr-nobody"))
        expect(said).to_contain_text(w("the seat would be empty"))
        page.mouse.up()
        expect(page.locator(".vr-must")).to_have_attribute("data-seat", f"{ben.group}/{ben.seat}")
        expect(page.get_by_text(w("{n} seat empty", "{n} seats empty", 1)).first).to_be_visible()
        settle(page)

        # The same on by keyboard: the empty seat is taken up, somebody who is free gets it, and it is taken back.
        page.locator(".vr-scroll").focus()
        page.keyboard.press("Home")
        assert w("empty, must be filled") in page.evaluate(FOCUSED)
        page.keyboard.press("Enter")
        expect(page.locator(".vr-f").first).to_be_visible()
        for _ in range(60):
            page.keyboard.press("ArrowDown")
            if f"✓ {w('free')}" in said.inner_text():
                break
        page.keyboard.press("Enter")
        expect(said).to_contain_text(w("fills {n} seat", "fills {n} seats", 1))
        assert ben.place_name in page.evaluate(FOCUSED)
        expect(page.locator(".vr-must")).to_have_count(0)
        settle(page)
        page.keyboard.press("Enter")
        expect(said).to_contain_text(w("is in hand: arrow keys or the mouse choose where it goes, Esc puts it back."))
        page.keyboard.press("Escape")
        page.keyboard.press("Control+z")
        expect(page.locator(".vr-must")).to_be_visible()
        assert (outside, faults) == ([], [])


def hold(page: Page, bar: Locator) -> None:
    """Take a duty up with the mouse, and wait until it is known how everybody stands to it."""
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 6, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 16, box["y"] + box["height"] / 2 + 3, steps=3)
    expect(page.locator(".vr-sign").first).to_be_visible()
    settle(page)


def carry(page: Page, to_what: Locator) -> None:
    """Move what is held over something, and wait until what it would do is told."""
    box = to_what.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=6)
    page.wait_for_timeout(250)
    settle(page)
