"""A view comes back from its file as it went in."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from scenarios.tongue import speaking
from scenarios.viewfile import read_view, write_view
from tests.scenarios.publish.webmap_town import town


def same(a: object, b: object) -> bool:
    """Equal all the way down, arrays within a centimetre."""
    if isinstance(a, np.ndarray):
        return (
            isinstance(b, np.ndarray) and a.shape == b.shape and bool(np.allclose(a, b, atol=0.01))
        )
    if dataclasses.is_dataclass(a):
        return type(a) is type(b) and all(
            same(getattr(a, f.name), getattr(b, f.name)) for f in dataclasses.fields(a)
        )
    if isinstance(a, tuple):
        return isinstance(b, tuple) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    return a == b


def test_a_view_comes_back(tmp_path: Path) -> None:
    """Every field, the zone of its clock included."""
    view = town()
    write_view(view, tmp_path / "view.json.gz")
    back = read_view(tmp_path / "view.json.gz")
    assert same(view, back)
    assert back.span(0, 12 * 3600) == view.span(0, 12 * 3600)


def test_equal_views_give_equal_bytes(tmp_path: Path) -> None:
    """No clock time of the writing in the file."""
    write_view(town(), tmp_path / "a")
    write_view(town(), tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_fields_that_a_newer_version_wrote_are_left_out(tmp_path: Path) -> None:
    """An older program reads what it knows."""
    import gzip
    import json

    write_view(town(), tmp_path / "a")
    data = json.loads(gzip.decompress((tmp_path / "a").read_bytes()))
    data["from_tomorrow"] = 1
    data["posts"][0]["from_tomorrow"] = 1
    (tmp_path / "b").write_bytes(gzip.compress(json.dumps(data).encode()))
    assert same(read_view(tmp_path / "b"), town())


def test_a_damaged_file_is_refused_with_its_name(tmp_path: Path) -> None:
    """Cut short, no archive at all, or without a field that is needed."""
    import gzip

    write_view(town(), tmp_path / "a")
    whole = (tmp_path / "a").read_bytes()
    for broken in (
        whole[:-200],
        b"no archive",
        gzip.compress(b'{"title": "x"}'),
        gzip.compress(b"[1]"),
    ):
        (tmp_path / "b").write_bytes(broken)
        with pytest.raises(ValueError, match="b was kept by another version or is damaged"):
            read_view(tmp_path / "b")
        with speaking("zh"), pytest.raises(ValueError, match="b 由其他版本保存或已损坏"):
            read_view(tmp_path / "b")
