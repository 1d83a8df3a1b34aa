"""What can go wrong with the store, in sentences: the same faults as everywhere, so that they are shown alike."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, OperationalError

from scenarios.errors import Fault, ScenarioError
from scenarios.tongue import mark
from scenarios.tongue import say as _

#: What is at fault where that is no file.
OURS = {
    "conflict": mark("conflict"), "edit": mark("edit"), "file": mark("file"), "name": mark("name"),
    "plan": mark("plan"), "project": mark("project"),
}  # fmt: skip


class StoreError(ScenarioError):
    """The store cannot do what was asked; nothing of it was done."""

    def __str__(self) -> str:
        return " ".join(fault.sentence() for fault in self.faults)


class Unchanged(StoreError):  # noqa: N818 - nothing is wrong
    """Everything already is so, and nothing was made for it."""

    def __init__(self) -> None:
        super().__init__(refuse("edit", _("something other than what stands there"), "").faults)


def refuse(what: str, expected: str, remedy: str, *, field: str = "", value: str = "") -> StoreError:
    """One fault as an exception; ``what`` is a word of ours or the name of a file or place."""
    what = _(OURS[what]) if what in OURS else what
    return StoreError([Fault(what, None, field, value[:80], expected, remedy)])


def told(error: DBAPIError, place: str) -> StoreError:
    """What a database's complaint means for the reader; its own words stay in the sentence."""
    words = " ".join(str(error.orig).split())[:200]
    if "locked" in words or "busy" in words:
        return refuse(place, _("a store that nobody holds for long"), _("another program is writing: try again"))
    if "full" in words and "disk" in words:
        return refuse(place, _("room on the disk"), _("make room; nothing was saved of this last step"))
    if "readonly" in words or "read-only" in words or "unable to open" in words:
        return refuse(place, _("a data folder that may be written"), _("mend the folder's rights or set VEDETTE_HOME"))
    if isinstance(error, OperationalError):
        remedy = _("see that it runs and can be reached: {words}", words=words)
        return refuse(place, _("a database that answers"), remedy)
    return refuse(place, _("a sound store"), _("restore a backup, or report this: {words}", words=words))
