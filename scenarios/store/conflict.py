"""Two people, one scenario: what the second is told, in words, and what may be chosen then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from scenarios.draft_rows import GONE, ROW, SETTING
from scenarios.store.operations import Operation
from scenarios.store.rows import CHANGES, CHECKINS, NAME, PINS, Write
from scenarios.store.sentences import sentence_of
from scenarios.store.trail import Entry
from scenarios.tablewords import one_of, plain
from scenarios.tongue import mark, says
from scenarios.tongue import say as _

Choice = Literal["mine", "theirs", "both"]
#: The choices in words, for buttons.
CHOICES: dict[Choice, str] = {
    "both": mark("Keep both"),
    "mine": mark("Keep mine, take theirs back"),
    "theirs": mark("Keep theirs, drop mine"),
}


@dataclass(frozen=True)
class Difference:
    """What a conflict is about.

    Attributes
    ----------
    seen, now
        The revision that the second had read, and the one that stands.
    mine
        What the second wanted, in a sentence.
    theirs
        What was done since, in order; each entry has who, when and a sentence.
    clashes
        Rows that both write, in words. Where there is any, both cannot be kept.
    operation
        What the second wanted, to be done by ``edits.resolve``; None for an undo or redo.
    noted
        What the second wanted, as the trail keeps it.
    """

    scenario: str
    seen: int
    now: int
    mine: str
    theirs: tuple[Entry, ...]
    clashes: tuple[str, ...]
    operation: Operation | None
    noted: str = ""

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What may be chosen; ``theirs`` alone leaves everything as it is."""
        if self.operation is None:
            return ("theirs",)
        return ("mine", "theirs") if self.clashes else ("both", "mine", "theirs")

    def sentences(self) -> tuple[str, ...]:
        """What changed, one sentence for each edit, with who did it."""
        return tuple(_("{who}: {what}", who=entry.who, what=sentence_of(entry)) for entry in self.theirs)

    def headline(self) -> str:
        """Who changed how much meanwhile."""
        counts = Counter(entry.who for entry in self.theirs)
        people = ", ".join(says("{who} ({n} edit)", "{who} ({n} edits)", n, who=who) for who, n in counts.items())
        return _("This scenario was changed since you last saw it: {people}.", people=people)


class Conflict(Exception):  # noqa: N818 - the word of the field
    """Nothing was written: the scenario has changed since it was seen."""

    def __init__(self, difference: Difference) -> None:
        self.difference = difference
        super().__init__(difference.headline())


#: Kinds of change as people call what they are about.
_KIND_WORDS = {
    "session": mark("session"), "new_session": mark("session"), "absent": mark("absent"), "away": mark("away"),
    "rule": mark("rule"), "preset": mark("preset"), "closure": mark("closure"), "perimeter": mark("perimeter"),
    "incident": mark("incident"), "setting": mark("setting"),
}  # fmt: skip
#: Tables whose rows other kinds of change are about, and the names of those.
_SAME = {"sessions": "session", "closures": "closure"}


def subject(write: Write) -> tuple[str, str]:
    """What a write is about: two changes of one rule or one closure are about the same thing, each in its own row."""
    if write.sheet != CHANGES:
        return write.row
    row = write.after if write.after is not None else write.before
    kind, values = row["kind"], row["values"]
    if kind in {ROW, GONE}:
        # A session, say, is one thing whichever way it is changed.
        table, key = values["table"], values["key"]
        return _SAME.get(table, table), plain(key["id"]) if set(key) == {"id"} else write.key
    if kind == SETTING:
        section = values["section"]
        return ("rule", section[1]) if section[:1] == ["rules"] and len(section) > 1 else write.row
    name = values.get("id", values.get("name"))
    if kind == "preset":
        return "preset", ""
    return (kind.removeprefix("new_"), str(name)) if isinstance(name, str) else write.row


def words(write: Write) -> str:
    """What a write is about, as people call it."""
    if write.row == NAME:
        return _("the name")
    if write.sheet == PINS:
        pin = write.after if write.after is not None else write.before
        return _("the pin of {person} to {group}", person=pin["person"], group=pin["group"])
    if write.sheet == CHECKINS:
        told = write.after if write.after is not None else write.before
        return _("the check-in of {person} for {group}", person=told["person"], group=told["group"])
    if write.sheet != CHANGES:
        return _("seat {seat}", seat=write.key)
    row = write.after if write.after is not None else write.before
    values = row["values"]
    if row["kind"] in {ROW, GONE}:
        return _("{what} {name}", what=one_of(values["table"]), name=values["title"])
    title = values.get("title", values.get("name", ""))
    what = _KIND_WORDS.get(row["kind"], "change")
    return _("{what} {name}", what=_(what), name=title).strip()


def told(writes: Iterable[Write]) -> tuple[str, ...]:
    """What writes are about, each thing once, in order."""
    return tuple(dict.fromkeys(words(write) for write in writes))


def clashing(wanted: Iterable[Write], theirs: Iterable[Write]) -> tuple[str, ...]:
    """What both are about, in words."""
    written = [*theirs]
    rows, subjects = {w.row for w in written}, {subject(w) for w in written}
    return told(w for w in wanted if w.row in rows or subject(w) in subjects)
