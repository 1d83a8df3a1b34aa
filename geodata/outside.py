"""Map files that name other files or addresses: refused before any library opens them.

Formats that do nothing else (VRT, GDALG, WFS) have no driver here (``drivers.py``). These are the ways that are left
inside of formats which are read: a CRS by link in JSON, tables of other files in a GeoPackage, and MapInfo's tables of
tables.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

from geodata.errors import Fault, GeodataError
from geodata.saying import say
from geodata.unpack import damaged

#: ``"crs"`` as a JSON string, however it is written: GDAL's reader takes any case, escapes and single quotes.
_CRS = re.compile(rb"""["'](?:c|\\u00[46]3)(?:r|\\u00[57]2)(?:s|\\u00[57]3)["']""", re.IGNORECASE)
_BETWEEN = re.compile(rb"(?:\s|/\*.*?\*/|//[^\n]*\n)*", re.DOTALL)
_BY_NAME = re.compile(r"name|epsg.*|ogc", re.IGNORECASE)
_MOST_CRS = 4096
#: A virtual table's statement, comments and all, and the kinds that keep their rows in the file itself.
_GAP = r"(?>\s+|/\*.*?\*/|--[^\n]*\n)"
_NAME = r"""(?>"(?:[^"]|"")*"|'(?:[^']|'')*'|`(?:[^`]|``)*`|\[[^\]]*\]|[^\s"'`\[(./]+)"""
_VIRTUAL = rf"{_GAP}*create{_GAP}+virtual\b"
_IS_VIRTUAL = re.compile(_VIRTUAL, re.IGNORECASE | re.DOTALL)
_HAS_OWN_ROWS = re.compile(
    rf"{_VIRTUAL}{_GAP}+table{_GAP}+(?:if{_GAP}+not{_GAP}+exists{_GAP}+)?{_NAME}{_GAP}*using{_GAP}+"
    r"""["'`\[]?(?:rtree|rtree_i32|fts3|fts4|fts5)\b""",
    re.IGNORECASE | re.DOTALL,
)
_TABLE_OF_TABLES = re.compile(rb'create\s+view|"\\isseamless"\s*=\s*"true"', re.IGNORECASE)


def refuse_outside(path: Path, kind: str) -> None:
    """Raise :class:`GeodataError` for a file that would have another one opened.

    ``kind`` is what ``sniff`` says; text of no known kind is judged as every text format.
    """
    if kind == "gpkg":
        _no_tables_of_others(path)
    elif kind not in {"shp", "fgb"} and path.stat().st_size:
        with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            _no_links(path, data)


def _no_links(path: Path, data: mmap) -> None:
    if not all(_crs_by_name(data)):
        raise GeodataError(
            [Fault(say("{name} takes its CRS from a link, which is not followed", name=path.name),
                   expected=say("a CRS by its name, such as EPSG:4326"),
                   mend=say("Export it with the CRS by name, or in WGS-84 without one."))]
        )  # fmt: skip
    if path.suffix.lower() == ".tab" and _TABLE_OF_TABLES.search(data):
        raise _of_others(path)


def _crs_by_name(data: mmap) -> Iterator[bool]:
    """For each CRS that JSON text gives, whether it does so by a name; False for one that cannot be read."""
    for found in _CRS.finditer(data):
        gap = _BETWEEN.match(data, found.end())
        at = found.end() if gap is None else gap.end()
        if data[at : at + 1] in (b",", b"]", b"}"):
            continue  # a value that happens to be "crs"
        yield data[at : at + 1] == b":" and _names(data[at + 1 : at + 1 + _MOST_CRS])


def _names(text: bytes) -> bool:
    """Whether the value that begins here is null, a plain text or number, or a CRS of a type that names it."""
    try:
        value, _end = json.JSONDecoder(object_pairs_hook=list).raw_decode(text.decode("utf-8", "replace").lstrip())
    except (ValueError, RecursionError):
        return False
    return not isinstance(value, list) or all(_BY_NAME.fullmatch(kind) for kind in _types(value))


def _types(pairs: list[Any]) -> Iterator[str]:
    """Every ``type`` of an object, however often it is given: which of two counts is for each reader to say."""
    for pair in pairs:
        if isinstance(pair, tuple) and pair[0].casefold() == "type":
            yield str(pair[1])


def _no_tables_of_others(path: Path) -> None:
    """Refuse a GeoPackage with virtual tables: SpatiaLite's read Shapefiles and texts from anywhere on the disk."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as file:
            file.text_factory = lambda raw: raw.decode("utf-8", "replace")
            rows = file.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    except sqlite3.Error as error:
        raise damaged(path.name, str(error)) from None
    if any(_IS_VIRTUAL.match(sql) and not _HAS_OWN_ROWS.match(sql) for (sql,) in rows):
        raise _of_others(path)


def _of_others(path: Path) -> GeodataError:
    return GeodataError(
        [Fault(say("{name} takes rows from other files, which are not opened", name=path.name),
               expected=say("a layer with rows of its own"),
               mend=say("Export the layer itself into a new file."))]
    )  # fmt: skip
