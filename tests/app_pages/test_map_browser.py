"""The Map in a real browser, in both languages: time by the keyboard, a post's story, layers by name, tables, paper."""

import pytest
from playwright.sync_api import expect

from scenarios import tongue
from scenarios.publish.webmap import WORDS
from scenarios.tongue import say, speaking
from tests.app_pages.chrome import DRAWN_SHARE, browsing, settle
from tests.app_pages.test_browser import home, server  # noqa: F401 - fixtures
from tests.app_pages.test_duties_browser import made, plan  # noqa: F401 - fixtures

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("code", list(tongue.LANGUAGES))
def test_the_map_tells_its_story(server: str, chromium: str, plan: str, code: str) -> None:  # noqa: F811
    """Roads are not sent again when a post is picked or the language is switched; all can be done by the keyboard."""
    words, got = WORDS[code], [0]
    with browsing(chromium) as (page, outside, faults), speaking(code):
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: got.append(len(frame))))
        page.goto(f"{server}/map?scenario=crossroads&plan={plan}&lang={code}")
        settle(page)
        page.wait_for_selector("[data-post=P01]")
        assert page.evaluate(DRAWN_SHARE) > 0.02
        slider = page.get_by_role("slider", name=words["time"])
        slider.press("Home")
        first = page.locator(".vm-clock b").inner_text()
        slider.press("PageUp")
        expect(page.locator(".vm-clock b")).not_to_have_text(first)
        box = page.get_by_role("checkbox", name=words["coverage"])
        assert not box.is_checked()
        box.press("Space")
        assert box.is_checked()

        page.get_by_role("button").filter(has=page.locator("[data-post=P01]")).press("Enter")
        story = page.locator(".vm-details")
        expect(story).to_contain_text(words["stands"])
        expect(story).to_contain_text(words["why"])
        expect(story.locator(".vm-why").first).not_to_be_empty()
        settle(page)
        got.clear()
        page.get_by_role("tab", name=say("Sites"), exact=True).click()
        expect(page.locator("canvas td", has_text="Market Square").first).to_be_attached()
        settle(page)
        other = next(name for key, name in tongue.LANGUAGES.items() if key != code)
        page.get_by_text(other, exact=True).click()
        theirs = next(WORDS[key] for key in tongue.LANGUAGES if key != code)
        expect(page.get_by_role("checkbox", name=theirs["coverage"])).to_be_attached()
        settle(page)
        assert sum(got) < 150_000  # the engine alone is larger
        page.get_by_role("button", name=theirs["print"], exact=True).click()
        paper = page.frame_locator("iframe.vm-paper")
        expect(paper.locator("h1")).to_have_text("Lantern evening at Crossroads")
        assert paper.locator(".vm-sheet-map img").count() > 0
        assert paper.locator("[data-post=P01]").count() == 1
    assert faults == []
    assert outside == []
