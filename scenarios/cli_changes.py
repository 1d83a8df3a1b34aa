"""The commands about a plan that people already hold: ``replan`` and ``candidates``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from scenarios.cli_options import (
    JsonOpt,
    OutOpt,
    RepeatOpt,
    ScenarioArg,
    SecondsOpt,
    SeedOpt,
    WhatifOpt,
    WorkersOpt,
)


def replan(
    scenario: ScenarioArg,
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help="The plan.json that people hold.")],
    change: Annotated[str, typer.Option("--change", metavar="WHATIF", help="What happened: a what-if.")],
    at: Annotated[str | None, typer.Option("--at", metavar="TIME", help="Now; what has begun stays.")] = None,
    freeze: Annotated[str | None, typer.Option("--freeze", metavar="TIME", help="Duties before it stay.")] = None,
    most_changes: Annotated[int | None, typer.Option("--most-changes", min=0, help="People moved at most.")] = None,
    fill_all: Annotated[bool, typer.Option("--fill-all", help="Old gaps too, before sparing people.")] = False,
    out: OutOpt = None,
    seconds: SecondsOpt = 20.0,
    seed: SeedOpt = 0,
    workers: WorkersOpt = 2,
    repeatable: RepeatOpt = False,
    as_json: JsonOpt = False,
) -> None:
    """Change a plan as little as what happened allows, and say who must be told."""
    from scenarios.replancommand import Wanted, run_replan

    wanted = Wanted(at, freeze, most_changes, fill_all, seconds, seed, workers, repeatable)
    console = Console(stderr=as_json, highlight=False, soft_wrap=True)
    raise typer.Exit(run_replan(console, scenario, plan_file, change, wanted, out, as_json=as_json))


def candidates(
    scenario: ScenarioArg,
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan.json, ours or made by hand.")],
    seat: Annotated[str, typer.Argument(metavar="SEAT", help="A seat of it, such as markt.gate#1/2.")],
    at: Annotated[str | None, typer.Option("--at", metavar="TIME", help="Now; what has begun stays.")] = None,
    whatif: WhatifOpt = None,
    as_json: JsonOpt = False,
) -> None:
    """Rank who could take a seat, and say why the others cannot."""
    from scenarios.replancommand import run_candidates

    console = Console(stderr=as_json, highlight=False, soft_wrap=True)
    raise typer.Exit(run_candidates(console, scenario, plan_file, seat, at, whatif=whatif, as_json=as_json))
