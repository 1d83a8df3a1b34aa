"""The command ``compare``: a scenario and its what-ifs planned one after the other, their figures side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from scenarios.cli_options import OutOpt, RepeatOpt, ScenarioArg, SecondsOpt, SeedOpt, WorkersOpt


def compare(
    scenario: ScenarioArg,
    whatifs: Annotated[list[str], typer.Argument(metavar="WHATIF...", help="Names or files of what-ifs.")],
    out: OutOpt = None,
    seconds: SecondsOpt = 60.0,
    seed: SeedOpt = 0,
    workers: WorkersOpt = 2,
    repeatable: RepeatOpt = False,
) -> None:
    """Plan a scenario and its what-ifs, and set the same figures side by side."""
    from scenarios.compare import compare as set_side_by_side
    from scenarios.console import Board, show_comparison
    from scenarios.interrupt import heeded
    from scenarios.outfiles import claimed
    from scenarios.run import Planned, check_folder, open_scenario, plan_scenario, publish_all

    console = Console(highlight=False, soft_wrap=True)
    if out is not None:
        check_folder(out)
    loads = [open_scenario(scenario), *(open_scenario(scenario, path) for path in whatifs)]
    titles = _titles(["base", *(Path(name).stem for name in whatifs)])
    options: dict[str, Any] = {
        "seconds": seconds, "seed": seed, "workers": workers, "repeatable": repeatable
    }
    results: list[Planned] = []
    with claimed(out), heeded(console, "the best plan so far is kept, what comes after it is not planned") as stop:
        for title, loaded in zip(titles, loads, strict=True):
            if stop():
                console.print(f"[bold]{escape(title)}[/bold]: not planned")
                continue
            console.print(f"[bold]{escape(title)}[/bold]")
            with Board(console) as board:
                base = results[0].plan if results else None
                results.append(plan_scenario(loaded, on_progress=board, base_plan=base, stop=stop, **options))
                if out is not None and results[-1].exit_code in (0, 3):
                    publish_all(results[-1], out / title, on_progress=board)
        comparison = set_side_by_side([r.view for r in results], titles[: len(results)])
        show_comparison(console, comparison)
        if out is not None:
            from scenarios.publish.comparison import write_comparison

            console.print(f"\nWritten: {escape(str(write_comparison(comparison, out)))}")
    raise typer.Exit(max(r.exit_code for r in results))


def _titles(names: list[str]) -> list[str]:
    """Names told apart, since each plan is shown and kept under its own: ``rain``, ``rain-2``."""
    found: list[str] = []
    for name in names:
        free = (f"{name}-{k}" if k > 1 else name for k in range(1, len(names) + 2))
        found.append(next(title for title in free if title not in found))
    return found
