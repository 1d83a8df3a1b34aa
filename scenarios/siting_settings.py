"""Settings about where posts stand: response tiers, rings, blue-light ways, and what siting may choose from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from scenarios.fields import Text, When
from scenarios.rows import Count


class ResponseSettings(BaseModel):
    """The 1/3/5-minute tiers; what the minutes mean is the planner's own setting (P2)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    class_1_s: Annotated[int, Field(ge=1, le=86_400)] = 60
    class_2_s: Annotated[int, Field(ge=1, le=86_400)] = 180
    class_3_s: Annotated[int, Field(ge=1, le=86_400)] = 300
    meaning: Literal["arrival", "react", "handled"] = "arrival"


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

    ``most_posts`` is the most that stand at once. ``keep_existing`` makes every existing post stand in all its spans,
    ``add_posts`` is the most that stand beside those and the required ones (keep the 20, add 4).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Text
    units_from: tuple[Text, ...] = ()
    most_units: Count = 12
    candidate_spacing_m: Annotated[int, Field(ge=50, le=5000)] = 400
    apart_m: Count = 150
    rings: tuple[RingSettings, ...] = ()
    spans: tuple[Text, ...] = ()
    most_posts: Count | None = None
    keep_existing: bool = False
    add_posts: Count | None = None
