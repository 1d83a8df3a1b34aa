"""The ``vedette`` command. Exit codes: 0 planned, 2 bad input, 3 short, 4 no plan, 5 rules broken, 6 our defect."""

from __future__ import annotations

import json
import sys
import tempfile
import tomllib
import traceback
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from geodata.errors import GeodataError
from scenarios.cli_changes import candidates, replan
from scenarios.cli_compare import compare
from scenarios.cli_cordon import cordon
from scenarios.cli_options import (
    ForceOpt,
    JsonOpt,
    OutOpt,
    RepeatOpt,
    ScenarioArg,
    SecondsOpt,
    SeedOpt,
    WhatifOpt,
    WorkersOpt,
)
from scenarios.cli_perimeter import perimeter
from scenarios.cli_siting import siting
from scenarios.cli_store import app as store_app
from scenarios.errors import ScenarioError
from scheduler.errors import ProblemError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Plan the security of an event: posts, patrols, named duties, and papers to print.",
    pretty_exceptions_enable=False,
)

EXIT_INPUT = 2
EXIT_STOPPED = 130
"""What shells expect of a command that Ctrl-C ended."""


def _console(as_json: bool = False) -> Console:
    return Console(stderr=as_json, highlight=False, soft_wrap=True)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"vedette {version('vedette')}")  # noqa: T201
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Plan the security of an event: posts, patrols, named duties, and papers to print."""


@app.command()
def plan(
    scenario: ScenarioArg,
    out: OutOpt = None,
    seconds: SecondsOpt = 60.0,
    seed: SeedOpt = 0,
    workers: WorkersOpt = 2,
    repeatable: RepeatOpt = False,
    as_json: JsonOpt = False,
    whatif: Annotated[str | None, typer.Option("--whatif", help="Plan this what-if of the scenario.")] = None,
    start: Annotated[Path | None, typer.Option("--from", metavar="PLAN", help="Start from this plan.json.")] = None,
) -> None:
    """Plan a scenario: posts, patrols, roster, audit and papers."""
    from scenarios.console import Board, show_list, show_view
    from scenarios.desk import prepare
    from scenarios.foresight import before_solving
    from scenarios.interrupt import BEST_PLAN, heeded
    from scenarios.outfiles import claimed
    from scenarios.replancommand import begin_from
    from scenarios.run import (
        check_folder,
        keep_plan,
        open_scenario,
        plan_scenario,
        publish_all,
        summary_json,
    )

    console = _console(as_json)
    if out is not None:
        check_folder(out)
    with claimed(out):
        loaded = open_scenario(scenario, whatif)
        show_list(console, "Doubtful, but planned as it stands:", [w.sentence() for w in loaded.warnings], 10)
        desk, given = begin_from(console, loaded, start)
        desk = desk or prepare(loaded)
        show_list(console, "Out of reach, whatever the plan:", before_solving(desk), 10)
        with Board(console) as board:
            with heeded(console, BEST_PLAN) as stop:
                planned = plan_scenario(
                    loaded, seconds=seconds, seed=seed, workers=workers, repeatable=repeatable, on_progress=board,
                    stop=stop, base_plan=given, desk=desk,
                    on_audited=None if out is None else lambda plan: keep_plan(plan, out),
                )
                stopped = stop()
            files: tuple[Path, ...] = ()
            if planned.exit_code in (0, 3) and out is not None:
                files = publish_all(planned, out, on_progress=board)
    if as_json:
        print(json.dumps(summary_json(planned, files), ensure_ascii=False))  # noqa: T201
        raise typer.Exit(planned.exit_code)
    if planned.exit_code == 6:
        console.print("[bold red]The plan is withheld: our own audit disagrees with our solver.[/bold red] "
                      "This is a defect of Vedette; please report it with the scenario.")
        show_list(console, "Differences", [*planned.audit.differences, *planned.view.breaches])
    elif planned.exit_code == 4:
        where = "by hand" if stopped else f"at the limit of {seconds:.0f} s"
        console.print(f"Stopped {where} without a plan. That does not mean none exists; "
                      "give it more --seconds.")
        show_list(console, "What was not found", planned.stuck)
    else:
        show_view(console, planned.view)
        show_list(console, "Out of reach, whatever the plan", planned.foreseen, 10)
        show_list(console, "Proven impossible", planned.stuck)
        show_list(console, "Mandatory seats that stay empty", planned.view.short)
    if files:
        console.print(f"\n{len(files)} files in [bold]{escape(str(out))}[/bold]: {', '.join(f.name for f in files)}")
    elif out is None and planned.exit_code in (0, 3):
        console.print("\nGive --out FOLDER to keep the plan and print its papers.")
    raise typer.Exit(planned.exit_code)


@app.command()
def check(
    scenario: ScenarioArg,
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan.json, ours or made by hand.")],
    whatif: WhatifOpt = None,
    as_json: JsonOpt = False,
) -> None:
    """Check a plan against a scenario, rule by rule."""
    from scenarios.console import show_list, show_view
    from scenarios.run import check_plan, open_scenario

    console = _console(as_json)
    loaded = open_scenario(scenario, whatif)
    checked = check_plan(loaded, plan_file)
    if as_json:
        found: dict[str, Any] = {
            "scenario": checked.plan.scenario, "stale": checked.stale, "agrees": checked.audit.agrees,
            "breaches": list(checked.view.breaches), "short": list(checked.view.short),
            "differences": list(checked.audit.differences), "out_of_reach": list(checked.out_of_reach),
        }
        print(json.dumps(found, ensure_ascii=False))  # noqa: T201
        raise typer.Exit(checked.exit_code)
    if checked.plan.scenario != loaded.scenario.name:
        console.print(f"[yellow]This plan was made for {escape(checked.plan.scenario)}, "
                      f"not for {escape(loaded.scenario.name)}.[/yellow]")
    elif checked.stale:
        console.print("[yellow]The scenario has changed since this plan was made.[/yellow]")
    show_view(console, checked.view)
    show_list(console, "Out of reach, whatever the plan", checked.out_of_reach, 10)
    show_list(console, "Hard rules broken", checked.view.breaches)
    show_list(console, 'Figures that differ from what the plan claims (a plan with "edited": true claims none)',
              checked.audit.differences)
    show_list(console, "Mandatory seats that stay empty", checked.view.short)
    raise typer.Exit(checked.exit_code)


@app.command()
def request(
    scenario: ScenarioArg,
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan.json, ours or made by hand.")],
    out: OutOpt = None,
    whatif: WhatifOpt = None,
) -> None:
    """Say what each unit owes by hour, with and without names; --out writes request.csv and request.xlsx."""
    from scenarios.console import show_request
    from scenarios.replan import refuse_other
    from scenarios.request import request_of, write_request
    from scenarios.run import check_folder, check_plan, open_scenario
    from scenarios.staff import staff_of

    console = _console()
    if out is not None:
        check_folder(out)
    loaded = open_scenario(scenario, whatif)
    checked = check_plan(loaded, plan_file)
    refuse_other(checked.plan, plan_file, loaded)
    found = request_of(checked, staff_of(loaded.scenario))
    if checked.stale:
        console.print("[yellow]The scenario has changed since this plan was made.[/yellow]")
    show_request(console, found)
    if out is not None:
        names = ", ".join(path.name for path in write_request(found, out))
        console.print(f"\nIn [bold]{escape(str(out))}[/bold]: {names}")


app.command()(replan)
app.command()(candidates)
app.command()(perimeter)
app.command()(siting)
app.command()(cordon)
app.add_typer(store_app, name="store")
app.command()(compare)


@app.command()
def scenarios() -> None:
    """List the shipped scenarios and their what-ifs."""
    from scenarios.load import library, load_checked
    from scenarios.whatif import shipped_whatifs

    console = _console()
    for name, folder in library().items():
        loaded = load_checked(folder)
        its = loaded.scenario
        console.print(f"[bold]{name}[/bold]  {its.title}")
        console.print(f"  {its.start:%a %d %b %Y %H:%M} to {its.end:%a %d %b %H:%M}, {len(its.sites)} sites, "
                      f"{len(its.people)} people, {len(its.sessions)} session{'s' * (len(its.sessions) != 1)}")
        for whatif, path in shipped_whatifs(folder).items():
            console.print(f"  what-if [bold]{whatif}[/bold]  {escape(_title(path))}")
        console.print(f"  [dim]{escape(str(folder))}[/dim]")


def _title(whatif: Path) -> str:
    return str(tomllib.loads(whatif.read_text(encoding="utf-8")).get("title", ""))


@app.command()
def presets(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Show every value of this one.")] = None,
) -> None:
    """List the presets of rules, and where each value comes from."""
    from scenarios.console import show_presets

    show_presets(_console(), name)


@app.command()
def generate(
    size: Annotated[str, typer.Argument(metavar="SIZE", help="district, city or mega.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the scenario.")],
    seed: SeedOpt = 0,
) -> None:
    """Make up a town and an event of some size; what is written is an ordinary scenario folder."""
    from scenarios.generate import generate as make
    from scenarios.run import check_folder

    check_folder(out)
    event = make(size, seed, out)
    its = event.size
    _console().print(
        f"{its.n_sites} sites, {event.town.rail_m / 1000:.0f} km of rail, {its.n_people:,} people, {its.n_days} days "
        f"in [bold]{escape(str(out))}[/bold], hours {event.load.lift:.2f} times what it takes. "
        "Nobody and nothing in it exists."
    )


@app.command()
def explain(
    scenario: ScenarioArg,
    plan_file: Annotated[Path | None, typer.Option("--plan", help="A plan.json; without it a plan is made.")] = None,
    whatif: Annotated[str | None, typer.Option("--whatif", help="Explain this what-if of the scenario.")] = None,
    seat: Annotated[str | None, typer.Option("--seat", help="One seat: why this person, why not others.")] = None,
    person: Annotated[str | None, typer.Option("--person", metavar="ID", help="One person; with --seat: both.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="File for the text (or .json); what-ifs beside it.")] = None,
    seconds: SecondsOpt = 30.0,
    seed: SeedOpt = 0,
    workers: WorkersOpt = 2,
    repeatable: RepeatOpt = False,
    force: ForceOpt = False,
    as_json: JsonOpt = False,
) -> None:
    """Explain why seats stay empty, and what would mend it, each way out proven by a roster."""
    from scenarios.explaincommand import run_explain

    raise typer.Exit(
        run_explain(
            _console(as_json), scenario, plan_file=plan_file, whatif=whatif, seat=seat, person=person, out=out,
            seconds=seconds, seed=seed, workers=workers, repeatable=repeatable, force=force, as_json=as_json,
        )
    )


@app.command("map")
def map_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A map: OpenStreetMap or any GIS format.")],
    out: Annotated[Path | None, typer.Option("--out", help="Folder for report.txt, report.json and map.pdf.")] = None,
    source_crs: Annotated[str | None, typer.Option("--crs", help="CRS of the file, where it does not say it.")] = None,
    datum: Annotated[str, typer.Option("--datum", help="wgs84, gcj02 or bd09.")] = "wgs84",
    layer: Annotated[str | None, typer.Option("--layer", help="The one layer to read.")] = None,
    tolerance: Annotated[float, typer.Option("--tolerance", min=0, max=100, help="Metres; ends this near meet.")] = 0.3,
    planarise: Annotated[bool, typer.Option("--planarise", help="Make junctions where lines cross.")] = False,
    column: Annotated[list[str] | None, typer.Option("--column", metavar="TAG=NAME", help="highway=DLLX")] = None,
    clip: Annotated[str | None, typer.Option("--clip", metavar="AREA", help="W,S,E,N in degrees, or a file.")] = None,
    as_json: JsonOpt = False,
) -> None:
    """Read any map, say how healthy it is, and draw it."""
    from scenarios.mapcommand import run_map

    raise typer.Exit(
        run_map(
            _console(as_json), file, out=out, source_crs=source_crs, datum=datum, layer=layer, tolerance_m=tolerance,
            planarise=planarise, columns=column or [], clip=clip, as_json=as_json,
        )
    )


@app.command("app")
def app_(
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8501,
    address: Annotated[str, typer.Option("--address", help="Where to listen.")] = "127.0.0.1",
    headless: Annotated[bool, typer.Option("--headless", help="Do not open a browser.")] = False,
    host: Annotated[list[str] | None, typer.Option("--host", help="A name that a proxy passes on.")] = None,
) -> None:
    """Open the front end in the browser."""
    import importlib

    # By name, since the pages stand above this package and nothing below may import them.
    launch = importlib.import_module("app_pages.launch")
    raise typer.Exit(launch.run(port=port, address=address, headless=headless, hosts=host or ()))


def _run(arguments: list[str] | None) -> None:
    """Run the command, and say so when it is stopped by hand."""
    try:
        app(arguments)
    except KeyboardInterrupt:
        sys.exit(EXIT_STOPPED)
    except SystemExit as end:
        if end.code == EXIT_STOPPED:
            print("Stopped before the end.", file=sys.stderr)  # noqa: T201
        raise


def main(arguments: list[str] | None = None) -> None:
    """Run the command; whatever a user can cause ends in sentences and an exit code, never in a traceback."""
    from scenarios.console import show_faults, show_list

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        _run(arguments)
    except ScenarioError as error:
        n = len(error.faults)
        show_faults(console, error.faults, f"{n} {'fault' if n == 1 else 'faults'} in what was given:")
        show_list(console, "Doubtful beside them:", [doubt.sentence() for doubt in error.doubts], 10)
        sys.exit(EXIT_INPUT)
    except (GeodataError, ProblemError) as error:
        console.print("[bold red]The scenario cannot be laid out:[/bold red]")
        for fault in error.faults:
            console.print(f"  {fault}", markup=False)
        sys.exit(EXIT_INPUT)
    except BrokenPipeError:
        sys.exit(1)
    except OSError as error:
        console.print(f"{error.strerror or error}: {error.filename or ''}", markup=False)
        sys.exit(EXIT_INPUT)
    except Exception as error:  # noqa: BLE001 - a defect of ours; the user gets a sentence and a file to send
        console.print(f"[bold red]A defect of Vedette stopped this:[/bold red] {type(error).__name__}: {error}")
        console.print(f"Please report it with the file {_keep_traceback()}", markup=False)
        sys.exit(1)


def _keep_traceback() -> Path:
    """Write the traceback being handled to a file of its own and return its path."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="vedette-defect-", suffix=".log", delete=False, encoding="utf-8"
    ) as kept:
        traceback.print_exc(file=kept)
    return Path(kept.name)


if __name__ == "__main__":
    main()
