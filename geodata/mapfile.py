"""A map file of any format read into one form: WGS-84 degrees and tags as in OpenStreetMap."""

from __future__ import annotations

import os
from pathlib import Path

from geodata.errors import Fault, GeodataError
from geodata.gisfiles import Reading, read_gis
from geodata.gislayers import SUFFIXES as GIS_SUFFIXES
from geodata.gislayers import sniff
from geodata.osm import SUFFIXES as OSM_SUFFIXES
from geodata.osm import Clip, OsmData, read_osm
from geodata.osmtext import Progress
from geodata.saying import say
from geodata.suspicion import leave_out_far


def is_osm(path: str | Path) -> bool:
    """Whether a file is OpenStreetMap's own format, by its first bytes and then by its name."""
    path = Path(path)
    kind = sniff(path) if path.is_file() else ""
    return kind == "osm" or (kind in {"", "xml"} and path.name.lower().endswith(OSM_SUFFIXES))


def read_map(
    path: str | Path,
    reading: Reading | None = None,
    *,
    clip_box: Clip | None = None,
    on_progress: Progress | None = None,
) -> OsmData:
    """Read a map of any format into one form (WGS-84 degrees, tags as in OpenStreetMap).

    ``on_progress`` is called with a stage's name and a share that rises to 1.

    Raises
    ------
    GeodataError
        No such file, empty, not a map, damaged, or nothing of use in it.
    """
    path = Path(path)
    expected = ", ".join((*OSM_SUFFIXES, *GIS_SUFFIXES))
    if not path.is_file():
        what = say("there is no map file {name}", name=path.name)
        if path.is_dir():
            what = say("{name} is a folder, not a map", name=path.name)
        mend = say("Give the map file in it, or pack the folder as .zip if it is a Shapefile.") if path.is_dir() else ""
        raise GeodataError([Fault(what, expected=say("a file ({expected})", expected=expected), mend=mend)])
    if not os.access(path, os.R_OK):
        raise GeodataError(
            [Fault(say("{name} may not be read", name=path.name),
                   expected=say("a file that you have the right to read"),
                   mend=say("Ask its owner for that right."))]
        )  # fmt: skip
    if path.stat().st_size == 0:
        raise GeodataError(
            [Fault(say("{name} is empty", name=path.name), expected=say("a map ({expected})", expected=expected),
                   mend=say("Download or export it again."))]
        )  # fmt: skip
    with path.open("rb") as file:
        head = file.read(200).lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")):
        raise GeodataError(
            [Fault(say("{name} is a web page, not a map", name=path.name),
                   expected=say("a map ({expected})", expected=expected),
                   mend=say("The server answered with a page, perhaps an error; open it to see, and download again."))]
        )  # fmt: skip
    if is_osm(path):
        return leave_out_far(read_osm(path, clip_box=clip_box, on_progress=on_progress))
    if not sniff(path) and not path.name.lower().endswith(GIS_SUFFIXES):
        raise GeodataError([Fault(say("{name} is not a map format read here", name=path.name), expected=expected)])
    data = leave_out_far(read_gis(path, reading, clip_box=clip_box))
    if on_progress is not None:
        on_progress("reading the file", 1.0)
    return data
