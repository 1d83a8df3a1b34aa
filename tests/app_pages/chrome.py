"""A headless Chromium that may reach nothing but this machine, and that writes down what it tried."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from playwright.sync_api import Page, Route, WebSocket, expect, sync_playwright

# Beside another process of tests a page may take its time; how fast it is, is measured elsewhere.
expect.set_options(timeout=20_000)

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
LOCAL = {"127.0.0.1", "localhost"}

# Share of opaque pixels of the fullest canvas that differ from its commonest colour, through shadow roots too.
DRAWN_SHARE = """
() => {
  const found = [], walk = (root) => {
    for (const node of root.querySelectorAll('*')) {
      if (node.tagName === 'CANVAS') found.push(node);
      if (node.shadowRoot) walk(node.shadowRoot);
    }
  };
  walk(document);
  let best = 0;
  for (const canvas of found) {
    if (!canvas.width || !canvas.height) continue;
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data, seen = new Map();
    let n = 0;
    for (let i = 0; i < pixels.length; i += 40) {
      const key = (pixels[i] << 24) | (pixels[i + 1] << 16) | (pixels[i + 2] << 8) | pixels[i + 3];
      seen.set(key, (seen.get(key) || 0) + 1);
      n++;
    }
    best = Math.max(best, 1 - Math.max(...seen.values()) / n);
  }
  return best;
}
"""

PATIENCE_S = 60.0
# Longer than any widget waits before it tells its value (a slider 200 ms, so that dragging does not flood the server).
QUIET_S = 0.3
AT_REST = """() => {
  const app = document.querySelector('[data-testid=stApp]');
  return !!app && app.dataset.testScriptState === 'notRunning'
    && !!document.querySelector('[data-testid=stSidebar]')
    && !document.querySelector('[data-testid=stSkeleton], [data-stale=true]');
}"""


@dataclass
class _Traffic:
    """What page and server said to each other last, by the clock of the test."""

    asked: float = 0.0
    answered: float = 0.0
    last: float = 0.0

    def listen(self, socket: WebSocket) -> None:
        self.asked = self.answered = self.last = time.monotonic()
        socket.on("framesent", lambda _frame: self._note("asked"))
        socket.on("framereceived", lambda _frame: self._note("answered"))

    def _note(self, what: str) -> None:
        self.last = time.monotonic()
        setattr(self, what, self.last)

    @property
    def quiet(self) -> bool:
        """Every question has its answer, and nothing was said for a moment."""
        return self.answered >= self.asked and time.monotonic() - self.last > QUIET_S


_TRAFFIC: WeakKeyDictionary[Page, _Traffic] = WeakKeyDictionary()


def settle(page: Page) -> None:
    """Wait until what was done has reached the server, its script has run, and nothing of an older run is shown.

    However slow the machine is: an action counts as answered when the server has said something after it.
    """
    began = time.monotonic()
    _TRAFFIC[page].last = began
    page.wait_for_selector("[data-testid=stSidebar]")
    while not (_TRAFFIC[page].quiet and page.evaluate(AT_REST)):
        assert time.monotonic() - began < PATIENCE_S, "the page does not come to rest"
        page.wait_for_timeout(50)
    assert page.locator("[data-testid=stException]").count() == 0


def until(page: Page, told: Callable[[], object], what: str = "") -> None:
    """Wait until something comes true that no locator tells: the store, a measure, an address."""
    began = time.monotonic()
    while not told():
        assert time.monotonic() - began < PATIENCE_S, what or "it did not come true"
        page.wait_for_timeout(50)


@contextmanager
def browsing(
    chromium: str,
    *,
    width: int = 1366,
    height: int = 768,
    scheme: str = "light",
    offline: bool = False,
) -> Iterator[tuple[Page, list[str], list[str]]]:
    """Yield ``(page, outside, faults)``: addresses outside this machine that were tried, and script errors."""
    outside: list[str] = []
    faults: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS, headless=True)
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, offline=offline
        )

        def judge(route: Route) -> None:
            parts = urlsplit(route.request.url)
            if parts.scheme in {"data", "blob", "file"} or parts.hostname in LOCAL:
                route.continue_()
            else:
                outside.append(route.request.url)
                route.abort()

        context.route("**/*", judge)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("requestfailed", lambda request: note(request.url))
        page.on("websocket", lambda socket: note(socket.url))
        traffic = _TRAFFIC.setdefault(page, _Traffic())
        page.on("websocket", traffic.listen)

        def note(url: str) -> None:
            parts = urlsplit(url)
            if parts.scheme not in {"data", "blob", "file"} and parts.hostname not in LOCAL:
                outside.append(url)

        try:
            yield page, outside, faults
        finally:
            browser.close()
