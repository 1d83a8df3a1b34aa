"""Open GIS files layer by layer: what format it is, which CRS and which text encoding, all in WGS-84 degrees."""

from __future__ import annotations

import re
import tarfile
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geodata.crs import from_datum, source_to_lonlat
from geodata.errors import Fault, Finding, GeodataError

SUFFIXES = (
    ".gpkg",
    ".geojson",
    ".json",
    ".shp",
    ".parquet",
    ".geoparquet",
    ".fgb",
    ".graphml",
    ".zip",
    ".tar",
    ".tar.gz",
    ".tgz",
)
_IN_ARCHIVE = (".shp", ".gpkg", ".geojson", ".json", ".parquet", ".fgb", ".graphml")
_BESIDE = (".dbf", ".shx", ".prj", ".cpg")
_MOST_UNPACKED = 4 * 2**30


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
    """Say what a file is by its first bytes, then by its name: ``osm``, a GIS format, ``archive`` or an empty text."""
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
    if head[:4] == b"PK\x03\x04":
        return "archive"
    if b"OSMHeader" in head[:64]:
        return "osm"
    if head[:2] == b"\x1f\x8b" or head[:3] == b"BZh" or head[257:262] == b"ustar":
        return "archive" if name.endswith((".tar", ".tar.gz", ".tgz", ".tar.bz2")) else "osm"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] == b"<":
        return "graphml" if b"<graphml" in text else "osm" if b"<osm" in text or b"<osmC" in text else ""  # fmt: skip
    if text[:1] in (b"{", b"["):
        return "geojson"
    return ""


def open_layers(path: Path, how: HowToRead) -> Iterator[Layer]:
    """Yield the layers of a file or archive; a damaged file raises :class:`GeodataError`."""
    kind = sniff(path)
    if kind == "archive":
        yield from _archive(path, how)
    elif kind == "graphml":
        from geodata.graphml import read_graphml

        frame, shapes, crs = read_graphml(path)
        yield _finished(path.stem, "GraphML", frame, shapes, crs, how)
    elif kind == "parquet":
        yield _parquet(path, how)
    else:
        yield from _ogr(path, kind, how)


def _archive(path: Path, how: HowToRead) -> Iterator[Layer]:
    """Unpack what can be a layer, by base name only, and read each."""
    with tempfile.TemporaryDirectory(prefix="vedette-map-") as folder:
        found = []
        try:
            for name, size, data in _members(path):
                base = PurePosixPath(name.replace("\\", "/")).name
                if not base.lower().endswith(_IN_ARCHIVE + _BESIDE) or base.startswith("."):
                    continue
                if size > _MOST_UNPACKED:
                    raise GeodataError(f"{path.name}: {base} is larger than 4 GiB unpacked.")
                target = Path(folder) / base
                target.write_bytes(data())
                if base.lower().endswith(_IN_ARCHIVE):
                    found.append(target)
        except GeodataError:
            raise
        except Exception as error:  # noqa: BLE001 - damaged or locked archives raise all sorts of things
            raise _damaged(path.name, str(error)) from None
        if not found:
            raise GeodataError(
                [Fault(f"{path.name} holds no map", expected="a file among " + ", ".join(_IN_ARCHIVE))]
            )  # fmt: skip
        for target in sorted(found):
            yield from open_layers(target, how)


def _members(path: Path) -> Iterator[tuple[str, int, Any]]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            for entry in packed.infolist():
                if not entry.is_dir():
                    yield entry.filename, entry.file_size, lambda e=entry: packed.read(e)
    else:
        with tarfile.open(path) as tar:
            for member in tar:
                if member.isfile():
                    yield member.name, member.size, lambda m=member: _bytes(tar.extractfile(m))


def _bytes(stream: Any) -> bytes:
    return bytes(stream.read())


def _damaged(name: str, why: str) -> GeodataError:
    return GeodataError(
        [
            Fault(
                f"{name} cannot be read ({why.strip().splitlines()[0][:200] if why.strip() else 'no reason given'})",
                expected="a whole file of the format its name says",
                mend="Export or download it again; it may be cut short.",
            )
        ]
    )


def _parquet(path: Path, how: HowToRead) -> Layer:
    import geopandas

    try:
        data = geopandas.read_parquet(path)
        # Texts are decoded here, so that damaged ones are found here.
        frame = pd.DataFrame(data.drop(columns=data.geometry.name)).astype(object)
    except Exception as error:  # noqa: BLE001 - what readers raise on damaged bytes is in no contract
        raise _damaged(path.name, str(error)) from None
    shapes = np.asarray(data.geometry.values, dtype=object)
    return _finished(path.stem, "Parquet", frame, shapes, data.crs, how)


