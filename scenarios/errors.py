"""Faults in what people wrote: which file, which row, which field, what was expected and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from scenarios.tongue import lists, says
from scenarios.tongue import say as _


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
        """The fault in one line, in the reader's language as far as ``expected`` and ``remedy`` are."""
        place = self.file if self.row is None else _("{file} row {row}", file=self.file, row=self.row)
        if self.field:
            place = _("{place}, {field}", place=place, field=self.field)
        if self.value:
            place = _('{place} "{value}"', place=place, value=self.value)
        said = _("{place}: expected {expected}.", place=place, expected=lists.beside(self.expected))
        if not self.remedy:
            return said
        remedy = lists.begun(self.remedy)
        if not remedy.endswith((".", "?", "!", "。", "？", "！")):
            remedy = _("{sentence}.", sentence=remedy)
        return _("{fault} {remedy}", fault=said, remedy=remedy)

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
        head = says("{n} fault in the scenario:", "{n} faults in the scenario:", len(self.faults))
        return "\n".join([head, *(f"  {f.sentence()}" for f in self.faults)])
