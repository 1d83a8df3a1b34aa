"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ScenarioArg = Annotated[str, typer.Argument(metavar="SCENARIO", help="A shipped name or a folder.")]
WhatifOpt = Annotated[
    str | None, typer.Option("--whatif", help="The what-if that the plan was made for, by name or file.")
]
OutOpt = Annotated[Path | None, typer.Option("--out", help="Folder for the plan and its papers.")]
SecondsOpt = Annotated[float, typer.Option("--seconds", min=1, max=86400, help="Time to search.")]
SeedOpt = Annotated[int, typer.Option("--seed", min=0, help="Seed of the search.")]
WorkersOpt = Annotated[int, typer.Option("--workers", min=1, max=256, help="Cores to use.")]
RepeatOpt = Annotated[bool, typer.Option("--repeatable", help="Fixed work in place of the clock.")]
JsonOpt = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
ForceOpt = Annotated[bool, typer.Option("--force", help="Write over a file that this command did not write.")]
