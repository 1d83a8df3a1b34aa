"""Which documents there are, and writing them: the command line and the pages list them from here."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scenarios.publish import parts
from scenarios.publish.errors import PublishError
from scenarios.publish.parts import Only, Parts
from scenarios.tongue import mark, speaking
from scenarios.view import PlanView

if TYPE_CHECKING:
    from scenarios.publish.sheet import Press

log = logging.getLogger(__name__)


Group = Literal["hand", "command", "files"]


@dataclass(frozen=True)
class Kind:
    """One kind of document.

    Attributes
    ----------
    key, title
        Its short name and what people call it.
    file
        The name of its file.
    make
        Makes its bytes, of all parts or of those asked for.
    about
        What it is for, in a sentence.
    group
        Whether it is handed out, read at the command post, or a file for other programs.
    wanted
        Whether a plan gives it any content; a plan without patrols has no route cards.
    parts
        What it can be made of alone; None where it is one whole.
    """

    key: str
    title: str
    file: str
    make: Callable[[Press, Only], bytes]
    about: str
    group: Group
    wanted: Callable[[PlanView], bool] = lambda _view: True
    parts: Callable[[PlanView], Parts] | None = None


# Each maker is imported when it is called, so that listing the documents costs nothing.
def _summary(press: Press, _only: Only) -> bytes:
    from scenarios.publish.summary import summary

    return summary(press)


def _post_map(press: Press, _only: Only) -> bytes:
    from scenarios.publish.postmap import post_map

    return post_map(press)


def _route_cards(press: Press, only: Only) -> bytes:
    from scenarios.publish.routecards import route_cards

    return route_cards(press, only)


def _duty_sheets(press: Press, only: Only) -> bytes:
    from scenarios.publish.dutysheets import duty_sheets

    return duty_sheets(press, only)


def _post_cards(press: Press, only: Only) -> bytes:
    from scenarios.publish.postcards import post_cards

    return post_cards(press, only)


def _roster(press: Press, _only: Only) -> bytes:
    from scenarios.publish.roster_xlsx import roster_xlsx

    return roster_xlsx(press)


def _geopackage(press: Press, _only: Only) -> bytes:
    from scenarios.publish.geopackage import geopackage

    return geopackage(press)


def _calendars(press: Press, only: Only) -> bytes:
    from scenarios.publish.calendars import calendars

    return calendars(press, only)


def _trade_off(press: Press, _only: Only) -> bytes:
    from scenarios.publish.tradeoff import trade_off

    return trade_off(press)


def _territories(press: Press, _only: Only) -> bytes:
    from scenarios.publish.territories import territories

    return territories(press)


def _web_map(press: Press, _only: Only) -> bytes:
    from scenarios.publish.webmap import export_html

    return export_html(press.view).encode("utf-8")


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "summary", mark("Plan summary"), "summary.pdf", _summary,
            mark("One page for the commander: what was reached, what is short, how good it is."), "command",
        ),
        Kind(
            "post_map", mark("Post map"), "post_map.pdf", _post_map,
            mark("Every post at true scale with its number, and the list of posts."), "command",
        ),
        Kind(
            "trade_off", mark("What one more post buys"), "trade_off.pdf", _trade_off,
            mark("The curve of posts against cover, for the talk about strength."), "command",
            lambda v: bool(v.tradeoff),
        ),
        Kind(
            "territories", mark("Who answers for what"), "territories.pdf", _territories,
            mark("Each post with the sites it answers for, and cordons with who mans which exit."), "command",
            lambda v: bool(v.territories or v.cordons),
        ),
        Kind(
            "route_cards", mark("Patrol route cards"), "route_cards.pdf", _route_cards,
            mark("A card for each tour: strip map, stops with times and tasks. For the crew alone."), "hand",
            lambda v: bool(v.tours), parts.crews,
        ),
        Kind(
            "duty_sheets", mark("Duty sheets by unit"), "duty_sheets.pdf", _duty_sheets,
            mark("Day by day who reports where and when, with task, relief and a column to sign."), "hand",
            lambda v: bool(v.duties), parts.units,
        ),
        Kind(
            "post_cards", mark("Post cards"), "post_cards.pdf", _post_cards,
            mark("A page for each post: map, tasks, who stands there and who relieves them."), "hand",
            lambda v: bool(v.posts), parts.posts,
        ),
        Kind(
            "roster", mark("Roster workbook"), "roster.xlsx", _roster,
            mark("People by days, all duties, seats with their formulas, strength by hour, for Excel."), "files",
        ),
        Kind(
            "geopackage", mark("Geo package"), "plan.gpkg", _geopackage,
            mark("Posts, sites, routes and closures as layers, for QGIS and other map programs."), "files",
            lambda v: bool(v.sites or v.posts),
        ),
        Kind(
            "calendars", mark("Personal calendars"), "calendars.zip", _calendars,
            mark("A calendar file for each person, for the telephone; a new one replaces the old duties."), "hand",
            lambda v: bool(v.duties), parts.people,
        ),
        Kind(
            "web_map", mark("Map to open in a browser"), "map.html", _web_map,
            mark("The whole plan on a map in one file that needs no network."), "files",
        ),
    )
}  # fmt: skip
"""All kinds of documents by key, in the order in which they are made."""

Progress = Callable[[str, int, int], None]


def made(kind: Kind, press: Press, only: Only = None) -> bytes:
    """One document's bytes, every word of it in the language of the papers."""
    with speaking(press.language):
        return kind.make(press, only)


def publish(
    view: PlanView,
    folder: Path,
    kinds: Iterable[str] | None = None,
    on_progress: Progress | None = None,
    *,
    font_dirs: Sequence[Path] = (),
) -> tuple[Path, ...]:
    """Write the documents of a plan.

    Parameters
    ----------
    view
        The plan.
    folder
        Where to; made if it is not there. Files of the same names are replaced.
    kinds
        Keys of :data:`KINDS`; all of them if None. Documents without content are left out.
    on_progress
        Called as ``on_progress(title, number, total)`` before each document, and once with
        the title ``""`` at the end.
    font_dirs
        Font folders searched before the usual places.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    PublishError
        A kind is unknown, or a document cannot be made.
    """
    chosen = list(KINDS) if kinds is None else list(kinds)
    unknown = [k for k in chosen if k not in KINDS]
    if unknown:
        raise PublishError(
            f"{len(unknown)} kinds of document are unknown: {', '.join(unknown[:3])}. There are: {', '.join(KINDS)}."
        )
    todo = [KINDS[k] for k in dict.fromkeys(chosen) if KINDS[k].wanted(view)]
    from scenarios.publish.sheet import Press

    folder.mkdir(parents=True, exist_ok=True)
    press = Press(view, font_dirs)
    written: list[Path] = []
    for number, kind in enumerate(todo, start=1):
        if on_progress:
            on_progress(kind.title, number, len(todo))
        path = folder / kind.file
        path.write_bytes(made(kind, press))
        log.info("wrote %s", path.name)
        written.append(path)
    if on_progress:
        on_progress("", len(todo), len(todo))
    return tuple(written)
