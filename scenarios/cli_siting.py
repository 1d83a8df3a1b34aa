"""The command ``siting``: what a force can keep, what force a standard takes, and what each post is worth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from scenarios.cli_options import JsonOpt, ScenarioArg, SeedOpt


def siting(
    scenario: ScenarioArg,
    plan_file: Annotated[
        Path | None, typer.Option("--plan", help="A plan.json: its force, what each post is worth, the next best.")
    ] = None,
    posts: Annotated[int | None, typer.Option("--posts", min=1, max=100_000, help="Ask for so many at once.")] = None,
    standard: Annotated[
        int | None, typer.Option("--standard", min=1, max=86_400, help="Seconds, for all sites alike.")
    ] = None,
    curve: Annotated[bool, typer.Option("--curve", help="The whole curve of posts against cover.")] = False,
    whatif: Annotated[str | None, typer.Option("--whatif", help="Ask of this what-if of the scenario.")] = None,
    seed: SeedOpt = 0,
    as_json: JsonOpt = False,
) -> None:
    """Say what standard a force can keep, what force a standard takes, and what each post is worth."""
    from scenarios.console import show_list
    from scenarios.desk import prepare
    from scenarios.force import Asked, force_of
    from scenarios.forcewords import sentences
    from scenarios.planform import read_plan
    from scenarios.reach import out_of_reach
    from scenarios.replan import refuse_other
    from scenarios.run import open_scenario
    from scenarios.tradeoff import trade_off

    loaded = open_scenario(scenario, whatif)
    given = read_plan(plan_file) if plan_file is not None else None
    if given is not None and plan_file is not None:
        refuse_other(given, plan_file, loaded)
    desk = prepare(loaded)
    its = given.siting if given is not None else None
    found = force_of(Asked.of(desk, standard), its, n_posts=posts, standard_s=standard, seed=seed)
    points = trade_off(desk, its, seed=seed) if curve else ()
    far = [fault.sentence() for fault in out_of_reach(desk)]
    worth = _worth(desk, given) if given is not None else []
    if found is None:
        said = ["No site asks for cover: there is nothing to answer for."]
    else:
        names = {site.id: site.name for site in desk.scenario.sites}
        clock = desk.scenario.clock
        when = f"{clock(found.start_s):%a %d %b %H:%M}-{clock(found.end_s):%H:%M}"
        said = sentences(found, names, when)
    if as_json:
        from dataclasses import asdict

        data: dict[str, Any] = {
            "said": said,
            "out_of_reach": far,
            "force": None if found is None else asdict(found),
            "curve": [asdict(point) for point in points],
            "worth": [{"post": number, "name": name, "worth": text} for number, name, text in worth],
        }
        print(json.dumps(data, ensure_ascii=False))  # noqa: T201
        return
    console = Console(highlight=False, soft_wrap=True)
    for line in said:
        console.print(line, markup=False)
    show_list(console, "Out of reach, whatever the plan", far, 10)
    if points:
        _print(
            console, ("posts", "in time %", "second unit %", "mean s", "proven"),
            [
                (f"{p.n_posts}{' (this plan)' if p.here else ''}", p.in_time_pct, p.backed_pct, p.mean_s,
                 "yes" if p.proven else "no")
                for p in points
            ],
        )  # fmt: skip
    if worth:
        _print(console, ("post", "where", "what it is worth"), worth)
    if found is not None and found.next_places:
        rows = [(n.name, f"{n.lonlat[0]:.5f}, {n.lonlat[1]:.5f}", n.adds) for n in found.next_places]
        _print(console, ("next best place", "lon, lat", "what it would add"), rows)


def _worth(desk: Any, plan: Any) -> list[tuple[str, str, str]]:
    from scenarios.audit import audit_plan
    from scenarios.viewing import build_view

    view = build_view(desk, plan, audit_plan(desk, plan))
    return [(post.number, post.name, post.worth) for post in view.posts]


def _print(console: Console, heads: tuple[str, ...], rows: Any) -> None:
    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(head)
    for row in rows:
        table.add_row(*("-" if cell is None else str(cell) for cell in row))
    console.print()
    console.print(table, markup=False)
