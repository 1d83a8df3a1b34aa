"""Before anybody comes: what the pages need is read, the small maps of Start are drawn, what is over is swept."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from pathlib import Path

from geodata.errors import GeodataError
from scenarios.errors import ScenarioError

HERE = Path(__file__).resolve().parent


@asynccontextmanager
async def warmed(_app: object) -> AsyncIterator[None]:
    """Warm up in a thread of its own; the server does not wait for it, and its end does not either."""
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    yield


def warm_up() -> None:
    """Import the parts of every page, sweep what was never sent, then draw the small maps that were never drawn.

    What is wrong with a part, a store or a scenario is told where it is opened.
    """
    for path in sorted(HERE.glob("_[!_]*.py"), key=lambda one: one.name != "_start.py"):
        with suppress(ImportError):
            import_module(f"app_pages.{path.stem}")
    from scenarios import drafts
    from scenarios.smallmap import small_map
    from scenarios.store.place import open_store
    from scenarios.store.unfinished import sweep

    with suppress(ScenarioError, OSError):
        sweep(open_store())
    with suppress(ScenarioError, OSError):
        for source in drafts.sources():
            with suppress(ScenarioError, GeodataError, OSError, KeyError):
                small_map(drafts.loaded(source))
