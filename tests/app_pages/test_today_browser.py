"""Today, Patrols and Compare in a real browser, in both languages; nobody outside is asked for anything."""

import json
import os
import re
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from scenarios import drafts, jobs, tongue
from scenarios.load import load_checked
from scenarios.run import Planned, plan_scenario
from scenarios.store.checkins import checkins_of
from scenarios.viewfile import write_view
from tests.app_pages.chrome import DRAWN_SHARE, browsing, settle, until
from tests.app_pages.test_browser import home, server, to  # noqa: F401 - fixtures
from tests.app_pages.test_unsent import stored

pytestmark = pytest.mark.browser
BOTH = pytest.mark.parametrize("code", ["en", "zh"])
REPLAN_MS = 90_000
Words = Callable[..., str]


@pytest.fixture(scope="module")
def made() -> Planned:
    """The shipped crossroads, planned."""
    return plan_scenario(load_checked("crossroads"), seconds=4, seed=0, repeatable=True)


@pytest.fixture(autouse=True)
def here(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """The test reads and writes the data folder of the server."""
    monkeypatch.setenv("VEDETTE_HOME", os.fspath(home))


def kept(made: Planned, source: str = "crossroads", **changes: object) -> str:
    """The plan as a finished job, with what the pages show of it changed."""
    new = jobs.new_id()
    folder = jobs.home() / "jobs" / new
    (folder / "out").mkdir(parents=True)
    (folder / "out" / "plan.json").write_text(made.plan.dumps(), encoding="utf-8")
    write_view(replace(made.view, **changes), folder / "out" / "view.json.gz")
    request = {
        "scenario": "crossroads", "whatifs": [], "base_plan": None, "source": source, "title": source,
        "out": str(folder / "out"), "created": "2026-06-01T08:00:00+00:00", "options": asdict(jobs.Options()),
    }  # fmt: skip
    jobs.write_json(folder / "request.json", request)
    jobs.write_json(folder / "result.json", asdict(jobs.Result("done", 0, 1.0, has_plan=True)))
    return new


def speech(code: str) -> Words:
    """What a page says in a language."""

    def told(text: str, **values: object) -> str:
        with tongue.speaking(code):
            return tongue.say(text, **values)

    return told


def several(code: str, n: int) -> str:
    """The button that takes a file's check-ins."""
    with tongue.speaking(code):
        return tongue.says("Check in {n} person of the file", "Check in {n} people of the file", n)


def button(page: Page, name: str) -> None:
    """Press a button by its whole name, by the keyboard."""
    its = page.get_by_role("button", name=name, exact=True)
    expect(its).to_be_enabled()
    its.press("Enter")
    settle(page)


@BOTH
def test_a_sick_call_becomes_a_change_notice_taken_over(
    server: str, chromium: str, made: Planned, code: str, tmp_path: Path  # noqa: F811
) -> None:
    """Start the day, check somebody in by file, note a sick call, replan, download the notice, take it over."""
    w, plan = speech(code), kept(made)
    ill = next(d for d in made.view.duties if d.kind == "steward")
    there = next(d for d in made.view.duties if d.person != ill.person and d.report_s == 0)
    with browsing(chromium, height=1000) as (page, outside, faults):
        page.goto(f"{server}/today?scenario=crossroads&plan={plan}&at=1800&lang={code}")
        settle(page)
        button(page, w("Start the day"))
        expect(page.get_by_text(w("Check-ins from a file"))).to_be_visible()  # in a draft only
        address = re.search(r"scenario=([\d\w-]+)", page.url)
        assert address is not None
        # a check-in by file
        page.get_by_text(w("Check-ins from a file")).click()
        listed = tmp_path / "in.csv"
        listed.write_text(f"person,time\n{there.person},\nnobody,\n", encoding="utf-8")
        page.locator("input[type=file]").set_input_files(listed)
        page.get_by_role("button", name=several(code, 1)).press("Enter")
        expect(page.get_by_text(w("Every sound row is checked in already."))).to_be_visible()
        draft = drafts.find(address[1]).draft
        assert draft is not None
        assert list(checkins_of(draft.rows)) == [(there.person, there.group)]
        # a sick call
        settle(page)
        who = page.get_by_role("combobox", name=w("Who is away"))
        who.click()
        who.fill(ill.name)
        page.get_by_role("option").filter(has_text=ill.name).click()
        settle(page)
        # an incident is begun in between; another page and a new session lose neither
        page.get_by_role("tab", name=w("Incident"), exact=True).click()
        what = page.get_by_role("textbox", name=w("What it is"))
        what.fill("Ast auf der Straße")
        until(page, lambda: stored(address[1], "incident") == {"what": "Ast auf der Straße"})
        to(page, w("Papers"))
        to(page, w("Today"))
        page.reload()
        settle(page)
        page.get_by_role("tab", name=w("Incident"), exact=True).click()
        expect(what).to_have_value("Ast auf der Straße")
        page.get_by_role("tab", name=w("Sick call"), exact=True).click()
        expect(who).to_have_value(re.compile(ill.name))
        button(page, w("Note the sick call"))
        expect(page.get_by_role("heading", name=w("Since this plan"))).to_be_visible()
        button(page, w("Replan with the fewest changes"))
        take = page.get_by_role("button", name=w("Take it over"), exact=True)
        expect(take).to_be_enabled(timeout=REPLAN_MS)
        with page.expect_download() as got:
            page.get_by_role("button", name=w("Change notice"), exact=True).click()
        assert Path(got.value.path()).read_bytes().startswith(b"%PDF")
        page.reload()
        settle(page)
        button(page, w("Take it over"))
        expect(page.get_by_role("heading", name=w("Since this plan"))).to_have_count(0)
        settle(page)
        expect(page.get_by_text(w("What this plan changed"))).to_be_visible()
        new = re.search(r"plan=([\d\w-]+)", page.url)
        assert new is not None
        assert new[1] not in {plan, ""}
        body = json.loads((jobs.read(new[1]).out / "plan.json").read_text(encoding="utf-8"))
        assert ill.person not in {duty["person"] for duty in body["roster"]["duties"]}
        assert list(checkins_of(drafts.find(address[1]).draft.rows)) == [(there.person, there.group)]  # type: ignore[union-attr]
        assert (outside, faults) == ([], [])


@BOTH
def test_patrols_show_rounds_promises_and_a_card(server: str, chromium: str, made: Planned, code: str) -> None:  # noqa: F811
    """Each tab of the page, the card as a picture and to be taken along."""
    w, plan = speech(code), kept(made)
    with browsing(chromium, height=1000) as (page, outside, faults):
        page.goto(f"{server}/patrols?scenario=crossroads&plan={plan}&lang={code}")
        settle(page)
        sign = made.view.tours[0].call_sign
        expect(page.get_by_role("heading", name=re.compile(sign))).to_be_visible()
        page.get_by_role("tab", name=w("Promises"), exact=True).click()
        settle(page)
        caption = "Tall mark: a crew is there. Thin bar: unseen within the promise. Thick red bar: unseen for too long."
        expect(page.get_by_text(w(caption))).to_be_visible()
        page.get_by_role("tab", name=w("Cards"), exact=True).click()
        settle(page)
        expect(page.get_by_test_id("stMain").get_by_test_id("stImage").first).to_be_visible()
        with page.expect_download() as got:
            page.get_by_role("button", name=re.compile(rf"route_cards-{sign}\.pdf")).click()
        assert Path(got.value.path()).read_bytes().startswith(b"%PDF")
        assert (outside, faults) == ([], [])


@BOTH
def test_plans_are_compared_on_the_map(server: str, chromium: str, made: Planned, code: str) -> None:  # noqa: F811
    """A post that moved and a round that is gone, drawn and told; an older plan says so."""
    w, view = speech(code), made.view
    first = kept(made)
    draft = drafts.add("crossroads", "absent", {"people": ["C05"], "names": ["Eve"], "start": "2026-06-12 18:00",
                                                "end": "2026-06-12 20:00"})  # fmt: skip
    post = view.posts[0]
    moved = replace(post, place="elsewhere", xy=(post.xy[0] + 300, post.xy[1] + 200))
    second = kept(made, draft.id, posts=(moved, *view.posts[1:]), tours=view.tours[1:])
    with browsing(chromium, height=1000) as (page, outside, faults):
        page.goto(f"{server}/compare?scenario={draft.id}&plan={second}&lang={code}")
        settle(page)
        page.get_by_role("tab", name=w("On the map"), exact=True).click()
        page.wait_for_selector(f"[data-diff=moved-{post.number}]")
        settle(page)
        assert page.evaluate(DRAWN_SHARE) > 0.02
        # the draft's job is of no version that the store knows, so its plan counts as older than its inputs
        told = page.get_by_test_id("stAlert").filter(has_text=draft.name)
        expect(told.first).to_be_visible()
        expect(page.get_by_role("heading", name=w("Rounds"), exact=True)).to_be_visible()
        assert (outside, faults) == ([], [])
    jobs.delete(first)
    jobs.delete(second)
    drafts.delete(draft)
