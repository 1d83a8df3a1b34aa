"""The front end in a real headless Chromium that may reach nothing but this machine: a planner's whole way."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.app_pages.chrome import DRAWN_SHARE, browsing, settle

pytestmark = pytest.mark.browser

FAKE = Path(__file__).resolve().parents[1] / "scenarios" / "fake_worker.py"
START_S = 60.0
SOLVE_MS = 180_000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the server under test."""
    return tmp_path_factory.mktemp("home")


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@contextmanager
def serving(home: Path, project_root: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """`vedette app` on a port of this machine, ready to be asked; a test may kill it."""
    log = home / "server.log"
    with log.open("ab") as file:
        child = subprocess.Popen(
            [sys.executable, "-m", "app_pages.launch", "--headless", "--port", str(port)],
            cwd=home,
            env={**os.environ, "VEDETTE_HOME": str(home), "PYTHONPATH": str(project_root)},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        began = time.monotonic()
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert child.poll() is None, log.read_text()
                assert time.monotonic() - began < START_S, log.read_text()
                time.sleep(0.1)
        yield child
    finally:
        child.terminate()
        child.wait(20)
    assert "Traceback" not in log.read_text()


@pytest.fixture(scope="module")
def server(home: Path, project_root: Path, chromium: str) -> Iterator[str]:
    """`vedette app` for all tests of a file; yields its address."""
    port = free_port()
    with serving(home, project_root, port):
        yield f"http://127.0.0.1:{port}"


def to(page: Page, name: str) -> None:
    """Another page by its link."""
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click()
    settle(page)


def plan_now(page: Page) -> None:
    """Start planning and wait for the end."""
    time_limit = page.get_by_role("slider", name="Search for up to")
    time_limit.press("Home")
    expect(page.get_by_test_id("stSliderThumbValue")).to_have_text("10 seconds")
    settle(page)
    page.get_by_role("button", name="Plan now").click()
    expect(page.get_by_text("Fill the roster", exact=False).first).to_be_visible()
    expect(page.get_by_role("heading", name="What was achieved")).to_be_visible(timeout=SOLVE_MS)
    settle(page)


SECOND = """(second) => {
  const find = (root) => {
    for (const node of root.querySelectorAll('*')) {
      if (node.classList.contains('vm-slider')) return node;
      const inner = node.shadowRoot && find(node.shadowRoot);
      if (inner) return inner;
    }
    return null;
  };
  const slider = find(document);
  if (second !== null) { slider.value = second; slider.dispatchEvent(new Event('input')); }
  return Number(slider.value);
}"""


@pytest.mark.slow  # by parts the stories beside it tell the same
def test_a_planners_whole_way(server: str, home: Path, chromium: str) -> None:
    """Plan, look at map and roster, change something, plan that, compare; F5 loses nothing; nobody is called."""
    with browsing(chromium) as (page, outside, faults):
        page.goto(server)
        settle(page)
        page.get_by_role("button", name="Open crossroads", exact=True).click()
        expect(page.get_by_role("heading", name="Lantern evening at Crossroads")).to_be_visible()
        to(page, "Plan")
        plan_now(page)
        address = page.url
        assert re.search(r"plan=\d{8}-\d{6}-[0-9a-f]{8}", address)
        expect(page.get_by_role("button", name="Papers", exact=True)).to_be_visible()

        page.reload()
        settle(page)
        expect(page.get_by_role("heading", name="What was achieved")).to_be_visible()
        assert page.url == address

        to(page, "Map")
        page.wait_for_selector("[data-post]")
        assert page.evaluate(DRAWN_SHARE) > 0.02
        post = page.locator("[data-post]").first
        number = post.inner_text()
        post.click()
        expect(page.locator(".vm-details h3")).to_contain_text(number)
        expect(
            page.get_by_role("heading", name=re.compile(f"{number}.*who stands there"))
        ).to_be_visible()
        assert page.evaluate(SECOND, None) > 0

        to(page, "Roster")
        expect(page.get_by_text(re.compile("All units: .* people"))).to_be_visible()
        page.get_by_role("combobox", name=re.compile("Unit")).click()
        page.get_by_role("option", name="Crossroads Police").click()
        settle(page)
        expect(page.get_by_text(re.compile("Crossroads Police: .* people"))).to_be_visible()

        to(page, "Event")
        expect(page.get_by_test_id("glide-cell-6-0")).to_have_text("250")
        page.get_by_role("tab", name="The event as a whole").click()
        title = page.get_by_label("Title of the event")
        title.fill("Lanterns by the river")
        title.press("Enter")
        expect(page.get_by_role("heading", name="Lanterns by the river")).to_be_visible()
        settle(page)
        page.get_by_role("button", name=re.compile("Changes")).click()
        expect(page.get_by_text("Lantern evening at Crossroads → Lanterns by the river")).to_be_visible()
        to(page, "Plan")
        plan_now(page)
        to(page, "Compare")
        page.get_by_role("tab", name="Places and people").click()
        expect(
            page.get_by_role("heading", name=re.compile("What changes: crossroads, changed"))
        ).to_be_visible()
    assert faults == []
    assert outside == []


def test_stop_a_long_search_in_a_second_tab(
    server: str, home: Path, chromium: str, project_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job that this server did not start is found by its address, watched live and stopped."""
    from scenarios import jobs

    monkeypatch.setenv("VEDETTE_HOME", str(home))
    monkeypatch.setenv("PYTHONPATH", str(project_root))
    monkeypatch.setattr(jobs, "_command", lambda folder: [sys.executable, str(FAKE), str(folder)])
    job = jobs.start("long", options=jobs.Options(seconds=120), source="crossroads", title="long")
    child = jobs._CHILDREN.pop(job.id)
    try:
        with browsing(chromium, scheme="dark") as (page, outside, faults):
            page.goto(f"{server}/plan?plan={job.id}")
            settle(page)
            expect(page.get_by_text("planning", exact=True)).to_be_visible()
            best = page.get_by_test_id("stMetricValue").nth(1)
            expect(best).to_have_text(re.compile(r"\d+"))
            before = best.inner_text()
            expect(best).not_to_have_text(before)
            page.get_by_role("button", name="Stop and keep the best plan").click()
            expect(page.get_by_text("Stopped early: this is the best plan")).to_be_visible()
            expect(page.get_by_role("heading", name="What was achieved")).to_be_visible()
            to(page, "Map")
            page.wait_for_selector("[data-post=P01]")
            page.evaluate(SECOND, 6 * 3600 + 300)
            spot = page.locator("[data-patrol=K02]")
            first = spot.bounding_box()
            page.evaluate(SECOND, 6 * 3600 + 900)
            second = spot.bounding_box()
            assert first is not None
            assert second is not None
            assert abs(first["x"] - second["x"]) + abs(first["y"] - second["y"]) > 5
            assert page.locator(".vm-dark").count() == 1
        assert faults == []
        assert outside == []
    finally:
        if child.poll() is None:
            child.kill()
        child.wait()
