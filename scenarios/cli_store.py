"""The commands ``vedette store ...``: what the desk keeps, listed, backed up, restored, moved, and who did what."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from scenarios.cli_options import JsonOpt

if TYPE_CHECKING:
    from scenarios.drafts import Source

app = typer.Typer(
    no_args_is_help=True,
    help="What the desk keeps: scenarios, edits, plans and the audit trail. A file in the data folder (VEDETTE_HOME), "
    "or PostgreSQL by VEDETTE_STORE.",
)

StoredArg = Annotated[str, typer.Argument(metavar="SCENARIO", help="A scenario of the store, by name or id.")]
ForceOpt = Annotated[bool, typer.Option("--force", help="Write over what is there.")]


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)


def stored(name: str) -> Source:
    """The scenario of the store with this id, or the only one with this name.

    Raises
    ------
    StoreError
        There is none, or several.
    """
    from scenarios.drafts import sources
    from scenarios.raw import listed
    from scenarios.store.errors import refuse

    every = [source for source in sources() if source.draft is not None]
    found = [s for s in every if s.ref == name] or [s for s in every if s.label == name]
    if len(found) == 1:
        return found[0]
    if found:
        ids = listed(s.ref for s in found)
        raise refuse("store", "the name of one scenario", f"several have it, give the id: {ids}", value=name)
    known = f"there are {listed(s.label for s in every)}" if every else "there is none yet"
    raise refuse("store", "a scenario of the store", f"{known}; see vedette store list", value=name)


@app.command("list")
def list_(as_json: JsonOpt = False) -> None:
    """List the scenarios of the store, and whether their plans still fit."""
    from scenarios.drafts import sources
    from scenarios.standing import standings
    from scenarios.store.place import open_store

    states = standings()
    rows = [(s.ref, s.label, states[s.ref], s.about) for s in sources() if s.draft is not None]
    if as_json:
        names = ("id", "name", "state", "about")
        print(json.dumps([dict(zip(names, row, strict=True)) for row in rows], ensure_ascii=False))  # noqa: T201
        return
    console = _console()
    table = Table(box=None, pad_edge=False)
    for head in ("id", "name", "state", "what it is"):
        table.add_column(head)
    for row in rows:
        table.add_row(*row)
    if rows:
        console.print(table)
    console.print(f"{len(rows)} scenario{'' if len(rows) == 1 else 's'} in {open_store().place}.", markup=False)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File for the whole store.")], force: ForceOpt = False
) -> None:
    """Write the whole store into one file, while others go on working."""
    from scenarios.drafts import settle
    from scenarios.store.backup import backup as write
    from scenarios.store.place import open_store
    from scenarios.store.texts import actor

    settle()
    done = write(open_store(), file, who=actor(), force=force)
    _console().print(f"{done.scenarios} scenarios and {done.entries} entries of the trail are in {file}.", markup=False)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What vedette store backup wrote.")],
    force: ForceOpt = False,
) -> None:
    """Put a backup in the place of the store; what was there is kept aside."""
    from scenarios.store.backup import restore as put
    from scenarios.store.place import open_store
    from scenarios.store.texts import actor

    done = put(open_store(), file, who=actor(), force=force)
    console = _console()
    console.print(f"The store holds {done.scenarios} scenarios now.", markup=False)
    if done.aside is not None:
        console.print(f"What was there is kept in {done.aside}.", markup=False)


@app.command("export")
def export_(
    scenario: StoredArg,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Such as fair.vedette.")],
    contacts: Annotated[bool, typer.Option("--contacts", help="Take along how people can be reached.")] = False,
    force: ForceOpt = False,
) -> None:
    """Write one scenario with its history, versions and plans into a file for another machine."""
    from scenarios.drafts import inputs_of, settle
    from scenarios.store.parcel_out import export
    from scenarios.store.place import open_store
    from scenarios.store.texts import actor

    settle()
    source = stored(scenario)
    export(open_store(), source.ref, inputs_of(source), file, who=actor(), contacts=contacts, force=force)
    _console().print(f'"{source.label}" is in {file}.', markup=False)


@app.command("import")
def import_(file: Annotated[Path, typer.Argument(metavar="FILE", help="What vedette store export wrote.")]) -> None:
    """Take a scenario in from a file."""
    from scenarios.drafts import known_parent
    from scenarios.store import shelf
    from scenarios.store.parcel_in import take_in
    from scenarios.store.place import open_store
    from scenarios.store.texts import actor

    store = open_store()
    its = shelf.read(store, take_in(store, file, who=actor(), known=known_parent))
    _console().print(f'"{its.name}" is in the store, with the id {its.id}.', markup=False)


@app.command()
def log(
    scenario: Annotated[str | None, typer.Argument(metavar="[SCENARIO]", help="By name or id; else the store.")] = None,
    last: Annotated[int, typer.Option("--last", min=1, help="So many entries, the newest.")] = 50,
    as_json: JsonOpt = False,
) -> None:
    """Show who did what and when, from what to what."""
    from scenarios.store.place import open_store
    from scenarios.store.trail import WHOLE, read_trail

    name = WHOLE if scenario is None else _name_in_trail(scenario)
    with open_store().reading() as conn:
        entries = read_trail(conn, name, last)
    if as_json:
        print(json.dumps([asdict(entry) for entry in entries], ensure_ascii=False))  # noqa: T201
        return
    console = _console()
    for entry in entries:
        came = " (came with a file)" if entry.origin else ""
        console.print(f"{entry.at[:19]}Z  {entry.who}  {entry.what}{came}: {entry.text}", markup=False)
    if not entries:
        console.print("Nothing was done yet.")


def _name_in_trail(scenario: str) -> str:
    """What the trail calls it: removed scenarios, shipped ones and folders have a trail too."""
    from sqlalchemy import select

    from scenarios.store.place import open_store
    from scenarios.store.tables import TRAIL

    with open_store().reading() as conn:
        if conn.execute(select(TRAIL.c.id).where(TRAIL.c.scenario == scenario).limit(1)).first() is not None:
            return scenario
    return stored(scenario).ref


@app.command()
def plan(
    plan_id: Annotated[str, typer.Argument(metavar="PLAN", help="The id of a plan, as in the address line.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File for its plan.json.")],
    publish: Annotated[bool, typer.Option("--publish", help="Mark it as given out.")] = False,
    force: ForceOpt = False,
) -> None:
    """Write a kept plan, with the duties set by hand, as a plan.json that vedette check reads."""
    from scenarios.drafts import settle
    from scenarios.store.errors import refuse
    from scenarios.store.place import open_store
    from scenarios.store.plans import as_it_stands
    from scenarios.store.plans import publish as give_out
    from scenarios.store.texts import actor

    settle()
    if file.exists() and not force:
        raise refuse(file.name, "a file that is not there yet", "name another, or add --force")
    store = open_store()
    try:
        text = as_it_stands(store, plan_id)
        if publish:
            give_out(store, plan_id, who=actor())
    except KeyError:
        raise refuse("store", "a plan of the store", "see the address line of the page", value=plan_id) from None
    file.write_text(text, encoding="utf-8")
    _console().print(f"{'Published; it' if publish else 'It'} is in {file}.", markup=False)
