"""Who travels: which roads a profile may use, in which direction, and how fast. Tags in, numbers out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from geodata.errors import Fault, GeodataError

Tags = Mapping[str, str]
Direction = Literal["both", "forward", "backward"]

_YES = frozenset({"yes", "true", "1", "t"})
_BACK = frozenset({"-1", "reverse", "backward"})
_NO = frozenset({"no", "false", "0", "f"})
_OPEN_VALUES = frozenset(
    {
        "yes",
        "designated",
        "permissive",
        "official",
        "destination",
        "customers",
        "delivery",
        "permit",
    }
)
ACCESS_KEYS = ("access", "vehicle", "motor_vehicle", "motorcar", "emergency", "bicycle", "foot")


@dataclass(frozen=True)
class Profile:
    """How one kind of traveller uses the road.

    Attributes
    ----------
    name : str
    kmh_by_class : mapping
        Default speed by ``highway`` value; a class that is absent is not for this profile.
    access_keys : tuple of str
        Access tags from the most general to the most special; the last one present decides.
    shut_values : frozenset of str
        Access values that keep this profile out.
    on_request : frozenset of str
        Classes used only where an access tag opens them in words.
    barriers_shut : frozenset of str
        ``barrier`` values that stop this profile unless an access tag opens them.
    one_way : bool
        Whether one-way signs bind it.
    uses_maxspeed : bool
        Whether speed limits are driven; else the class speed alone counts.
    top_kmh : float
        Never faster than this.
    uses_areas : bool
        Whether the outline of ``area=yes`` counts as a way.
    tag : str
        Name of this traveller in ``oneway:<tag>``; the profile's own name when empty.
    against_factor : float
        Share of the speed driven against a one-way street; 0 where that is not done. Never on motorways, their
        ramps and roundabouts.
    passes : frozenset of str
        ``barrier`` values that are opened for this profile whatever a tag says.
    """

    name: str
    kmh_by_class: Mapping[str, float]
    access_keys: tuple[str, ...]
    shut_values: frozenset[str]
    on_request: frozenset[str]
    barriers_shut: frozenset[str]
    one_way: bool
    uses_maxspeed: bool
    top_kmh: float
    uses_areas: bool
    tag: str = ""
    against_factor: float = 0.0
    passes: frozenset[str] = frozenset()


_NOT_PASSED_BY_CAR = frozenset(
    {
        "bollard", "block", "cycle_barrier", "kissing_gate", "stile", "turnstile", "full-height_turnstile", "chain",
        "jersey_barrier", "debris", "log", "motorcycle_barrier", "horse_stile", "planter", "rope", "fence", "wall",
        "hedge", "guard_rail", "barrier_board", "sump_buster", "bus_trap",
    }
)  # fmt: skip
_NOT_PASSED_ON_FOOT = frozenset({"fence", "wall", "hedge", "guard_rail"})

CAR = Profile(
    name="car",
    kmh_by_class={
        "motorway": 120, "motorway_link": 60, "trunk": 90, "trunk_link": 50, "primary": 60, "primary_link": 50,
        "secondary": 50, "secondary_link": 40, "tertiary": 50, "tertiary_link": 40, "unclassified": 40,
        "residential": 30, "living_street": 10, "service": 15, "road": 30, "track": 15, "pedestrian": 7,
    },
    access_keys=("access", "vehicle", "motor_vehicle", "motorcar"),
    shut_values=frozenset({"no", "private", "agricultural", "forestry", "military", "emergency", "bus", "psv"}),
    on_request=frozenset({"track", "pedestrian"}),
    barriers_shut=_NOT_PASSED_BY_CAR,
    one_way=True,
    uses_maxspeed=True,
    top_kmh=130,
    uses_areas=False,
)  # fmt: skip

FOOT = Profile(
    name="foot",
    kmh_by_class={
        "trunk": 5, "trunk_link": 5, "primary": 5, "primary_link": 5, "secondary": 5, "secondary_link": 5,
        "tertiary": 5, "tertiary_link": 5, "unclassified": 5, "residential": 5, "living_street": 5, "service": 5,
        "road": 5, "track": 5, "pedestrian": 5, "footway": 5, "path": 5, "cycleway": 5, "bridleway": 5,
        "corridor": 4, "steps": 2.5, "platform": 4, "elevator": 2,
    },
    access_keys=("access", "foot"),
    shut_values=frozenset({"no", "private", "military", "use_sidepath"}),
    on_request=frozenset(),
    barriers_shut=_NOT_PASSED_ON_FOOT,
    one_way=False,
    uses_maxspeed=False,
    top_kmh=5,
    uses_areas=True,
)  # fmt: skip

_GATES = frozenset(
    {"gate", "lift_gate", "swing_gate", "sliding_gate", "sliding_beam", "bump_gate", "hampshire_gate", "chain",
     "rising_bollard", "toll_booth", "border_control", "entrance"}
)  # fmt: skip


def emergency_profile(*, gates: bool = False, against_factor: float = 0.0) -> Profile:
    """A vehicle on a call: as a car, but ``emergency=yes`` opens a road to it.

    Parameters
    ----------
    gates
        Whether gates and chains are opened for it, locked and private ones too.
    against_factor
        Share of the speed at which it goes against one-way streets; 0 for never. Both are off until somebody who
        answers for it allows them.

    Raises
    ------
    GeodataError
        The factor is not from 0 to 1.
    """
    if not 0.0 <= against_factor <= 1.0:
        raise GeodataError(
            [Fault(f"speed against one-way streets is {against_factor:g} of the normal one", expected="0 to 1")]
        )  # fmt: skip
    return replace(
        CAR, name="emergency", access_keys=(*CAR.access_keys, "emergency"), tag="emergency",
        shut_values=CAR.shut_values - {"emergency", "bus", "psv"}, against_factor=against_factor,
        passes=_GATES if gates else frozenset(),
    )  # fmt: skip


EMERGENCY = emergency_profile()

BIKE = Profile(
    name="bike",
    kmh_by_class={
        "primary": 16, "primary_link": 16, "secondary": 16, "secondary_link": 16, "tertiary": 16, "tertiary_link": 16,
        "unclassified": 16, "residential": 15, "living_street": 10, "service": 14, "road": 15, "track": 12,
        "cycleway": 17, "path": 11, "pedestrian": 6, "footway": 6, "bridleway": 8, "trunk": 16, "trunk_link": 16,
    },
    access_keys=("access", "vehicle", "bicycle"),
    shut_values=frozenset({"no", "private", "military", "use_sidepath", "dismount"}),
    on_request=frozenset({"pedestrian", "footway", "bridleway", "trunk", "trunk_link"}),
    barriers_shut=frozenset({"fence", "wall", "hedge", "guard_rail", "stile", "turnstile", "full-height_turnstile"}),
    one_way=True,
    uses_maxspeed=False,
    top_kmh=17,
    uses_areas=False,
    tag="bicycle",
)  # fmt: skip

PROFILES: Mapping[str, Profile] = {"car": CAR, "emergency": EMERGENCY, "bike": BIKE, "foot": FOOT}

_NOT_BUILT = frozenset(
    {"proposed", "construction", "planned", "abandoned", "razed", "disused", "dismantled"}
)


def why_not(tags: Tags, profile: Profile) -> str | None:
    """Say why a way is not for this profile, or None when it is."""
    kind = tags.get("highway")
    if kind is None:
        return "not a road"
    if kind in _NOT_BUILT:
        return "road not built or given up"
    if kind not in profile.kmh_by_class:
        return f"class not for {profile.name}"
    if tags.get("area") == "yes" and not profile.uses_areas:
        return "outline of an area, not a lane"
    said = access(tags, profile)
    if said in profile.shut_values:
        return f"access={said} for {profile.name}"
    if kind in profile.on_request and said not in _OPEN_VALUES:
        firm = kind == "track" and tags.get("tracktype") in ("grade1", "grade2")
        if not firm:
            return f"{kind} not opened to {profile.name} by a tag"
    return None


def access(tags: Tags, profile: Profile) -> str | None:
    """Return the access value that binds this profile (the most special tag wins), or None when nothing is said."""
    said = None
    for key in profile.access_keys:
        said = tags.get(key, said)
    if said is None:
        return None
    values = [value.strip().lower() for value in said.split(";")]
    is_open = [value for value in values if value not in profile.shut_values]
    return (is_open or values)[0]


def barrier_stops(tags: Tags, profile: Profile) -> bool:
    """Whether a node with these tags stops the profile; a word in an access tag beats the barrier's kind."""
    barrier = tags.get("barrier")
    if barrier is None or barrier in profile.passes:
        return False
    said = access(tags, profile)
    if said is not None:
        return said in profile.shut_values
    return barrier in profile.barriers_shut or tags.get("locked") == "yes"


