"""What the tables of the force look like in an editor: columns, what may stand in them, what a new row begins with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from scenarios.fields import split_names
from scenarios.parsing import ROW_TYPES
from scenarios.raw import Raw
from scenarios.tablewords import plain
from scenarios.tongue import mark
from scenarios.tongue import say as _

Form = Literal["text", "number", "one", "many", "yes"]
#: The tables in the order of their tabs.
TABLES = ("people", "absences", "qualifications", "units", "resources")
#: Tables whose rows are about a person.
OF_PEOPLE = ("absences", "qualifications")
NOWHERE = "?"
"""The choice for people whose unit is not among the units."""


@dataclass(frozen=True)
class Column:
    """One column of an editor.

    Attributes
    ----------
    form
        ``one`` and ``many`` of ``options``; ``yes`` is a tick.
    options
        What may be chosen, and whatever else stands in the table now, so that it can be seen and mended.
    labels
        Option -> what people call it.
    default
        What a new row begins with; for a tick also what a blank means.
    about
        Help in a sentence.
    """

    name: str
    form: Form = "text"
    options: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    default: str = ""
    must: bool = False
    about: str = ""


_TIME = mark("Day and time, 24-hour clock: 2026-08-28 18:00. 24:00 ends a day.")
#: Columns of each table, in order: name, form, help.
_FORMS: Mapping[str, tuple[tuple[str, Form, str], ...]] = {
    "people": (
        ("name", "text", ""), ("unit", "one", ""), ("category", "one", ""), ("rank", "one", ""),
        ("tags", "many", mark("What this person may not do, for example night duty. Never a diagnosis.")),
        ("share_pct", "number", mark("Part time: 50 for half the hours. Blank means 100.")),
        ("seniority", "number", ""),
        ("id", "text", mark("Personnel number. Made up where it is left blank; it stays once others refer to it.")),
    ),
    "absences": (
        ("person", "one", ""), ("start", "text", _TIME), ("end", "text", _TIME), ("kind", "one", ""),
    ),
    "qualifications": (
        ("person", "one", ""), ("qualification", "one", ""), ("valid_from", "text", _TIME),
        ("valid_until", "text", _TIME),
    ),
    "units": (
        ("name", "text", ""), ("kind", "text", ""),
        ("base_need", "number", mark("So many stay at home in every shift.")),
        ("duty_lead", "yes", mark("A lead of rank is on duty in every shift.")),
        ("strength", "text", mark("People without names yet, by category: sworn:6;auxiliary:4")),
        ("lon", "number", mark("Degrees east, WGS-84")), ("lat", "number", mark("Degrees north, WGS-84")),
        ("id", "text", mark("Made up where it is left blank; it stays once others refer to it.")),
    ),
    "resources": (
        ("name", "text", mark("Cars, radios, weapons: what there is only so many of")), ("number", "number", ""),
        ("id", "text", mark("What kinds of crew name as used. Made up where it is left blank.")),
    ),
}  # fmt: skip
KINDS = {
    "leave": mark("leave"), "medical": mark("medical"), "training": mark("training"), "court": mark("court"),
    "other": mark("other"),
}  # fmt: skip


def columns_for(raw: Raw, table: str, unit: str = "") -> tuple[Column, ...]:
    """The columns of a table; new rows belong to ``unit`` where it is given."""
    rows = [row.values for row in raw.tables.get(table, ())]
    must = {f.alias or name for name, f in ROW_TYPES[table].model_fields.items() if f.is_required()}
    found = []
    for name, form, about in _FORMS[table]:
        column = Column(name, form, must=name in must, about=_(about) if about else "")
        values = [plain(row.get(name)) for row in rows]
        if form == "number" and not all(_is_number(value) for value in values if value):
            column = replace(column, form="text")  # else what was typed could not be seen
        elif form in {"one", "many"}:
            known, labels = _options(raw, table, name, unit)
            parts = (part for value in values for part in ((value,) if form == "one" else split_names(value)))
            column = replace(column, options=_once([*known, *_seen(name, parts)]), labels=labels)
        found.append(replace(column, default=_default(raw, table, column, unit)))
    return tuple(found)


def _seen(name: str, values: Iterable[str]) -> Iterable[str]:
    """Values that stand in the table; people and units are known by their own tables, faulty ones too."""
    return sorted({value for value in values if value}) if name != "person" else ()


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def listed(raw: Raw, name: str) -> tuple[str, ...]:
    """A list of words among the settings, such as ``ranks``; what is no text in it is left out."""
    value = raw.settings.get(name)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list | tuple) else ()


def _options(raw: Raw, table: str, name: str, unit: str) -> tuple[Sequence[str], dict[str, str]]:
    if name == "unit":
        labels = unit_names(raw)
        return list(labels), labels
    if name == "person":
        labels = person_names(raw, unit)
        here = {plain(row.values.get("person")) for row in raw.tables.get(table, ())}
        strangers = sorted(here - set(person_names(raw))) if unit in {"", NOWHERE} else []
        return [*labels, *strangers], labels
    if name == "category":
        return listed(raw, "categories"), {}
    if name == "rank":
        return listed(raw, "ranks"), {}
    if name == "tags":
        return listed(raw, "tags_known"), {}
    if name == "qualification":
        return listed(raw, "qualifications_known"), {}
    return list(KINDS), {kind: _(word) for kind, word in KINDS.items()}


def _default(raw: Raw, table: str, column: Column, unit: str) -> str:
    if column.name == "unit":
        return "" if unit == NOWHERE else unit
    if column.name in {"category", "rank"}:
        return column.options[0] if column.options else ""
    if column.name in {"start", "valid_from"}:
        return plain(raw.settings.get("start"))
    if column.name in {"end", "valid_until"}:
        return plain(raw.settings.get("end"))
    if column.name == "kind" and table == "absences":
        return "leave"
    return {"duty_lead": "yes"}.get(column.name, "")


def unit_names(raw: Raw) -> dict[str, str]:
    """Unit -> what it is called, in the order of the table."""
    return {name: plain(row.get("name")) or name for name, row in _by_id(raw, "units")}


def unit_of_people(raw: Raw) -> dict[str, str]:
    """Person -> unit as it is written."""
    return {name: plain(row.get("unit")) for name, row in _by_id(raw, "people")}


def person_names(raw: Raw, unit: str = "") -> dict[str, str]:
    """Person -> name, of one unit (``NOWHERE``: of those without one) or all; two of one name with their ids."""
    here = belongs(raw, unit)
    rows = [(name, row) for name, row in _by_id(raw, "people") if here(plain(row.get("unit")))]
    names = {name: plain(row.get("name")) or name for name, row in rows}
    counts: dict[str, int] = {}
    for text in names.values():
        counts[text] = counts.get(text, 0) + 1
    return {name: text if counts[text] == 1 else f"{text} ({name})" for name, text in names.items()}


def belongs(raw: Raw, unit: str) -> Callable[[str], bool]:
    """Whether a row that names a unit belongs to the one in view: "" is all of them, ``NOWHERE`` none that is known."""
    known = set(unit_names(raw))
    return lambda written: not unit or (written not in known if unit == NOWHERE else written == unit)


def _by_id(raw: Raw, table: str) -> list[tuple[str, Mapping[str, Any]]]:
    rows = [(plain(row.values.get("id")), row.values) for row in raw.tables.get(table, ())]
    return [(name, row) for name, row in rows if name]
