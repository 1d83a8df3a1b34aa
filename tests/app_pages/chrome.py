"""A headless Chromium that may reach nothing but this machine, and that writes down what it tried."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route, expect, sync_playwright

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

        def note(url: str) -> None:
            parts = urlsplit(url)
            if parts.scheme not in {"data", "blob", "file"} and parts.hostname not in LOCAL:
                outside.append(url)

        try:
            yield page, outside, faults
        finally:
            browser.close()
