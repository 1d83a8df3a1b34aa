"""Several operations as one edit: all of them or none, one conflict, one undo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from scenarios.store.operations import Operation, Seats, View
from scenarios.store.rows import Key, Write, applied, net


@dataclass(frozen=True)
class _After:
    """A scenario after writes that are about to be made."""

    before: View
    rows: Mapping[Key, Any]

    def seats(self, plan: str) -> Seats:
        """As before: no operation changes a plan."""
        return self.before.seats(plan)


@dataclass(frozen=True)
class Together:
    """One operation after the other, each over what those before it have written."""

    its: Sequence[Operation]
    #: Others may have written about other things meanwhile: no reason to stop.
    merges: ClassVar[bool] = True

    def writes(self, view: View) -> tuple[Write, ...]:
        """The rows of all, each once."""
        return net(write for operation, at in self._steps(view) for write in operation.writes(at))

    def say(self, view: View) -> str:
        """Every operation's own sentence; one that has nothing to do says none."""
        return " ".join(op.say(at) for op, at in self._steps(view) if op.writes(at))

    def _steps(self, view: View) -> Iterator[tuple[Operation, View]]:
        """Each operation with the scenario as it finds it."""
        for operation in self.its:
            yield operation, view
            view = _After(view, applied(view.rows, operation.writes(view)))
