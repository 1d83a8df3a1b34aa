"""The Rules page in a browser, in both languages: a rule made soft and put back, a preset taken over and undone."""

import pytest
from playwright.sync_api import expect

from tests.app_pages.chrome import browsing, settle
from tests.app_pages.test_browser import home, server  # noqa: F401 - fixtures

pytestmark = pytest.mark.browser

WORDS = {
    "en": {
        "search": "Search", "sought": "daily rest", "says": "Between two tours lie at least 11 h of rest",
        "soft": "should hold", "hours": "Hours of rest between two tours", "nine": "Between two tours lie at least 9 h",
        "before": "Before: must hold; Hours of rest between two tours: 11.", "back": "As it was",
        "none": "0 were changed", "one": "1 was changed", "presets": "Presets", "take": "Take it over",
        "taken": "This preset is taken over already.", "undo": "Undo",
    },
    "zh": {
        "search": "查找", "sought": "每日休息", "says": "两班之间至少休息 11 小时", "soft": "尽量满足",
        "hours": "两班之间的休息小时数", "nine": "两班之间至少休息 9 小时",
        "before": "原为：必须满足；两班之间的休息小时数：11。", "back": "恢复原样", "none": "0 条已改动",
        "one": "1 条已改动", "presets": "预设", "take": "采用", "taken": "该预设已采用。", "undo": "撤销",
    },
}  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_rule_and_a_preset(server: str, chromium: str, lang: str) -> None:  # noqa: F811
    """Found by its source, made soft, its number changed, put back; a preset is one edit and undone as one."""
    words = WORDS[lang]
    with browsing(chromium, height=900) as (page, outside, faults):
        page.goto(f"{server}/rules?scenario=crossroads&lang={lang}")
        settle(page)
        search = page.get_by_role("textbox", name=words["search"])
        search.fill(words["sought"])
        search.press("Enter")
        # The sentence stands in the table too, for screen readers only.
        expect(page.get_by_role("strong").filter(has_text=words["says"])).to_be_visible()
        settle(page)
        page.get_by_role("radio", name=words["soft"]).or_(
            page.get_by_role("button", name=words["soft"])
        ).first.click()
        expect(page.get_by_text(words["one"])).to_be_visible()
        settle(page)
        hours = page.get_by_role("spinbutton", name=words["hours"])
        hours.fill("9")
        hours.press("Enter")
        expect(page.get_by_role("strong").filter(has_text=words["nine"])).to_be_visible()
        expect(page.get_by_text(words["before"])).to_be_visible()
        page.reload()
        expect(page.get_by_text(words["one"])).to_be_visible()
        settle(page)
        page.get_by_role("button", name=words["back"]).press("Enter")
        expect(page.get_by_text(words["none"])).to_be_visible()
        settle(page)
        page.get_by_role("tab", name=words["presets"]).click()
        settle(page)
        page.get_by_role("button", name=words["take"]).press("Enter")
        expect(page.get_by_text(words["taken"])).to_be_visible()
        settle(page)
        page.get_by_role("button", name=words["undo"]).press("Enter")
        expect(page.get_by_text(words["taken"])).to_have_count(0)
        assert (outside, faults) == ([], [])
