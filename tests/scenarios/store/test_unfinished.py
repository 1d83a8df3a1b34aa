"""What was typed and not sent: kept field by field, bounded, swept, and nowhere else to be seen."""

import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from scenarios.load import library
from scenarios.store import shelf
from scenarios.store.edits import apply, undo
from scenarios.store.errors import StoreError
from scenarios.store.operations import Rename
from scenarios.store.parcel_out import export
from scenarios.store.place import Store, open_at, url_of
from scenarios.store.tables import UNFINISHED
from scenarios.store.trail import read_trail
from scenarios.store.unfinished import (
    MOST_CHARS,
    MOST_ENTRIES,
    carry,
    forget,
    keep_fields,
    sweep,
    unfinished,
)
from scenarios.store.versions import Inputs

ANN, BEN = "Ann", "Ben"


def count(store: Store) -> int:
    with store.reading() as conn:
        return int(conn.execute(select(func.count()).select_from(UNFINISHED)).scalar_one())


def later(store: Store, form: str) -> None:
    """The time of an entry is over."""
    with store.writing() as conn:
        conn.execute(update(UNFINISHED).where(UNFINISHED.c.form == form).values(until="2026-01-01T00:00:00+00:00"))


def test_fields_stay_until_they_are_sent(store: Store) -> None:
    """Each field by itself, in each form, scenario and person by itself; None forgets one, the last one the entry."""
    keep_fields(store, ANN, "fair", "incident", {"what": "Ast auf der Straße", "many": 3})
    keep_fields(store, ANN, "fair", "incident", {"many": 4, "kinds": ["sworn"]})
    keep_fields(store, ANN, "", "incident", {"what": "elsewhere"})
    keep_fields(store, BEN, "fair", "incident", {"what": "Ben's"})
    assert unfinished(store, ANN, "fair", "incident") == {"what": "Ast auf der Straße", "many": 4, "kinds": ["sworn"]}
    keep_fields(store, ANN, "fair", "incident", {"kinds": None, "what": None})
    assert unfinished(store, ANN, "fair", "incident") == {"many": 4}
    forget(store, ANN, "fair", "incident")
    assert unfinished(store, ANN, "fair", "incident") == {}
    keep_fields(store, BEN, "fair", "incident", {"what": None})
    assert unfinished(store, BEN, "fair", "incident") == {}
    assert (count(store), unfinished(store, ANN, "", "incident")) == (1, {"what": "elsewhere"})


def test_it_outlives_the_program(url: str) -> None:
    for _run in range(2):
        its = open_at(url_of(url))
        keep_fields(its, ANN, "fair", "perimeter", {"corners": [[13.26, 53.55]]})
        its.close()
    its = open_at(url_of(url))
    assert unfinished(its, ANN, "fair", "perimeter") == {"corners": [[13.26, 53.55]]}
    its.close()


def test_what_is_too_long_or_no_value_leaves_what_was_there(small: Store) -> None:
    keep_fields(small, ANN, "fair", "incident", {"what": "tree"})
    for wrong in ("x" * MOST_CHARS, {1, 2}, float("nan")):
        with pytest.raises(StoreError):
            keep_fields(small, ANN, "fair", "incident", {"what": wrong})
    assert unfinished(small, ANN, "fair", "incident") == {"what": "tree"}
    keep_fields(small, ANN, "fair", "incident", {"what": "x" * (MOST_CHARS - len('{"what":""}'))})


def test_the_oldest_goes_first_and_nobody_elses(small: Store) -> None:
    keep_fields(small, BEN, "fair", "f0", {"n": 0})
    for n in range(MOST_ENTRIES + 2):
        keep_fields(small, ANN, "fair", f"f{n}", {"n": n})
    keep_fields(small, ANN, "fair", "f2", {"n": 2})  # touched again: now the newest
    keep_fields(small, ANN, "fair", "last", {"n": -1})
    kept = [n for n in range(MOST_ENTRIES + 2) if unfinished(small, ANN, "fair", f"f{n}")]
    assert kept == [2, *range(4, MOST_ENTRIES + 2)]
    assert unfinished(small, BEN, "fair", "f0") == {"n": 0}


def test_its_time_is_over(store: Store) -> None:
    """Not shown from then on, and swept with the next entry of anybody."""
    keep_fields(store, ANN, "fair", "sick", {"who": "P7"}, days=2)
    keep_fields(store, ANN, "fair", "incident", {"what": "tree"})
    later(store, "sick")
    assert unfinished(store, ANN, "fair", "sick") == {}
    assert count(store) == 2
    keep_fields(store, BEN, "fair", "sick", {"who": "P8"}, days=2)
    assert count(store) == 2
    keep_fields(store, ANN, "fair", "sick", {"from": 900})
    assert unfinished(store, ANN, "fair", "sick") == {"from": 900}
    later(store, "sick")
    assert (sweep(store), count(store), sweep(store)) == (2, 1, 0)


def test_a_draft_takes_along_what_was_begun(store: Store) -> None:
    """Only this person's; what is there already under the draft stays as it is."""
    for who in (ANN, BEN):
        keep_fields(store, who, "crossroads", "perimeter", {"corners": [[1, 2]]})
    keep_fields(store, ANN, "crossroads", "incident", {"what": "old"})
    keep_fields(store, ANN, "draft1", "incident", {"what": "new"})
    carry(store, ANN, "crossroads", "draft1")
    assert unfinished(store, ANN, "draft1", "perimeter") == {"corners": [[1, 2]]}
    assert unfinished(store, ANN, "crossroads", "perimeter") == {}
    assert unfinished(store, ANN, "draft1", "incident") == {"what": "new"}
    assert unfinished(store, BEN, "crossroads", "perimeter") == {"corners": [[1, 2]]}


def test_fields_typed_at_once_in_many_tabs_all_stand(store: Store) -> None:
    def one(n: int) -> None:
        keep_fields(store, ANN, "fair", "incident", {f"field{n}": n})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(12)))
    assert unfinished(store, ANN, "fair", "incident") == {f"field{n}": n for n in range(12)}


def test_it_is_no_edit_no_entry_and_in_no_exported_file(small: Store, tmp_path: Path) -> None:
    """Trail, revision, undo and the exported file are as if nothing had been typed."""
    its = shelf.create(small, "Fair", who=ANN, parent="crossroads")
    apply(small, its, Rename("Night fair"), who=ANN, seen=0)
    plain, trail = shelf.read(small, its), entries(small)
    keep_fields(small, ANN, its, "sick", {"who": "P-secret"})
    assert (shelf.read(small, its), entries(small)) == (plain, trail)
    assert undo(small, its, who=ANN) is not None
    assert unfinished(small, ANN, its, "sick") == {"who": "P-secret"}
    path = tmp_path / "fair.vedette"
    export(small, its, Inputs(library()["crossroads"]), path, who=ANN)
    with zipfile.ZipFile(path) as file:
        assert not [name for name in file.namelist() if b"P-secret" in file.read(name)]


def entries(store: Store) -> list[object]:
    with store.reading() as conn:
        return list(read_trail(conn))
