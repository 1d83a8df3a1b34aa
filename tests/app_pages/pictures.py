"""Make the README's pictures of the front end anew: ``python -m tests.app_pages.pictures`` in a checkout with Chromium.

Plans the shipped town festival (a minute) in a data folder of its own, then takes each picture from the pages as they
are. ``VEDETTE_PICTURES`` names a data folder to take instead.
"""

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from scenarios import drafts, jobs
from tests.app_pages.chrome import browsing, settle
from tests.app_pages.test_browser import SECOND

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "docs" / "pictures"
SCENARIO = "neubrandenburg"
SECONDS = 60
#: File, page, colours, language, what is done before the picture is taken.
SHOTS = (
    ("app-start", "", "light", "en"),
    ("app-event", "event", "light", "en"),
    ("app-places", "places", "light", "zh"),
    ("app-map", "map", "light", "en"),
    ("app-roster", "roster", "light", "en"),
    ("app-patrols", "patrols", "dark", "en"),
    ("app-papers", "papers", "light", "en"),
)
#: When the map is shown: the match in the stadium, with patrols under way.
SECOND_SHOWN = 2 * 86400 + 33300


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """The front end over a data folder; yields its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    child = subprocess.Popen(
        [sys.executable, "-m", "app_pages.launch", "--headless", "--port", str(port)],
        cwd=home, env={**os.environ, "VEDETTE_HOME": str(home), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        child.terminate()
        child.wait(20)


def planned() -> str:
    """The address of the festival and its plan."""
    job = next((one for one in jobs.jobs() if one.source == SCENARIO and one.has_plan), None)
    if job is None:
        job = drafts.plan(drafts.find(SCENARIO), jobs.Options(seconds=SECONDS))
        jobs._CHILDREN[job.id].wait()
    return f"scenario={job.source}&plan={job.id}"


def take(page: Page, path: Path) -> None:
    """A picture as the screen shows it, packed tightly."""
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(path, optimize=True)


def main() -> int:
    """Make them all."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.stderr.write("No Chromium on this machine.\n")
        return 2
    with tempfile.TemporaryDirectory(prefix="vedette-pictures-") as folder:
        home = Path(os.environ.setdefault("VEDETTE_PICTURES", folder))
        os.environ["VEDETTE_HOME"] = str(home)
        home.mkdir(exist_ok=True)
        address = planned()
        with serving(home) as base:
            for name, path, scheme, code in SHOTS:
                with browsing(chromium, scheme=scheme) as (page, _outside, _faults):
                    page.goto(f"{base}/{path}?{address}&lang={code}" + ("&at=start" if not path else ""))
                    settle(page)
                    page.wait_for_timeout(2500)
                    if path == "map":
                        page.evaluate(SECOND, SECOND_SHOWN)
                        page.wait_for_timeout(800)
                    take(page, OUT / f"{name}.png")
                    sys.stdout.write(f"{name}.png {(OUT / f'{name}.png').stat().st_size // 1000} kB\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
