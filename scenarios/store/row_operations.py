"""Edits of rows of any table, and of settings: each row and each section has one change in the list, however often.

A change keeps what stood there before the first edit, so that the list can say from what to what, and a row that is
as it was needs no change at all. A change stands in the list where its last edit was made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from scenarios.draft_patch import say as sentence
from scenarios.draft_rows import GONE, ROW, SETTING, merged, row_id, section_id
from scenarios.parsing import ROW_TYPES, columns_of
from scenarios.raw import Raw
from scenarios.store.errors import refuse
from scenarios.store.operations import MOST_ROWS, View, sound_change
from scenarios.store.rows import CHANGES, Key, Write, net
from scenarios.store.texts import dumps, loads
from scenarios.tablewords import plain, table_word
from scenarios.tongue import say as _
from scenarios.tongue import says
from scenarios.tongue.lists import both
from scenarios.whatif_form import KEYS, LISTS, OF_PERSON

MOST_NAMES = 4
Values = Mapping[str, Any]


@dataclass(frozen=True)
class RowEdit:
    """One row: changed, or added where it is not there.

    Attributes
    ----------
    key
        What tells it from the others: ``id``, or the columns that a what-if goes by.
    values
        Column -> value; None takes the value away.
    before
        What stands in these columns, as the person saw it.
    new
        There was no such row when the person looked.
    """

    table: str
    key: Values
    title: str
    values: Values
    before: Values = field(default_factory=dict)
    new: bool = False


def seen_rows(raw: Raw, put: Sequence[tuple[str, Values, Values, str]]) -> list[RowEdit]:
    """Edits of rows (table, key, values, title) with what stands there in a scenario as the person saw it."""
    standing = {table: _by_key(raw, table) for table in {row[0] for row in put}}
    found = []
    for table, key, values, title in put:
        row = standing[table].get(row_id(table, key))
        before = {} if row is None else {name: row.get(name) for name in values}
        found.append(RowEdit(table, key, title, values, before, row is None))
    return found


def _by_key(raw: Raw, table: str) -> dict[str, Values]:
    if table in LISTS:
        entries = [one for one in raw.settings.get(table) or () if isinstance(one, dict)]
        return {row_id(table, {"id": one.get("id")}): one for one in entries}
    columns = KEYS.get(table, ())
    rows = [row.values for row in reversed(raw.tables.get(table, ()))]
    return {row_id(table, {name: row.get(name) for name in columns}): row for row in rows}


@dataclass(frozen=True)
class RowGone:
    """One row that is to go."""

    table: str
    key: Values
    title: str


def sound_key(table: str, key: Values) -> dict[str, Any]:
    """The whole key of a row; one that a what-if could not find again is refused."""
    known = ("id",) if table in LISTS else KEYS.get(table)
    if known is None:
        raise refuse("edit", _("a table of a scenario"), _("use a newer Vedette"), value=str(table))
    must = () if table in LISTS else [name for name, needed in columns_of(ROW_TYPES[table]).items() if needed]
    blank = [name for name in known if not plain(key.get(name)) and (table in LISTS or name in must)]
    if set(key) - set(known) or blank:
        told = ", ".join(blank) or ", ".join(sorted(set(key) - set(known)))
        expected = _("a row of {table} by {names}", table=table, names=both(known))
        raise refuse("edit", expected, _("fill in what tells it apart"), value=told)
    return {name: _value(key.get(name)) for name in known}


@dataclass(frozen=True)
class Rows:
    """Put rows and take rows out, all as one edit."""

    put: Sequence[RowEdit] = ()
    gone: Sequence[RowGone] = ()
    #: Others may have written other rows meanwhile: no reason to stop.
    merges = True

    def writes(self, view: View) -> tuple[Write, ...]:
        """The change of each row; what goes first makes room for what comes."""
        changes = _Changes(view.rows)
        for gone in self.gone:
            changes.take_out(replace(gone, key=sound_key(gone.table, gone.key)))
        for put in self.put:
            changes.put(replace(put, key=sound_key(put.table, put.key)))
        if len(changes.its) > MOST_ROWS:
            raise refuse("edit", _("at most {n} changes", n=MOST_ROWS), _("keep this as a scenario of its own"))
        return net(changes.writes)

    def say(self, view: View) -> str:
        """The rows' own sentences while they are few, else how many of which tables."""
        return told([write for write in self.writes(view) if not _of_others(write, self)])


def _of_others(write: Write, edit: Rows) -> bool:
    """A row that goes along with a person who is taken out is not told by itself."""
    row = write.after if write.after is not None else write.before
    key = row["values"].get("key")
    every: tuple[RowEdit | RowGone, ...] = (*edit.put, *edit.gone)
    named = {row_id(one.table, one.key) for one in every}
    return key is None or row_id(row["values"]["table"], key) not in named


def told(writes: Sequence[Write]) -> str:
    """What writes of changes did, in the reader's language."""
    if len(writes) <= MOST_NAMES:
        return " ".join(told_one(write) for write in writes)
    tables: dict[str, int] = {}
    for write in writes:
        row = write.after if write.after is not None else write.before
        name = table_word(row["values"]["table"]) if "table" in row["values"] else ""
        tables[name] = tables.get(name, 0) + 1
    parts = [says("{what}: {n} row", "{what}: {n} rows", n, what=what) for what, n in tables.items()]
    return _("{sentence}.", sentence=_(", ").join(parts))


