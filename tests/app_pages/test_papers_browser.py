"""Papers in a real browser: chosen, looked at, downloaded, printed, in both languages; ways out, one click each."""

import io
import os
import re
import zipfile
from contextlib import suppress
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as TooLate

from scenarios import drafts, jobs
from scenarios.load import load_checked
from scenarios.publish.sheet import Press
from scenarios.run import Planned, plan_scenario
from tests.app_pages.chrome import browsing, settle
from tests.app_pages.test_browser import home, server  # noqa: F401 - fixtures
from tests.scenarios.finished import finished

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def made() -> Planned:
    """The shipped crossroads, planned."""
    return plan_scenario(load_checked("crossroads"), seconds=4, seed=0, repeatable=True, workers=1)


@pytest.fixture
def plan(home: Path, made: Planned, monkeypatch: pytest.MonkeyPatch) -> str:  # noqa: F811
    """Its plan in the data folder of the server."""
    monkeypatch.setenv("VEDETTE_HOME", os.fspath(home))
    return finished(made.view, made.plan, source=drafts.find("crossroads"), exit_code=made.exit_code).id


#: What a reader of each language clicks.
WORDS = {
    "en": {"doc": "Post cards", "only": "Only these posts", "get": "Download post_cards-P01.pdf", "other": "English",
           "print": "Print view", "zip": "All as one ZIP", "title": "Post card", "page": "Post cards, page 1"},
    "zh": {"doc": "岗位卡", "only": "仅限以下岗位", "get": "下载 post_cards-P01.pdf", "other": "中文",
           "print": "打印视图", "zip": "全部打包下载", "title": "岗位卡", "page": "岗位卡，第1页"},
}  # fmt: skip


@pytest.mark.parametrize("code", WORDS)
def test_papers_are_chosen_seen_and_taken(server: str, chromium: str, plan: str, made: Planned, code: str) -> None:  # noqa: F811
    """One post's card: seen, downloaded as a PDF with its name in the reader's language, laid out for the printer."""
    word, post = WORDS[code], made.view.posts[0]
    with browsing(chromium) as (page, outside, faults):
        page.goto(f"{server}/papers?scenario=crossroads&plan={plan}&lang={code}")
        settle(page)
        page.get_by_role("radio", name=word["other"], exact=True).last.click()
        settle(page)
        page.get_by_text(word["doc"], exact=True).first.click()
        expect(page.get_by_role("heading", name=word["doc"])).to_be_visible()
        picture = page.get_by_role("img", name=word["page"])
        expect(picture).to_be_visible()
        drawn = "alt => [...document.images].some(i => i.alt === alt && i.naturalWidth > 600)"
        page.wait_for_function(drawn, arg=word["page"])
        page.get_by_role("combobox", name=re.compile(word["only"])).click()
        page.get_by_role("option").first.click()
        page.keyboard.press("Escape")
        with page.expect_download() as got:
            page.get_by_role("button", name=word["get"]).click()
        document = pypdf.PdfReader(io.BytesIO(Path(got.value.path()).read_bytes()))
        text = " ".join(one.extract_text() for one in document.pages)
        assert len(document.pages) == 1
        assert post.number in text
        assert post.name in text
        assert made.view.title in text
        if code == "en" or Press(made.view).fonts.glyphs >= {ord("岗")}:
            assert word["title"] in text
        page.get_by_role("button", name=word["print"]).click()
        sheets = page.locator(".vp-page img")
        expect(sheets).to_have_count(1)
        page.emulate_media(media="print")
        expect(page.get_by_test_id("stSidebar")).to_be_hidden()
        expect(sheets.first).to_be_visible()
        paper = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
        assert [tuple(map(round, one.mediabox[2:])) for one in paper] == [(595, 842)]
        page.emulate_media(media="screen")
        with page.expect_download() as whole:
            page.get_by_role("button", name=word["zip"]).click()
        names = zipfile.ZipFile(Path(whole.value.path())).namelist()
        assert {"post_cards.pdf", "duty_sheets.pdf", "roster.xlsx", "calendars.zip", "map.html"} <= set(names)
        assert (outside, faults) == ([], [])


