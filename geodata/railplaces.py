"""Places on a line by kilometre: "line 3, km 12.4-12.9" to metres on the map, and back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geodata.errors import Fault, GeodataError
from geodata.railparts import RailLine, RailLines, RailSection
from geodata.railsearch import cut_line, points_at
from geodata.saying import say
from geodata.sites import plain_name

Float64 = npt.NDArray[np.float64]

_NUMBER = r"(\d+)(?:\s*\+\s*(\d{1,3})(?!\d)|[.,](\d+))?"
_PLACE = re.compile(
    rf"^(?P<line>.*?)[\s,:;，、]*(?<![A-Za-z])(?P<unit>km|pk|dk|k)\s*{_NUMBER}\s*(?:km)?"
    rf"(?:\s*(?:-|–|—|~|～|至|to|bis)\s*(?:km|pk|dk|k)?\s*{_NUMBER}\s*(?:km)?)?\s*$",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"^(?:rail\s+)?(?:line|linie|strecke|ligne|线路|no\.?|nr\.?)\s*(?P<name>.+)$", re.IGNORECASE
)
_SLACK_M = 100.0


@dataclass(frozen=True, eq=False)
class RailPlace:
    """A point (``from_m == to_m``) or stretch of one line; chainage as measured here, in metres.

    ``xy`` is its course (one row for a point); ``sections`` are those it touches, in order.
    """

    line: RailLine
    from_m: float
    to_m: float
    xy: Float64
    sections: tuple[RailSection, ...]

    @property
    def text(self) -> str:
        """As a person would write it; :func:`find_place` reads it back to within half a metre."""
        first, last = f"{self.from_m / 1000:.3f}", f"{self.to_m / 1000:.3f}"
        return f"{self.line.id} {self.line.name}, km {first}" + (
            f"-{last}" if last != first else ""
        )

    @property
    def posts_text(self) -> str:
        """The same by the kilometre posts of the line, or nothing where the map has none."""
        if self.line.posts is None:
            return ""
        ends = sorted(self.line.posts.post_of(m) / 1000 for m in {self.from_m, self.to_m})
        return "posts km " + "-".join(f"{km:.3f}" for km in ends)


def find_place(rail: RailLines, text: str, *, posts: bool = False) -> RailPlace:
    """Find the place that a text such as ``"line 3, km 12.4-12.9"`` or ``"6088 km 12+400"`` names.

    Parameters
    ----------
    rail
        From :func:`geodata.rail.read_rail`.
    text
        A line by id (``R03``), number (``6088``), name or place in the list (``line 3`` is ``R03`` where no line has
        that number), then ``km`` (also ``K``, ``DK``, ``PK``) with one or two kilometres. Where a name stands for
        several lines, the one that has these kilometres is meant.
    posts
        Whether the kilometres are those of the posts along the line; else those measured here from its western end.

    Raises
    ------
    GeodataError
        The text cannot be read, no line or several are meant, or the kilometres lie more than 100 m beyond the line.
    """
    hit = _PLACE.match(text.strip())
    if not hit:
        raise GeodataError(
            [
                Fault(
                    say("{text!r} names no place on a line", text=text),
                    expected=say('a line and kilometres, as in "line 3, km 12.4-12.9"'),
                )
            ]
        )
    low = _metres(hit.group(3), hit.group(4), hit.group(5))
    high = low if hit.group(6) is None else _metres(hit.group(6), hit.group(7), hit.group(8))
    lines = lines_named(rail, hit["line"])
    places = [at for line in lines if (at := _on(rail, line, low, high, posts)) is not None]
    if len(places) == 1:
        return places[0]
    if places:
        raise GeodataError(
            [Fault(say("{text!r} may be on several lines", text=text), tuple(p.line.id for p in places[:3]),
                   len(places),
                   mend=say("Name the line by its id."))]
        )  # fmt: skip
    spans = tuple(f"{line.id} km {_span(line, posts)}" for line in lines)
    if posts and all(line.posts is None for line in lines):
        what = say("the map has no kilometre posts on the line of {text!r}", text=text)
        mend = say("Give kilometres from its western end.")
    else:
        what, mend = say("beyond the ends of its line lies {text!r}", text=text), ""
        if len(lines) > 1:
            mend = say("What is missing between runs beside a longer line and is guarded with that.")
    raise GeodataError([Fault(what, spans[:3], len(spans), mend=mend)])


def lines_named(rail: RailLines, text: str) -> tuple[RailLine, ...]:
    """Lines that a text names, by id, whole name, number, place in the list, or part of the name, in this order.

    Raises
    ------
    GeodataError
        No line of that name.
    """
    said = text.strip(" ,:;，、")
    named = _NAMED.match(said)
    for word in dict.fromkeys((said, named["name"].strip() if named else said)):
        plain = plain_name(word)
        by_id = [
            line
            for line in rail.lines
            if plain == line.id.lower() or plain == plain_name(f"{line.id} {line.name}")
        ]
        whole = [
            line
            for line in rail.lines
            if plain and plain in (plain_name(line.name), line.name.split()[0].lower())
        ]
        if by_id or whole:
            return tuple(by_id or whole)
    word = named["name"].strip() if named else said
    plain = plain_name(word)
    if plain.isdigit():
        found = [
            line for line in rail.lines if int(line.id[1:]) == int(plain) and line.mode == "rail"
        ]
    else:
        found = [line for line in rail.lines if plain and plain in plain_name(line.name)]
    if not found:
        known = tuple(f"{line.id} {line.name}" for line in rail.lines)
        raise GeodataError(
            [Fault(say("there is no line {word!r}", word=word) if word else say("no line is named"), known[:3],
                   len(known),
                   mend=say("The map's lines are listed by `vedette map`."))]
        )  # fmt: skip
    return tuple(found)


def place_at(rail: RailLines, line_id: str, from_m: float, to_m: float | None = None) -> RailPlace:
    """Return the place at a chainage, or between two, of the line with this id.

    Raises
    ------
    GeodataError
        No such line, or a chainage beyond its ends.
    """
    line = next((line for line in rail.lines if line.id == line_id), None)
    if line is None:
        lines_named(rail, line_id)
        raise GeodataError([Fault(say("there is no line with the id {line_id!r}", line_id=line_id))])
    place = _on(rail, line, from_m, from_m if to_m is None else to_m, posts=False)
    if place is None:
        raise GeodataError(
            [Fault(say("chainage beyond line {line_id}", line_id=line_id),
                   expected=f"km {_span(line, posts=False)}")]
        )
    return place


def nearest_place(rail: RailLines, xy: npt.ArrayLike, *, limit_m: float = 500.0) -> RailPlace:
    """Return the place on a line nearest to a point in metres.

    Raises
    ------
    GeodataError
        No line within the limit.
    """
    point = shapely.Point(np.asarray(xy, dtype=np.float64))
    shapes = [shapely.LineString(line.xy) for line in rail.lines]
    gaps = [shape.distance(point) for shape in shapes]
    if not gaps or min(gaps) > limit_m:
        raise GeodataError([Fault(say("no rail line within {limit_m:.0f} m of the point", limit_m=limit_m))])
    k = int(np.argmin(gaps))
    line = rail.lines[k]
    return place_at(rail, line.id, line.start_m + shapes[k].project(point))


def _on(rail: RailLines, line: RailLine, low: float, high: float, posts: bool) -> RailPlace | None:
    if posts:
        if line.posts is None:
            return None
        low, high = line.posts.at_of(low), line.posts.at_of(high)
    low, high = min(low, high), max(low, high)
    end_m = line.start_m + line.length_m
    if low < line.start_m - _SLACK_M or high > end_m + _SLACK_M:
        return None
    low, high = (min(max(m, line.start_m), end_m) for m in (low, high))
    at = np.array([low, high]) - line.start_m
    xy = (
        points_at(line.xy, at[:1] / line.length_m)
        if low == high
        else cut_line(line.xy, float(at[0]), float(at[1]))
    )
    return RailPlace(line, low, high, xy, _touched(rail.of_line(line.id), low, high))


def _touched(sections: Sequence[RailSection], low: float, high: float) -> tuple[RailSection, ...]:
    if low == high:
        inside = [s for s in sections if s.from_m <= low < s.to_m]
        return tuple(inside or sections[-1:])
    return tuple(s for s in sections if s.from_m < high and low < s.to_m)


def _span(line: RailLine, posts: bool) -> str:
    ends = [line.start_m, line.start_m + line.length_m]
    if posts and line.posts is not None:
        ends = sorted(line.posts.post_of(m) for m in ends)
    return f"{ends[0] / 1000:.1f}-{ends[1] / 1000:.1f}"


def _metres(whole: str, plus: str | None, part: str | None) -> float:
    if plus is not None:
        return int(whole) * 1000.0 + int(plus)
    return float(f"{whole}.{part or 0}") * 1000.0
