"""Where words go on a map: greedy placing with least overlap, and discs pushed apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

import numpy as np
from numpy.typing import NDArray

PT_MM = 25.4 / 72
_UNIT = 100  # drawing units in a millimetre, as in mapframe
Box = tuple[float, float, float, float]

# Preferred sides round a symbol: right, left, above, below, then the corners.
_SIDES = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1))


@dataclass(frozen=True)
class Label:
    """Words on the paper, centred at millimetres from the map's upper left corner."""

    x: float
    y: float
    text: str
    size_pt: float
    weight: int = 400
    colour: str = "#1a1a1a"
    halo: bool = True
    italic: bool = False

    def data(self) -> dict[str, object]:
        """Plain data for the page template."""
        return {
            "x": round(self.x, 2), "y": round(self.y, 2), "t": self.text, "s": self.size_pt,
            "w": self.weight, "c": self.colour, "h": self.halo, "i": self.italic,
        }  # fmt: skip


def text_size_mm(text: str, size_pt: float, weight: int = 400) -> tuple[float, float]:
    """Width and height of set text, estimated from the kinds of its characters."""
    rows = text.split("\n")
    em = size_pt * PT_MM
    wide = max(sum(_advance(c) for c in row) for row in rows)
    return wide * em * (1.05 if weight > 500 else 1.0), len(rows) * em * 1.05


