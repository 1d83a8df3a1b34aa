"""Frames a second of the map in Chromium without a GPU: while patrols move, while it is dragged, while both happen.

``python -m benchmarks.map_frames VIEW.json.gz [--chromium PATH]`` with the view that a plan leaves in its job's folder.
The map is opened as the exported page, which draws with the very script of the Map page. Frames are those in which the
browser really drew (its own animation frames), counted over a few seconds, with the longest time between two.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from scenarios.publish.webmap import export_html
from scenarios.viewfile import read_view

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-software-rasterizer"]
SECONDS = 5
COUNT = """(seconds) => new Promise((done) => {
  const times = [], end = performance.now() + 1000 * seconds;
  const step = (now) => { times.push(now); if (now < end) requestAnimationFrame(step); else finish(); };
  const finish = () => {
    const gaps = times.slice(1).map((t, k) => t - times[k]).sort((a, b) => a - b);
    done({ frames: gaps.length, fps: 1000 * gaps.length / (times[times.length - 1] - times[0]),
           p95: gaps[Math.floor(0.95 * gaps.length)], longest: gaps[gaps.length - 1] });
  };
  requestAnimationFrame(step);
})"""


def counted(page: Page, what: str, *, dragging: bool) -> None:
    """Count while the page is left alone, or while the map is dragged to and fro."""
    if not dragging:
        told = page.evaluate(COUNT, SECONDS)
    else:
        page.evaluate(f"() => {{ globalThis.counted = ({COUNT})({SECONDS}); }}")
        box = page.locator("#map").bounding_box()
        assert box is not None
        x, y, end = box["x"] + box["width"] * 0.55, box["y"] + box["height"] * 0.5, time.monotonic() + SECONDS
        while time.monotonic() < end:
            page.mouse.move(x, y)
            page.mouse.down()
            for k in range(12):
                page.mouse.move(x + 18 * k, y + 9 * k)
            page.mouse.up()
            x, y = (x + 190, y + 95) if x < box["width"] * 0.6 else (x - 190, y - 95)
        told = page.evaluate("() => globalThis.counted")
    print(f"{what:<34} {told['fps']:5.1f} frames/s, 95 % within {told['p95']:.0f} ms, longest {told['longest']:.0f} ms")


def main() -> None:
    """Open, play, drag."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("view", type=Path)
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    given = parser.parse_args()
    view = read_view(given.view)
    told = [("sites", view.sites), ("posts", view.posts), ("tours", view.tours), ("rail sections", view.sections)]
    print(", ".join(f"{len(rows)} {name}" for name, rows in told))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        path = Path(folder) / "map.html"
        path.write_text(export_html(view), encoding="utf-8")
        print(f"{path.stat().st_size / 1e6:.1f} MB")
        browser = play.chromium.launch(executable_path=given.chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        began = time.monotonic()
        page.goto(path.as_uri())
        page.wait_for_selector(".vm-play")
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        print(f"drawn after {time.monotonic() - began:.1f} s")
        counted(page, "still", dragging=False)
        page.click(".vm-play")
        counted(page, "patrols moving, 5 min a second", dragging=False)
        counted(page, "patrols moving, map dragged", dragging=True)
        page.click(".vm-play")
        counted(page, "map dragged", dragging=True)
        browser.close()


if __name__ == "__main__":
    main()
