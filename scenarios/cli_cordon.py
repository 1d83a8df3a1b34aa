"""The command ``cordon``: who mans which exit so that the last one is manned soonest."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from scenarios.cli_options import JsonOpt, ScenarioArg

if TYPE_CHECKING:
    from scenarios.desk import Desk


def cordon(
    scenario: ScenarioArg,
    unit: Annotated[
        list[str] | None, typer.Option("--from", metavar="PLACE:N", help="N units leave here, such as main:3.")
    ] = None,
    exits: Annotated[
        list[str] | None, typer.Option("--exit", metavar="ID", help="A site or post to be manned.")
    ] = None,
    area: Annotated[
        Path | None, typer.Option("--area", metavar="FILE", help="Man every way into this area instead.")
    ] = None,
    at: Annotated[str | None, typer.Option("--at", metavar="TIME", help="When they leave: 2026-08-29 18:00.")] = None,
    mode: Annotated[str, typer.Option("--mode", help="car or foot.")] = "car",
    as_json: JsonOpt = False,
) -> None:
    """Man exits so that the last is manned soonest; without options the scenario's own [[cordons]]."""
    from scenarios.cordon import cordon as made
    from scenarios.cordon import cordons
    from scenarios.desk import prepare
    from scenarios.forcewords import cordon_sentence
    from scenarios.load import load_checked
    from scenarios.replan import seconds_at

    loaded = load_checked(scenario)
    desk = prepare(loaded)
    if unit is None and exits is None and area is None:
        found = cordons(desk)
        _refuse(not found, "[[cordons]]", "cordons in scenario.toml, or --from with --exit or --area")
    else:
        goals = _exits(desk, exits or [], area)
        _refuse(not goals, "--exit", "at least one exit: --exit ID, or --area FILE")
        _refuse(mode not in {"car", "foot"}, "--mode", "car or foot")
        pairs = [(text.rpartition(":")[0], text.rpartition(":")[2]) for text in unit or []]
        _refuse(not pairs or not all(n.isdigit() for _, n in pairs), "--from", "PLACE:NUMBER, such as main:3")
        at_s = 0 if at is None else seconds_at(loaded, at)
        found = (made(desk, goals, [(place, int(n)) for place, n in pairs], at_s=at_s, mode=mode),)
    if as_json:
        print(json.dumps([{**asdict(its), "said": cordon_sentence(its)} for its in found], ensure_ascii=False))  # noqa: T201
        return
    console = Console(highlight=False, soft_wrap=True)
    for its in found:
        if its.title:
            console.print(its.title, style="bold", markup=False)
        table = Table(box=None, pad_edge=False)
        for head in ("exit", "unit from", "seconds"):
            table.add_column(head)
        for name, home, took in its.rows:
            table.add_row(name, home, str(took))
        console.print(table)
        console.print(cordon_sentence(its), markup=False)


def _refuse(wrong: bool, field: str, expected: str) -> None:
    from scenarios.errors import Fault, ScenarioError

    if wrong:
        raise ScenarioError([Fault("cordon", None, field, "", expected, "see vedette cordon --help")])


def _exits(desk: Desk, ids: list[str], area: Path | None) -> list[tuple[str, tuple[float, float]]]:
    from geodata.gisfiles import read_area
    from scenarios.errors import Fault, ScenarioError
    from scenarios.perimeter import perimeter

    strange = [ident for ident in ids if ident not in desk.places]
    if strange:
        expected = "the id of a site, post or unit"
        raise ScenarioError([Fault("cordon", None, "--exit", i, expected, "see sites.csv, posts.csv") for i in strange])
    found = [(ident, desk.places[ident].at) for ident in ids]
    if area is not None:
        found += [(f"{g.id} {g.name}".strip(), g.xy) for g in perimeter(desk, read_area(area), [], []).gates]
    return found
