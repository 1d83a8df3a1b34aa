"""Ctrl-C while a plan is made: once ends the search and keeps its best plan, twice gives up."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from scheduler.outcome import Stop


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
