"""A line between browser and server that can be cut and mended, as a network is: for tests of a lost connection."""

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self


class Relay:
    """Passes on whatever comes to ``port`` of this machine to ``target``; a context manager."""

    def __init__(self, target: int) -> None:
        """Listen on a port of its own."""
        self.target, self.up = target, True
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]

    def __enter__(self) -> Self:
        """Begin to pass on."""
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        """End for good."""
        self.cut()
        self._door.close()

    def cut(self) -> None:
        """Every line breaks in mid-word, and new ones find nobody."""
        with self._lock:
            self.up = False
            ends, self._ends = self._ends, set()
        for end in ends:
            _drop(end)

    def mend(self) -> None:
        """New lines are passed on again."""
        self.up = True

    def _listen(self) -> None:
        while True:
            try:
                near, _from = self._door.accept()
            except OSError:  # the door is closed
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.target), timeout=30) if self.up else None
            except OSError:
                far = None
            with self._lock:
                if far is None or not self.up:
                    for end in (near, *([far] if far else [])):
                        _drop(end)
                    continue
                far.settimeout(None)
                self._ends |= {near, far}
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while said := one.recv(65536):
                other.sendall(said)
        except OSError:
            pass
        _drop(one)
        _drop(other)


def _drop(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