def _ogr(path: Path, kind: str, how: HowToRead) -> Iterator[Layer]:
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # said again when the layers are read
            names = [str(row[0]) for row in pyogrio.list_layers(path)]
    except (DataSourceError, DataLayerError) as error:
        raise _damaged(path.name, str(error)) from None
    if how.layer is not None:
        if how.layer not in names:
            raise GeodataError([Fault(f"{path.name} has no layer {how.layer}", expected=", ".join(names))])  # fmt: skip
        names = [how.layer]
    if not names:
        raise GeodataError([Fault(f"{path.name} holds no layer", expected="at least one")])
    encoding: str | None = how.encoding
    notes: list[Finding] = []
    if kind == "shp" and encoding is None:
        encoding, notes = dbf_encoding(path)
    for name in names:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            try:
                meta, _, wkb, columns = pyogrio.raw.read(path, layer=name, encoding=encoding)
            except Exception as error:  # noqa: BLE001 - as with parquet
                raise _damaged(path.name, str(error)) from None
        if wkb is None:
            continue
        shapes = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object)
        if any(len(column) != len(shapes) for column in columns):
            raise _damaged(path.name, "shapes and table differ in length")
        frame = pd.DataFrame(
            dict(zip(meta["fields"].tolist(), columns, strict=True)), index=range(len(shapes))
        )
        driver = {"shp": "ESRI Shapefile"}.get(kind, kind)
        layer = _finished(name, driver, frame, shapes, meta["crs"], how)
        layer.notes.extend(notes)
        for warning in list(dict.fromkeys(str(w.message) for w in said))[:3]:
            layer.notes.append(
                Finding("file-warning", "info", f"layer {name}: {warning}", 1, (), "Check the file.")
            )  # fmt: skip
        yield layer


def _finished(
    name: str, driver: str, frame: pd.DataFrame, shapes: npt.NDArray[np.object_], crs: object,
    how: HowToRead,
) -> Layer:  # fmt: skip
    """Bring a layer's shapes to WGS-84 degrees, or say why that cannot be done."""
    layer = Layer(name, driver, frame.reset_index(drop=True), shapes)
    said = crs if how.source_crs is None else how.source_crs
    if said is None or said == "":
        beside = "the .prj file is missing" if driver == "ESRI Shapefile" else "the file names none"
        layer.faults.append(
            Fault(f"layer {name} has no CRS: {beside}", expected="a CRS, for example in a .prj file",
                  mend="Ask who made the map, and give it as the source CRS (--crs); it is not guessed.")
        )  # fmt: skip
        return layer
    try:
        moved = shapely.transform(shapes, lambda xy: source_to_lonlat(xy, said, name))
        if how.datum != "wgs84":
            moved = shapely.transform(moved, lambda xy: from_datum(xy, how.datum))
    except GeodataError as error:
        layer.faults.extend(error.faults)
        return layer
    return Layer(name, driver, layer.frame, np.asarray(moved, dtype=object), [], layer.notes)


_HIGH = re.compile(rb"[\x80-\xff]+")


def dbf_encoding(path: Path) -> tuple[str, list[Finding]]:
    """Choose the text encoding of a Shapefile: what its ``.cpg`` says if that can be, else by its bytes.

    Chinese text in GBK stands in pairs of high bytes, Latin-1 letters stand alone, and UTF-8 is recognised by itself.
    """
    table = next((p for p in (path.with_suffix(".dbf"), path.with_suffix(".DBF")) if p.is_file()), None)  # fmt: skip
    if table is None:
        return "UTF-8", []
    with table.open("rb") as file:
        sample = file.read(4 * 2**20)
    # Names of columns and the records; the head of the file is numbers.
    at = int.from_bytes(sample[8:10], "little")
    body = b" ".join([*(sample[k : k + 11].split(b"\0")[0] for k in range(32, at - 1, 32)), sample[at:]])  # fmt: skip
    beside = (path.with_suffix(".cpg"), path.with_suffix(".CPG"))
    said = next((p.read_text("ascii", "ignore").strip() for p in beside if p.is_file()), "")
    named = {"936": "GBK", "54936": "GB18030", "65001": "UTF-8", "1252": "CP1252", "1251": "CP1251"}
    declared = named.get(re.sub(r"^(ansi|cp|windows)[ _-]*", "", said.lower()), said)
    if declared and _decodes(body, declared):
        return declared, []
    found = _by_bytes(body)
    if not _HIGH.search(body):
        return declared or "UTF-8", []
    what = f"says {said}, which does not fit" if said else "does not say how its texts are written"
    return found, [
        Finding("text-encoding", "info", f"{path.name} {what}; read as {found}", 1, (),
                "Put the right name into a .cpg file beside it if the names look wrong.")
    ]  # fmt: skip


def _decodes(body: bytes, encoding: str) -> bool:
    reader = None
    try:
        # Records are cut at fixed widths, so that a sign at a border may be halved: such are few.
        reader = body.decode(encoding, "replace")
    except LookupError:
        return False
    high = sum(len(run) for run in _HIGH.findall(body))
    return reader.count("�") <= high // 50


def _by_bytes(body: bytes) -> str:
    if _decodes(body, "UTF-8"):
        return "UTF-8"
    runs = [len(run) for run in _HIGH.findall(body)]
    even = sum(n for n in runs if n % 2 == 0)
    return "GB18030" if even >= 0.7 * sum(runs) and _decodes(body, "GB18030") else "CP1252"
