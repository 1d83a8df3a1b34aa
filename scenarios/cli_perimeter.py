"""The command ``perimeter``: a drawn area becomes closure points with seats, and a what-if to plan with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from scenarios.cli_options import ForceOpt, JsonOpt, ScenarioArg

MOST = 1_000
"""People at one closure point; more is a slip of the keys."""


def perimeter(
    scenario: ScenarioArg,
    area: Annotated[Path, typer.Argument(metavar="AREA", help="A GIS file with the perimeter as one area.")],
    origin: Annotated[list[str] | None, typer.Option("--from", metavar="ID", help="Blue lights start here.")] = None,
    target: Annotated[list[str] | None, typer.Option("--to", metavar="ID", help="Blue lights must get here.")] = None,
    hard: Annotated[int, typer.Option("--hard", min=0, max=MOST, help="People at a point that stops vehicles.")] = 2,
    soft: Annotated[int, typer.Option("--soft", min=0, max=MOST, help="People at a point for those on foot.")] = 1,
    emergency: Annotated[int, typer.Option("--emergency", min=0, max=MOST, help="People at an emergency gate.")] = 3,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", metavar="POINT=KIND", help="G03=soft: another kind for one point.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write a what-if (.toml).")] = None,
    force: ForceOpt = False,
    as_json: JsonOpt = False,
) -> None:
    """Turn a drawn area into closure points, and prove that blue lights still get through."""
    from geodata.gisfiles import read_area
    from scenarios.desk import prepare
    from scenarios.load import load_checked
    from scenarios.outfiles import HEAD, refuse_others, write_whole
    from scenarios.perimeter import as_whatif, lights_of, who_answers
    from scenarios.perimeter import perimeter as found_in

    if out is not None:
        refuse_others([out], force=force)
    desk = prepare(load_checked(scenario))
    seats = {"hard": hard, "soft": soft, "emergency": emergency}
    kinds = {point.strip(): its.strip() for point, _, its in (pair.partition("=") for pair in kind or [])}
    origins, targets = origin or [], target or []
    found = found_in(desk, read_area(area), origins, targets, seats, kinds)
    if out is not None:
        its, lights = desk.scenario, lights_of(desk, origins, targets) if origins and targets else None
        text = as_whatif(desk, found, its.start, its.end, *who_answers(desk), lights)
        out.parent.mkdir(parents=True, exist_ok=True)
        write_whole(out, f"# {HEAD} perimeter\n{text}")
    if as_json:
        print(json.dumps(found.to_json(), ensure_ascii=False))  # noqa: T201
        return
    console = Console(highlight=False, soft_wrap=True)
    table = Table(box=None)
    for head in ("point", "kind", "people", "road", "class", "lon, lat"):
        table.add_column(head)
    for gate, (lon, lat) in zip(found.gates, found.lonlat, strict=True):
        place = f"{lon:.6f}, {lat:.6f}"
        table.add_row(gate.id, gate.kind, str(found.seats[gate.kind]), gate.name, gate.road_class, place)
    console.print(table)
    for line in found.sentences():
        console.print(line, markup=False)
