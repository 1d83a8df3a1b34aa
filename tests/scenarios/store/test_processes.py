"""Several processes at one store, and processes that are killed in the middle of their work."""

import contextlib
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from scenarios.store import shelf
from scenarios.store.edits import revision_of
from scenarios.store.place import Store, open_at, url_of
from scenarios.store.rows import CHANGES, NAME, applied, duties_sheet, from_maps
from scenarios.store.trail import read_trail
from tests.scenarios.store.test_edits import PLAN, with_plan

WORKER = Path(__file__).parent / "worker.py"
HOME = Path(__file__).resolve().parents[3]


def begin(url: str, scenario: str, who: str, n: int, plan: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(WORKER), url, scenario, who, str(n), plan],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(HOME)},
    )  # fmt: skip


def replayed(store: Store, scenario: str):
    """The rows as the trail tells them, from the first entry on."""
    with store.reading() as conn:
        entries = read_trail(conn, scenario)
    rows = {}
    for entry in entries:
        if entry.revision is not None or entry.what == "created":
            rows = applied(rows, from_maps(entry.before, entry.after))
    numbers = [e.revision for e in entries if e.revision is not None]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) == revision_of(store, scenario)
    return rows


def test_two_processes_lose_nothing_of_each_other(store: Store, url: str) -> None:
    """Thirty edits each at once, undone and redone in between: every one is there, in one order."""
    its = shelf.create(store, "Fair", who="x")
    children = [begin(url, its, who, 30) for who in ("ann", "ben")]
    for child in children:
        said, _ = child.communicate(timeout=240)
        assert child.returncode == 0
        assert len(said.splitlines()) == 30
    rows = shelf.read(store, its).rows
    there = {key for sheet, key in rows if sheet == CHANGES}
    # of each five the fourth is taken back by the fifth
    assert there == {f"{who}{n}" for who in ("ann", "ben") for n in range(30) if n % 5 < 3}
    assert replayed(store, its) == rows


def test_a_killed_process_leaves_every_acknowledged_edit_and_no_half_one(url: str) -> None:
    """Killed -9 somewhere in thousands of swaps of two seats: both seats or none, and all that was told is there."""
    store = open_at(url_of(url))
    its = shelf.create(store, "Fair", who="x")
    with_plan(store, its)
    store.close()
    child = begin(url, its, "ann", 100_000, PLAN)
    told = 0
    until = random.Random().randint(20, 60)
    assert child.stdout is not None
    for line in child.stdout:
        told = int(line.split()[1])
        if told >= until:
            break
    child.send_signal(signal.SIGKILL)
    rest = child.stdout.read()
    child.wait()
    child.stdout.close()
    lines = [line for line in rest.split("\n")[:-1] if line]
    told = max([told, *(int(line.split()[1]) for line in lines)])
    opened = open_at(url_of(url))
    try:
        rows = dict(shelf.read(opened, its).rows)
        there = revision_of(opened, its)
        assert told <= there <= told + 1  # at most the one that was saved and not yet told
        assert replayed(opened, its) == rows
        seats = {key: row["person"] for (sheet, key), row in rows.items() if sheet == duties_sheet(PLAN)}
        assert seats == ({"G/1": "P2", "G/2": "P1"} if there % 2 else {})
        assert rows[NAME] == "Fair"
    finally:
        opened.close()


def test_a_process_killed_while_it_brings_the_store_up_leaves_one_form(tmp_path: Path) -> None:
    """Many processes open a store of the first form at once and some are killed: it opens, whole."""
    from tests.scenarios.store.test_schema import OLD, first_form

    path = tmp_path / "store.db"
    first_form(str(path))
    children = [begin(str(path), OLD, who, 3) for who in ("ann", "ben", "eve")]
    children[0].send_signal(signal.SIGKILL)
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.communicate(timeout=120)
    assert [child.returncode for child in children] == [-signal.SIGKILL, 0, 0]
    store = open_at(url_of(str(path)))
    assert {key for sheet, key in shelf.read(store, OLD).rows if sheet == CHANGES} >= {"aa", "ben0", "eve2"}
    store.close()
