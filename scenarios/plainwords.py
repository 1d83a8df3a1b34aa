"""Words of the tables as people say them: ``armed_police`` is "armed police"; an unknown word keeps its own form."""

from __future__ import annotations

from collections.abc import Iterable

from scenarios.tongue import mark
from scenarios.tongue import say as _

#: Words that scenarios commonly use for categories, ranks, qualifications and parts of a duty.
KNOWN = {
    word.replace(" ", "_"): word
    for word in (
        mark("sworn"), mark("auxiliary"), mark("armed police"), mark("military"), mark("steward"), mark("volunteer"),
        mark("armed"), mark("officer"), mark("senior"), mark("sergeant"), mark("inspector"), mark("chief"),
        mark("driving"), mark("drone"), mark("first aid"), mark("search"), mark("traffic"), mark("driver"),
    )
}  # fmt: skip


def plain(key: str) -> str:
    """A machine's word in the reader's language."""
    return _(KNOWN[key]) if key in KNOWN else key.replace("_", " ")


def joined(words: Iterable[str]) -> str:
    """``sworn or auxiliary``."""
    return _(" or ").join(words)
