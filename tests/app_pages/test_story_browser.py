"""Whole stories in a real browser that may reach nothing but this machine.

From an empty start to printed cards, by keyboard alone, in Chinese alone, and every name that a screen reader says.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Page, expect

from app_pages.frame import PAGES
from scenarios import drafts, jobs, tongue
from scenarios.publish.orders import Order
from scenarios.tongue import say, speaking
from scenarios.viewfile import read_view
from tests.app_pages.chrome import browsing, settle
from tests.app_pages.page_facts import english_words, shown_text, unnamed
from tests.app_pages.test_browser import SOLVE_MS, home, server  # noqa: F401 - fixtures
from tests.app_pages.test_start import upload
from tests.scenarios.starting.test_starting import workbook

pytestmark = pytest.mark.browser

TOWN = "scenarios/library/crossroads/crossroads.osm"
DARK = (
    "() => { const app = document.querySelector('[data-testid=stApp]');"
    " return !!app && getComputedStyle(app).backgroundColor === 'rgb(18, 22, 28)'; }"
)
POLICY = "Content Security Policy"
#: How each language's story comes by its scenario.
WAYS = {"en": "From a map file", "zh": "From Excel"}


def to(page: Page, title: str) -> None:
    """Another page by its link, named in the language that is spoken."""
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=say(title), exact=True).click()
    page.wait_for_url(re.compile(rf"/{title.lower() if title != 'Start' else ''}\?"))
    settle(page)


def press(page: Page, name: str) -> None:
    """The button of that name which is to be seen."""
    page.get_by_role("button", name=name, exact=True).locator("visible=true").first.click()
    settle(page)


@pytest.mark.parametrize("code", list(tongue.LANGUAGES))
def test_from_an_empty_start_to_printed_cards(
    server: str, home: Path, chromium: str, project_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,  # noqa: F811
    code: str,
) -> None:  # fmt: skip
    """A new scenario from a file, one thing changed, planned, read on map and roster, and the post cards in hand."""
    monkeypatch.setenv("VEDETTE_HOME", os.fspath(home))
    with browsing(chromium) as (page, outside, faults), speaking(code):
        page.goto(f"{server}/?lang={code}")
        settle(page)
        expect(page.get_by_role("heading", name=say("Scenarios"))).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", {"en": "en", "zh": "zh-Hans"}[code])
        begin(page, code, project_root / TOWN, tmp_path)

        to(page, "Event")
        page.get_by_role("tab", name=say("The event as a whole")).click()
        title = page.get_by_role("textbox", name=say("Title of the event"), exact=True)
        title.fill("Harbour night")
        title.press("Enter")
        expect(page.get_by_role("heading", name="Harbour night")).to_be_visible()

        to(page, "Plan")
        page.get_by_role("slider", name=say("Search for up to")).press("Home")
        settle(page)
        press(page, say("Plan now"))
        expect(page.get_by_role("heading", name=say("What was achieved"))).to_be_visible(timeout=SOLVE_MS)
        settle(page)  # how it was asked for stands in the fields again
        expect(page.get_by_role("spinbutton", name=say("Cores"))).to_have_value("2")
        expect(page.get_by_test_id("stSliderThumbValue")).to_have_text(say("10 seconds"))
        plan = re.search(r"plan=([\w-]+)", page.url)
        assert plan is not None
        posts = {post.number: post.name for post in read_view(jobs.read(plan[1]).view_path).posts}
        assert posts

        to(page, "Map")
        expect(page.locator("[data-post]").first).to_be_visible()
        assert set(page.locator("[data-post]").all_inner_texts()) <= set(posts)
        to(page, "Roster")
        expect(page.get_by_text(re.compile(r"\d")).first).to_be_visible()

        to(page, "Papers")
        page.get_by_role("radiogroup", name=say("Document")).get_by_text(say("Post cards"), exact=True).click()
        settle(page)
        with page.expect_download() as coming:
            page.get_by_role("button", name=say("Download {file}", file=Order("post_cards").file)).click()
        cards = pypdf.PdfReader(coming.value.path())
        told = "\n".join(one.extract_text() for one in cards.pages)
        assert "Harbour night" in told
        assert {number for number in posts if number in told} == set(posts)
        assert {name for name in posts.values() if name in told} == set(posts.values())
    assert faults == []
    assert outside == []


def begin(page: Page, code: str, town: Path, tmp_path: Path) -> None:
    """The new scenario: a map file and an event, or a workbook with forty people."""
    page.get_by_text(say("New scenario")).click()
    page.get_by_role("tab", name=say(WAYS[code])).click()
    settle(page)
    if code == "en":
        upload(page, "map_file", town)
        page.get_by_role("textbox", name=say("Title of the event")).fill("Night of lights")
    else:
        book = tmp_path / "people.xlsx"
        book.write_bytes(workbook())
        upload(page, "book_file", book)
        upload(page, "book_map", town)
    page.get_by_role("button", name=say("Make it")).locator("visible=true").click()
    name = {"en": "Night of lights", "zh": "Night market"}[code]
    expect(page.get_by_role("heading", name=name)).to_be_visible()


@pytest.fixture
def planned(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:  # noqa: F811
    """The address of a scenario with a plan: the story's, else one that is made now."""
    monkeypatch.setenv("VEDETTE_HOME", os.fspath(home))
    job = next((one for one in jobs.jobs() if one.has_plan), None)
    if job is None:
        job = drafts.plan(drafts.find("crossroads"), jobs.Options(seconds=10))
        jobs._CHILDREN[job.id].wait(SOLVE_MS / 1000)
    yield f"scenario={job.source}&plan={job.id}"
    jobs._CHILDREN.clear()


