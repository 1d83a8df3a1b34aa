"""What can go wrong with the store, in sentences: the same faults as everywhere, so that they are shown alike."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, OperationalError

from scenarios.errors import Fault, ScenarioError


class StoreError(ScenarioError):
    """The store cannot do what was asked; nothing of it was done."""

    def __str__(self) -> str:
        return " ".join(fault.sentence() for fault in self.faults)


def refuse(what: str, expected: str, remedy: str, *, field: str = "", value: str = "") -> StoreError:
    """One fault as an exception."""
    return StoreError([Fault(what, None, field, value[:80], expected, remedy)])


def told(error: DBAPIError, place: str) -> StoreError:
    """What a database's complaint means for the reader; its own words stay in the sentence."""
    words = " ".join(str(error.orig).split())[:200]
    if "locked" in words or "busy" in words:
        return refuse(place, "a store that nobody holds for long", "another program is writing: try again")
    if "full" in words and "disk" in words:
        return refuse(place, "room on the disk", "make room; nothing was saved of this last step")
    if "readonly" in words or "read-only" in words or "unable to open" in words:
        return refuse(place, "a data folder that may be written", "mend the folder's rights or set VEDETTE_HOME")
    if isinstance(error, OperationalError):
        return refuse(place, "a database that answers", f"see that it runs and can be reached: {words}")
    return refuse(place, "a sound store", f"restore a backup, or report this: {words}")
