"""The form of ``vedette.json``, the list of what is in an exported scenario: every value judged before it is used."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

FORMAT = 1
LIST = "vedette.json"

Id = Annotated[str, StringConstraints(pattern=r"^\d{8}-\d{6}-[0-9a-f]{8}$")]
Sha = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Moment = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?\+00:00$")]
Word = Annotated[str, StringConstraints(max_length=200)]
Long = Annotated[str, StringConstraints(max_length=20_000)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Number = Annotated[int, Field(ge=0, le=10**9)]
Files = dict[Annotated[str, StringConstraints(max_length=500)], Sha]


class _Form(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class RowForm(_Form):
    """One row: ``sheet`` and ``key`` as in ``rows``."""

    sheet: Key
    key: Key
    value: Any


class EditForm(_Form):
    """One edit; what it wrote stands in the trail under its revision."""

    revision: Number
    who: Word
    state: Annotated[str, StringConstraints(pattern="^(done|undone|dropped)$")]


class EntryForm(_Form):
    """One line of the trail."""

    at: Moment
    who: Word
    revision: Number | None
    what: Word
    text: Long
    before: dict[Key, Any]
    after: dict[Key, Any]


class VersionForm(_Form):
    """One version and its files."""

    id: Id
    number: Annotated[int, Field(ge=1, le=10**6)]
    inputs: Sha
    files: Files
    content: dict[Word, Any]
    note: Word
    at: Moment
    who: Word


class PlanForm(_Form):
    """One plan; ``body`` is the content of its ``plan.json``."""

    id: Id
    version: Id
    at: Moment
    who: Word
    body: Sha | None
    published_at: Moment | None
    published_by: Word | None


class ParcelForm(_Form):
    """All of it."""

    format: Annotated[int, Field(ge=1, le=FORMAT)]
    id: Id
    name: Word
    parent: Word
    digest: Sha
    revision: Number
    created_at: Moment
    created_by: Word
    base: Files
    members: dict[Sha, Annotated[str, StringConstraints(max_length=600)]]
    rows: list[RowForm]
    edits: list[EditForm]
    trail: list[EntryForm]
    versions: list[VersionForm]
    plans: list[PlanForm]
    contacts: dict[Word, Word] = {}
