"""The map writer: a plan drawn true to scale, small, and readable without colour.

Shapes go into one SVG; words are kept apart as :class:`Label` and are set by the page template, so that they are
real, searchable text in the paper's own fonts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from scenarios.publish.basemap import BaseMap, path_data, width_factor
from scenarios.publish.labels import (
    Label,
    Placer,
    broken,
    short_name,
    spread,
    svg_text,
    text_size_mm,
)
from scenarios.publish.mapframe import UNIT, Frame, Grid, column_letters
from scenarios.publish.routeline import arrows, aside, doubled, joined
from scenarios.publish.symbols import (
    ARROW,
    CRIMSON,
    GRID,
    NAVY,
    RAIL,
    RED,
    ZONE_DASHES,
    crossing,
    disc,
    house,
    leader,
    north,
    scale_bar,
    site_symbol,
)
from scenarios.view import AreaView, PostView, SectionView, SiteView, TourView


class MapDrawing:
    """One map being drawn. Call the parts from the ground upwards, then :meth:`sheet`.

    Parameters
    ----------
    frame
        The window of ground and its scale.
    base
        The background, shared by all sheets of a plan.
    grid
        The plan's lettered grid.
    """

    def __init__(self, frame: Frame, base: BaseMap, grid: Grid) -> None:
        self.frame, self.base, self.grid = frame, base, grid
        self.placer = Placer(frame.width_mm, frame.height_mm)
        self._inside: list[str] = base.draw(frame)
        self._above: list[str] = []
        self._discs: list[Label] = []
        self._symbols: list[tuple[float, float]] = []
        self._furniture: list[Label] = []
        self._draw_grid()
        # Names keep off the tracks where there is a choice.
        for line in base.rail.within(frame):
            self._avoid(frame.paper(line), 0.7)

    def _avoid(self, line: np.ndarray, half: float) -> None:
        """Ask names to stay off a line on paper, point by point at most 2 mm apart."""
        steps = np.hypot(*np.diff(line, axis=0).T)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        at = np.arange(0, along[-1], 2.0)
        xs, ys = np.interp(at, along, line[:, 0]), np.interp(at, along, line[:, 1])
        inside = (xs > 0) & (ys > 0) & (xs < self.frame.width_mm) & (ys < self.frame.height_mm)
        for x, y in zip(xs[inside].tolist(), ys[inside].tolist(), strict=True):
            self.placer.take((x - half, y - half, x + half, y + half), soft=True)

    # ---------------------------------------------------------------- ground
    def _draw_grid(self) -> None:
        cols, rows = self.grid.lines(self.frame)
        w, h = self.frame.width_mm, self.frame.height_mm
        cell = self.grid.cell_m / self.frame.metres_per_mm
        d = "".join(f"M{_u(x)} 0v{_u(h)}" for _, x in cols if 0 < x < w)
        d += "".join(f"M0 {_u(y)}h{_u(w)}" for _, y in rows if 0 < y < h)
        self._inside.append(
            f'<path d="{d}" fill="none" stroke="{GRID}" stroke-width="14" opacity="0.75"/>'
        )
        for i, x in cols[: self.grid.n_cols]:
            middle = (max(0, x) + min(w, x + cell)) / 2
            if i < self.grid.n_cols and min(w, x + cell) - max(0, x) > 9:
                for y in (3.2, h - 3.2):
                    self.placer.fixed(Label(middle, y, column_letters(i), 8, 700, GRID))
        for i, y in rows[: self.grid.n_rows]:
            middle = (max(0, y) + min(h, y + cell)) / 2
            if i < self.grid.n_rows and 6.5 < middle < h - 6.5:
                for x in (3.2, w - 3.2):
                    self.placer.fixed(Label(x, middle, str(i + 1), 8, 700, GRID))

    def areas(self, zones: Sequence[AreaView], *, named: bool = True) -> None:
        """Zones as outlines; each kind has its own dash, so that they differ without colour."""
        kinds = sorted({z.kind for z in zones})
        inner = min(zones, key=lambda z: float(np.ptp(z.xy[:, 0])), default=None)
        for zone in zones:
            ring = _closed(zone.xy)
            d = path_data([ring], self.frame)
            dash = ZONE_DASHES[kinds.index(zone.kind) % len(ZONE_DASHES)]
            more = f' stroke-dasharray="{dash}"' if dash else ""
            self._inside.append(
                f'<path d="{d}" fill="{NAVY if zone is inner else "none"}" fill-opacity="0.055" stroke="#ffffff" '
                'stroke-width="110" stroke-opacity="0.6"/>'
                f'<path d="{d}" fill="none" stroke="{NAVY}" stroke-width="40"{more}/>'
            )
            self._avoid(self.frame.paper(ring), 0.4)
            if named and zone.name:
                self._name_zone(zone)

    def _name_zone(self, zone: AreaView) -> None:
        p = self.frame.paper(zone.xy)
        top = p[p[:, 1].argmin()]
        if 8 < top[0] < self.frame.width_mm - 8 and 8 < top[1] < self.frame.height_mm - 8:
            self.placer.beside(
                float(top[0]),
                float(top[1]),
                1.2,
                Label(0, 0, zone.name, 7.5, 600, NAVY, italic=True),
                far=True,
            )

    def closures(self, closures: Sequence[AreaView]) -> None:
        """Closed roads as a barred band, closed areas hatched."""
        for n, area in enumerate(closures):
            if len(area.xy) > 3 and np.array_equal(area.xy[0], area.xy[-1]):
                d = path_data([area.xy], self.frame)
                self._inside.append(
                    f'<pattern id="hatch{n}" width="160" height="160" patternUnits="userSpaceOnUse" '
                    f'patternTransform="rotate(45)"><rect width="45" height="160" fill="{RED}" '
                    f'fill-opacity="0.55"/></pattern><path d="{d}" '
                    f'fill="url(#hatch{n})" stroke="{RED}" stroke-width="40"/>'
                )
            else:
                d = path_data([area.xy], self.frame)
                self._inside.append(
                    f'<path d="{d}" fill="none" stroke="{RED}" stroke-width="130"/>'
                    f'<path d="{d}" fill="none" stroke="#ffffff" stroke-width="80" stroke-dasharray="90 90"/>'
                )

    def closure_names(self, closures: Sequence[AreaView], spans: Sequence[str]) -> None:
        """What is closed and when, beside each closure where there is room."""
        for area, span in zip(closures, spans, strict=True):
            p = self.frame.paper(area.xy)
            closed = len(p) > 3 and np.array_equal(p[0], p[-1])
            x, y = ((p.min(axis=0) + p.max(axis=0)) / 2 if closed else p[len(p) // 2]).tolist()
            if 0 < x < self.frame.width_mm and 0 < y < self.frame.height_mm:
                text = "\n".join(t for t in (broken(area.name), span) if t)
                gap = min(float(np.ptp(p, axis=0).max()) / 2, 12.0) if closed else 1.0
                self.placer.beside(
                    x, y, gap + 0.5, Label(0, 0, text, 6, 600, RED, italic=True), far=True
                )

    def sections(self, sections: Sequence[SectionView], *, crossings: bool = True) -> None:
        """Rail sections under a promise: a violet band on the track, ends ticked, crossings marked."""
        kept = [s for s in sections if s.gaps]
        d = path_data([s.xy for s in kept], self.frame)
        if not d:
            return
        w = width_factor(self.frame.scale)
        self._inside.append(
            f'<path d="{d}" fill="none" stroke="{RAIL}" stroke-opacity="0.3" stroke-width="{_u(1.7 * w)}"/>'
            f'<path d="{d}" fill="none" stroke="{RAIL}" stroke-width="{_u(0.25 * w)}"/>'
        )
        spots = {(round(x), round(y)): (x, y) for s in kept for x, y in s.crossings}
        for x, y in spots.values() if crossings else ():
            if self.frame.holds(x, y):
                (px, py) = self.frame.paper((x, y))[0].tolist()
                self._above.append(crossing(px, py))
                self.placer.around(px, py, 1.1)

    # ---------------------------------------------------------------- subjects
    def sites(self, sites: Sequence[SiteView]) -> None:
        """Symbols of sites; their names come later, when all symbols stand."""
        for site in sites:
            if self.frame.holds(*site.xy, inside_mm=1.5):
                (x, y) = self.frame.paper(site.xy)[0].tolist()
                self._above.append(site_symbol(x, y, site.cls, bare=bool(site.uncovered)))
                self.placer.around(x, y, 1.3)
                self._symbols.append((x, y))

    def site_names(
        self, sites: Sequence[SiteView], *, size_pt: float = 6.6, must_class: int = 1
    ) -> None:
        """Names of sites, the weightiest first; one without room is left out unless its class is a must."""
        for site in sorted(sites, key=lambda s: (s.cls, -s.weight, s.id)):
            if self.frame.holds(*site.xy, inside_mm=1.5):
                (x, y) = self.frame.paper(site.xy)[0].tolist()
                first = site.cls <= 1
                label = Label(
                    0, 0, broken(site.name), size_pt + (0.8 if first else 0), 700 if first else 400
                )
                self.placer.beside(x, y, 1.7, label, must=site.cls <= must_class, far=True)

    def posts(self, posts: Sequence[PostView]) -> None:
        """Numbered discs; crowded ones are pushed apart and tied to their true place."""
        shown = [p for p in posts if self.frame.holds(*p.xy, inside_mm=1)]
        if not shown:
            return
        at = self.frame.paper(np.array([p.xy for p in shown]))
        radius = 3.1 if len(shown) <= 60 else 2.4
        where = spread(
            at, radius + 0.35, self.frame.width_mm, self.frame.height_mm, keep_off=self._symbols
        )
        for post, (tx, ty), (x, y) in zip(shown, at.tolist(), where.tolist(), strict=True):
            if (x - tx) ** 2 + (y - ty) ** 2 > 1.2:
                self._above.append(leader(tx, ty, x, y))
            self._above.append(disc(x, y, radius, NAVY))
            size = 7.6 if len(post.number) <= 2 else 6.6 if len(post.number) <= 3 else 5.2
            self._discs.append(
                Label(x, y, post.number, size * radius / 3.1, 700, "#ffffff", halo=False)
            )
            self.placer.around(x, y, radius)

    def route(self, tour: TourView) -> None:
        """A tour's way with arrows, two lanes where it doubles back, stops and home numbered."""
        ways = joined(tour.lines)
        if len(ways) < 2:
            return
        lane = 0.52
        paper = self.frame.paper(ways)
        line = aside(paper, np.where(doubled(ways), lane, 0.0))
        d = _path(line)
        stops = (
            self.frame.paper(np.array([s.xy for s in tour.stops]))
            if tour.stops
            else np.zeros((0, 2))
        )
        self._inside.append(
            '<g fill="none" stroke-linejoin="round" stroke-linecap="round">'
            f'<path d="{d}" stroke="#ffffff" stroke-width="165" stroke-opacity="0.85"/>'
            f'<path d="{d}" stroke="{CRIMSON}" stroke-width="82"/></g>'
        )
        for leg, stop in zip(tour.legs, tour.stops, strict=False):
            if len(leg.xy):
                # What lies off the road is reached on foot.
                (ax, ay), (bx, by) = self.frame.paper(np.array([leg.xy[-1], stop.xy])).tolist()
                if (ax - bx) ** 2 + (ay - by) ** 2 > 1:
                    self._inside.append(
                        f'<path d="M{_u(ax)} {_u(ay)}L{_u(bx)} {_u(by)}" stroke="{CRIMSON}" stroke-width="40" '
                        'stroke-dasharray="70 60"/>'
                    )
        for x, y, angle in arrows(line, 15.0, avoid=stops, clear=3.4):
            self._inside.append(
                f'<path transform="translate({_u(x)} {_u(y)}) rotate({angle:.0f})" {ARROW}/>'
            )
        self._avoid(line, 0.7)

    def stops(self, tour: TourView, grouped: Mapping[tuple[int, int], list[int]]) -> None:
        """Stop numbers (several visits of one place share a disc) and the depot."""
        (hx, hy) = self.frame.paper(tour.depot_xy)[0].tolist()
        places = [tour.stops[numbers[0] - 1].xy for numbers in grouped.values()]
        at = self.frame.paper(np.array(places)) if places else np.zeros((0, 2))
        many = len(at) > 30
        radius = 1.9 if many else 2.5
        where = spread(
            np.vstack([at, [(hx, hy)]]), radius + 0.3, self.frame.width_mm, self.frame.height_mm
        )
        if self.frame.holds(*tour.depot_xy):
            self._above.append(house(float(where[-1][0]), float(where[-1][1])))
            self.placer.around(float(where[-1][0]), float(where[-1][1]), 2.2)
        named: list[tuple[float, float, str]] = []
        for numbers, (tx, ty), (x, y) in zip(
            grouped.values(), at.tolist(), where[:-1].tolist(), strict=True
        ):
            if (x - tx) ** 2 + (y - ty) ** 2 > 0.8:
                self._above.append(leader(tx, ty, x, y))
            self._above.append(disc(x, y, radius, NAVY))
            size = (7.0 if numbers[0] < 10 else 6.2) * (0.78 if many else 1)
            self._discs.append(Label(x, y, str(numbers[0]), size, 700, "#ffffff", halo=False))
            self.placer.around(x, y, radius)
            name = short_name(tour.stops[numbers[0] - 1].name)
            again = " · ".join(str(n) for n in numbers[1:4]) + (" …" if len(numbers) > 4 else "")
            named.append((x, y, f"{broken(name)}\n(+ {again})" if again else broken(name)))
        for x, y, text in named:
            size = 5.4 if many else 6.4
            self.placer.beside(
                x,
                y,
                radius + 0.4,
                Label(0, 0, text, size, 600),
                must=len(named) <= 12,
                far=not many,
            )

    def streets(self, most: int = 40, size_pt: float = 5.4) -> None:
        """Names of streets and quarters where there is room; a name is written once."""
        done: set[str] = set()
        for text, x, y in self.base.background.labels:
            if len(done) >= most:
                break
            if text in done or not self.frame.holds(x, y, inside_mm=6):
                continue
            (px, py) = self.frame.paper((x, y))[0].tolist()
            if self.placer.beside(
                px, py, -0.1, Label(0, 0, text, size_pt, 400, "#6a6459", italic=True)
            ):
                done.add(text)

    # ---------------------------------------------------------------- furniture
    def furniture(self, avoid: Sequence[tuple[float, float]] = (), *, small: bool = False) -> None:
        """Scale bar and north arrow in a white panel; call it before names are placed.

        Parameters
        ----------
        avoid
            Ground points that the panel should not hide; it goes to the corner with the fewest.
        small
            A short bar, for a small map.
        """
        bar_m = self.frame.bar_m(24 if small else 46)
        bar = bar_m / self.frame.metres_per_mm
        edge = 5.5 if small else 7.0
        wide, high = bar + 22, 14.5
        x0, y0 = self._corner(wide, high, edge, avoid)
        self._above.append(
            f'<rect x="{_u(x0)}" y="{_u(y0)}" width="{_u(wide)}" height="{_u(high)}" rx="60" '
            'fill="#ffffff" stroke="#444" stroke-width="15"/>'
        )
        left, top = x0 + 5, y0 + 6.2
        self._above.append(scale_bar(left, top, bar))
        many, unit = (bar_m, "m") if bar_m < 2000 else (bar_m / 1000, "km")
        for part, text in ((0, "0"), (0.5, f"{many / 2:g}"), (1, f"{many:g} {unit}")):
            self._furniture.append(Label(left + part * bar, top - 2.1, text, 6.5, halo=False))
        self._furniture.append(
            Label(left + bar / 2, top + 4.6, f"1:{self.frame.scale:,}", 7, 600, halo=False)
        )
        ax, ay = x0 + wide - 6, y0 + 4.6
        self._above.append(north(ax, ay))
        self._furniture.append(Label(ax, ay - 2.2, "N", 7.5, 700, halo=False))
        self.placer.take((x0, y0, x0 + wide, y0 + high))

    def _corner(
        self, wide: float, high: float, edge: float, avoid: Sequence[tuple[float, float]]
    ) -> tuple[float, float]:
        right, low = self.frame.width_mm - edge - wide, self.frame.height_mm - edge - high
        corners = [(edge, low), (right, low), (edge, edge), (right, edge)]
        if not avoid:
            return corners[0]
        p = self.frame.paper(np.array(avoid))
        hidden = [
            int(((p > (x - 3, y - 3)) & (p < (x + wide + 3, y + high + 3))).all(axis=1).sum())
            for x, y in corners
        ]
        return corners[hidden.index(min(hidden))]

    def box(self, frame: Frame, text: str) -> None:
        """The outline of another sheet's window."""
        west, south, east, north = frame.bounds
        ring = np.array([(west, south), (east, south), (east, north), (west, north), (west, south)])
        self._inside.append(
            f'<path d="{path_data([ring], self.frame)}" fill="none" stroke="#111" stroke-width="40"/>'
        )
        (x, y) = self.frame.paper((west, north))[0].tolist()
        wide, _ = text_size_mm(text, 7.5, 700)
        middle = min(max(x, 0) + 2 + wide / 2, self.frame.width_mm - wide / 2 - 2)
        self.placer.fixed(Label(middle, max(y + 3, 8), text, 7.5, 700))

    # ---------------------------------------------------------------- out
    def sheet(self) -> dict[str, object]:
        """Plain data for the page template: the drawing, its size in millimetres, its words."""
        return {
            "svg": self.svg(),
            "w": self.frame.width_mm,
            "h": self.frame.height_mm,
            "scale": self.frame.scale,
            "labels": [label.data() for label in self._words()],
        }

    def _words(self) -> list[Label]:
        return [*self.placer.labels, *self._discs, *self._furniture]

    def svg(self, *, words: bool = False) -> str:
        """The drawing alone, or with its words as SVG text for use outside a paper."""
        w, h = self.frame.width_mm, self.frame.height_mm
        text = "".join(svg_text(label) for label in self._words()) if words else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{w:g}mm" height="{h:g}mm" '
            f'viewBox="0 0 {_u(w)} {_u(h)}"><defs><clipPath id="frame"><rect width="{_u(w)}" height="{_u(h)}"/>'
            f'</clipPath></defs><g clip-path="url(#frame)">{"".join(self._inside)}{"".join(self._above)}</g>'
            f'<rect width="{_u(w)}" height="{_u(h)}" fill="none" stroke="#222" stroke-width="30"/>{text}</svg>'
        )


def _closed(xy: np.ndarray) -> np.ndarray:
    return xy if np.array_equal(xy[0], xy[-1]) else np.vstack([xy, xy[:1]])


def _path(points: np.ndarray) -> str:
    units = np.rint(points * UNIT).astype(int).tolist()
    return "M" + "L".join(f"{x} {y}" for x, y in units)


def _u(millimetres: float) -> int:
    return round(millimetres * UNIT)
