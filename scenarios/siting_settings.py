"""Settings about where posts stand: response tiers, rings, blue-light ways, and what siting may choose from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from scenarios.fields import Text, When
from scenarios.rows import Count, Lat, Lon

Seconds = Annotated[int, Field(ge=1, le=86_400)]


class KindTiers(BaseModel):
    """The tiers of one kind of unit where they are not those of all; what is left out is (P2)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    class_1_s: Seconds | None = None
    class_2_s: Seconds | None = None
    class_3_s: Seconds | None = None


class ResponseSettings(BaseModel):
    """The 1/3/5-minute tiers; what the minutes mean is the planner's own setting (P2).

    ``arrival`` counts the way, ``react`` also the kind's ``turnout_s``, ``handled`` that and ``handle_s``. With
    ``both_ways`` the slower of the way there and the way back counts (P17). ``by_kind`` gives a kind tiers of its own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    class_1_s: Seconds = 60
    class_2_s: Seconds = 180
    class_3_s: Seconds = 300
    meaning: Literal["arrival", "react", "handled"] = "arrival"
    handle_s: Annotated[int, Field(ge=0, le=86_400)] = 0
    both_ways: bool = False
    by_kind: dict[str, KindTiers] = Field(default_factory=dict)

    def standard_s(self, cls: int, kind: str = "") -> int:
        """Seconds of a class, those of a kind where it has its own."""
        name = f"class_{cls}_s"
        own = getattr(self.by_kind[kind], name) if kind in self.by_kind else None
        return int(getattr(self, name) if own is None else own)


class RingSettings(BaseModel):
    """Units that a zone's ring keeps at posts inside ``zone`` and outside every smaller zone (P7)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    zone: Text
    least: Count = 0
    most: Count | None = None


class BlueLights(BaseModel):
    """Places between which emergency vehicles must get through, there and back (P15); none switches it off.

    No post stands within ``clear_m`` of these ways, and no closure may cost one of them more than ``most_delay_s``; a
    square that is closed itself is reached on foot from its edge, and that walk counts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    origins: Annotated[tuple[Text, ...], Field(alias="from")] = ()
    to: tuple[Text, ...] = ()
    clear_m: Annotated[int, Field(ge=0, le=100)] = 5
    most_delay_s: Count = 60


class Fixture(BaseModel):
    """A barrier or a camera that is there anyway (P18): it is seen or sees, it delays or shows, and never responds.

    ``presence_pct`` is what it weighs beside one unit of people at 100; ``sight_m`` how far. It is there in its
    ``spans``, always where it has none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: Text
    name: Text = ""
    kind: Literal["barrier", "camera"]
    lon: Lon
    lat: Lat
    presence_pct: Annotated[int, Field(ge=0, le=1000)]
    sight_m: Annotated[int, Field(ge=1, le=5000)] = 100
    spans: tuple[Text, ...] = ()


class CordonSettings(BaseModel):
    """Exits or gates to be manned at once: ``units`` as ``place:number`` start from those places (units, sites, posts).

    ``at`` is when they leave, which closures they meet depends on it; the start of the horizon where it is not given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: Text
    title: Text = ""
    exits: tuple[Text, ...]
    units: tuple[Text, ...]
    mode: Literal["car", "foot"] = "car"
    at: When | None = None


class SitingSettings(BaseModel):
    """What siting may choose from.

    At posts stand units of ``kind`` and of ``kinds``, each at most as often as ``units_by_kind`` says and all together
    ``most_units``; kinds that share people are served in this order. ``apart_m`` is between any two posts,
    ``apart_alike_m`` between two with the same kind (P4). A unit is seen ``sight_m`` far (P18). ``most_posts`` is the
    most that stand at once.
    ``keep_existing`` makes every existing post stand in all its spans, ``add_posts`` is the most that stand beside
    those and the required ones (keep the 20, add 4).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Text
    kinds: tuple[Text, ...] = ()
    units_by_kind: dict[str, Count] = Field(default_factory=dict)
    units_from: tuple[Text, ...] = ()
    most_units: Count = 12
    candidate_spacing_m: Annotated[int, Field(ge=50, le=5000)] = 400
    apart_m: Count = 150
    apart_alike_m: Count = 0
    sight_m: Annotated[int, Field(ge=1, le=5000)] = 100
    rings: tuple[RingSettings, ...] = ()
    spans: tuple[Text, ...] = ()
    most_posts: Count | None = None
    keep_existing: bool = False
    add_posts: Count | None = None
