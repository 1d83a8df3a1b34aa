from __future__ import annotations

from pathlib import Path

import pytest

from geodata.ground import Ground, load_ground

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def town() -> Ground:
    """The shipped town, read once."""
    return load_ground(ROOT / "scenarios/library/neubrandenburg/neubrandenburg.osm.pbf")


@pytest.fixture(scope="session")
def more_maps() -> Path:
    """Maps beside the checkout that are not shipped with it."""
    folder = ROOT.parent / "shared/data/osm"
    if not folder.is_dir():
        pytest.skip("the further maps (../shared/data/osm) are not beside this checkout")
    return folder
