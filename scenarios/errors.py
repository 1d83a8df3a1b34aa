"""Faults in what people wrote: which file, which row, which field, what was expected and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong (or, as a warning, doubtful) in a scenario's files.

    Attributes
    ----------
    file
        Name of the file inside the scenario folder.
    row
        Line of a settings file, or row of a table as a spreadsheet counts it (the header is row 1); None for
        the file as a whole.
    field, value
        Column or setting, and what stands there, shortened; "" where it does not apply.
    expected, remedy
        What should stand there, and what to do about it.
    """

    file: str
    row: int | None
    field: str
    value: str
    expected: str
    remedy: str

    def sentence(self) -> str:
        """The fault in one line."""
        place = self.file if self.row is None else f"{self.file} row {self.row}"
        if self.field:
            place += f", {self.field}"
        shown = f' "{self.value}"' if self.value else ""
        remedy = f" {self.remedy[:1].upper()}{self.remedy[1:]}" if self.remedy else ""
        end = "" if not remedy or remedy.endswith((".", "?", "!")) else "."
        return f"{place}{shown}: expected {self.expected}.{remedy}{end}"

    def to_json(self) -> Mapping[str, Any]:
        """Plain data with the attribute names."""
        return asdict(self)


class ScenarioError(Exception):
    """A scenario that cannot be planned as it is written; carries every fault, and what is doubtful beside them."""

    def __init__(self, faults: Iterable[Fault], doubts: Iterable[Fault] = ()) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        self.doubts: tuple[Fault, ...] = tuple(doubts)
        super().__init__(self.faults)

    def __str__(self) -> str:
        n = len(self.faults)
        head = f"{n} fault{'' if n == 1 else 's'} in the scenario:"
        return "\n".join([head, *(f"  {f.sentence()}" for f in self.faults)])
