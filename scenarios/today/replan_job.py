"""The child process's side of a replan: mend the plan people hold, tell the changes first, then keep plan and view.

Beside what every job leaves, ``out/`` holds ``changes.json`` (as ``vedette replan --json``, with its sentences in every
language under ``words``) and ``changes.md``, the change notice as the command writes it. No papers: the pages make each
from the view when it is asked for, and nobody waits for them on the day.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.changesheet import changes_json
from scenarios.jobs import Options, Result, write_json
from scenarios.load import Loaded, check, read_raw
from scenarios.planform import read_plan
from scenarios.replan import Changed, Replanned, replan
from scenarios.sentences import Teller
from scenarios.tongue import ENGLISH, LANGUAGES, speaking
from scenarios.whatif import load_whatif

if TYPE_CHECKING:
    from scenarios.worker import Diary

HELD = "held.json"
"""The plan people hold, in the job's folder."""
CHANGES = "changes.json"
SOUND = {0, 3, 5}
"""Ends that leave a plan: all filled, seats empty, posts or patrols that break rules."""


def load_over(folder: str, patches: Sequence[str]) -> Loaded:
    """A scenario with patches laid over it in order; ScenarioError with every fault."""
    raw = read_raw(folder)
    for path in patches:
        raw, _ = load_whatif(Path(path), raw)
    return check(raw)


def replan_job(folder: Path, request: dict[str, Any], diary: Diary, asked: Callable[[], bool]) -> Result:
    """Do what ``replans.ask`` asked for; faults of the scenario are raised."""
    from scenarios.replancommand import write_plan
    from scenarios.viewfile import write_view

    its, options = request["replan"], Options(**request["options"])
    changed = Changed(
        load_over(its["base"], its["before"]), load_over(request["scenario"], request["whatifs"]), tuple(its["said"])
    )
    plan = read_plan(folder / HELD)
    # Everybody reads it in their own language: what is told is kept in all of them.
    with speaking(ENGLISH):
        done = replan(
            changed, plan, at_s=its["at_s"], seconds=options.seconds, seed=options.seed, workers=options.workers,
            work=options.seconds if options.repeatable else None, on_progress=diary.follow, stop=asked,
        )  # fmt: skip
        files: tuple[str, ...] = ()
        sound = done.exit_code in SOUND and done.outcome.plan is not None
        told = {
            **changes_json(done), "least": done.outcome.proven_least, "costs": _levels(done.outcome.levels),
            "words": _words(done),
        }  # fmt: skip
        if sound:
            out = Path(request["out"])
            out.mkdir(parents=True, exist_ok=True)
            # Whom it changes is known before everything shown is drawn: people wait for that.
            write_json(out / CHANGES, told)
            diary.tell("changes")
            files = tuple(path.name for path in write_plan(done, out))
            write_view(done.view, out / "view.json.gz")
        else:
            write_json(folder / CHANGES, told)
    return Result("stopped" if asked() else "done", done.exit_code, round(diary.seconds, 1), (), files, sound)


def _words(done: Replanned) -> dict[str, dict[str, list[str]]]:
    """The sentences that are told from the plan alone, in every language but English."""
    found = {}
    for code in LANGUAGES:
        if code != ENGLISH:
            with speaking(code):
                teller = Teller(done.desk, done.audit)
                found[code] = {"short": list(teller.short()), "breaches": list(teller.breaches())}
    return found


def _levels(levels: Sequence[Any]) -> dict[str, int | None]:
    return {level.name: level.value for level in levels}


def read_changes(job_folder: Path, out: Path) -> dict[str, Any] | None:
    """What changes for whom, as soon as it is known; None before."""
    for path in (out / CHANGES, job_folder / CHANGES):
        if path.is_file():
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return found
    return None
