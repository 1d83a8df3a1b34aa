"""What was read of a map is kept between runs: the same to the bit, and never trusted when anything is off."""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np
import pytest

from geodata import kept, saying
from geodata.errors import Finding, GeodataError
from geodata.ground import Ground, load_ground
from geodata.saying import later, mark, told, told_by

from .osm_text import osm_file


def same(a, b, where="ground"):
    """Fail where two values differ in type, bits, or whether they may be written to."""
    assert type(a) is type(b), where
    if is_dataclass(a):
        for field in fields(a):
            if not field.init:
                continue  # worked out later, not kept
            same(getattr(a, field.name), getattr(b, field.name), f"{where}.{field.name}")
    elif isinstance(a, np.ndarray):
        assert a.dtype == b.dtype, where
        assert a.shape == b.shape, where
        assert a.tobytes() == b.tobytes(), where
        assert a.flags.writeable == b.flags.writeable, where
    elif isinstance(a, dict):
        assert list(a) == list(b), where
        for key in a:
            same(a[key], b[key], f"{where}[{key}]")
    elif isinstance(a, (tuple, list)):
        assert len(a) == len(b), where
        for k, (one, other) in enumerate(zip(a, b, strict=True)):
            same(one, other, f"{where}[{k}]")
    else:
        assert a == b, where


@pytest.fixture
def crossroads(tmp_path):
    """The shipped crossroads' map, in a folder of its own, and a folder to keep grounds in."""
    root = Path(__file__).resolve().parents[2] / "scenarios/library/crossroads"
    file = next(path for path in root.iterdir() if ".osm" in path.name)
    return Path(shutil.copy(file, tmp_path)), tmp_path / "kept"


@pytest.fixture
def no_reading(monkeypatch):
    """From the call on, reading a map fails."""

    def forbid():
        def fail(*_args, **_kwargs):
            pytest.fail("the map was read again")

        monkeypatch.setattr("geodata.groundread.read_ground", fail)

    return forbid


def test_a_second_reading_is_the_first_to_the_bit(crossroads, no_reading):
    map_file, folder = crossroads
    fresh = load_ground(map_file, profiles=("car", "foot", "bike"), keep_in=folder)
    fresh.router("car")  # what is made on the way is not kept
    no_reading()
    same(fresh, load_ground(map_file, profiles=("car", "foot", "bike"), keep_in=folder))


def test_the_town_survives_with_rail_sites_and_names(town, tmp_path):
    kept.write_kept(tmp_path / "town.ground", town)
    again = kept.read_kept(tmp_path / "town.ground", Ground)
    assert again is not None
    same(town, again)
    assert len(again.rail.sections) > 20


def test_what_is_told_later_is_kept_to_be_told(tmp_path):
    """A sentence inside of another one too; a finding keeps its words in whatever language it is read."""
    text = later(mark("{n} of {what}"), n=np.int64(2), what=later(mark("three")))
    kept.write_kept(tmp_path / "x.ground", Finding("c", "info", text, 1, (), "plain"))
    found = kept.read_kept(tmp_path / "x.ground", Finding)
    assert found is not None
    assert (found.text, found.remedy) == ("2 of three", "plain")
    before = list(saying._voice)
    told_by({"{n} of {what}": "{what}: {n}", "three": "drei"}.__getitem__)
    try:
        assert told(found.text) == "drei: 2"
        assert told(found.remedy) == "plain"
    finally:
        saying._voice[:] = before


@pytest.mark.parametrize(
    "change",
    [{"profiles": ("car",)}, {"section_m": 400.0}, {"crs": "EPSG:25833"}, {"turns": True}, {"rail_modes": ("tram",)}],
)
def test_another_question_is_another_file(crossroads, change):
    map_file, folder = crossroads
    load_ground(map_file, keep_in=folder)
    load_ground(map_file, keep_in=folder, **change)
    assert len(list(folder.glob("*.ground"))) == 2


def test_another_map_of_the_same_name_is_read(tmp_path):
    folder, file = tmp_path / "kept", tmp_path / "town.osm"
    lengths = []
    for east_m in (500.0, 1000.0):
        osm_file(file, {1: (0.0, 0.0), 2: (east_m, 0.0)}, {1: ((1, 2), {"highway": "primary"})})
        lengths.append(load_ground(file, keep_in=folder).network("car").edge_length_m.sum())
    assert lengths[1] > 1.9 * lengths[0]


def test_other_code_or_other_libraries_read_again(crossroads, monkeypatch):
    map_file, folder = crossroads
    load_ground(map_file, keep_in=folder)
    monkeypatch.setattr(kept, "version", lambda _package: "0.0")
    load_ground(map_file, keep_in=folder)
    monkeypatch.undo()
    monkeypatch.setattr(kept, "_FORMAT", "other")
    load_ground(map_file, keep_in=folder)
    assert len(list(folder.glob("*.ground"))) == 3


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "other class", "code", "not a ground"])
def test_a_damaged_or_planted_file_is_made_anew(crossroads, damage, tmp_path, caplog):
    map_file, folder = crossroads
    fresh = load_ground(map_file, keep_in=folder)
    file = next(folder.glob("*.ground"))
    raw = bytearray(file.read_bytes())
    if damage == "cut":
        raw = raw[: len(raw) // 2]
    elif damage == "flip":
        raw[len(raw) // 2] ^= 1
    elif damage == "empty":
        raw = bytearray()
    else:  # a right check sum does not make it trusted
        value = {"other class": Path("x"), "code": _Planted(tmp_path / "planted"), "not a ground": ("ground",)}[damage]
        body = pickle.dumps(value, protocol=5)
        raw = bytearray(hashlib.sha256(body).digest() + body)
    file.write_bytes(raw)
    same(fresh, load_ground(map_file, keep_in=folder))
    assert "is not used" in caplog.text
    assert not (tmp_path / "planted").exists()
    caplog.clear()
    same(fresh, load_ground(map_file, keep_in=folder))
    assert not caplog.text  # and the damaged file was replaced


class _Planted:
    """Makes a folder when it is unpickled by a reader that trusts what it reads."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_a_folder_that_cannot_be_written_costs_nothing_else(crossroads, tmp_path):
    map_file, _ = crossroads
    (tmp_path / "file").write_text("no folder")
    assert load_ground(map_file, keep_in=tmp_path / "file").network("car").n_edges


def test_room_is_made_by_what_was_used_longest_ago(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "_ROOM_BYTES", 400)
    for k in range(2):  # about 150 bytes each: two fit
        kept.write_kept(tmp_path / f"{k}.ground", "x" * 100)
        os.utime(tmp_path / f"{k}.ground", (k, k))
    assert kept.read_kept(tmp_path / "0.ground", str)  # used again
    kept.write_kept(tmp_path / "2.ground", "x" * 100)
    assert sorted(path.name for path in tmp_path.glob("*.ground")) == ["0.ground", "2.ground"]


def test_maps_with_files_beside_them_and_faults_are_not_kept(tmp_path):
    folder = tmp_path / "kept"
    with pytest.raises(GeodataError):
        load_ground(tmp_path / "nowhere.osm", keep_in=folder)
    assert kept.place_of(tmp_path / "roads.shp", {}, folder) is None
    assert not folder.exists()
