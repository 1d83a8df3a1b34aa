"""The command ``cordon``: who mans which exit so that the last one is manned soonest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from scenarios.cli_options import JsonOpt, ScenarioArg

if TYPE_CHECKING:
    from scenarios.desk import Desk
    from scenarios.errors import Fault
    from scenarios.view import CordonView


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
    """Man exits so that the last is manned soonest; without options the cordons that the scenario names."""
    from scenarios.cordon import cordon as made
    from scenarios.cordon import cordons
    from scenarios.desk import prepare
    from scenarios.errors import ScenarioError
    from scenarios.forcewords import cordon_sentence
    from scenarios.load import load_checked
    from scenarios.replan import seconds_at

    loaded = load_checked(scenario)
    desk = prepare(loaded)
    if unit is None and exits is None and area is None:
        found = cordons(desk)
        if not found:
            expected = "cordons in scenario.toml, or --from with --exit or --area"
            raise ScenarioError(_faults(True, "[[cordons]]", expected))
    else:
        faults: list[Fault] = []
        goals: list[tuple[str, tuple[float, float]]] = []
        at_s = 0
        try:
            at_s = 0 if at is None else seconds_at(loaded, at)
        except ScenarioError as error:
            faults += error.faults
        try:
            goals = _exits(desk, exits or [], area)
        except ScenarioError as error:
            faults += error.faults
        else:
            faults += _faults(not goals, "--exit", "at least one exit: --exit ID, or --area FILE")
        pairs, strange = _units(desk, unit or [])
        faults += strange
        faults += _faults(mode not in {"car", "foot"}, "--mode", "car or foot")
        if not faults and sum(n for _, n in pairs) < len(goals):
            faults += _faults(True, "--from", f"at least {len(goals)} units, one for each exit")
        if faults:
            raise ScenarioError(faults)
        found = (made(desk, goals, pairs, at_s=at_s, mode=mode),)
    if as_json:
        print(json.dumps([{**asdict(its), "said": cordon_sentence(its)} for its in found], ensure_ascii=False))  # noqa: T201
        raise typer.Exit(_code(found))
    console = Console(highlight=False, soft_wrap=True)
    for its in found:
        if its.title:
            console.print(its.title, style="bold", markup=False)
        table = Table(box=None, pad_edge=False)
        for head in ("exit", "unit from", "seconds"):
            table.add_column(head)
        for name, home, took in its.rows:
            table.add_row(name, home, str(took))
        if its.rows:
            console.print(table)
        console.print(cordon_sentence(its), markup=False)
    raise typer.Exit(_code(found))


def _code(found: Sequence[CordonView]) -> int:
    """3 where an exit stays unmanned, as for seats."""
    return 3 if any(its.last_s is None for its in found) else 0


def _faults(wrong: bool, field: str, expected: str) -> list[Fault]:
    from scenarios.errors import Fault

    return [Fault("cordon", None, field, "", expected, "see vedette cordon --help")] if wrong else []


def _units(desk: Desk, texts: list[str]) -> tuple[list[tuple[str, int]], list[Fault]]:
    """``PLACE:N`` as pairs, and what is wrong with them."""
    from scenarios.cordon import MOST_UNITS
    from scenarios.errors import Fault

    pairs, faults = [], _faults(not texts, "--from", "PLACE:NUMBER, such as main:3")
    for text in texts:
        place, _, number = text.rpartition(":")
        if place not in desk.places:
            expected = "PLACE:NUMBER with the id of a site, post or unit"
            faults.append(Fault("cordon", None, "--from", text, expected, "see units.csv, sites.csv, posts.csv"))
        elif not (number.isascii() and number.isdigit() and len(number) < 9 and 1 <= int(number) <= MOST_UNITS):
            expected = f"PLACE:NUMBER with 1 to {MOST_UNITS} units"
            faults.append(Fault("cordon", None, "--from", text, expected, "write for example main:3"))
        else:
            pairs.append((place, int(number)))
    return pairs, faults


def _exits(desk: Desk, ids: list[str], area: Path | None) -> list[tuple[str, tuple[float, float]]]:
    from geodata.gisfiles import read_area
    from scenarios.errors import Fault, ScenarioError
    from scenarios.perimeter import perimeter

    strange = [ident for ident in ids if ident not in desk.places]
    if strange:
        expected = "the id of a site, post or unit"
        raise ScenarioError([Fault("cordon", None, "--exit", i, expected, "see sites.csv, posts.csv") for i in strange])
    found = [(ident, desk.places[ident].at) for ident in dict.fromkeys(ids)]
    if area is not None:
        found += [(f"{g.id} {g.name}".strip(), g.xy) for g in perimeter(desk, read_area(area), [], []).gates]
    return found
