"""Documents on demand: one kind, of all its parts or some, with pictures of its first pages; or all as one ZIP."""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import PurePath

from scenarios.publish.papers import KINDS, Kind, made
from scenarios.publish.sheet import Press
from scenarios.publish.words import prints_chinese

_STAMP = (2000, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Order:
    """One document as it is asked for: ``only`` are ids of its parts, empty for all."""

    kind: str
    only: tuple[str, ...] = ()

    @property
    def its(self) -> Kind:
        """What kind of document it is."""
        return KINDS[self.kind]

    @property
    def file(self) -> str:
        """A file name that tells what is in it: ``post_cards-P03.pdf``; of one person ``calendars-E07.ics``."""
        if not self.only:
            return self.its.file
        name = PurePath(self.its.file)
        safe = ["".join(c if c.isalnum() or c in "-_" else "_" for c in ident) for ident in self.only]
        told = "_".join(safe[:3]) + (f"_{len(safe) - 3}_more" if len(safe) > 3 else "")
        suffix = ".ics" if self.kind == "calendars" and len(self.only) == 1 else name.suffix
        return f"{name.stem}-{told}{suffix}"


def fulfil(order: Order, press: Press) -> bytes:
    """The document's bytes. Safe beside others who use the same press.

    Raises
    ------
    PublishError
        It cannot be made.
    """
    return made(order.its, copy.copy(press), order.only or None)


@dataclass(frozen=True)
class Looks:
    """The first pages of a document as pictures; ``n_pages`` is None where there may be more than were set."""

    pages: tuple[bytes, ...]
    n_pages: int | None
    complaints: tuple[str, ...] = ()


def first_pages(order: Order, press: Press, most: int = 3) -> Looks:
    """Pictures (PNG) of the first pages; none of a document that is no paper. Raises like ``fulfil``."""
    if not order.its.file.endswith(".pdf"):
        return Looks((), None)
    mine = copy.copy(press)
    mine.complaints, mine.few = [], None if order.its.parts is None else most
    made(order.its, mine, order.only or None)
    pages = mine.pictures("png")
    # Fewer pages than were asked for are all there are.
    known = order.its.parts is None or len(pages) < most
    return Looks(pages[:most], len(pages) if known else None, tuple(mine.complaints))


def first_rows(press: Press, most: int = 12) -> list[list[str]]:
    """Head and first rows of the roster workbook's first sheet, as text, without writing the whole of it."""
    import openpyxl

    mine, view = copy.copy(press), press.view
    order = {unit: place for place, unit in enumerate(view.units)}
    people = tuple(sorted(view.people, key=lambda p: (order.get(p.unit, len(order)), p.name, p.id))[:most])
    ids = {person.id for person in people}
    mine.view = replace(view, people=people, duties=tuple(d for d in view.duties if d.person in ids), seats=())
    book = openpyxl.load_workbook(io.BytesIO(made(KINDS["roster"], mine)), read_only=True)
    rows = book.worksheets[0].iter_rows(min_row=4, max_row=4 + len(people), values_only=True)
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


def all_pages(order: Order, press: Press) -> tuple[str, ...]:
    """Every page as SVG, for printing from the browser; none of a document that is no paper."""
    mine = copy.copy(press)
    if not order.its.file.endswith(".pdf"):
        return ()
    made(order.its, mine, order.only or None)
    return tuple(page.decode("utf-8") for page in mine.pictures("svg"))


def bundle(press: Press, on_progress: Callable[[str, int, int], None] | None = None) -> bytes:
    """Every document that the plan gives content to, as one ZIP; the same plan gives the same bytes."""
    todo = [kind for kind in KINDS.values() if kind.wanted(press.view)]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as box:
        for number, kind in enumerate(todo, start=1):
            if on_progress is not None:
                on_progress(kind.title, number, len(todo))
            stored = kind.file.endswith((".zip", ".xlsx", ".pdf"))
            entry = zipfile.ZipInfo(kind.file, date_time=_STAMP)
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            box.writestr(entry, made(kind, copy.copy(press)))
    return buffer.getvalue()


def offered(press: Press) -> tuple[Kind, ...]:
    """Documents that the plan gives content to, those that are handed out first."""
    first = ("duty_sheets", "post_cards", "route_cards", "calendars")
    order = {"hand": 0, "command": 1, "files": 2}
    places = {key: number for number, key in enumerate((*first, *(k for k in KINDS if k not in first)))}
    there = (kind for kind in KINDS.values() if kind.wanted(press.view))
    return tuple(sorted(there, key=lambda kind: (order[kind.group], places[kind.key])))


def can_print(press: Press, code: str) -> bool:
    """Whether some font of this machine holds the characters of a language."""
    return code != "zh" or prints_chinese(press.fonts.glyphs)
