"""Read one OpenStreetMap file by the fast way, and by way of a copy in good order where the fast way cannot."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

import numpy as np
import osmium

from geodata.errors import Drops, Fault, GeodataError
from geodata.osmkind import SUFFIXES, OsmKind, kind_of_file, names_deleted, nodes_after_ways
from geodata.osmorder import MOST_BYTES, put_in_order, unshifted
from geodata.osmtext import Progress, RawOsm, RawRelation, multipolygons, read_raw
from geodata.saying import say

_log = logging.getLogger(__name__)

NODE_KEYS = ("railway", "barrier", "entrance", "place")
FEATURE_KEYS = (
    "amenity", "railway", "public_transport", "leisure", "tourism", "shop", "office", "emergency", "building",
    "landuse", "natural", "waterway", "place", "man_made", "historic", "aeroway", "power",
)  # fmt: skip
_EVERY_KEY = tuple(dict.fromkeys(("highway", *NODE_KEYS, *FEATURE_KEYS, "area", "route", "type")))
_ROAD_KEYS = ("highway", "railway", "barrier", "route", "type")
_OPEN_RINGS = "multipolygon whose rings do not close (members missing)"
_UNSORTED = "multipolygon not joined: the file is not sorted by id"
# What osmium says of files that can be put in order and read then.
_CAN_BE_ORDERED = ("twice", "invalid location", "without version", "Unknown element", "version",
                   "wrong format for coordinate", "illegal id")  # fmt: skip


def read_file(
    path: Path, drops: Drops, *, roads_only: bool = False, on_progress: Progress | None = None
) -> tuple[RawOsm, str]:
    """Read a file as it is, or put in order first where it has to be.

    Parameters
    ----------
    path, roads_only, on_progress
        As in :func:`geodata.osm.read_osm`.
    drops
        Told of deleted objects, older versions and impossible places of a file that was put in order.

    Returns
    -------
    tuple of (RawOsm, str)
        And the reason for which areas may be missing.

    Raises
    ------
    GeodataError
        The file is no map, is damaged, or there is no room for scratch files.
    """
    kind = _check(path)
    why_missing = _OPEN_RINGS
    small = path.stat().st_size <= MOST_BYTES
    try:
        if small and names_deleted(path, kind):
            return _ordered(path, kind, roads_only, drops, on_progress), _OPEN_RINGS
        try:
            raw = _read(path, kind.format, roads_only, on_progress)
        except (RuntimeError, ValueError, OverflowError, osmium.InvalidLocationError) as error:
            if small and any(word in str(error) for word in _CAN_BE_ORDERED):
                _log.info("%s is put in order first (%s)", path.name, error)
                return _ordered(path, kind, roads_only, drops, on_progress), _OPEN_RINGS
            if roads_only or "out of order" not in str(error):
                raise
            # Rings can only be joined in a sorted file; roads and closed ways can be read from any.
            _log.warning("%s is not sorted by id: multipolygons are left out", path.name)
            raw = _read(path, kind.format, roads_only, on_progress, areas=False)
            raw.areas_wanted = multipolygons(path, FEATURE_KEYS, kind.format)
            why_missing = _UNSORTED
        if small and _is_odd(raw, path, kind):
            return _ordered(path, kind, roads_only, drops, on_progress), _OPEN_RINGS
        return raw, why_missing
    except OSError as error:
        raise GeodataError(
            [
                Fault(
                    say("{name} cannot be read: its scratch file in {folder} cannot be written ({error})",
                        name=path.name, folder=tempfile.gettempdir(), error=error.strerror or error),
                    expected=say("room for about as much as the unpacked map, and the right to write there"),
                    mend=say("Make room, or set TMPDIR to another folder."),
                )
            ]
        ) from None
    except (RuntimeError, ValueError, OverflowError, osmium.InvalidLocationError) as error:
        if isinstance(error, GeodataError):
            raise
        raise GeodataError(
            [
                Fault(
                    say("{name} cannot be read as OpenStreetMap data ({error})", name=path.name, error=error),
                    expected=say("a whole file written by an OpenStreetMap tool"),
                    mend=say("Download or export it again; it may be cut short."),
                )
            ]
        ) from None


def _read(
    path: Path, form: str, roads_only: bool, on_progress: Progress | None, *, areas: bool = True
) -> RawOsm:
    return read_raw(
        path, _ROAD_KEYS if roads_only else _EVERY_KEY, FEATURE_KEYS if areas and not roads_only else (),
        whole_relations=lambda tags: tags.get("type", "").startswith("restriction"), form=form,
        on_progress=on_progress,
    )  # fmt: skip


def _is_odd(raw: RawOsm, path: Path, kind: OsmKind) -> bool:
    """Whether what osmium read is not what the file says: ids below zero, ids twice, nodes after their ways."""
    if any(len(ids) and (len(set(ids)) < len(ids) or min(ids) < 0) for ids in (raw.node, raw.way)):
        return True
    if any(k < 0 for k in raw.areas_wanted) or (len(raw.ref) and int(raw.ref.min()) < 0):
        return True
    missing = np.isnan(raw.lonlat[:, 0])
    if len(missing) and missing.all() and kind.is_text:  # Overpass's ``out geom`` has places in the ways alone
        return True
    return bool(missing.any()) and nodes_after_ways(path, kind)


def _ordered(
    path: Path, kind: OsmKind, roads_only: bool, drops: Drops, on_progress: Progress | None
) -> RawOsm:
    """Read a file by way of a copy in good order; ids come back as the file has them."""
    with tempfile.TemporaryDirectory(prefix="vedette-map-") as folder:
        copy = Path(folder) / "ordered.opl"
        put_in_order(path, kind, copy, drops)
        raw = _read(copy, "opl", roads_only, on_progress)
    raw.node, raw.way = [unshifted(k, "n") for k in raw.node], [unshifted(k, "w") for k in raw.way]
    raw.ref = np.array([unshifted(k, "n") for k in raw.ref.tolist()], dtype=np.int64)
    raw.relations = [
        RawRelation(
            unshifted(r.osm_id, "r"), r.tags, tuple((who, unshifted(k, who), role) for who, k, role in r.members)
        )
        for r in raw.relations
    ]
    raw.areas = [(unshifted(k, "r"), shape) for k, shape in raw.areas]
    raw.areas_wanted = {unshifted(k, "r"): tags for k, tags in raw.areas_wanted.items()}
    return raw


def _check(path: Path) -> OsmKind:
    expected = ", ".join(SUFFIXES)
    if not path.is_file():
        what = say("there is no map file {name}", name=path.name)
        if path.is_dir():
            what = say("{name} is a folder, not a map", name=path.name)
        raise GeodataError([Fault(what, expected=say("a file ({expected})", expected=expected))])
    try:
        kind = kind_of_file(path)
    except PermissionError:
        raise GeodataError(
            [Fault(say("{name} may not be read", name=path.name),
                   expected=say("a file that you have the right to read"),
                   mend=say("Ask its owner for that right."))]
        ) from None  # fmt: skip
    if not kind.format and not path.name.lower().endswith(SUFFIXES):
        raise GeodataError([Fault(say("{name} is not a map format read here", name=path.name), expected=expected)])
    return kind
