"""The guided first run: its steps, who is offered it, and who has said no."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from scenarios import drafts, jobs
from scenarios.jobs import write_json
from scenarios.tongue import mark

#: What the run is made on.
SCENARIO = "neubrandenburg"
_FILE = "first-run.json"


@dataclass(frozen=True)
class Step:
    """One step: its title, what to look at, and the pages where that is (files of the front end, the first first)."""

    title: str
    text: str
    pages: tuple[str, ...]


STEPS = (
    Step(
        mark("Look at the event"),
        mark("The programme says when and where how many people are expected. Everything that is planned follows from "
             "these figures, and each of them tells its reason."),
        ("event.py",),
    ),
    Step(
        mark("Change one thing"),
        mark("Give one session another attendance and press Enter. It becomes a draft of your own: the shipped "
             "scenario stays as it is, every edit is saved at once and can be undone."),
        ("event.py",),
    ),
    Step(
        mark("Plan it"),
        mark("Press Plan now: posts, patrols and named duties are searched for, a minute is enough here. Stop keeps "
             "the best plan so far; below stands what was achieved and what is short."),
        ("plan.py",),
    ),
    Step(
        mark("Read the map and the roster"),
        mark("On the map move the time slider and click a post: it tells who stands there and what it reaches. The "
             "roster says the same by person; duties can be changed there by hand."),
        ("map.py", "roster.py"),
    ),
    Step(
        mark("Print"),
        mark("Post cards, route cards, duty sheets, the workbook: every paper of this plan is one click away, for "
             "everybody or for one unit. That was all."),
        ("papers.py",),
    ),
)  # fmt: skip


def offered(who: str) -> bool:
    """Whether somebody is offered the run unasked: nothing was made here yet, and they have not said no."""
    return who not in _said_no() and not jobs.jobs() and all(source.draft is None for source in drafts.sources())


def decline(who: str) -> None:
    """Do not offer it to them again."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, {"declined": sorted({*_said_no(), who})})


def is_its(ref: str) -> bool:
    """Whether a scenario is the run's own, or a draft over it."""
    try:
        source = drafts.find(ref)
    except KeyError:
        return False
    return source.base == SCENARIO


def _path() -> Path:
    return jobs.home() / _FILE


def _said_no() -> set[str]:
    try:
        told = json.loads(_path().read_text(encoding="utf-8"))["declined"]
        return {str(one) for one in told}
    except (OSError, ValueError, KeyError, TypeError):
        return set()
