"""Kinds of places in the reader's language: those that maps know, and some that events bring; any other as written."""

from __future__ import annotations

from scenarios.tongue import mark
from scenarios.tongue import say as _

#: As ``geodata.sites`` names them, and what maps call other named things.
KINDS = {
    word.replace(" ", "_"): word
    for word in (
        mark("station"), mark("halt"), mark("metro station"), mark("tram stop"), mark("bus station"),
        mark("ferry terminal"), mark("airport"), mark("heliport"), mark("police"), mark("fire station"),
        mark("hospital"), mark("clinic"), mark("school"), mark("kindergarten"), mark("university"), mark("fuel"),
        mark("townhall"), mark("courthouse"), mark("prison"), mark("theatre"), mark("cinema"), mark("hall"),
        mark("marketplace"), mark("worship"), mark("stadium"), mark("arena"), mark("museum"), mark("mall"),
        mark("supermarket"), mark("government"), mark("embassy"), mark("power"), mark("water"), mark("hazard"),
        mark("scenic"), mark("bank"), mark("square"), mark("hotel"), mark("restaurant"), mark("cafe"), mark("pub"),
        mark("parking"), mark("park"), mark("pharmacy"), mark("library"), mark("post office"), mark("building"),
        mark("place"), mark("bridge"), mark("crossing"), mark("tunnel"), mark("camp"), mark("festival"),
    )
}  # fmt: skip


def site_kind(key: str) -> str:
    """``metro_station`` as "metro station" or 地铁站."""
    return _(KINDS[key]) if key in KINDS else key.replace("_", " ")
