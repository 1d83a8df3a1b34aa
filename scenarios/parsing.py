"""Raw settings and rows -> typed values, each checked by itself; every fault is collected, none stops the rest."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from scenarios import schema
from scenarios.errors import Fault
from scenarios.raw import TABLES, Raw, RawRow
from scenarios.tongue import say as _
from scenarios.valuewords import did_you_mean, explained

ROW_TYPES: Mapping[str, type[schema.Row]] = {
    "sessions": schema.Session,
    "sites": schema.Site,
    "zones": schema.Zone,
    "units": schema.Unit,
    "people": schema.Person,
    "qualifications": schema.Qualification,
    "absences": schema.AbsenceRow,
    "wishes": schema.WishRow,
    "history": schema.History,
    "ledger": schema.Ledger,
    "resources": schema.Resource,
    "posts": schema.PostRow,
    "seats": schema.SeatRow,
    "closures": schema.Closure,
    "pins": schema.PinRow,
    "other_work": schema.OtherWork,
    "published": schema.Published,
}
_FIELDS = schema.Scenario.model_fields
SETTING_NAMES = tuple(f.alias or name for name, f in _FIELDS.items() if name not in TABLES)
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Parsed:
    """A row that is sound by itself, and where it stands."""

    item: Any
    raw: RawRow


@dataclass
class Draft:
    """What could be read: ``settings`` and ``rows`` hold only sound values, ``faults`` says what was not.

    Attributes
    ----------
    unsound
        Names of settings with a fault; checks that need them are left out, so that one slip is told once.
    """

    raw: Raw
    zone: ZoneInfo | None
    settings: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[Parsed]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    unsound: set[str] = field(default_factory=set)

    def setting(self, name: str) -> Any:
        """A sound setting, its default where it is not given, None where it is faulty."""
        if name in self.unsound:
            return None
        if name in self.settings:
            return self.settings[name]
        return _FIELDS[name].get_default(call_default_factory=True)

    def ids(self, table: str) -> set[str]:
        """Ids written in a table, of faulty rows too."""
        return {
            str(r.values["id"]).strip() for r in self.raw.tables.get(table, ()) if "id" in r.values
        }

    def fault(self, at: Parsed, column: str, expected: str, remedy: str, value: Any = None) -> None:
        """Add a fault of a row's cell."""
        self.faults.append(cell_fault(at.raw, column, expected, remedy, value))

    def warn(self, at: Parsed, column: str, expected: str, remedy: str, value: Any = None) -> None:
        """Add a warning about a row's cell."""
        self.warnings.append(cell_fault(at.raw, column, expected, remedy, value))

    def setting_fault(
        self, path: tuple[str | int, ...], value: Any, expected: str, remedy: str
    ) -> None:
        """Add a fault of a setting."""
        file, row = self.raw.where(path)
        self.faults.append(Fault(file, row, path_text(path), shown(value), expected, remedy))


def cell_fault(raw: RawRow, column: str, expected: str, remedy: str, value: Any = None) -> Fault:
    """Fault of one cell; shows what is written there unless ``value`` is given."""
    file, row = raw.where(column)
    return Fault(
        file, row, column, shown(raw.values.get(column) if value is None else value), expected, remedy
    )


def path_text(path: Iterable[str | int]) -> str:
    """``("spans", 0, "id")`` -> ``spans[1].id``."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f"{'.' if text else ''}{part}"
    return text


def shown(value: Any) -> str:
    """A value as it was written, shortened."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else _plain(value)
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list | tuple):
        return to_json(value, fallback=str).decode()
    return str(value)


def parse(raw: Raw) -> Draft:
    """Check every setting and every row by itself."""
    draft = Draft(raw, None, faults=list(raw.faults), warnings=list(raw.warnings))
    name = raw.settings.get("timezone")
    if isinstance(name, str):
        try:
            draft.zone = ZoneInfo(name.strip())
        except (ZoneInfoNotFoundError, ValueError, OSError):
            draft.unsound.add("timezone")
            draft.setting_fault(
                ("timezone",), name, _("the name of a time zone"), _('write for example "Europe/Berlin"')
            )
    # Times are still read when the zone is unknown, so that their own faults are told too.
    context = {"zone": draft.zone or ZoneInfo("UTC")}
    _parse_settings(draft, context)
    for table, kind in ROW_TYPES.items():
        _parse_table(draft, table, kind, context)
    return draft


