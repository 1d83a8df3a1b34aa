"""What may happen during a search: worker or server is killed, or the line between browser and server breaks."""

import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen

import pytest
from playwright.sync_api import expect

from scenarios import jobs
from tests.app_pages.chrome import browsing, settle, until
from tests.app_pages.relay import Relay
from tests.app_pages.test_browser import FAKE, free_port, serving

pytestmark = pytest.mark.browser
SEARCHING = {"en": "planning", "zh": "规划中"}
BROKE_OFF = {"en": "The planning broke off.", "zh": "规划中断。"}
ACHIEVED = {"en": "What was achieved", "zh": "取得成效"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, project_root: Path) -> Path:
    """A data folder whose jobs are done by the stand-in worker."""
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(project_root))
    monkeypatch.setattr(jobs, "_command", lambda folder: [sys.executable, str(FAKE), str(folder)])
    return tmp_path


@pytest.fixture
def workers() -> Iterator[list[Popen[bytes]]]:
    """Workers of the test, none of which outlives it."""
    found: list[Popen[bytes]] = []
    yield found
    for child in found:
        if child.poll() is None:
            child.kill()
        child.wait()


def begun(workers: list[Popen[bytes]], seconds: float) -> jobs.Job:
    """A search that another process began: the server does not know its child."""
    job = jobs.start("long", options=jobs.Options(seconds=seconds), source="crossroads", title="long")
    workers.append(jobs._CHILDREN.pop(job.id))
    waited = time.monotonic()
    while jobs.read(job.id).state != "running":
        assert time.monotonic() - waited < 60
        time.sleep(0.1)
    return job


@pytest.mark.parametrize("code", SEARCHING)
def test_a_killed_worker_is_told_with_its_last_words(
    home: Path, project_root: Path, chromium: str, workers: list[Popen[bytes]], code: str
) -> None:
    """Killed with signal 9 while the page watches: the page says so by itself, and what the worker said last."""
    port = free_port()
    with serving(home, project_root, port), browsing(chromium) as (page, outside, faults):
        job = begun(workers, 120)
        page.goto(f"http://127.0.0.1:{port}/plan?scenario=crossroads&plan={job.id}&lang={code}")
        settle(page)
        expect(page.get_by_test_id("stMetricValue").nth(1)).to_have_text(re.compile(r"\d"))
        workers[0].send_signal(signal.SIGKILL)
        expect(page.get_by_text(BROKE_OFF[code])).to_be_visible()
        expect(page.get_by_text("planning long")).to_be_visible()
        settle(page)
        assert jobs.read(job.id).state == "crashed"
        assert (outside, faults) == ([], [])


@pytest.mark.parametrize("code", SEARCHING)
def test_a_server_killed_during_a_search_comes_back_with_the_plan(
    home: Path, project_root: Path, chromium: str, workers: list[Popen[bytes]], code: str
) -> None:
    """The worker goes on alone; the open page finds the new server by itself and shows the plan that arrives."""
    port = free_port()
    with browsing(chromium) as (page, _outside, faults):
        with serving(home, project_root, port) as child:
            job = begun(workers, 300)
            page.goto(f"http://127.0.0.1:{port}/plan?scenario=crossroads&plan={job.id}&lang={code}")
            settle(page)
            expect(page.get_by_test_id("stMetricValue").nth(1)).to_have_text(re.compile(r"\d"))
            child.kill()
            child.wait()
            assert workers[0].poll() is None
        with serving(home, project_root, port):
            jobs.stop(job.id)  # the plan arrives after the server has come back, however long that took
            expect(page.get_by_role("heading", name=ACHIEVED[code])).to_be_visible(timeout=60_000)
            settle(page)
            assert f"plan={job.id}" in page.url
        assert faults == []
    ended = jobs.read(job.id)
    assert os.fspath(home) in os.fspath(ended.folder)
    assert (ended.state, ended.has_plan) == ("stopped", True)


@pytest.mark.slow  # the page asks for the server at longer and longer intervals
def test_a_line_cut_during_a_search_is_taken_up_again(
    home: Path, project_root: Path, chromium: str, workers: list[Popen[bytes]]
) -> None:
    """While the line is down the search goes on and ends; the open page finds its way back and shows the plan."""
    port = free_port()
    with serving(home, project_root, port), Relay(port) as line, browsing(chromium) as (page, outside, faults):
        job = begun(workers, 300)
        page.goto(f"http://127.0.0.1:{line.port}/plan?scenario=crossroads&plan={job.id}&lang=en")
        settle(page)
        expect(page.get_by_test_id("stMetricValue").nth(1)).to_have_text(re.compile(r"\d"))
        line.cut()
        expect(page.get_by_role("dialog").get_by_text("a search that was begun goes on")).to_be_visible()
        jobs.stop(job.id)
        until(page, lambda: not jobs.read(job.id).running)
        expect(page.get_by_role("heading", name=ACHIEVED["en"])).to_have_count(0)
        line.mend()
        expect(page.get_by_role("heading", name=ACHIEVED["en"])).to_be_visible(timeout=60_000)
        settle(page)
        assert f"plan={job.id}" in page.url
        assert (outside, faults) == ([], [])
