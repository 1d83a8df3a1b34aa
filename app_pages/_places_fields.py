"""The fields of each kind of place: in which order, as which widget, and how a cell becomes its value and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from scenarios.fields import split_names
from scenarios.placing.marks import Mark, number_of, text_of
from scenarios.raw import Raw
from scenarios.tongue import mark
from scenarios.tongue import say as _

Sort = Literal["text", "number", "degree", "yes", "one", "many", "class"]


@dataclass(frozen=True)
class Field:
    """One column; ``free`` lets people write what is not in the list, ``panel`` shows it beside the map."""

    column: str
    sort: Sort = "text"
    panel: bool = True
    wide: bool = False
    free: bool = False
    least: int = 0
    most: int = 100_000
    help: str = ""


_WHO = (Field("owner", "one"), Field("lead", "one"))
_AT = (Field("lon", "degree", panel=False), Field("lat", "degree", panel=False))
_SPANS = mark("Spans of the scenario, parted by ; with what is asked in each: festival:30")
FIELDS: Mapping[str, tuple[Field, ...]] = {
    "site": (
        Field("name", wide=True), Field("kind", "one", free=True), Field("class", "class"),
        Field("weight", "number", least=1, most=1000), *_WHO, Field("cover", "many", wide=True),
        Field("gaps", help=_SPANS), Field("visits", help=_SPANS), Field("guards", help=_SPANS),
        Field("dwell_min", "number", panel=False, least=1, most=240), Field("core", "yes"), Field("backup", "yes"),
        *_AT, Field("osm", panel=False), Field("line", panel=False),
    ),
    "post": (
        Field("name", wide=True), Field("state", "one"), Field("kind", "many", free=True),
        Field("capacity", "number", least=1, most=100), *_WHO, Field("spans", "many", wide=True),
        Field("radius_m", "number", panel=False, least=1, most=10_000), Field("site", panel=False),
        Field("walk_s", "number", panel=False), *_AT,
    ),
    "zone": (
        Field("name", wide=True), Field("kind", "one"), Field("radius_m", "number", least=10), *_WHO, *_AT,
    ),
    "closure": (
        Field("name", wide=True), Field("start", help="2026-08-29 18:00"), Field("end", help="2026-08-29 18:00"),
        Field("profiles", "many"), Field("radius_m", "number", panel=False, least=1), *_AT, Field("shape", panel=False),
    ),
}  # fmt: skip
_STATES = {"required": mark("required"), "existing": mark("existing"), "candidate": mark("candidate"),
           "forbidden": mark("forbidden")}  # fmt: skip
_ZONES = {"core": mark("core zone"), "buffer": mark("buffer zone"), "outer": mark("outer zone")}
_PROFILES = {"car": mark("cars"), "foot": mark("people on foot"), "bike": mark("bicycles")}
_CLASSES = {"1": mark("1, first"), "2": mark("2, second"), "3": mark("3, third")}
DEFAULTS: Mapping[str, Any] = {"weight": 10, "capacity": 1, "state": "candidate", "profiles": ["car"], "dwell_min": 10}
MOST_LEADS = 300


@dataclass(frozen=True)
class Choices:
    """What may be chosen in lists, from the scenario itself."""

    units: Mapping[str, str]
    leads: Mapping[str, str]
    spans: Sequence[str]
    kinds: Sequence[str]
    site_kinds: Sequence[str] = field(default_factory=tuple)

    def options(self, its: Field, kind: str) -> list[str]:
        """The list of a field; ``kind`` is the kind of place."""
        known: Mapping[str, Sequence[str]] = {
            "owner": list(self.units), "lead": list(self.leads), "cover": self.spans, "spans": self.spans,
            "state": list(_STATES), "profiles": list(_PROFILES), "class": list(_CLASSES),
            "kind": {"site": self.site_kinds, "post": self.kinds, "zone": list(_ZONES)}.get(kind, ()),
        }  # fmt: skip
        return list(known.get(its.column, ()))

    def word(self, its: Field, value: str) -> str:
        """How an entry is shown."""
        names = {"owner": self.units, "lead": self.leads}.get(its.column)
        if names is not None:
            return names.get(value, value)
        for table in (_STATES, _ZONES, _PROFILES, _CLASSES):
            if value in table and its.column in {"state", "kind", "profiles", "class"}:
                return _(table[value])
        return value


def choices_of(raw: Raw, marks: Sequence[Mark]) -> Choices:
    """Units, people, spans and kinds as the scenario has them; of many people only those who lead something."""

    def names(table: str) -> dict[str, str]:
        rows = raw.tables.get(table, ())
        return {text_of(r.values.get("id")): text_of(r.values.get("name")) for r in rows if text_of(r.values.get("id"))}

    people, leading = names("people"), [text_of(its.values.get("lead")) for its in marks]
    if len(people) > MOST_LEADS:
        people = {ident: people[ident] for ident in dict.fromkeys(leading) if ident in people}
    spans, kinds = raw.settings.get("spans"), raw.settings.get("kinds")
    found = [text_of(its.values.get("kind")) for its in marks if its.kind == "site"]
    return Choices(
        names("units"), people, ["always", "sessions", *_ids(spans)], _ids(kinds),
        sorted({*found, "station", "square", "school", "hospital", "hall", "stadium", "police"} - {""}),
    )  # fmt: skip


def _ids(rows: Any) -> list[str]:
    return [text_of(row.get("id")) for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def stands(value: Any, its: Field) -> Any:
    """A cell of the file as the widget's value."""
    if its.sort == "many":
        given = split_names(value) if isinstance(value, str) else [text_of(v) for v in value or ()]
        return given or list(DEFAULTS.get(its.column, ()))
    if its.sort == "yes":
        return value is True or text_of(value).lower() in {"yes", "true", "1", "ja", "是"}
    if its.sort in {"number", "degree"}:
        number = number_of(value)
        number = DEFAULTS.get(its.column) if number is None else number
        return number if number is None or its.sort == "degree" else min(its.most, max(its.least, int(number)))
    text = ";".join(map(text_of, value)) if isinstance(value, list | tuple) else text_of(value)
    return text or DEFAULTS.get(its.column, "")


def written(value: Any, its: Field) -> Any:
    """A widget's value as a cell; "" takes it away."""
    if value is None:
        return ""
    if its.sort == "many":
        return ";".join(value)
    if its.sort == "class":
        return int(value) if str(value).isdigit() else value
    if its.sort == "number":
        return int(value)
    return value.strip() if isinstance(value, str) else value