def test_papers_of_an_outdated_plan_say_so(server: str, chromium: str, plan: str) -> None:  # noqa: F811
    """The scenario changed since: the page says it, and so does every page of paper."""
    changed = drafts.remove("crossroads", "people", [{"id": "C04"}], ["Dan"])
    folder = jobs.read(plan).folder
    request = (folder / "request.json").read_text(encoding="utf-8")
    (folder / "request.json").write_text(request.replace('"crossroads"', f'"{changed.id}"', 3), encoding="utf-8")
    text = (folder / "request.json").read_text(encoding="utf-8").replace(
        f'"scenario": "{changed.id}"', '"scenario": "crossroads"'
    )
    (folder / "request.json").write_text(text, encoding="utf-8")
    with browsing(chromium) as (page, outside, faults):
        page.goto(f"{server}/papers?scenario={changed.id}&plan={plan}&lang=en")
        settle(page)
        expect(page.get_by_text("These papers are older than their inputs.")).to_be_visible()
        expect(page.get_by_role("img").first).to_be_visible()
        with page.expect_download() as got:
            page.get_by_role("button", name="Download duty_sheets.pdf").click()
        pages = pypdf.PdfReader(io.BytesIO(Path(got.value.path()).read_bytes())).pages
        assert all("Older than its inputs" in one.extract_text() for one in pages)
        assert (outside, faults) == ([], [])


@pytest.fixture(scope="module")
def thin() -> list[tuple[drafts.Draft, Planned]]:
    """Made once for both languages."""
    return []


@pytest.mark.parametrize(
    ("code", "find", "card", "add", "done"),
    [
        ("en", "Find the cheapest ways out", "Borrow from outside", "Add to the draft", "Added to the draft:"),
        ("zh", "查找代价最小的办法", "外部借调", "加入草案", "已加入草案："),
    ],
    ids=["en", "zh"],
)
def test_a_way_out_is_found_and_added(
    server: str, home: Path, chromium: str, monkeypatch: pytest.MonkeyPatch, thin: list[tuple[drafts.Draft, Planned]],  # noqa: F811
    code: str, find: str, card: str, add: str, done: str,
) -> None:  # fmt: skip
    """Two people are gone: the shortage is explained in a process of its own, one way taken over by a click."""
    monkeypatch.setenv("VEDETTE_HOME", os.fspath(home))
    if not thin:
        gone = drafts.remove("crossroads", "people", [{"id": "C04"}, {"id": "C10"}], ["Dan", "Jo"])
        loaded = drafts.loaded(drafts.find(gone.id))
        thin.append((gone, plan_scenario(loaded, seconds=3, seed=0, repeatable=True, workers=1)))
    draft, plan_of_few = thin[0]
    before = len(drafts.find(draft.id).draft.changes)
    job = finished(plan_of_few.view, plan_of_few.plan, source=drafts.find(draft.id), exit_code=plan_of_few.exit_code)
    with browsing(chromium, height=1100) as (page, outside, faults):
        page.goto(f"{server}/plan?scenario={draft.id}&plan={job.id}&lang={code}")
        settle(page)
        page.get_by_role("button", name=find).click()
        expect(page.get_by_text(card, exact=True)).to_be_visible(timeout=60_000)
        assert_no_english(page, code)
        settle(page)
        said = page.get_by_text(re.compile(f"^{done}"))
        for _again in range(3):  # a click just while the cards are drawn anew goes nowhere
            page.get_by_role("button", name=add).first.click()
            with suppress(TooLate):
                said.wait_for(timeout=15_000)
                break
        expect(said).to_be_visible()
        assert len(drafts.find(draft.id).draft.changes) > before
        assert (outside, faults) == ([], [])
    drafts.undo(drafts.find(draft.id).draft)


def assert_no_english(page: Page, code: str) -> None:
    """In Chinese, no sentence of ours is left in English: names and numbers are all that remain of Latin letters."""
    if code == "zh":
        for line in page.get_by_test_id("stMain").inner_text().splitlines():
            assert not re.search(r"\b(the|is|are|of|for|with|and)\b", line), line