def test_every_page_in_chinese_and_every_name(server: str, chromium: str, planned: str) -> None:  # noqa: F811
    """Each page with each tab: Latin letters are names, ids and units only; whatever can be used has a name.

    And nothing on any of them asks for what the strict headers forbid.
    """
    left: dict[str, list[str]] = {}
    nameless: dict[str, list[str]] = {}
    broken: list[str] = []
    with browsing(chromium) as (page, outside, faults), speaking("zh"):
        page.on("console", lambda line: broken.append(line.text) if POLICY in line.text else None)
        tree = page.context.new_cdp_session(page)
        page.goto(f"{server}/plan?{planned}&lang=zh")
        settle(page)
        for _file, title, _icon in PAGES:
            to(page, title)
            words = english_words(shown_text(page), planned)
            found = unnamed(tree.send("Accessibility.getFullAXTree")["nodes"])
            for tab in page.get_by_role("tab", selected=False).all():
                if tab.is_visible():
                    tab.click()
                    settle(page)
                    words |= english_words(shown_text(page), planned)
                    found += unnamed(tree.send("Accessibility.getFullAXTree")["nodes"])
            left |= {title: sorted(words)} if words else {}
            nameless |= {title: found} if found else {}
    assert left == {}
    assert nameless == {}
    assert (faults, outside, broken) == ([], [], [])


def focused(page: Page) -> str:
    """The name or text of what has the focus, through shadow roots."""
    found: str = page.evaluate(
        "() => { let at = document.activeElement;"
        " while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;"
        " return at ? (at.getAttribute('aria-label') || at.innerText || at.id || at.tagName).trim() : ''; }"
    )
    return found


def test_a_page_by_keyboard_alone(server: str, chromium: str) -> None:  # noqa: F811
    """Past the menu by the skip link, to another page, through its fields to its button, each step to be seen."""
    with browsing(chromium) as (page, outside, faults):
        page.goto(f"{server}/?lang=en")
        settle(page)
        page.keyboard.press("Tab")
        assert focused(page) == "Skip to main content"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "stMain"
        page.keyboard.press("Alt+Shift+KeyN")
        while "Plan" not in focused(page):
            page.keyboard.press("Tab")
        ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert ring == "solid"
        page.keyboard.press("Enter")
        page.wait_for_url("**/plan*")
        settle(page)
        page.keyboard.press("Alt+Shift+KeyM")
        seen: list[str] = []
        while "Plan now" not in seen and len(seen) < 30:
            page.keyboard.press("Tab")
            seen.append(focused(page))
        assert {"Search for up to", "Plan now"} <= set(seen)
        page.keyboard.press("Alt+Shift+KeyS")
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("listbox")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("listbox")).to_have_count(0)
    assert faults == []
    assert outside == []


def test_dark_large_and_strict(server: str, chromium: str) -> None:  # noqa: F811
    """The choice of colours stays over reload and pages, type grows, and the policy is broken by nothing of ours."""
    broken: list[str] = []
    with browsing(chromium) as (page, outside, faults):
        page.on("console", lambda line: broken.append(line.text) if POLICY in line.text else None)
        answer = page.goto(f"{server}/?lang=zh")
        assert answer is not None
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        settle(page)
        size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
        small = page.evaluate(size)
        with speaking("zh"):
            page.get_by_role("button", name=say("Display")).click()
            page.get_by_text(say("Large type"), exact=True).click()
            page.wait_for_function(f"least => {size} > least", arg=1.2 * small)
            settle(page)
            page.get_by_role("radio", name=say("Dark")).click()
            page.wait_for_function(DARK)
            settle(page)
        assert page.evaluate(size) > 1.2 * small
        page.goto(f"{server}/map?scenario=crossroads")
        page.wait_for_function(DARK)
        settle(page)
        page.wait_for_function(DARK)
    assert broken == []
    assert faults == []
    assert outside == []
