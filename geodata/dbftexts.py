"""Texts in the attribute table of a Shapefile: which encoding they are in, and signs that were cut in two."""

from __future__ import annotations

import re
from pathlib import Path

from geodata.errors import Finding

_HIGH = re.compile(rb"[\x80-\xff]+")
_SAMPLE = 4 * 2**20
_NAMED = {"936": "GBK", "54936": "GB18030", "65001": "UTF-8", "1252": "CP1252", "1251": "CP1251"}


def table_of(path: Path) -> Path | None:
    """The ``.dbf`` beside a ``.shp``, however it is written."""
    return next((p for p in (path.with_suffix(".dbf"), path.with_suffix(".DBF")) if p.is_file()), None)


def dbf_encoding(path: Path) -> tuple[str, list[Finding]]:
    """Choose the text encoding of a Shapefile: what its ``.cpg`` says if that can be, else by its bytes.

    Chinese text in GBK stands in pairs of high bytes, Latin-1 letters stand alone, and UTF-8 is recognised by itself.
    """
    table = table_of(path)
    if table is None:
        return "UTF-8", []
    with table.open("rb") as file:
        sample = file.read(_SAMPLE)
    # Names of columns and the records; the head of the file is numbers.
    at = int.from_bytes(sample[8:10], "little")
    body = b" ".join([*(sample[k : k + 11].split(b"\0")[0] for k in range(32, at - 1, 32)), sample[at:]])  # fmt: skip
    beside = (path.with_suffix(".cpg"), path.with_suffix(".CPG"))
    said = next((p.read_text("ascii", "ignore").strip() for p in beside if p.is_file()), "")
    declared = _NAMED.get(re.sub(r"^(ansi|cp|windows)[ _-]*", "", said.lower()), said)
    if declared and decodes(body, declared):
        return declared, []
    found = _by_bytes(body)
    if not _HIGH.search(body):
        return "UTF-8", []
    what = f"says {said}, which does not fit" if said else "does not say how its texts are written"
    return found, [
        Finding("text-encoding", "info", f"{path.name} {what}; read as {found}", 1, (),
                "Put the right name into a .cpg file beside it if the names look wrong.")
    ]  # fmt: skip


def decodes(body: bytes, encoding: str) -> bool:
    """Whether bytes can be text of an encoding, but for a few signs cut in two."""
    try:
        # Records are cut at fixed widths, so that a sign at a border may be halved: such are few.
        text = body.decode(encoding, "replace")
    except LookupError:
        return False
    high = sum(len(run) for run in _HIGH.findall(body))
    return text.count("�") <= max(high // 50, min(3, high // 8))


def _by_bytes(body: bytes) -> str:
    if decodes(body, "UTF-8"):
        return "UTF-8"
    runs = [len(run) for run in _HIGH.findall(body)]
    even = sum(n for n in runs if n % 2 == 0)
    return "GB18030" if even >= 0.7 * sum(runs) and decodes(body, "GB18030") else "CP1252"


def whole_signs(table: bytes, encoding: str) -> bytes:
    """The table with signs that its fixed widths cut in two taken out of column names and texts.

    A Chinese name of four signs has twelve bytes in UTF-8, of which a column name keeps ten.
    """
    data = bytearray(table)
    n = int.from_bytes(data[4:8], "little")
    head, width = (int.from_bytes(data[k : k + 2], "little") for k in (8, 10))
    texts: list[tuple[int, int]] = []
    at = 1
    for k in range(32, head - 1, 32):
        name = bytes(data[k : k + 11]).split(b"\0")[0]
        data[k : k + 11] = _whole(name, encoding)[:10].ljust(11, b"\0")
        size = data[k + 16]
        if data[k + 11 : k + 12] == b"C":
            texts.append((at, size))
        at += size
    for row in range(n):
        begin = head + row * width
        for offset, size in texts:
            cell = bytes(data[begin + offset : begin + offset + size])
            if cell and not cell.isascii():
                data[begin + offset : begin + offset + size] = _whole(cell, encoding).ljust(len(cell))
    return bytes(data)


def _whole(text: bytes, encoding: str) -> bytes:
    return text.decode(encoding, "ignore").encode(encoding, "ignore")
