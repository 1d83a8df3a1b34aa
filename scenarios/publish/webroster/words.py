"""The words of the timeline's script, in the reader's language; the script itself holds none."""

from __future__ import annotations

from scenarios.tongue import say as _


def words() -> dict[str, str]:
    """By the names that the script uses; ``{name}`` and the like are filled in there."""
    return {
        "title": _("People over time: arrow keys go from duty to duty, Enter takes one up"),
        "loading": _("Drawing the timeline"),
        "name": _("Name"),
        "nothing": _("Nobody fits the filters in this span."),
        "empty": _("Empty seats"),
        "must": _("empty, must be filled"),
        "wish": _("empty, wished for"),
        "nobody": _("Nobody"),
        "nobody_hint": _("drop a duty here to empty its seat"),
        "hint": _(
            "Drag a duty onto another person, an empty seat or “Nobody”, or sideways to another time at the same "
            "place; a click shows who else could do it. By keyboard: Enter, arrow keys, Enter; Esc puts it back."
        ),
        "holding": _("is in hand: arrow keys or the mouse choose where it goes, Esc puts it back."),
        "judging": _("The change is being judged"),
        "unjudged": _("is judged when it is dropped"),
        "free": _("free"),
        "leaves": _("has to leave another duty"),
        "breaks": _("would break rules"),
        "more": _("costs {n} points more"),
        "less": _("costs {n} points less"),
        "would_empty": _("the seat would be empty"),
        "would_move": _("moves to this empty seat"),
        "would_swap": _("changes duties with {name}"),
        "choose": _("{name} has a duty then"),
        "swap": _("Swap with {what} of {name}"),
        "give": _("Give it to {name} as well"),
        "cancel": _("Put it back"),
        "undo": _("Undo"),
        "redo": _("Redo"),
    }
