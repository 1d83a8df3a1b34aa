"""Maps damaged at random, and maps of formats never seen: a map or a report, never anything else.

``python tests/geodata/test_fuzz_maps.py 5000 7`` draws 5,000 with seed 7 and prints what fails.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

import pytest

from geodata.errors import GeodataError
from geodata.ground import load_ground

BROKEN = Path(__file__).parent / "broken"
SEEDS = (
    "ten_stations.osm", "odd_tags.osm", "gbk.geojson", "props_nested.geojson", "fr.geojson", "names_cut_in_two.zip",
    "samename.zip", "nogeo_wkb.parquet", "web_mercator.gpkg", "map.kml", "placeless.graphml",
)  # fmt: skip


def damaged(data: bytes, rng: random.Random) -> bytes:
    """One to six bytes changed for likely ones, a bit turned, a stretch cut out or repeated, or the end missing."""
    out = bytearray(data)
    kind = rng.randrange(5)
    at = rng.randrange(len(out))
    if kind == 0:
        for _ in range(rng.randint(1, 6)):
            at = rng.randrange(len(out))
            digits = 48 <= out[at] < 58
            out[at] = rng.choice(b"0123456789.-e") if digits else rng.choice(out)
    elif kind == 1:
        out[at] ^= 1 << rng.randrange(8)
    elif kind == 2:
        del out[at : at + rng.randint(1, 200)]
    elif kind == 3:
        out[at:at] = out[at : at + rng.randint(1, 300)] * rng.randint(1, 4)
    else:
        del out[at:]
    return bytes(out)


def survived(path: Path) -> bool:
    """Whether reading a file ends in a map or in a report that says something."""
    try:
        load_ground(path, need_roads=False)
    except GeodataError as error:
        return bool(str(error))
    return True


@pytest.mark.parametrize("name", SEEDS)
def test_damaged_maps_end_in_a_map_or_a_report(name, tmp_path):
    rng = random.Random(name)
    whole = (BROKEN / name).read_bytes()
    for _ in range(25):
        (tmp_path / name).write_bytes(damaged(whole, rng))
        assert survived(tmp_path / name)


def _by_hand(n: int, seed: int) -> None:
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        for k in range(n):
            name = SEEDS[k % len(SEEDS)]
            path = Path(folder) / name
            path.write_bytes(damaged((BROKEN / name).read_bytes(), rng))
            try:
                survived(path)
            except Exception as error:  # noqa: BLE001 - that is what is looked for
                print(k, name, type(error).__name__, str(error)[:200])
    print(f"{n} maps drawn with seed {seed}")


if __name__ == "__main__":
    _by_hand(int(sys.argv[1]), int(sys.argv[2]))
