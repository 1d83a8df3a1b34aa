"""Where a duty is and what is done there, in a word or two."""

from __future__ import annotations

from typing import Protocol

from scenarios.demandwords import kind_word
from scenarios.plainwords import plain
from scenarios.tongue import say as _


class Placed(Protocol):
    """A duty, or the seats of one."""

    @property
    def kind(self) -> str:
        """Code of the kind."""

    @property
    def party(self) -> str:
        """Post, patrol or need that it belongs to."""

    @property
    def place_name(self) -> str:
        """Name of the place."""


class Told(Protocol):
    """A duty with its part."""

    @property
    def role(self) -> str:
        """Part in a crew or post, or none."""

    @property
    def task(self) -> str:
        """What is to be done."""


def short_place(duty: Placed) -> str:
    """A post's number or a patrol's call sign, else what or where in a word or two."""
    if duty.kind in {"post", "crew"} and duty.party.split(".")[0][:1] in "PK" and duty.party[1:3].isdigit():
        return duty.party.split(".")[0]
    if duty.kind in {"reserve", "lead", "supervisor"}:
        return kind_word(duty.kind)
    return duty.place_name if len(duty.place_name) <= 18 else f"{duty.place_name[:17]}…"


def where(duty: Placed) -> str:
    """Where a duty is done; a crew is where its patrol is."""
    return _("Patrol {sign}", sign=duty.party.split(".")[0]) if duty.kind == "crew" else duty.place_name


def what(duty: Told) -> str:
    """What is done: the part in a crew or post, else the task."""
    return plain(duty.role) if duty.role else duty.task
