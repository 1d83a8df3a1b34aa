"""An office that shares one server: what one machine makes, the other plans; and projects to keep things apart."""

from pathlib import Path

import pytest

from scenarios import drafts
from scenarios.starting.begin import from_map_file
from scenarios.starting.given import Event
from scenarios.store import projects, shelf
from scenarios.store.errors import StoreError
from scenarios.store.place import Store, open_store
from scenarios.store.trail import WHOLE, read_trail
from tests.scenarios.store.samples import CLOSURE, SESSION


def test_two_machines_see_the_same_scenarios(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, project_root: Path
) -> None:
    """Files of its own travel by the server; each machine lays them out for itself."""
    monkeypatch.setenv("VEDETTE_STORE", postgres_url)
    town = (project_root / "scenarios/library/crossroads/crossroads.osm").read_bytes()
    event = Event("Night market", "Europe/Berlin", "2026-06-12 17:00", "2026-06-13 00:00")
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path / "one"))
    ref = from_map_file(open_store(), event, "town.osm", town, officers=4, stewards=2, who="Ann")
    mine = drafts.add("crossroads", "session", SESSION, who="Ann")
    digest = drafts.loaded(drafts.find(ref)).digest

    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path / "two"))
    assert drafts.loaded(drafts.find(ref)).digest == digest
    assert Path(drafts.find(ref).base).is_relative_to(tmp_path / "two")
    theirs = drafts.find(mine.id).draft
    assert theirs is not None
    drafts.edit(theirs, drafts.AddChange("closure", CLOSURE), who="Ben")

    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path / "one"))
    with pytest.raises(drafts.Conflict) as caught:
        drafts.rename(mine, "Fair", who="Ann")
    assert caught.value.difference.headline().endswith("Ben (1 edit).")
    assert len(drafts.loaded(drafts.find(mine.id)).scenario.closures) == 1
    assert not (tmp_path / "one" / "store.db").exists()


def test_projects_keep_scenarios_apart(store: Store) -> None:
    summer = projects.create(store, " Summer\n2026 ", who="Ann")
    winter = projects.create(store, "Winter", who="Ben")
    its = shelf.create(store, "Fair", who="Ann", parent="crossroads", project=summer.id)
    shelf.create(store, "Loose", who="Ann", parent="crossroads")
    assert [p.name for p in projects.projects(store)] == [projects.FIRST_NAME, "Summer 2026", "Winter"]
    assert [s.name for s in shelf.shelf(store, summer.id)] == ["Fair"]
    projects.rename(store, winter.id, "Advent", who="Ben")
    with pytest.raises(StoreError, match="a project without scenarios"):
        projects.delete(store, summer.id, who="Ann")
    shelf.delete(store, its, who="Ann")
    projects.delete(store, summer.id, who="Ann")
    assert [p.name for p in projects.projects(store)] == ["Advent", projects.FIRST_NAME]
    with pytest.raises(KeyError):
        projects.rename(store, summer.id, "x", who="Ann")
    with pytest.raises(StoreError, match="a name"):
        projects.create(store, " \n ", who="Ann")
    with store.reading() as conn:
        said = [(e.who, e.what, e.text) for e in read_trail(conn, WHOLE)]
    assert said == [
        ("Ann", "created", 'Project "Summer 2026" is made.'), ("Ben", "created", 'Project "Winter" is made.'),
        ("Ben", "renamed", 'Project "Winter" is now called "Advent".'),
        ("Ann", "deleted", 'Project "Summer 2026" is removed.'),
    ]  # fmt: skip
