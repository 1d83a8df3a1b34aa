"""Which fonts the papers are set in, and whether they hold every character of the plan.

typst draws an empty box for a missing glyph without a word. So the glyph tables of all fonts at hand
are read here before anything is set, and a character that none of them holds is reported.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import struct
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import typst

log = logging.getLogger(__name__)

FONT_DIRS_VARIABLE = "VEDETTE_FONTS"
"""Environment variable with further font folders, divided like PATH."""

_LATIN = (
    "Source Sans Pro",
    "Source Sans 3",
    "Noto Sans",
    "Arial",
    "Liberation Sans",
    "Helvetica Neue",
    "Segoe UI",
    "DejaVu Sans",
    "Libertinus Serif",
)
_CJK = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Microsoft YaHei", "PingFang SC", "Hiragino Sans GB",
    "SimHei", "STHeiti", "DengXian", "SimSun", "Noto Serif CJK SC", "AR PL UMing CN",
)  # fmt: skip
_REMEDY = (
    "Install a font that holds them (Chinese: Debian's fonts-noto-cjk or fonts-wqy-microhei) "
    f"or name its folder in {FONT_DIRS_VARIABLE}."
)
# What typst carries itself has no file to read; these blocks are in its Libertinus and DejaVu faces.
_EMBEDDED_BLOCKS = (
    (0x20, 0x7F), (0xA0, 0x250), (0x370, 0x460), (0x2010, 0x2028), (0x2030, 0x2031), (0x2039, 0x203B),
    (0x20AC, 0x20AD), (0x2116, 0x2117), (0x2190, 0x2196), (0x2212, 0x2213), (0x2260, 0x2261),
    (0x2264, 0x2266), (0x25A0, 0x25A2), (0x25B2, 0x25B4), (0x25CB, 0x25CC), (0x25CF, 0x25D0),
)  # fmt: skip
_EMBEDDED = frozenset(c for first, end in _EMBEDDED_BLOCKS for c in range(first, end))


@dataclass(frozen=True)
class FontBook:
    """The fonts at hand.

    Attributes
    ----------
    fonts
        typst's own handle, to compile with.
    stack
        Family names in order of preference; all of them exist.
    glyphs
        Every code point that some font of the machine holds.
    """

    fonts: typst.Fonts
    stack: tuple[str, ...]
    glyphs: frozenset[int]

    def missing(self, text: str) -> tuple[str, ...]:
        """The characters of ``text`` that no font holds, in code point order."""
        return tuple(sorted({c for c in text if ord(c) not in self.glyphs and c not in "\n\t\r"}))

    def complaint(self, text: str) -> str | None:
        """One sentence on what cannot be printed and how to mend it, or None."""
        lost = self.missing(text)
        if not lost:
            return None
        some = ", ".join(f"U+{ord(c):04X}" for c in lost[:3])
        return f"{len(lost)} characters have no glyph in any font at hand ({some}). {_REMEDY}"


def font_dirs(extra: Sequence[Path] = ()) -> list[Path]:
    """The folders searched beside the system's own: given ones, VEDETTE_FONTS, the font package."""
    found = [Path(p) for p in extra]
    found += [Path(p) for p in os.environ.get(FONT_DIRS_VARIABLE, "").split(os.pathsep) if p]
    spec = importlib.util.find_spec("font_source_sans_pro")
    for place in spec.submodule_search_locations or () if spec else ():
        found.append(Path(place) / "files")
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        found += [Path(local) / "Microsoft" / "Windows" / "Fonts"] if local else []
    return [p for p in found if p.is_dir()]


def open_fonts(extra: Sequence[Path] = (), *, system: bool = True) -> FontBook:
    """Find the fonts once; the answer is kept for the life of the process.

    Parameters
    ----------
    extra
        Folders searched first, fonts in sub-folders included.
    system
        Whether the machine's own fonts are used.
    """
    return _open(tuple(str(p) for p in font_dirs(extra)), system)


@lru_cache(maxsize=4)
def _open(folders: tuple[str, ...], system: bool) -> FontBook:
    fonts = typst.Fonts(include_system_fonts=system, font_paths=[Path(f) for f in folders])
    faces = fonts.fonts()
    families = {face.family for face in faces}
    stack = [next(f for f in _LATIN if f in families)]
    stack += [f for f in _CJK if f in families][:1]
    stack += [f for f in ("DejaVu Sans", "Libertinus Serif") if f in families and f not in stack]
    glyphs: set[int] = set(_EMBEDDED)
    # The variants of one family hold about the same signs: its upright normal face speaks for it.
    wanted: dict[str, tuple[str, int]] = {}
    for face in sorted(
        faces, key=lambda f: (abs(f.weight - 400), f.style != "normal", f.path or "")
    ):
        if face.path and face.family not in wanted:
            wanted[face.family] = (face.path, face.index)
    for path, index in wanted.values():
        try:
            glyphs |= _read_glyphs(Path(path), index)
        except (OSError, struct.error, IndexError, ValueError) as fault:
            log.debug("font %s cannot be read: %s", path, fault)
    return FontBook(fonts, tuple(stack), frozenset(glyphs))


def _read_glyphs(path: Path, index: int) -> set[int]:
    """Code points in the ``cmap`` of face ``index`` (formats 4 and 12 of the OpenType specification)."""
    data = path.read_bytes()
    start = 0
    if data[:4] == b"ttcf":
        (start,) = struct.unpack_from(">I", data, 12 + 4 * index)
    (n_tables,) = struct.unpack_from(">H", data, start + 4)
    cmap = None
    for i in range(n_tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, start + 12 + 16 * i)
        if tag == b"cmap":
            cmap = offset
    if cmap is None:
        return set()
    (n_maps,) = struct.unpack_from(">H", data, cmap + 2)
    found: set[int] = set()
    for i in range(n_maps):
        platform, _, offset = struct.unpack_from(">HHI", data, cmap + 4 + 8 * i)
        if platform in {0, 3}:
            found |= set(_code_points(data, cmap + offset))
    return found


def _code_points(data: bytes, at: int) -> Iterable[int]:
    (form,) = struct.unpack_from(">H", data, at)
    if form == 12:
        (n_groups,) = struct.unpack_from(">I", data, at + 12)
        for i in range(n_groups):
            first, last, _ = struct.unpack_from(">III", data, at + 16 + 12 * i)
            yield from range(first, last + 1)
    elif form == 4:
        (twice,) = struct.unpack_from(">H", data, at + 6)
        n = twice // 2
        ends = struct.unpack_from(f">{n}H", data, at + 14)
        starts = struct.unpack_from(f">{n}H", data, at + 16 + twice)
        for first, last in zip(starts, ends, strict=True):
            if first <= last and first != 0xFFFF:
                yield from range(first, last + 1)
