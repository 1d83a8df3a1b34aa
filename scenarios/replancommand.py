"""``vedette replan`` and ``vedette candidates``: what changes for whom, and who could take a seat."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from scenarios.changesheet import change_lines, changes_json, notice
from scenarios.desk import Desk
from scenarios.load import Loaded
from scenarios.plan import Plan
from scenarios.replan import Replanned


@dataclass(frozen=True)
class Wanted:
    """What ``vedette replan`` was asked."""

    at: str | None = None
    freeze: str | None = None
    most_changes: int | None = None
    fill_all: bool = False
    seconds: float = 20.0
    seed: int = 0
    workers: int = 2
    repeatable: bool = False


def run_replan(
    console: Console, scenario: str, plan_file: Path, whatif: str, wanted: Wanted, out: Path | None, *, as_json: bool
) -> int:
    """Repair a plan, tell every change, keep the plan and its papers; returns the exit code."""
    from scenarios.console import Board
    from scenarios.interrupt import heeded
    from scenarios.outfiles import claimed
    from scenarios.planform import read_plan
    from scenarios.replan import open_change, refuse_other, replan, seconds_at

    if out is not None:
        from scenarios.run import check_folder

        check_folder(out)
    with claimed(out):
        changed = open_change(scenario, whatif)
        plan = read_plan(plan_file)
        refuse_other(plan, plan_file, changed.base)
        at_s = None if wanted.at is None else seconds_at(changed.after, wanted.at)
        freeze_s = None if wanted.freeze is None else seconds_at(changed.after, wanted.freeze)
        with Board(console) as board, heeded(console, "the best repair so far is audited and told") as stop:
            done = replan(
                changed, plan, at_s=at_s, freeze_s=freeze_s, most_changes=wanted.most_changes,
                fill_all=wanted.fill_all, seconds=wanted.seconds, work=wanted.seconds if wanted.repeatable else None,
                seed=wanted.seed, workers=wanted.workers, on_progress=board, stop=stop,
            )  # fmt: skip
        if not as_json:  # the answer first, papers take longer than it did
            _tell(console, done)
        files: tuple[Path, ...] = ()
        if out is not None and done.exit_code in {0, 3, 5}:
            with Board(console) as board:
                files = write(done, out, board)
    if as_json:
        print(json.dumps({**changes_json(done), "files": [f.name for f in files]}, ensure_ascii=False))  # noqa: T201
    elif files:
        console.print(f"\n{len(files)} files in [bold]{escape(str(out))}[/bold]: {', '.join(f.name for f in files)}")
    return done.exit_code


def _tell(console: Console, done: Replanned) -> None:
    from scenarios.console import show_list

    show_list(console, "What happened", done.said)
    if done.exit_code == 6:
        console.print("[bold red]The plan is withheld: our own audit disagrees with our solver.[/bold red] "
                      "This is a defect of Vedette; please report it with the scenario.")
        show_list(console, "Differences", [*done.audit.differences, *done.told.breaches()])
        return
    if done.outcome.plan is None:
        console.print(escape(done.outcome.note))
        return
    for head, lines in change_lines(done):
        show_list(console, head, lines, 200)
    show_list(console, "Posts and patrols break rules", done.told.breaches())
    show_list(console, "Mandatory seats that stay empty", done.told.short())


def write_plan(done: Replanned, folder: Path) -> tuple[Path, ...]:
    """Write ``plan.json``, ``changes.md`` and the run's log: all that cannot be made again from the plan's view."""
    from scenarios.outfiles import write_whole
    from scenarios.run import keep_plan

    first = keep_plan(done.plan, folder)
    texts = {"changes.md": notice(done), "run.jsonl": done.log.dumps()}
    return (first, *(write_whole(folder / name, text) for name, text in texts.items()))


def write(done: Replanned, folder: Path, on_progress: Any = None) -> tuple[Path, ...]:
    """``write_plan``, and the papers of the new plan."""
    from scenarios.publish import publish
    from scheduler.outcome import Progress

    first = write_plan(done, folder)

    def tell(title: str, number: int, total: int) -> None:
        if on_progress is not None:
            text = f"{title} ({number} of {total})" if title else "written"
            on_progress(Progress("papers", "stage", "", None, None, 0.0, text))

    return (*first, *publish(done.view, folder, None, tell))


def run_candidates(
    console: Console,
    scenario: str,
    plan_file: Path,
    seat: str,
    at: str | None,
    *,
    whatif: str | None = None,
    as_json: bool,
    limit: int = 12,
) -> int:
    """Tell who could take a seat, the best first; returns the exit code."""
    from scenarios.candidates import candidates_of
    from scenarios.planform import read_plan
    from scenarios.replan import refuse_other, seconds_at
    from scenarios.run import open_scenario

    loaded = open_scenario(scenario, whatif)
    plan = read_plan(plan_file)
    refuse_other(plan, plan_file, loaded)
    listed = candidates_of(loaded, plan, seat, None if at is None else seconds_at(loaded, at))
    if as_json:
        print(json.dumps(listed.to_json(), ensure_ascii=False))  # noqa: T201
        return 0
    from scenarios.console import show_list

    console.print(f"[bold]{escape(listed.head)}[/bold]")
    show_list(console, "Can take it", listed.able, limit)
    show_list(console, "Cannot", listed.unable, limit)
    return 0 if listed.able else 3


def begin_from(console: Console, loaded: Loaded, plan_file: Path | None) -> tuple[Desk | None, Plan | None]:
    """A plan to start from, ours or made by hand: what cannot stay of it is named, the rest is used."""
    if plan_file is None:
        return None, None
    from scenarios.audit import audit_plan
    from scenarios.console import show_list
    from scenarios.desk import prepare
    from scenarios.replan import refuse_other
    from scenarios.run import read_plan
    from scenarios.sentences import breach_sentences

    given = read_plan(plan_file)
    refuse_other(given, plan_file, loaded)
    desk = prepare(loaded)
    audit = audit_plan(desk, given)
    show_list(console, "Parts of the plan to start from that cannot stay; the rest is used",
              breach_sentences(desk, audit), 20)
    return desk, given
