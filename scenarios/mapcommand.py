"""The command ``vedette map``: options into a reading, a ground into sentences and files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table
from rich.text import Text

from geodata.columns import ALIASES, KEPT
from geodata.crs import DATUMS
from geodata.errors import Fault, GeodataError
from geodata.gisfiles import Reading, read_area
from geodata.ground import Ground, load_ground
from geodata.osm import Box, Clip
from scenarios.mapview import dropped, facts, report, write_report

EXIT_OK, EXIT_INPUT = 0, 2
_MOST_SHOWN = 12


def run_map(
    console: Console, file: Path, *, out: Path | None, source_crs: str | None, datum: str, layer: str | None,
    tolerance_m: float, planarise: bool, columns: Sequence[str], clip: str | None, as_json: bool,
) -> int:  # fmt: skip
    """Read a map, print its health report, write report and picture.

    Returns
    -------
    int
        0 when the map could be read, 2 with every fault listed when not.
    """
    try:
        reading, box = _options(source_crs, datum, layer, tolerance_m, planarise, columns, clip)
        with _progress(console, file.name) as say:
            ground = load_ground(file, reading=reading, clip_box=box, need_roads=False, on_progress=say)
        files: tuple[Path, ...] = ()
        if out is not None:
            with console.status(f"Drawing {file.name}"):
                files = write_report(ground, file, out)
    except GeodataError as error:
        _show_faults(console, file, error, as_json)
        return EXIT_INPUT
    if as_json:
        print(json.dumps({**report(ground), "files": [str(f) for f in files]}, ensure_ascii=False))  # noqa: T201
        return EXIT_OK
    _show(console, ground)
    if files:
        console.print(f"\n{len(files)} files in [bold]{out}[/bold]: {', '.join(f.name for f in files)}")  # fmt: skip
    else:
        console.print("\nGive --out FOLDER for the whole report and the picture.")
    return EXIT_OK


@contextmanager
def _progress(console: Console, name: str) -> Iterator[Callable[[str, float], None] | None]:
    """A line with stage and percentage while a map is read; nothing where the output is no terminal."""
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("Reading {task.fields[file]}"), BarColumn(), TaskProgressColumn(),
               TextColumn("{task.description}"))  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=1.0, file=name)

        def say(stage: str, share: float) -> None:
            bar.update(task, completed=share, description=stage)

        yield say


def _options(
    source_crs: str | None, datum: str, layer: str | None, tolerance_m: float, planarise: bool,
    columns: Sequence[str], clip: str | None,
) -> tuple[Reading, Clip | None]:  # fmt: skip
    """All faults of the options in one report."""
    faults = []
    if datum not in DATUMS:
        faults.append(Fault(f"--datum {datum} is not known", expected=", ".join(DATUMS)))
    named: dict[str, str] = {}
    tags = {*ALIASES, *KEPT}
    for pair in columns:
        tag, _, name = pair.partition("=")
        if not name or tag not in tags:
            faults.append(
                Fault(f"--column {pair} cannot be read", expected="TAG=NAME, such as highway=DLLX, with a tag among "
                      + ", ".join(sorted(ALIASES)))
            )  # fmt: skip
        named[tag] = name
    box: Clip | None = None
    if clip is not None and Path(clip).is_file():
        box = read_area(clip)
    elif clip is not None:
        box = _box(clip)
        if box is None:
            faults.append(
                Fault(f"--clip {clip} is no box and no file",
                      expected="west,south,east,north in degrees (13.2,53.5,13.3,53.6), or a GIS file with an area")
            )  # fmt: skip
    if faults:
        raise GeodataError(faults)
    return Reading(source_crs, datum, named, None, layer, tolerance_m, planarise), box


def _box(text: str) -> Box | None:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return None
    fits = -180 <= west < east <= 180 and -90 <= south < north <= 90
    return (west, south, east, north) if fits else None


def _show_faults(console: Console, file: Path, error: GeodataError, as_json: bool) -> None:
    if as_json:
        rows = [{"what": f.what, "ids": list(f.ids), "n": f.n, "expected": f.expected, "mend": f.mend}
                for f in error.faults]  # fmt: skip
        print(json.dumps({"file": file.name, "faults": rows}, ensure_ascii=False))  # noqa: T201
        return
    console.print("[bold red]The map cannot be used:[/bold red]")
    for fault in error.faults:
        console.print(Text(f"  {fault}"))


def _show(console: Console, ground: Ground) -> None:
    """The report on a screen: facts, warnings, notes, and the chief reasons of what was left out."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts(ground):
        table.add_row(name, Text(value))
    console.print(table)
    for level, head, colour in (("warning", "Warnings", "red"), ("info", "Worth knowing", "cyan")):
        rows = [f for f in ground.findings if f.level == level]
        if not rows:
            continue
        console.print(f"\n[bold {colour}]{head}: {len(rows)}[/bold {colour}]")
        for finding in rows[:_MOST_SHOWN]:
            console.print(Text(f"  {finding}"))
        if len(rows) > _MOST_SHOWN:
            console.print(f"  ... and {len(rows) - _MOST_SHOWN} more in report.txt")
    left = dropped(ground)
    if left:
        console.print(
            f"\n[bold]Left out or changed: {sum(d.count for d in left):,} for {len(left)} reasons[/bold]"
        )
        for row in left[:6]:
            console.print(Text(f"  {row}"))
        if len(left) > 6:
            console.print(f"  ... and {len(left) - 6} more reasons in report.txt")