def direction(tags: Tags, profile: Profile) -> tuple[Direction, str | None]:
    """Return the direction a profile may take along the way as drawn, and a note when the tag is in doubt."""
    own = tags.get(f"oneway:{profile.tag or profile.name}", "").strip().lower()
    if not profile.one_way:
        return ("forward", None) if own in _YES else ("both", None)
    if profile.tag == "bicycle" and not own:
        lanes = (tags.get(f"cycleway{side}", "") for side in ("", ":left", ":right", ":both"))
        own = "no" if any(lane.startswith("opposite") for lane in lanes) else ""
    said = own or tags.get("oneway", "").strip().lower()
    values = [value.strip() for value in said.split(";") if value.strip()]
    note = f"oneway={said}: the first value was taken" if len(values) > 1 else None
    if note is None and "oneway:conditional" in tags:
        note = "oneway:conditional: the direction without its condition was taken"
    value = values[0] if values else ""
    if value in _YES:
        return "forward", note
    if value in _BACK:
        return "backward", note
    if value in _NO:
        return "both", note
    if value:
        note = f"oneway={said} read as two-way"
    implied = (
        tags.get("junction") in ("roundabout", "circular") or tags.get("highway") == "motorway"
    )
    return ("forward" if implied else "both"), note


def against_share(tags: Tags, profile: Profile) -> float:
    """Share of the speed at which a profile goes against a one-way way, 0 where it may not."""
    kind = tags.get("highway", "")
    if kind.startswith(("motorway", "trunk")) or "junction" in tags:
        return 0.0
    return profile.against_factor
