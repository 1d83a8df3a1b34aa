"""The change notice of a replan: what happened, who is affected with old and new duties, a box to tick when told."""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.publish.sheet import Press
from scenarios.today.changelist import Told
from scenarios.tongue import say as _
from scenarios.tongue import speaking


def change_notice(press: Press, told: Told, said: Sequence[str], asof: str) -> bytes:
    """The PDF; its words in the language of ``press``, sentences as they are given.

    Parameters
    ----------
    said
        What happened, in sentences.
    asof
        The moment that the replan counts as now, in words.
    """
    with speaking(press.language):
        return press.pdf(
            "changenotice",
            {
                "title": _("Change notice"), "asof": asof, "event": press.view.title, "said": list(said),
                "headline": told.headline, "doubts": list(told.doubts),
                "rows": [
                    {
                        "name": one.name, "unit": one.unit, "left": list(one.left), "taken": list(one.taken),
                        "tell": ", ".join(one.tell),
                    }
                    for one in told.people
                ],
                "words": {
                    "happened": _("What happened"), "told": _("Told"), "who": _("Who"), "left": _("Until now"),
                    "taken": _("From now on"), "tell": _("Tell also"), "doubts": _("Mind this"),
                    "issued": _("Issued by"), "at": _("Date and time"),
                },
            },
        )  # fmt: skip
