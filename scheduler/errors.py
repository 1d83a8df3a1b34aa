"""The scheduler's one family of errors."""

from __future__ import annotations

from collections.abc import Iterable

from scheduler.saying import say


class ProblemError(ValueError):
    """A Problem that cannot be handed to a solver; carries every fault found, never the first only.

    Parameters
    ----------
    faults
        Sentences, each saying what, which (ids), what was expected and how to mend it.
    """

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults: tuple[str, ...] = tuple(faults)
        super().__init__("\n".join(self.faults))


def name_some(ids: Iterable[str], limit: int = 3) -> str:
    """Name the first offenders and count the rest: ``"P07, P19, P33 and 4 more"``."""
    every = list(ids)
    shown = ", ".join(every[:limit])
    return shown if len(every) <= limit else say("{names} and {n} more", names=shown, n=len(every) - limit)
