"""The command ``vedette explain``: a plan made or read, its shortage explained, sentences and files."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from scenarios.explain import Explained, explain_plan, why
from scenarios.interrupt import heeded
from scenarios.load import Loaded, read_raw
from scenarios.outfiles import HEAD, refuse_others, write_whole
from scenarios.plan import Plan
from scenarios.replan import refuse_other
from scenarios.run import EXIT_NO_PLAN, EXIT_OK, EXIT_SHORT, open_scenario, plan_scenario, read_plan
from scenarios.whatif import shipped_whatifs

_HEAD = f"{HEAD} explain"


def run_explain(
    console: Console, scenario: str, *, plan_file: Path | None, whatif: str | None, seat: str | None,
    person: str | None, out: Path | None, seconds: float, seed: int, workers: int, repeatable: bool,
    force: bool = False, as_json: bool,
) -> int:  # fmt: skip
    """Explain a scenario's plan, or one seat or person of it.

    Returns
    -------
    int
        0 when nothing is short or a question was answered, 3 when seats stay empty, 4 without an answer in the limit.
    """
    from scenarios.console import Board

    if out is not None:
        refuse_others([out], force=force)
    loaded = open_scenario(scenario, whatif)
    over = None
    if whatif is not None:
        path = shipped_whatifs(read_raw(scenario).folder).get(whatif, Path(whatif))
        over = path.read_text(encoding="utf-8")
    with Board(console) as board, heeded(console, "what was found so far is told") as stop:
        if plan_file is not None:
            plan = read_plan(plan_file)
            refuse_other(plan, plan_file, loaded)
        else:
            planned = plan_scenario(
                loaded, seconds=seconds, seed=seed, workers=workers, repeatable=repeatable, on_progress=board,
                stop=stop,
            )
            plan = planned.plan
        if seat is None and person is None:
            explained = explain_plan(
                loaded, plan, seconds=seconds, seed=seed, workers=workers, repeatable=repeatable, over=over,
                on_progress=board, stop=stop,
            )  # fmt: skip
        stopped = stop()
    _mind_the_base(console, loaded, plan)
    if seat is not None or person is not None:
        return _answer(console, loaded, plan, seat, person, out, as_json)
    return _tell(console, explained, out, as_json, force=force, stopped=stopped)


def _mind_the_base(console: Console, loaded: Loaded, plan: Plan) -> None:
    if plan.digest != loaded.digest:
        console.print("[yellow]The scenario has changed since this plan was made.[/yellow]")


def _answer(
    console: Console, loaded: Loaded, plan: Plan, seat: str | None, person: str | None, out: Path | None, as_json: bool
) -> int:
    answer = why(loaded, plan, seat=seat, person=person)
    if as_json:
        print(json.dumps({"seat": seat, "person": person, "lines": list(answer.lines)}, ensure_ascii=False))  # noqa: T201
    else:
        for line in answer.lines:
            console.print(Text(line))
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_whole(out, "\n".join([_HEAD, *answer.lines]) + "\n")
    return EXIT_OK


def _tell(
    console: Console, explained: Explained, out: Path | None, as_json: bool, *, force: bool, stopped: bool
) -> int:
    parts = explained.sentences()
    if as_json:
        print(json.dumps(explained.to_json(), ensure_ascii=False))  # noqa: T201
    else:
        for head, lines in parts:
            console.print(Text(f"\n{head}", style="bold"))
            for line in lines:
                console.print(Text(f"  {line}"))
        if not explained.found.finished:
            why_not = "It was stopped" if stopped else "The time ended"
            more = "" if stopped else "; give it more --seconds"
            console.print(f"\n{why_not} before everything was looked into{more}.")
    if out is not None:
        written = write(explained, out, force=force)
        console.print(f"\nWritten: {', '.join(escape(str(path)) for path in written)}")
    state = explained.found.state
    return EXIT_OK if state == "manned" else EXIT_NO_PLAN if state == "unknown" else EXIT_SHORT


def write(explained: Explained, out: Path, *, force: bool = False) -> list[Path]:
    """The sentences (or, for ``.json``, the data) into ``out``, each what-if beside it as ``NAME-1.toml`` ...

    Raises
    ------
    ScenarioError
        One of these files is there already and was not written by this command; then none is written.
    """
    if out.suffix.lower() == ".json":
        text = json.dumps({"made_by": _HEAD, **explained.to_json()}, ensure_ascii=False, indent=1) + "\n"
    else:
        rows = [line for head, lines in explained.sentences() for line in (head, *(f"  {one}" for one in lines), "")]
        text = "\n".join([_HEAD, "", *rows])
    texts = {out: text}
    for k, (ways, less) in enumerate(zip(explained.whatifs, explained.lowered, strict=True), start=1):
        for n, patch in enumerate((*ways, *(one.whatif for one in less)), start=1):
            if patch is not None:
                texts[out.with_name(f"{out.stem}-{k}-{n}.toml")] = f"# {_HEAD}\n{patch}"
    refuse_others(texts, force=force)
    out.parent.mkdir(parents=True, exist_ok=True)
    return [write_whole(path, its) for path, its in texts.items()]
