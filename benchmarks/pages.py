"""How fast the front end is: ``python -m benchmarks.pages HOME``, HOME a data folder with a scenario and its plan.

``python -m benchmarks.pages HOME --make city`` makes one first (minutes). The server runs in a process of its own, a
headless Chromium without a GPU opens each page, and one line a page is printed:

opened
    Seconds from typing the page's address (a new session, the server running) until its script has ended, its maps and
    charts are drawn and nothing is still being laid out.
usable
    The same from the click on the page's link: the first time in this session, and the median of the further ones.
widgets
    The same for what can be clicked on the page (tabs, switches, choices, lists): the median, the slowest and its name.
wire
    Bytes received over the websocket for the slowest of these answers: roads must not be among them.
frames
    Frames a second while the map is dragged, and while its clock plays.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, WebSocket, sync_playwright

#: Resolves once Streamlit's script has ended, every map and chart is drawn and nothing changes any more; answers with
#: the seconds from the last ``BEGIN`` to the last change.
QUIET = """(calm) => new Promise((done) => {
  const app = () => document.querySelector('[data-testid=stApp]');
  const deep = (root, found = []) => {
    for (const node of root.querySelectorAll('*')) {
      if (node.classList.contains('vm-box') || node.classList.contains('vr-box')) found.push(node);
      if (node.shadowRoot) deep(node.shadowRoot, found);
    }
    return found;
  };
  const busy = () => app()?.dataset.testScriptState !== 'notRunning'
    || document.querySelector('[data-testid=stSkeleton], [data-testid=stStatusWidget]')
    || deep(document).some((box) => !box.querySelector('.vm-map canvas, .vr-row'))
    || [...document.querySelectorAll('[data-testid=stVegaLiteChart]')]
      .some((c) => c.checkVisibility() && !c.querySelector('canvas, svg'));
  let last = performance.now(), began = window.__began ?? last;
  const tick = () => {
    const now = performance.now();
    if (busy()) last = now;
    if (now - last > calm || now - began > 60000) done((last - began) / 1000);
    else setTimeout(tick, 15);
  };
  tick();
})"""
BEGIN = "() => { window.__began = performance.now(); }"
FRAMES = """(ms) => new Promise((done) => {
  let n = 0; const began = performance.now();
  const tick = (now) => {
    n++;
    if (now - began < ms) requestAnimationFrame(tick); else done(n * 1000 / (now - began));
  };
  requestAnimationFrame(tick);
})"""
CALM_MS = 250
EDITING = ("Event", "Places", "Forces", "Rules")
WIDGETS: tuple[tuple[str, str, str], ...] = (
    ("tab", "[role=tab]", "click"),
    ("choice", "[data-testid=stButtonGroup] button", "click"),
    ("switch", "[data-testid=stCheckbox] label", "click"),
    ("list", "[data-testid=stSelectbox] input", "choose"),
)


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__.splitlines()[0])
    parser.add_argument("home", type=Path, help="a data folder (VEDETTE_HOME)")
    parser.add_argument("--make", choices=("district", "city"), help="fill it with a made-up event and a plan first")
    parser.add_argument("--seconds", type=float, default=150.0, help="of planning, with --make")
    parser.add_argument("--scenario", default="", help="its ref; else the first with a plan")
    parser.add_argument("--pages", nargs="*", default=(), help="only these, by their English names")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--browser", default="chromium")
    args = parser.parse_args()
    os.environ["VEDETTE_HOME"] = str(args.home.resolve())
    if args.make:
        make(args.make, args.home, args.seconds)
    with serving(args.home) as address, browsing(args.browser) as (page, wire):
        start = f"{address}/plan?lang=en{chosen(args.scenario)}"
        page.goto(start)
        page.evaluate(QUIET, CALM_MS)
        names = [name for name in links(page) if not args.pages or name in args.pages]
        # What edits comes last: an edit makes a draft, which has no plan to be read.
        names.sort(key=lambda name: name in EDITING)
        for name in names:
            page.goto(start)
            page.evaluate(QUIET, CALM_MS)
            sys.stdout.write(json.dumps(measured(page, wire, name, names, args.rounds)) + "\n")
            sys.stdout.flush()


def make(size: str, home: Path, seconds: float) -> None:
    """A made-up event in its own folder, and a plan of it."""
    from scenarios import drafts, jobs
    from scenarios.generate import generate

    folder = home.resolve() / "scenarios" / size
    if not folder.is_dir():
        generate(size, 0, folder)
    job = drafts.plan(drafts.find(str(folder)), jobs.Options(seconds=seconds))
    while (job := jobs.read(job.id)).result is None:
        time.sleep(1)
    drafts.settle()


def chosen(scenario: str) -> str:
    """The address's part that names scenario and plan."""
    from scenarios import jobs

    for job in jobs.jobs():
        if job.has_plan and scenario in {"", job.source}:
            return f"&scenario={job.source}&plan={job.id}"
    sys.exit("no plan there: name another scenario, or give --make")


