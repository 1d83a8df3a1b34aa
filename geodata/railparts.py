"""What the rail of a map consists of: lines, sections, what lies on them, and how to get there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geodata.errors import Dropped, Fault, GeodataError
from geodata.railsearch import points_at
from geodata.railyards import LeftOut
from geodata.saying import say

Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RailFeature:
    """A crossing, bridge or tunnel on a line.

    ``kind`` is ``level_crossing``, ``foot_crossing``, ``bridge`` or ``tunnel``; ``at_m`` the chainage of its middle;
    ``xy`` that place in metres.
    """

    kind: str
    osm_id: str
    at_m: float
    length_m: float
    xy: Float64


@dataclass(frozen=True, eq=False)
class RailAccess:
    """Where a profile's network comes nearest to one place of a section (``start``, ``middle`` or ``end``).

    ``xy`` lies on the road; ``distance_m`` is straight across the ground and says nothing of fences or water.
    """

    profile: str
    at: str
    xy: Float64
    edge: int
    along_m: float
    distance_m: float


@dataclass(frozen=True, eq=False)
class TrackAccess:
    """Where people from a vehicle get to the track; ``distance_m`` is straight across the ground.

    ``how`` is ``crossing`` (a level or foot crossing), ``path`` (a foot way comes to the track) or ``ground`` (nothing
    drawn: a fence or ditch is not seen). ``at_m`` is the chainage on the line, ``track_xy`` the place there, ``xy``
    the place on ``edge`` of the profile's network, ``along_m`` from its start.
    """

    profile: str
    how: str
    at_m: float
    track_xy: Float64
    xy: Float64
    edge: int
    along_m: float
    distance_m: float


@dataclass(frozen=True, eq=False)
class TrackWalk:
    """Whether a section can be walked beside the track.

    Attributes
    ----------
    share : float
        Part of the section, 0..1, along which a foot way runs beside the track.
    path_m, closure_m : float
        Metres of section with such a way; metres that can be walked on the track itself only, so only while it is
        closed.
    paths : tuple of float64 [k, 2]
        The stretches of foot way, in metres.
    edges : int32 [p]
        Their edges in the foot network.
    entry, exit : TrackAccess or None
        First and last place, by chainage, where a vehicle crew gets on and off the section; None if there is none.
    """

    share: float
    path_m: float
    closure_m: float
    paths: tuple[Float64, ...]
    edges: npt.NDArray[np.int32]
    entry: TrackAccess | None
    exit: TrackAccess | None

    @property
    def walkable(self) -> str:
        """``path`` (nine tenths beside the track), ``partly``, or ``closure`` (only with the track closed)."""
        return "path" if self.share >= 0.9 else "partly" if self.path_m >= 1 else "closure"


@dataclass(frozen=True, eq=False)
class RailSection:
    """A stretch of line of at most the section length; chainage in metres from the line's start.

    ``kind`` is the first that holds of ``station_approach``, ``tunnel``, ``bridge``, ``crossing``, ``open_line``.
    ``crossings``, ``bridges`` and ``tunnels`` lie on it, in order; ``station`` names the nearest one if it is an
    approach. ``walk`` says whether one can walk along it, once :func:`geodata.railwalk.with_walks` has looked.
    """

    id: str
    line_id: str
    line_name: str
    from_m: float
    to_m: float
    xy: Float64
    kind: str
    crossings: tuple[RailFeature, ...]
    bridges: tuple[RailFeature, ...]
    tunnels: tuple[RailFeature, ...]
    in_station: bool
    station: str
    access: tuple[RailAccess, ...] = ()
    mode: str = "rail"
    walk: TrackWalk | None = None

    @property
    def length_m(self) -> float:
        """Metres of line."""
        return self.to_m - self.from_m

    @property
    def middle_xy(self) -> Float64:
        """The place half way along, in metres."""
        return np.asarray(points_at(self.xy, np.array([0.5]))[0])

    @property
    def place(self) -> str:
        """As a person would say it: line and kilometres."""
        return f"{self.line_name}, km {self.from_m / 1000:.1f}-{self.to_m / 1000:.1f}"


@dataclass(frozen=True, eq=False)
class Posts:
    """Kilometre posts of a line (``railway=milestone``) beside its own chainage.

    Attributes
    ----------
    at_m, post_m : float64 [p]
        Chainage along the line and what the post says, in metres, by chainage. ``post_m`` runs one way.
    osm_ids : tuple of str
    offset_m, sign : float, int
        Best plain rule: post = ``sign`` x chainage + offset.
    difference_m : float
        Largest difference between that rule and a post: official kilometres jump where lines were rebuilt.
    refused : tuple of str
        Posts beside the line that do not fit in with the others.
    """

    at_m: Float64
    post_m: Float64
    osm_ids: tuple[str, ...]
    offset_m: float
    sign: int
    difference_m: float
    refused: tuple[str, ...] = ()

    def post_of(self, at_m: float) -> float:
        """Official metres at a chainage: straight between two posts, metre for metre beyond the last."""
        return _through(at_m, self.at_m, self.post_m, self.sign)

    def at_of(self, post_m: float) -> float:
        """Chainage of official metres."""
        order = np.argsort(self.post_m)
        return _through(post_m, self.post_m[order], self.at_m[order], self.sign)


def _through(value: float, known: Float64, image: Float64, sign: int) -> float:
    if value <= known[0]:
        return float(image[0] + sign * (value - known[0]))
    if value >= known[-1]:
        return float(image[-1] + sign * (value - known[-1]))
    return float(np.interp(value, known, image))


@dataclass(frozen=True, eq=False)
class RailLine:
    """One line between junctions, stations or map borders.

    Attributes
    ----------
    id : str
        ``R01`` and so on, named and long lines first; ``S`` subway, ``T`` tram, ``M`` monorail, ``F`` funicular and
        ``P`` preserved railway.
    name : str
        For people; two lines share a name where a corridor of another line lies between them.
    xy : float64 [k, 2]
        Course in metres, from its western end.
    start_m : float
        Chainage of the first point; counts on over lines of one name, so "6088, km 12.4" is one place.
    length_m : float
    osm_ways : tuple of int
    mode : str
        ``rail``, ``subway``, ``tram``, ``monorail``, ``funicular`` or ``preserved``.
    posts : Posts or None
        The kilometre posts beside it, where the map has them.
    """

    id: str
    name: str
    xy: Float64
    start_m: float
    length_m: float
    osm_ways: tuple[int, ...]
    mode: str = "rail"
    posts: Posts | None = None


@dataclass(frozen=True, eq=False)
class RailLines:
    """All rail of a map.

    ``track_m`` counts every rail in use, ``running_track_m`` without yards, sidings and spurs, ``line_m`` after
    parallel tracks were merged. ``left_out`` holds every running track that makes no line, with the reason.
    """

    lines: tuple[RailLine, ...]
    sections: tuple[RailSection, ...]
    track_m: float
    running_track_m: float
    line_m: float
    dropped: tuple[Dropped, ...]
    left_out: tuple[LeftOut, ...] = ()

    def section(self, section_id: str) -> RailSection:
        """The section of this id."""
        for section in self.sections:
            if section.id == section_id:
                return section
        raise GeodataError(
            [
                Fault(
                    say("there is no rail section {section_id}", section_id=section_id),
                    mend=say("See the list of sections on the map."),
                )
            ]
        )

    def of_line(self, line_id: str) -> tuple[RailSection, ...]:
        """Sections of one line in order of chainage."""
        return tuple(section for section in self.sections if section.line_id == line_id)
