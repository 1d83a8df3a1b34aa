"""The one door to GDAL for files from outside: only its drivers that read the file itself, and no way to a network.

GDAL goes by content and not by name. Of its sixty drivers some are recipes (VRT, GDALG) that read whatever other file
or address they name, and some are clients of servers (WFS, HTTP). A map must not be able to ask for those.
"""

from __future__ import annotations

from threading import Lock
from types import ModuleType
from typing import Any

#: Drivers that read what lies in the file and beside it under its own name; see ``outside.py`` for what these follow.
READ = frozenset({
    "DXF", "ESRI Shapefile", "ESRIJSON", "FlatGeobuf", "GML", "GPKG", "GeoJSON", "GeoJSONSeq", "KML", "LIBKML",
    "MapInfo File", "TopoJSON",
})  # fmt: skip
#: Settings of GDAL: no schema is fetched, no link in a GML is followed, and what asks all the same ends at a closed
#: port of this machine.
_SETTINGS = {"GML_DOWNLOAD_SCHEMA": "NO", "GML_SKIP_RESOLVE_ELEMS": "ALL", "GDAL_HTTP_PROXY": "127.0.0.1:9"}
_lock = Lock()
_done: list[ModuleType] = []


def pyogrio() -> Any:
    """The library, with every other driver taken out of GDAL for good.

    Raises
    ------
    RuntimeError
        This build of the library does not let go of its other drivers; then no file is opened at all.
    """
    import pyogrio as library

    with _lock:
        if not _done:
            _let_go(library)
            _done.append(library)
    return library


def _let_go(library: ModuleType) -> None:
    from pyogrio import (
        _ogr,  # GDAL reads OGR_SKIP only while it registers drivers, which the import has done already
    )

    others = set(library.list_drivers()) - READ
    library.set_gdal_config_options({**_SETTINGS, "OGR_SKIP": ",".join(sorted(others))})
    getattr(_ogr, "_register_drivers", int)()  # what the import itself calls; whether it served is looked at below
    left = set(library.list_drivers()) - READ
    if left:
        raise RuntimeError(f"GDAL still has drivers that are not to read maps: {', '.join(sorted(left))}")