# ---------------------------------------------------------------- server and browser
@contextmanager
def serving(home: Path) -> Iterator[str]:
    """The front end on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "app_pages.launch", "--headless", "--port", str(port)]
    path = os.pathsep.join([str(Path(__file__).resolve().parents[1]), os.environ.get("PYTHONPATH", "")])
    with subprocess.Popen(
        command, cwd=home, env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        try:
            for _ in range(600):
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            child.terminate()


@contextmanager
def browsing(executable: str) -> Iterator[tuple[Page, list[int]]]:
    """A page, and the sizes of what comes over its websocket."""
    import shutil

    wire: list[int] = []
    with sync_playwright() as play:
        found = shutil.which(executable)
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.set_default_timeout(60_000)

        def listen(channel: WebSocket) -> None:
            channel.on("framereceived", lambda frame: wire.append(len(frame)))

        page.on("websocket", listen)
        yield page, wire
        browser.close()


def links(page: Page) -> list[str]:
    """The names of all pages, in their order."""
    return [str(a.inner_text()).split("\n")[-1].strip() for a in page.get_by_test_id("stSidebarNavLink").all()]


# ---------------------------------------------------------------- measures
def timed(page: Page, act: Callable[[], object]) -> float:
    """Seconds from just before ``act`` until the page is quiet."""
    page.evaluate(BEGIN)
    act()
    return float(page.evaluate(QUIET, CALM_MS))


def measured(page: Page, wire: list[int], name: str, names: list[str], rounds: int) -> dict[str, Any]:
    """All figures of one page."""
    nav = page.get_by_test_id("stSidebarNav")
    other = next((n for n in names if n != name), "")
    address = page.url.replace("/plan?", f"/{name.lower()}?")
    first = timed(page, lambda: nav.get_by_role("link", name=name, exact=True).click())
    again = []
    for _ in range(rounds if other else 0):
        timed(page, lambda: nav.get_by_role("link", name=other, exact=True).click())
        again.append(timed(page, lambda: nav.get_by_role("link", name=name, exact=True).click()))
    page.goto(address)
    page.evaluate("() => { window.__began = 0; }")
    opened = float(page.evaluate(QUIET, CALM_MS))
    answers = list(answered(page, wire))
    found: dict[str, Any] = {
        "page": name,
        "opened_s": round(opened, 2),
        "usable_first_s": round(first, 2),
        "usable_again_s": round(statistics.median(again), 2) if again else None,
        "widgets": len(answers),
    }
    if answers:
        slowest = max(answers, key=lambda one: one[1])
        found |= {
            "widget_median_s": round(statistics.median(a[1] for a in answers), 2),
            "widget_slowest_s": round(slowest[1], 2),
            "slowest": slowest[0],
            "wire_most_kb": round(max(a[2] for a in answers) / 1000),
        }
    if page.locator(".vm-map canvas").count():
        found |= frames(page)
    return found


def answered(page: Page, wire: list[int]) -> Iterator[tuple[str, float, int]]:
    """Each widget that can be worked without knowing the page: its name, seconds, bytes."""
    main = page.get_by_test_id("stMain")
    for kind, pattern, how in WIDGETS:
        for nth in range(min(4, main.locator(pattern).count())):
            one = main.locator(pattern).nth(nth)
            if one.count() == 0 or not one.is_visible() or not one.is_enabled():
                continue
            title = " ".join((one.get_attribute("aria-label") or one.inner_text() or kind).split())[:40]
            wire.clear()
            try:
                seconds = timed(page, lambda one=one, how=how: worked(page, one, how))
            except Exception as error:  # noqa: BLE001 - a widget that went away is no measure
                sys.stderr.write(f"left out {kind} {title}: {str(error).splitlines()[0]}\n")
                continue
            yield f"{kind}: {title}", seconds, sum(wire)


def worked(page: Page, one: Locator, how: str) -> None:
    """Click it, or choose the next entry of a list."""
    one.click(timeout=5000)
    if how == "choose":
        page.keyboard.press("ArrowDown")
        page.evaluate(BEGIN)
        page.keyboard.press("Enter")


def frames(page: Page) -> dict[str, float]:
    """Frames a second while the map is dragged to and fro, and while its clock plays."""
    box = page.locator(".vm-map").first.bounding_box()
    if box is None:
        return {}
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate("() => { window.__drag = 0; }")
    counting = page.evaluate_handle(f"() => ({{ promise: ({FRAMES})(3000) }})")
    began = time.monotonic()
    step = 0
    while time.monotonic() - began < 3:
        step += 1
        page.mouse.move(x + 120 * ((step % 20) - 10) / 10, y + 60 * ((step % 14) - 7) / 7)
    page.mouse.up()
    found = {"pan_fps": round(float(page.evaluate("(one) => one.promise", counting)), 1)}
    play = page.locator(".vm-play").first
    if play.count() and play.is_visible():
        play.click()
        found["play_fps"] = round(float(page.evaluate(FRAMES, 4000)), 1)
        play.click()
    return found


if __name__ == "__main__":
    main()
