"""Who has reported for which duty, and when: rows of the scenario, no input of any plan.

A check-in belongs to a person and a seat group, not to a plan: seat groups keep their names when a plan is mended on
the day, so that who is there already stays checked in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from scenarios.store.errors import refuse
from scenarios.store.operations import View, sound_id
from scenarios.store.rows import CHECKINS, Key, Write, pin_key
from scenarios.store.sentences import checkin_words, checkins_counted
from scenarios.tongue import say as _

MOST = 20_000
"""More check-ins at once than this are a slip."""
_WHEN = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
Pair = tuple[str, str]


def checkins_of(rows: Mapping[Key, Any]) -> dict[Pair, str]:
    """Person and seat group -> local time (``2026-06-12 18:05``) of every check-in."""
    return {(row["person"], row["group"]): row["at"] for (sheet, _), row in rows.items() if sheet == CHECKINS}


def sound_checkin(key: str, value: Any) -> bool:
    """Whether a row is a check-in under its own key."""
    if set(value) != {"person", "group", "at"} or not isinstance(value["at"], str):
        return False
    person, group = sound_id(value["person"], "person"), sound_id(value["group"], "seat group")
    return pin_key(person, group) == key and _WHEN.fullmatch(value["at"]) is not None


@dataclass(frozen=True)
class CheckIn:
    """People report for duties: each entry is a person, a seat group and the local time; None takes it back."""

    entries: Sequence[tuple[str, str, str | None]]
    #: Two desks check in different people at once, and neither waits for the other.
    merges: ClassVar[bool] = True

    def writes(self, view: View) -> tuple[Write, ...]:
        """One row for each that is new or told anew."""
        if len(self.entries) > MOST:
            raise refuse("edit", _("at most {n:,} check-ins at once", n=MOST), _("split the list"))
        return tuple(write for one in self.entries if (write := self._write(view, *one)) is not None)

    def _write(self, view: View, person: str, group: str, at: str | None) -> Write | None:
        sound_id(person, "person")
        sound_id(group, "seat group")
        if at is not None and _WHEN.fullmatch(at) is None:
            raise refuse("edit", _("a local time such as 2026-06-12 18:05"), _("write it so"), value=at)
        key = pin_key(person, group)
        before = view.rows.get((CHECKINS, key))
        after = None if at is None else {"person": person, "group": group, "at": at}
        return None if before == after else Write(CHECKINS, key, before, after)

    def say(self, view: View) -> str:
        """Who for what; many are counted."""
        if len(self.entries) == 1:
            return checkin_words(*self.entries[0])
        return checkins_counted(len(self.entries), back=all(at is None for *_pair, at in self.entries))