def _advance(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WF":
        return 1.0
    if char in "iljI.,:;'|!() ":
        return 0.3
    if char in "mwMW":
        return 0.82
    return 0.61 if char.isupper() or char.isdigit() else 0.52


def broken(text: str, most: int = 17) -> str:
    """``text`` over as few lines of about equal length as keep near ``most`` signs, broken at spaces."""
    words = text.split(" ")
    n_lines = min(len(words), 4, -(-len(text) // (most + 4)))
    if n_lines <= 1:
        return text
    rows, goal = [words[0]], len(text) / n_lines
    for word in words[1:]:
        if len(rows) < n_lines and len(rows[-1]) + len(word) / 2 + 1 > goal:
            rows.append(word)
        else:
            rows[-1] += " " + word
    return "\n".join(rows)


@dataclass
class Placer:
    """Boxes already taken on one map, and the words placed so far."""

    width_mm: float
    height_mm: float
    labels: list[Label] = field(default_factory=list)
    _hard: list[Box] = field(default_factory=list)
    _soft: list[Box] = field(default_factory=list)

    def take(self, box: Box, *, soft: bool = False) -> None:
        """Mark a box as taken; a soft one may be written over when nothing better is free."""
        (self._soft if soft else self._hard).append(box)

    def around(self, x: float, y: float, radius: float) -> None:
        """Mark the square round a symbol as taken."""
        self.take((x - radius, y - radius, x + radius, y + radius))

    def fixed(self, label: Label) -> None:
        """Put a label where it must stand, and mark its box."""
        w, h = text_size_mm(label.text, label.size_pt, label.weight)
        self.take((label.x - w / 2, label.y - h / 2, label.x + w / 2, label.y + h / 2))
        self.labels.append(label)

    def beside(
        self, x: float, y: float, gap: float, label: Label, *, must: bool = False, far: bool = False
    ) -> bool:
        """Put ``label`` beside a symbol of radius ``gap`` at the least crowded side.

        Parameters
        ----------
        must
            Place it even if it covers something; otherwise it is left out and False returned.
        far
            Also try places a little further off.
        """
        w, h = text_size_mm(label.text, label.size_pt, label.weight)
        options: list[tuple[float, float]] = []
        for reach in (gap, gap + 1.6, gap + 3.4) if far else (gap,):
            for sx, sy in _SIDES:
                slant = 0.75 if sx and sy else 1.0
                options.append((x + sx * (reach * slant + w / 2), y + sy * (reach * slant + h / 2)))
        at = np.array(options)
        boxes = np.column_stack(
            [at[:, 0] - w / 2, at[:, 1] - h / 2, at[:, 0] + w / 2, at[:, 1] + h / 2]
        )
        hard = _overlap(boxes, self._hard) + self._outside(boxes)
        cost = 10 * hard + _overlap(boxes, self._soft) + 0.02 * np.arange(len(boxes))
        best = int(cost.argmin())
        if hard[best] > 0.02 * w * h and not must:
            return False
        self.take(tuple(boxes[best].tolist()))
        px, py = at[best]
        self.labels.append(
            Label(float(px), float(py), label.text, label.size_pt, label.weight, label.colour,
                  label.halo, label.italic)
        )  # fmt: skip
        return True

    def _outside(self, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
        over = np.maximum(0, 1.0 - boxes[:, 0]) + np.maximum(0, boxes[:, 2] - self.width_mm + 1.0)
        over += np.maximum(0, 1.0 - boxes[:, 1]) + np.maximum(0, boxes[:, 3] - self.height_mm + 1.0)
        return over * 4


def _overlap(boxes: NDArray[np.float64], taken: list[Box]) -> NDArray[np.float64]:
    """Area of each box that lies under taken ones, in square millimetres ``[n]``."""
    if not taken:
        return np.zeros(len(boxes))
    t = np.array(taken)
    wide = np.minimum(boxes[:, None, 2], t[:, 2]) - np.maximum(boxes[:, None, 0], t[:, 0])
    high = np.minimum(boxes[:, None, 3], t[:, 3]) - np.maximum(boxes[:, None, 1], t[:, 1])
    area: NDArray[np.float64] = (np.maximum(0, wide) * np.maximum(0, high)).sum(axis=1)
    return area


def spread(
    at: NDArray[np.float64],
    radius: float,
    width_mm: float,
    height_mm: float,
    *,
    keep_off: Sequence[tuple[float, float]] = (),
    rounds: int = 200,
) -> NDArray[np.float64]:
    """Push discs apart until none overlaps; the order of the points decides ties, nothing random.

    Parameters
    ----------
    at
        True places in millimetres ``[k, 2]``.
    radius
        Half the least distance wanted between two centres.
    keep_off
        Symbols of about 1.5 mm that no disc may hide.

    Returns
    -------
    numpy.ndarray
        Places of the discs ``[k, 2]``, inside the paper.
    """
    p = at.astype(np.float64).copy()
    n = len(p)
    if n == 0:
        return p
    others = np.array(keep_off, dtype=np.float64).reshape(-1, 2)
    # A hair's breadth of difference gives points at one place a direction to part in.
    angle = 2.4 * np.arange(n)
    p += 1e-3 * np.column_stack([np.cos(angle), np.sin(angle)])
    for _ in range(rounds):
        delta = p[:, None, :] - p[None, :, :]
        gap = np.hypot(delta[..., 0], delta[..., 1])
        np.fill_diagonal(gap, np.inf)
        push = np.maximum(0, 2 * radius - gap)
        step = (delta / gap[..., None] * (push / 2)[..., None]).sum(axis=1)
        most = float(push.max())
        if len(others):
            aside = p[:, None, :] - others[None, :, :]
            far = np.maximum(1e-6, np.hypot(aside[..., 0], aside[..., 1]))
            shove = np.maximum(0, radius + 1.5 - far)
            step += (aside / far[..., None] * shove[..., None]).sum(axis=1)
            most = max(most, float(shove.max()))
        if most < 0.02:
            break
        p += 0.6 * step + 0.01 * (at - p)
        p[:, 0] = p[:, 0].clip(radius + 1, width_mm - radius - 1)
        p[:, 1] = p[:, 1].clip(radius + 1, height_mm - radius - 1)
    return p


def short_name(name: str) -> str:
    """What tells one rail section from the next on a map: its kilometres; other names stay whole."""
    found = re.search(r"\bkm \d[\d.,]*\s*[-–]\s*\d[\d.,]*\d", name)
    return found.group(0) if found else name


def svg_text(label: Label) -> str:
    """A label as SVG text, for a drawing that is used outside a paper."""
    size = label.size_pt * 25.4 / 72 * _UNIT
    rows = label.text.split("\n")
    halo = ' paint-order="stroke" stroke="#fff" stroke-width="45"' if label.halo else ""
    out = []
    for i, row in enumerate(rows):
        y = label.y * _UNIT + size * (0.35 + 1.05 * (i - (len(rows) - 1) / 2))
        out.append(
            f'<text x="{label.x * _UNIT:.0f}" y="{y:.0f}" font-size="{size:.0f}" text-anchor="middle" '
            f'font-family="Source Sans Pro, Noto Sans, Arial, sans-serif" font-weight="{label.weight}" '
            f'fill="{label.colour}"{halo}>{escape(row)}</text>'
        )
    return "".join(out)
