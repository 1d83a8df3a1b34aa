"""Open GIS files layer by layer: what format it is, which CRS and which text encoding, all in WGS-84 degrees."""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geodata.crs import bad_rows, from_datum, source_to_lonlat
from geodata.dbftexts import dbf_encoding, table_of, whole_signs
from geodata.drivers import pyogrio
from geodata.errors import Fault, Finding, GeodataError
from geodata.outside import refuse_outside
from geodata.saying import say
from geodata.unpack import copy_with_table, damaged, unpack

SUFFIXES = (
    ".gpkg",
    ".geojson",
    ".json",
    ".shp",
    ".parquet",
    ".geoparquet",
    ".fgb",
    ".graphml",
    ".geojsonl",
    ".ndjson",
    ".kml",
    ".kmz",
    ".gml",
    ".tab",
    ".mif",
    ".dxf",
    ".gpx",
    ".zip",
    ".tar",
    ".tar.gz",
    ".tgz",
)
_MOST_BAD_ROWS = 0.1
_GEOMETRY_NAMES = ("geometry", "geom", "wkb_geometry", "wkb", "wkt", "the_geom", "shape")


class HowToRead(Protocol):
    """The parts of :class:`geodata.gisfiles.Reading` used here."""

    @property
    def source_crs(self) -> object: ...  # noqa: D102
    @property
    def datum(self) -> str: ...  # noqa: D102
    @property
    def encoding(self) -> str | None: ...  # noqa: D102
    @property
    def layer(self) -> str | None: ...  # noqa: D102


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer: a table, its shapes in WGS-84 degrees, and what is wrong or doubtful with it."""

    name: str
    driver: str
    frame: pd.DataFrame
    shapes: npt.NDArray[np.object_]
    faults: list[Fault] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)


def sniff(path: Path) -> str:
    """Say what a file is by its first bytes, then by its name.

    ``osm``, a GIS format, ``archive``, ``xml`` that is none of these, or an empty text.
    """
    name = path.name.lower()
    with path.open("rb") as file:
        head = file.read(4096)
    if head[:4] == b"PAR1":
        return "parquet"
    if head[:15] == b"SQLite format 3":
        return "gpkg"
    if head[:4] == b"\x00\x00\x27\x0a":
        return "shp"
    if head[:3] == b"fgb":
        return "fgb"
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return "archive"
    if b"OSMHeader" in head[:64]:
        return "osm"
    if head[:2] == b"\x1f\x8b" or head[:3] == b"BZh" or head[257:262] == b"ustar":
        return "archive" if name.endswith((".tar", ".tar.gz", ".tgz", ".tar.bz2")) else "osm"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] == b"<":
        return _xml_kind(text)
    if text[:1] in (b"{", b"[", b"\x1e") or head[:4] in (b"\xff\xfe{\0", b"\xfe\xff\0{"):
        return "geojson"
    return ""


_ROOTS = {
    "graphml": "graphml", "osm": "osm", "osmChange": "osm", "kml": "kml", "gpx": "gpx", "FeatureCollection": "gml",
}  # fmt: skip
#: What may stand before the first element: declaration, comments, document type.
_BEFORE = re.compile(rb"(?>\s+|<\?.*?\?>|<!--.*?-->|<![A-Z][^\[>]*(?:\[.*?\]\s*)?>)*", re.DOTALL)
_FIRST = re.compile(rb"<([\w.-]+:)?([\w.-]+)([^>]*)")


def _xml_kind(text: bytes) -> str:
    """The format that the first element of an XML text says; ``xml`` for one that is none of ours.

    What it mentions further down is no sign: a recipe to read another file (VRT) may name any format in a comment.
    """
    before = _BEFORE.match(text)
    first = _FIRST.match(text, 0 if before is None else before.end())
    if first is None:
        return "xml"
    return _ROOTS.get(first[2].decode("ascii", "replace"), "gml" if b"opengis.net/gml" in first[3] else "xml")


def open_layers(path: Path, how: HowToRead) -> Iterator[Layer]:
    """Yield the layers of a file or archive; a damaged file raises :class:`GeodataError`."""
    kind = sniff(path)
    if kind == "archive":
        yield from _archive(path, how)
    elif kind == "graphml":
        from geodata.graphml import read_graphml

        frame, shapes, crs = read_graphml(path)
        yield _finished(path.stem, "GraphML", frame, shapes, crs, how)
    elif kind == "osm":
        raise GeodataError(
            [Fault(say("{name} in an archive with other maps is OpenStreetMap's format", name=path.name),
                   expected=say("one format"),
                   mend=say("Unpack the archive and give that file alone."))]
        )  # fmt: skip
    elif kind == "parquet":
        yield _parquet(path, how)
    elif kind == "xml":
        raise GeodataError(
            [Fault(say("{name} is not a map format read here", name=path.name), expected=", ".join(SUFFIXES))]
        )
    else:
        refuse_outside(path, kind)
        yield from _ogr(path, kind, how)


def _archive(path: Path, how: HowToRead) -> Iterator[Layer]:
    """Unpack what can be a layer and read each."""
    with tempfile.TemporaryDirectory(prefix="vedette-map-") as folder:
        for target in unpack(path, Path(folder)):
            if sniff(target) == "archive":  # whatever it is called: archives in archives may go on for ever
                raise GeodataError(
                    [Fault(say("{name} is an archive in an archive", name=target.name), expected=say("a map"),
                           mend=say("Unpack the archive inside and give that."))]
                )  # fmt: skip
            yield from open_layers(target, how)


def _parquet(path: Path, how: HowToRead) -> Layer:
    import geopandas

    try:
        data = geopandas.read_parquet(path)
        # Texts are decoded here, so that damaged ones are found here.
        frame = pd.DataFrame(data.drop(columns=data.geometry.name)).astype(object)
        shapes, crs = np.asarray(data.geometry.values, dtype=object), data.crs
    except ValueError as error:
        if "geo metadata" not in str(error):
            raise damaged(path.name, str(error)) from None
        frame, shapes = _plain_parquet(path)
        crs = None
    except Exception as error:  # noqa: BLE001 - what readers raise on damaged bytes is in no contract
        raise damaged(path.name, str(error)) from None
    return _finished(path.stem, "Parquet", frame, shapes, crs, how)


def _plain_parquet(path: Path) -> tuple[pd.DataFrame, npt.NDArray[np.object_]]:
    """A table without geo metadata: its shapes are in a column of WKB or WKT, found by name and first value."""
    try:
        frame = pd.read_parquet(path)
        for name in sorted(map(str, frame.columns), key=lambda c: (c.lower() not in _GEOMETRY_NAMES, c)):
            some = frame[name].dropna()
            first = some.iloc[0] if len(some) else None
            read = shapely.from_wkb if isinstance(first, bytes) else shapely.from_wkt
            named = isinstance(first, str) and name.lower() in _GEOMETRY_NAMES
            if named or isinstance(first, bytes):
                values = frame[name].where(frame[name].notna(), None).to_numpy(dtype=object)
                with np.errstate(all="ignore"):
                    shapes = np.asarray(read(values, on_invalid="ignore"), dtype=object)
                if not shapely.is_missing(shapes).all():
                    return frame.drop(columns=name).astype(object), shapes
    except Exception as error:  # noqa: BLE001 - as above
        raise damaged(path.name, str(error)) from None
    raise GeodataError(
        [Fault(say("{name} is a table without shapes", name=path.name), tuple(map(str, frame.columns[:3])),
               len(frame.columns),
               say("GeoParquet, or a column geometry with WKB or WKT"),
               say("Export it as GeoParquet, with its CRS."))]
    )  # fmt: skip


def _ogr(path: Path, kind: str, how: HowToRead) -> Iterator[Layer]:
    from pyogrio.errors import DataLayerError, DataSourceError

    if kind == "gpx" or path.suffix.lower() == ".gpx":
        raise GeodataError(
            [Fault(say("{name} holds tracks of a device (GPX), not a map of roads", name=path.name),
                   expected=say("a road map"),
                   mend=say("Take the road map of the area, and give the places as sites with lon and lat."))]
        )  # fmt: skip
    notes: list[Finding] = []
    with ExitStack() as stack:
        source, encoding = path, how.encoding
        if kind == "shp":
            if encoding is None:
                encoding, notes = dbf_encoding(path)
            source = _readable_table(path, encoding, stack)
            if not _beside(path, ".shx"):
                notes.append(_index_made(path, stack))
        elif kind == "geojson":
            source, notes = _in_utf8(path, stack)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # said again when the layers are read
                names = [str(row[0]) for row in pyogrio().list_layers(source)]
        except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
            raise _no_layers(path, kind, str(error)) from None
        if how.layer is not None:
            if how.layer not in names:
                raise GeodataError(
                    [Fault(say("{name} has no layer {layer}", name=path.name, layer=how.layer),
                           expected=", ".join(names))]
                )
            names = [how.layer]
        if not names:
            raise GeodataError([Fault(say("{name} holds no layer", name=path.name), expected=say("at least one"))])
        for name in names:
            layer = _one_layer(source, path, name, encoding, kind, how)
            if layer is not None:
                layer.notes.extend(notes)
                yield layer


def _one_layer(
    source: Path, path: Path, name: str, encoding: str | None, kind: str, how: HowToRead
) -> Layer | None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        for kind_of in (DeprecationWarning, FutureWarning, PendingDeprecationWarning):
            warnings.simplefilter("ignore", kind_of)  # libraries among themselves: nothing about the file
        try:
            meta, _, wkb, columns = pyogrio().raw.read(source, layer=name, encoding=encoding)
        except Exception as error:  # noqa: BLE001 - as with parquet
            raise damaged(path.name, str(error)) from None
    if wkb is None:
        return None
    with np.errstate(all="ignore"):
        shapes = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object)
    if any(len(column) != len(shapes) for column in columns):
        raise damaged(path.name, say("shapes and table differ in length"))
    frame = pd.DataFrame(
        dict(zip(meta["fields"].tolist(), columns, strict=True)), index=range(len(shapes))
    )
    driver = {"shp": "ESRI Shapefile"}.get(kind, kind)
    layer = _finished(path.stem if source != path else name, driver, frame, shapes, meta["crs"], how)
    for warning in list(dict.fromkeys(str(w.message) for w in said))[:3]:
        layer.notes.append(
            Finding("file-warning", "info", f"layer {name}: {warning}", 1, (), "Check the file.")
        )  # fmt: skip
    if kind == "shp" and table_of(path) is None:
        layer.notes.append(
            Finding("no-table", "warning", f"{path.name} has no .dbf beside it: no road has a class, a name or a limit",
                    len(shapes), (), "Copy the .dbf (and .shx, .prj, .cpg) of the same name beside it.")
        )  # fmt: skip
    return layer


def _no_layers(path: Path, kind: str, why: str) -> GeodataError:
    if kind == "geojson" and "not recognized" in why:
        return GeodataError(
            [Fault(say("{name} is JSON, but no GeoJSON that can be read", name=path.name),
                   expected=say("a FeatureCollection or features"),
                   mend=say("Export it again as GeoJSON; it may be cut short. Of Overpass, ask for XML and name it "
                            ".osm."))]
        )  # fmt: skip
    return damaged(path.name, why)


def _readable_table(path: Path, encoding: str, stack: ExitStack) -> Path:
    """The Shapefile, or a copy with its index made, or in which signs cut in two are taken out of the table."""
    table = table_of(path)
    data = None if table is None else table.read_bytes()
    mended = data
    if data is not None and not data[32:].isascii():
        try:
            mended = whole_signs(data, encoding)
        except (LookupError, IndexError, ValueError):
            mended = data
    if mended == data and _beside(path, ".shx"):
        return path
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="vedette-map-"))
    return copy_with_table(path, mended, Path(folder))


def _beside(path: Path, end: str) -> bool:
    return path.with_suffix(end).is_file() or path.with_suffix(end.upper()).is_file()


def _index_made(path: Path, stack: ExitStack) -> Finding:
    pyogrio().set_gdal_config_options({"SHAPE_RESTORE_SHX": True})
    stack.callback(pyogrio().set_gdal_config_options, {"SHAPE_RESTORE_SHX": None})
    return Finding("no-index", "info", f"{path.name} has no .shx beside it; one was made for reading", 1, (),
                   "Copy the .shx of the same name beside it if rows seem to be missing.")  # fmt: skip


def _in_utf8(path: Path, stack: ExitStack) -> tuple[Path, list[Finding]]:
    """The file, or a copy in UTF-8 where it is in GBK, Latin-1 or UTF-16, which GeoJSON must not be."""
    data = path.read_bytes()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return path, []
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("gb18030", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="vedette-map-"))
        copy = Path(folder) / path.name
        copy.write_text(text, "utf-8")
        note = Finding("text-encoding", "info", f"{path.name} is not in UTF-8 as GeoJSON must be; read as {encoding}",
                       1, (), "Save it as UTF-8 if the names look wrong.")  # fmt: skip
        return copy, [note]
    return path, []


def _finished(
    name: str, driver: str, frame: pd.DataFrame, shapes: npt.NDArray[np.object_], crs: object,
    how: HowToRead,
) -> Layer:  # fmt: skip
    """Bring a layer's shapes to WGS-84 degrees, or say why that cannot be done."""
    layer = Layer(name, driver, frame.reset_index(drop=True), shapes)
    said = crs if how.source_crs is None else how.source_crs
    if said is None or said == "":
        shapefile = driver == "ESRI Shapefile"
        beside = say("the .prj file is missing") if shapefile else say("the file names none")
        layer.faults.append(
            Fault(say("layer {name} has no CRS: {beside}", name=name, beside=beside),
                  expected=say("a CRS, for example in a .prj file"),
                  mend=say("Ask who made the map, and give it as the source CRS (--crs); it is not guessed."))
        )  # fmt: skip
        return layer
    bad = bad_rows(shapes, said)
    if bad.any() and bad.mean() <= _MOST_BAD_ROWS:
        rows = np.flatnonzero(bad)
        layer.notes.append(
            Finding("rows-outside", "warning",
                    f"{len(rows):,} of {len(shapes):,} rows of layer {name} have coordinates that cannot be any place",
                    len(rows), tuple(f"{name} row {k + 1}" for k in rows[:3].tolist()),
                    "They were left out; mend their coordinates.")
        )  # fmt: skip
        shapes = shapes[~bad]
        layer = Layer(name, driver, layer.frame[~bad].reset_index(drop=True), shapes, [], layer.notes)
    try:
        moved = shapely.transform(shapes, lambda xy: source_to_lonlat(xy, said, name))
        if how.datum != "wgs84":
            moved = shapely.transform(moved, lambda xy: from_datum(xy, how.datum))
    except GeodataError as error:
        layer.faults.extend(error.faults)
        return layer
    return Layer(name, driver, layer.frame, np.asarray(moved, dtype=object), [], layer.notes)
