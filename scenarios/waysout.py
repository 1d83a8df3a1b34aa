"""Ways out of what a plan leaves short: as the search for them left them, and taken over as edits of a draft.

``look`` begins the search, for the plan as it stands; ``ways.json`` in its folder holds ``Explained.to_json`` by
language.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scenarios import drafts, jobs
from scenarios.drafts import Draft, Source
from scenarios.jobs import Job
from scenarios.load import find_folder
from scenarios.raw import Raw
from scenarios.store.operations import Operation
from scenarios.store.patch import whatif_text
from scenarios.store.seats import by_hand, hand_set
from scenarios.store.texts import dumps
from scenarios.tongue import ENGLISH, mark
from scenarios.tongue import say as _
from scenarios.whatif_form import KEYS, MADE, OWN, name_of

#: What each kind of way out does, in two or three words.
KINDS = {
    "drop": mark("Give up seats"),
    "borrow": mark("Borrow from outside"),
    "lend": mark("Help between units"),
    "standin": mark("Another category stands in"),
    "loosen": mark("Loosen a rule"),
    "waive": mark("Set a rule aside"),
    "qualify": mark("Train and certify"),
    "recall": mark("Call back from leave"),
    "unpin": mark("Release pins"),
    "rank": mark("Accept a lower rank"),
    "demand": mark("Ask for less"),
}


@dataclass(frozen=True)
class Way:
    """One way out.

    Attributes
    ----------
    what
        What is done, in a sentence.
    price
        Its effort in points: the cheapest comes first.
    least
        Whether nothing less of its kind is enough, by proof.
    hours
        Hours on post that it is about.
    whatif
        It as a what-if (TOML) over the scenario; None where the tables cannot say it.
    """

    kind: str
    what: str
    price: int
    least: bool
    hours: float
    whatif: str | None

    @property
    def title(self) -> str:
        """Its kind, in the reader's language."""
        return _(KINDS[self.kind]) if self.kind in KINDS else self.kind


@dataclass(frozen=True)
class Shortage:
    """Seats that stay empty together: which, why they must, and what would mend it, the cheapest first."""

    lines: tuple[str, ...]
    ways: tuple[Way, ...]
    conflict: tuple[str, ...]
    looked_into: bool


@dataclass(frozen=True)
class Ways:
    """Everything that was found. ``finished`` is False where the time or a stop cut it short."""

    state: str
    head: str
    lines: tuple[str, ...]
    shortages: tuple[Shortage, ...]
    out_of_reach: tuple[str, ...]
    finished: bool


def key_of(source: Source, job: Job) -> str:
    """Changes with all that a search for ways out looks at: the scenario with its pins, and duties set by hand."""
    duties = hand_set(source.draft.rows, job.id) if source.draft is not None else {}
    return hashlib.sha256(dumps([source.ref, source.revision, sorted(duties.items())]).encode()).hexdigest()[:16]


def look(source: Source, job: Job, *, seconds: float = 30.0) -> Job:
    """Begin to look for ways out of a plan as it stands, over its scenario as that is now.

    Raises
    ------
    OSError
        The plan is gone.
    """
    body = (job.out / "plan.json").read_bytes()
    patches = source.patches if source.draft is None else source.patches[:-1]
    texts = [path.read_text(encoding="utf-8") for path in patches]
    plan = body.decode("utf-8")
    if source.draft is not None:
        texts.append(whatif_text(find_folder(source.base), source.draft.name, source.draft.rows))
        plan = json.dumps(by_hand(body, source.draft.rows, job.id), ensure_ascii=False)
    return jobs.explain(job.id, source.base, plan, whatifs=texts, key=key_of(source, job), seconds=seconds)


def found_by(search: Job, code: str) -> Ways | None:
    """What a search for ways out found, in a language; None while it has found nothing."""
    path = search.folder / "ways.json"
    if search.result is None or not path.is_file():
        return None
    every = json.loads(path.read_text(encoding="utf-8"))
    data = every.get(code, every[ENGLISH])
    first: dict[str, Any] = data["text"][0] if data["text"] else {"head": "", "lines": []}
    return Ways(
        data["state"], first["head"], tuple(first["lines"]), tuple(_shortage(case) for case in data["cases"]),
        tuple(data["out_of_reach"]), data["finished"],
    )  # fmt: skip


def _shortage(case: Mapping[str, Any]) -> Shortage:
    ways = [
        Way(one["kind"], one["what"], one["price"], one["least"], one["hours"], one["whatif"])
        for one in case["remedies"]
    ]
    conflict = case["conflict"]
    told = () if conflict is None else tuple(conflict["sentences"])
    return Shortage(tuple(case["lines"]), tuple(sorted(ways, key=lambda w: w.price)), told, case["looked_into"])


def take_over(ref: str, way: Way, *, seen: int | None = None, who: str | None = None) -> Draft:
    """Add a way out to a draft as one edit; any other source becomes the start of a new draft first.

    Raises like ``drafts.put``.

    Raises
    ------
    ValueError
        The way out has no what-if.
    """
    if way.whatif is None:
        raise ValueError(way.kind)
    patch = {name: value for name, value in tomllib.loads(way.whatif).items() if name not in OWN}
    raw = drafts.as_seen(drafts.find(ref), seen)
    rows = {name: value for name, value in patch.items() if isinstance(value, list)}
    put = [_put(table, row, raw) for table, its in rows.items() if table not in MADE for row in its]
    gone = [_gone(row, raw) for row in rows.get("remove", ())]
    does: list[Operation] = [drafts.rows_edit(raw, put, gone)] if put or gone else []
    does += [
        drafts.setting_edit(raw, section, values, way.title)
        for section, values in patch.items()
        if isinstance(values, Mapping)
    ]
    if not does:
        raise ValueError(way.kind)
    return drafts.together(ref, does, seen=seen, who=who)


def _put(table: str, row: Mapping[str, Any], raw: Raw) -> tuple[str, Mapping[str, Any], Mapping[str, Any], str]:
    names = KEYS.get(table, ("id",))
    key = {name: row[name] for name in names if name in row}
    values = {name: value for name, value in row.items() if name not in key}
    return table, key, values, _title(table, {**_known(raw, table, key), **row})


def _gone(row: Mapping[str, Any], raw: Raw) -> tuple[str, Mapping[str, Any], str]:
    """A row that is named by some of its columns: its whole key is looked up."""
    table = str(row["table"])
    told = {name: value for name, value in row.items() if name != "table"}
    whole = {**told, **_known(raw, table, told)}
    key = {name: whole[name] for name in KEYS[table] if name in whole}
    return table, key, _title(table, whole)


def _known(raw: Raw, table: str, some: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row of the scenario with these values, as it is written; nothing where there is none."""
    for its in raw.tables.get(table, ()):
        if all(str(its.values.get(name, "")).strip() == str(value).strip() for name, value in some.items()):
            return its.values
    return {}


def _title(table: str, row: Mapping[str, Any]) -> str:
    return str(row.get("name") or row.get("title") or name_of(table, row))
