"""Ctrl-C while a command searches: once ends the search and keeps its best result, twice gives up."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scheduler.outcome import Stop

if TYPE_CHECKING:
    from rich.console import Console

BEST_PLAN = "the best plan so far is audited and kept"


@contextmanager
def once_stops(tell: Callable[[], None]) -> Iterator[Stop]:
    """Yield whether Ctrl-C was pressed; ``tell`` is called at the first press, the second raises as ever.

    Outside the main thread, where no signal can be caught, the answer stays no.
    """
    pressed = threading.Event()

    def press(_number: int, _frame: object) -> None:
        if pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()
        tell()

    if threading.current_thread() is not threading.main_thread():
        yield pressed.is_set
        return
    before = signal.signal(signal.SIGINT, press)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def heeded(console: Console, what: str) -> Iterator[Stop]:
    """As ``once_stops``, telling ``what`` becomes of the search."""

    def told() -> None:
        console.print(f"Stopping: {what}. Ctrl-C again gives it up.")

    with once_stops(told) as stop:
        yield stop