def told_one(write: Write) -> str:
    """What one write of a change did; a row that was added and is gone again is taken out."""
    if write.after is not None:
        return sentence(write.after["kind"], write.after["values"])
    before = write.before
    if before["kind"] == ROW and before["values"].get("new"):
        return sentence(GONE, before["values"])
    return _("Taken back: {what}", what=sentence(before["kind"], before["values"]))


class _Changes:
    """The list of changes on its way through one edit."""

    def __init__(self, rows: Mapping[Key, Any]) -> None:
        self.its = {name: row for (sheet, name), row in rows.items() if sheet == CHANGES}
        self.last = max((row["place"] for row in self.its.values()), default=0)
        self.writes: list[Write] = []

    def put(self, edit: RowEdit) -> None:
        """A row's change with what this edit adds to it; none where the row is as it was."""
        name = row_id(edit.table, edit.key)
        old = self.its.get(name)
        values: dict[str, Any] = {k: _value(v) for k, v in edit.values.items() if k not in edit.key}
        before = {} if edit.new else {k: _value(edit.before.get(k)) for k in values}
        new = edit.new
        if old is not None and old["kind"] == ROW:
            its = old["values"]
            values, before, new = {**its["values"], **values}, {**before, **its["before"]}, its["new"]
        elif old is not None:
            # It was taken out: what is not said anew does not come back with it.
            blank = {} if edit.table in LISTS else dict.fromkeys(columns_of(ROW_TYPES[edit.table]))
            values = {k: v for k, v in {**blank, **values}.items() if k not in edit.key}
            before, new = {}, False
        if not new:
            values = {k: v for k, v in values.items() if k not in before or plain(v) != plain(before[k])}
            before = {k: v for k, v in before.items() if k in values}
            if not values and (old is None or old["kind"] == ROW):
                self._set(name, None)
                return
        what = {"values": values, "before": before, "new": new}
        self.change(name, ROW, {"table": edit.table, "key": dict(edit.key), "title": edit.title, **what})

    def take_out(self, edit: RowGone) -> None:
        """A row that was only added here is forgotten; any other one is taken out."""
        name = row_id(edit.table, edit.key)
        old = self.its.get(name)
        if edit.table == "people":
            self._with_person(plain(edit.key["id"]))
        if old is not None and old["kind"] == ROW and old["values"]["new"]:
            self._set(name, None)
        elif old is None or old["kind"] != GONE:
            self.change(name, GONE, {"table": edit.table, "key": dict(edit.key), "title": edit.title})

    def _with_person(self, person: str) -> None:
        """What was changed about rows that hang on a person who goes."""
        for name, row in list(self.its.items()):
            its = row["values"]
            of_rows = row["kind"] in {ROW, GONE} and its["table"] in OF_PERSON
            if of_rows and plain(its["key"].get("person")) == person:
                self._set(name, None)

    def change(self, name: str, kind: str, values: Values) -> None:
        """A change with these values, at the end of the list; as it was where nothing is new."""
        sound_change(kind, values)
        old = self.its.get(name)
        # Through the text and back: what is kept is what will be read.
        after = {"kind": kind, "values": loads(dumps(dict(values)))}
        if old is not None and {"kind": old["kind"], "values": old["values"]} == after:
            return
        self.last += old is None or old["place"] != self.last
        self._set(name, {**after, "place": self.last})

    def _set(self, name: str, after: Any) -> None:
        before = self.its.pop(name, None)
        if after is not None:
            self.its[name] = after
        self.writes.append(Write(CHANGES, name, before, after))


def _value(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


@dataclass(frozen=True)
class PutSetting:
    """Set values of one section of the settings.

    Attributes
    ----------
    section
        The path of names to it (``("demand",)``, ``("rules", "minimum_rest", "params")``); empty for the topmost.
    values
        Name -> value, merged deep; None takes the value away.
    before
        What stands there, as the person saw it.
    title
        What people call it; the path where it has no name.
    """

    section: Sequence[str]
    values: Values
    before: Values = field(default_factory=dict)
    title: str = ""
    merges = True

    def writes(self, view: View) -> tuple[Write, ...]:
        """The section's change."""
        names = [*self.section, *self.values][:1]
        if names and names[0] in LISTS:
            expected = _("entries of {name} by their ids", name=names[0])
            raise refuse("edit", expected, _("put them as rows"), value=names[0])
        name = section_id(self.section)
        changes = _Changes(view.rows)
        old = changes.its.get(name)
        values, before = dict(self.values), {k: self.before.get(k) for k in self.values}
        if old is not None:
            its = old["values"]
            values, before = merged(its["values"], values), {**before, **its["before"]}
        values = unlike(values, before)
        if not values:
            return () if old is None else (Write(CHANGES, name, old, None),)
        row = {"section": list(self.section), "title": self.title, "values": values,
               "before": {k: v for k, v in before.items() if k in values}}  # fmt: skip
        changes.change(name, SETTING, row)
        return tuple(changes.writes)

    def say(self, view: View) -> str:
        """The section's own sentence."""
        return told(self.writes(view))


def unlike(values: Values, before: Values) -> dict[str, Any]:
    """What differs from what stood there, value by value within groups: they are merged, not put in place."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        stood = before.get(name)
        if isinstance(value, Mapping) and (isinstance(stood, Mapping) or (value and stood is None)):
            if inner := unlike(value, stood or {}):
                found[name] = inner
        elif plain_setting(value) != plain_setting(stood):
            found[name] = value
    return found


def plain_setting(value: Any) -> Any:
    """A setting for comparing: a group as what it holds, anything else as its text."""
    if isinstance(value, Mapping):
        return {k: plain_setting(v) for k, v in value.items()}
    return dumps(value) if isinstance(value, list | tuple) else plain(value)