def _parse_settings(draft: Draft, context: Mapping[str, Any]) -> None:
    if not draft.raw.settings:
        draft.unsound |= set(SETTING_NAMES)
        return
    for name in draft.raw.settings:
        if name not in SETTING_NAMES:
            is_table = name in TABLES
            draft.setting_fault(
                (name,),
                None,
                _("a setting that is known"),
                _("write these rows into {name}.csv", name=name) if is_table else did_you_mean(name, SETTING_NAMES),
            )
    for key, info in _FIELDS.items():
        name = info.alias or key
        if key in TABLES or (name == "timezone" and "timezone" in draft.unsound):
            continue
        value = _without_blanks(draft.raw.settings.get(name))
        if value is None:
            if info.is_required():
                draft.unsound.add(key)
                draft.setting_fault((name,), None, _("this setting"), _("fill it in"))
            continue
        annotation: Any = info.annotation
        if info.metadata:
            for meta in info.metadata:
                annotation = _annotated(annotation, meta)
        try:
            draft.settings[key] = TypeAdapter(annotation).validate_python(value, context=context)
        except ValidationError as error:
            draft.unsound.add(key)
            for e in error.errors(include_url=False):
                path = (name, *_real(e["loc"]))
                found = e["input"] if e["type"] not in {"missing", "extra_forbidden"} else None
                draft.setting_fault(path, found, *explained(e, annotation))


def _annotated(annotation: Any, meta: Any) -> Any:
    from typing import Annotated

    return Annotated[annotation, meta]


def _real(loc: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Drop what pydantic adds to a path (``[key]``, names of union members)."""
    return tuple(part for part in loc if part != "[key]")


def _without_blanks(value: Any) -> Any:
    """Blank text counts as not given."""
    if isinstance(value, dict):
        return {k: w for k, v in value.items() if (w := _without_blanks(v)) is not None}
    if isinstance(value, list):
        return [_without_blanks(v) for v in value]
    if isinstance(value, str) and not value.strip():
        return None
    return value


def columns_of(kind: type[schema.Row]) -> dict[str, bool]:
    """Columns of a table, and whether each must be filled."""
    return {f.alias or name: f.is_required() for name, f in kind.model_fields.items()}


def _parse_table(
    draft: Draft, table: str, kind: type[schema.Row], context: Mapping[str, Any]
) -> None:
    rows = draft.raw.tables.get(table, ())
    columns = columns_of(kind)
    draft.rows[table] = []
    strange: dict[str, RawRow] = {}
    for row in rows:
        for name in row.values:
            if name not in columns:
                strange.setdefault(name, row)
    for name, row in strange.items():
        file, number = row.where(name)
        draft.faults.append(
            Fault(file, number, name, "", _("a column that is known"), did_you_mean(name, columns))
        )
    absent = {
        name for name, must in columns.items() if must and rows and all(name not in r.values for r in rows)
    }
    for name in sorted(absent):
        file, number = rows[0].where(name)
        draft.faults.append(Fault(file, number, name, "", _("this column"), _("add it and fill every row")))
    numbers = {name for name in columns if _is_number(kind, name)}
    for row in rows:
        values = {
            k: unicodedata.normalize("NFKC", v) if k in numbers and isinstance(v, str) else v
            for k, v in row.values.items()
            if k in columns
        }
        try:
            draft.rows[table].append(Parsed(kind.model_validate(values, context=context), row))
        except ValidationError as error:
            for e in error.errors(include_url=False):
                name = str(e["loc"][0]) if e["loc"] else ""
                if e["type"] == "missing" and name in absent:
                    continue
                draft.faults.append(cell_fault(row, name, *explained(e, kind)))


def _is_number(kind: type[schema.Row], column: str) -> bool:
    key = "class_" if column == "class" else column
    kind_of: Any = kind.model_fields[key].annotation
    return "int" in str(kind_of) or "float" in str(kind_of)
