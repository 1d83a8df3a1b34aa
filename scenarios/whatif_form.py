"""What a what-if may hold: which rows are meant, which settings are lists, in which order it is done, and its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenarios.parsing import ROW_TYPES
from scenarios.tablewords import column_word, one_of, plain, table_word
from scenarios.tongue import ENGLISH, language, mark
from scenarios.tongue import say as _

Lines = Mapping[tuple[str | int, ...], tuple[str, int | None]]

OWN = ("schema", "base", "title", "note")
#: What is said here means the scenario's own setting: ``title`` alone is the patch's.
OWN_TITLE = "scenario"
MADE = ("close", "away", "remove")
#: What tells the rows of a table apart; a column that may be blank is one of them too.
KEYS: Mapping[str, tuple[str, ...]] = {
    **{table: ("id",) for table, kind in ROW_TYPES.items() if "id" in kind.model_fields},
    "qualifications": ("person", "qualification"),
    "ledger": ("person",),
    "absences": ("person", "start", "end"),
    "wishes": ("person", "start", "end", "wish", "groups"),
    "history": ("person", "start", "end", "place"),
    "other_work": ("person", "start", "end"),
    "pins": ("person", "group"),
    "published": ("person", "group"),
}  # fmt: skip
#: Rows that go with a person.
OF_PERSON = ("qualifications", "absences", "wishes", "history", "ledger", "pins", "other_work", "published")
#: Settings that are lists of things with an id; merged by id like rows.
LISTS = ("spans", "shifts", "kinds", "seat_changes")
FIXED = ("name", "timezone")


def in_order(values: Mapping[str, Any], lines: Lines) -> list[tuple[str, Any, int | None]]:
    """Every setting, and every row with its number in its list, by the line where it starts.

    Where the lines of a list are not known one by one (it is written as ``name = [...]``, or something in a text looks
    like a row), the list is done as one, where it starts.
    """
    first: dict[str, int] = {}
    for path, (_file, line) in lines.items():
        first[str(path[0])] = min(first.get(str(path[0]), line or 0), line or 0)
    found: list[tuple[int, str, Any, int | None]] = []
    for name, value in values.items():
        start = first.get(name, 0)
        rows = name in {*MADE, *ROW_TYPES, *LISTS} and isinstance(value, list)
        if not rows or not all(isinstance(row, dict) for row in value):
            found.append((start, name, value, None))
            continue
        own = {path[1]: line for path, (_file, line) in lines.items() if path[0] == name and len(path) == 2}
        known = set(own) == set(range(len(value)))
        found += [((own[n] if known else start) or 0, name, row, n) for n, row in enumerate(value)]
    return [(name, value, at) for _line, name, value, at in sorted(found, key=lambda one: one[0])]


#: What stands before a row's name where that is another's: a person's.
_OF = {"ledger": mark("Ledger of"), "other_work": mark("Other work of"), "published": mark("Published duty of"),
       "seats": mark("Seat")}  # fmt: skip


def one_row(table: str) -> str:
    """What one row of a table is called in reports."""
    return _(_OF[table]) if table in _OF else one_of(table)


def listed_as(name: str) -> str:
    """A list of settings in reports: as it is written, in other languages by what people call it."""
    return name if language() == ENGLISH else table_word(name)


def column_as(name: str) -> str:
    """A column in reports, likewise."""
    return name if language() == ENGLISH else column_word(name)


def turned(name: str, before: str, after: str) -> str:
    """What one value was and is now."""
    return _("{name} {before} -> {after}", name=name, before=before, after=after)


def hint(like: str | None, else_say: str) -> str:
    """The known name that is most like what is written, as a remedy; what else to say where none is."""
    return _('did you mean "{like}"?', like=like) if like else else_say


def name_of(table: str, row: Mapping[str, Any]) -> str:
    """A row by its id and name, or by what tells it apart."""
    name = row.get("title") or row.get("name")
    if "id" in row:
        return f"{row['id']} ({name})" if name else str(row["id"])
    return " ".join(plain(row.get(k)) for k in ("person", *KEYS.get(table, ())[1:3]) if row.get(k))
