"""A map drawing with what a plan does not have: roads outside the main part, and numbered findings where they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from geodata.errors import Finding
from geodata.ground import Ground
from scenarios.publish.basemap import path_data, width_factor
from scenarios.publish.labels import Label, spread
from scenarios.publish.mapframe import UNIT, Frame
from scenarios.publish.svgmap import MapDrawing
from scenarios.publish.symbols import disc, leader
from scenarios.view import XY

ISLAND = "#c2185b"
WARNING, NOTE = "#b71c1c", "#37474f"
_RADIUS_MM = 2.0


@dataclass(frozen=True)
class Mark:
    """A numbered place of a finding, in metres."""

    number: int
    warning: bool
    xy: tuple[float, float]


def marks_of(ground: Ground, findings: Sequence[Finding], frame: Frame) -> tuple[Mark, ...]:
    """Places of findings that lie on the sheet; the number is that of the finding in the report, from 1."""
    found = []
    for number, finding in enumerate(findings, 1):
        for x, y in ground.to_xy(finding.at).tolist() if finding.at else ():
            if frame.holds(x, y, inside_mm=1.5):
                found.append(Mark(number, finding.level == "warning", (x, y)))
    return tuple(found)


class CheckDrawing(MapDrawing):
    """The picture of a map check."""

    def islands(self, lines: Iterable[XY], *, dashed: bool = False) -> None:
        """Roads outside the main part, on top of all others; dashed where that is so for another profile only."""
        d = path_data([np.asarray(line) for line in lines], self.frame)
        if d:
            width = round(0.75 * width_factor(self.frame.scale) * UNIT)
            self._inside.append(
                f'<path d="{d}" fill="none" stroke="{ISLAND}" stroke-width="{width}" '
                + (f'stroke-dasharray="{2 * width} {2 * width}"/>' if dashed else 'stroke-linecap="round"/>')
            )

    def marks(self, marks: Sequence[Mark]) -> None:
        """A ring at each place and the finding's number beside it; several at one place share one disc."""
        groups: dict[tuple[int, int], list[Mark]] = {}
        for mark in marks:
            x, y = self.frame.paper(mark.xy)[0].tolist()
            groups.setdefault((round(x / 2), round(y / 2)), []).append(mark)
        if not groups:
            return
        at = np.array([self.frame.paper(group[0].xy)[0] for group in groups.values()])
        off = np.clip(at + np.array([3.6, -3.6]), 3.0, (self.frame.width_mm - 3.0, self.frame.height_mm - 3.0))
        where = spread(off, _RADIUS_MM + 0.5, self.frame.width_mm, self.frame.height_mm, keep_off=self._symbols)
        for group, (tx, ty), (x, y) in zip(groups.values(), at.tolist(), where.tolist(), strict=True):
            colour = WARNING if any(mark.warning for mark in group) else NOTE
            numbers = list(dict.fromkeys(mark.number for mark in group))
            text = ",".join(map(str, numbers[:2])) + ("+" if len(numbers) > 2 else "")
            self._above.append(
                f'<circle cx="{round(tx * UNIT)}" cy="{round(ty * UNIT)}" r="{round(1.5 * UNIT)}" fill="none" '
                f'stroke="{colour}" stroke-width="45"/>'
            )
            self._above.append(leader(tx, ty, x, y))
            self._above.append(disc(x, y, _RADIUS_MM if len(text) < 3 else _RADIUS_MM + 0.4, colour))
            size = 6.2 if len(text) < 2 else 5.4 if len(text) < 3 else 5.0 if len(text) < 4 else 3.9
            self._discs.append(Label(x, y, text, size, 700, "#ffffff", halo=False))
            self.placer.around(x, y, _RADIUS_MM)
            self.placer.around(tx, ty, 1.5)


def island_symbol(*, dashed: bool = False) -> str:
    """Legend row of :meth:`CheckDrawing.islands`."""
    dash = ' stroke-dasharray="150 150"' if dashed else ""
    return _svg(f'<path d="M40 230H860" fill="none" stroke="{ISLAND}" stroke-width="75"{dash}/>')


def mark_symbol(*, warning: bool) -> str:
    """Legend row of a numbered finding."""
    colour = WARNING if warning else NOTE
    return _svg(
        f'<circle cx="250" cy="300" r="110" fill="none" stroke="{colour}" stroke-width="40"/>'
        f'<path d="M320 240L560 170" stroke="{colour}" stroke-width="20"/>'
        f'<circle cx="640" cy="170" r="150" fill="{colour}"/>'
    )


def _svg(inside: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="9mm" height="4.6mm" viewBox="0 0 900 460">{inside}</svg>'
