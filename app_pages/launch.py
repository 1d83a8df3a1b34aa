"""Starts the front end: every option goes along as a flag, since from a wheel no settings file is found."""

from __future__ import annotations

import argparse
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import Sequence
from pathlib import Path

#: The same values stand in ``.streamlit/config.toml`` for ``streamlit run streamlit_app.py`` in a checkout.
OPTIONS: dict[str, str | int | bool] = {
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.maxUploadSize": 512,
    "browser.gatherUsageStats": False,
    "client.toolbarMode": "minimal",
    "client.showErrorLinks": "false",
    "client.showErrorDetails": "type",
    "runner.magicEnabled": False,
    # A look at every object of a large plan after every click holds up the answer itself: 0.5 s with 2,000 people.
    "runner.postScriptGC": False,
    # Fields begin with what was kept of them, in the session's state and in the widget: see ``_unsent``.
    "global.disableWidgetStateDuplicationWarning": True,
    "logger.hideWelcomeMessage": True,
    "theme.primaryColor": "#1456a8",
    "theme.baseRadius": "8px",
    "theme.baseFontSize": 15,
    "theme.headingFontWeights": "[650, 650, 600, 600, 600, 600]",
    "theme.headingFontSizes": '["1.75rem", "1.35rem", "1.12rem", "1rem", "0.95rem", "0.9rem"]',
    "theme.metricValueFontSize": "1.5rem",
    "theme.metricValueFontWeight": 600,
    "theme.showWidgetBorder": True,
    "theme.showSidebarBorder": True,
    "theme.paddingTop": "1.2rem",
    "theme.font": "'Source Sans', 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', sans-serif",
    "theme.light.backgroundColor": "#ffffff",
    "theme.light.secondaryBackgroundColor": "#f3f5f8",
    "theme.light.textColor": "#17202b",
    "theme.light.borderColor": "#dfe3e8",
    "theme.light.sidebar.backgroundColor": "#f6f8fa",
    "theme.dark.primaryColor": "#62a0ee",
    "theme.dark.backgroundColor": "#12161c",
    "theme.dark.secondaryBackgroundColor": "#1c222b",
    "theme.dark.textColor": "#e8ecf1",
    "theme.dark.borderColor": "#343d48",
    "theme.dark.sidebar.backgroundColor": "#171c23",
}
#: Names of this machine for itself.
HERE_ONLY = ("127.0.0.1", "localhost", "::1")
SCRIPT = Path(__file__).resolve().parent / "entry.py"


def flags(port: int, address: str, hosts: Sequence[str] = ()) -> list[str]:
    """What stands behind ``streamlit run``: the script and every option.

    ``hosts`` are names it is reached by. On this machine alone no other than the machine's own are answered: a page of
    somebody else's that has its name point here (DNS rebinding) gets nothing.
    """
    options = {**OPTIONS, "server.port": port, "server.address": address}
    names = [*(HERE_ONLY if address in HERE_ONLY else ()), *hosts]
    told = [f"--server.allowedHosts={name}" for name in names]
    return [str(SCRIPT), *(f"--{name}={_text(value)}" for name, value in options.items()), *told]


def _text(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def run(
    *, port: int = 8501, address: str = "127.0.0.1", headless: bool = False, hosts: Sequence[str] = ()
) -> int:
    """Serve the front end until it is interrupted; returns an exit code."""
    if _answers(address, port):
        sys.stderr.write(
            f"Port {port} of {address} is in use. Give another: vedette app --port {port + 1}\n"
        )
        return 2
    from streamlit.web import cli

    shown = "127.0.0.1" if address in {"", "0.0.0.0", "::"} else address  # noqa: S104
    url = f"http://{shown}:{port}"
    threading.Thread(target=_greet, args=(url, shown, port, headless), daemon=True).start()
    try:
        cli.main(["run", *flags(port, address, hosts)], standalone_mode=False)
    except KeyboardInterrupt:
        return 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


def _answers(address: str, port: int) -> bool:
    try:
        with socket.create_connection((address or "127.0.0.1", port), timeout=0.5):
            return True
    except OSError:
        return False


def _greet(url: str, address: str, port: int, headless: bool) -> None:
    """Say the address once the server answers, and open a browser on it."""
    for _ in range(240):
        if _answers(address, port):
            sys.stdout.write(f"Vedette is at {url}   (Ctrl+C ends it)\n")
            sys.stdout.flush()
            if not headless:
                webbrowser.open(url)
            return
        time.sleep(0.25)


def main(argv: list[str] | None = None) -> int:
    """``python -m app_pages.launch``."""
    parser = argparse.ArgumentParser(prog="vedette app", description="Open the front end.")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--address", default="127.0.0.1", help="where to listen")
    parser.add_argument("--headless", action="store_true", help="do not open a browser")
    parser.add_argument("--host", action="append", default=[], help="a name that a proxy passes on; may be repeated")
    given = parser.parse_args(argv)
    return run(port=given.port, address=given.address, headless=given.headless, hosts=given.host)


if __name__ == "__main__":
    raise SystemExit(main())
