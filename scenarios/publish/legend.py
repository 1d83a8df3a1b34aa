"""Legend entries: the same symbols as on the map, small."""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.publish.symbols import (
    ARROW,
    CRIMSON,
    NAVY,
    RAIL,
    RED,
    ZONE_DASHES,
    crossing,
    disc,
    house,
    site_symbol,
)
from scenarios.publish.words import Words

_W, _H = 900, 460


def _box(inside: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="9mm" height="4.6mm" viewBox="0 0 {_W} {_H}">{inside}</svg>'


def _line(*strokes: str) -> str:
    return _box("".join(f'<path d="M40 230H860" fill="none" {s}/>' for s in strokes))


def line_symbol(colour: str, dash: str = "") -> str:
    """A plain line as a legend sign, dashed if asked."""
    return _line(f'stroke="{colour}" stroke-width="55"' + (f' stroke-dasharray="{dash}"' if dash else ""))


def _entry(key: str, zone_kinds: Sequence[str]) -> tuple[str, str]:
    if key.startswith("zone:"):
        name = key[5:]
        dash = ZONE_DASHES[zone_kinds.index(name) % len(ZONE_DASHES)]
        return (
            _line(f'stroke="{NAVY}" stroke-width="45" stroke-dasharray="{dash or "none"}"'),
            name,
        )
    return {
        "post": (_box(disc(4.5, 2.3, 2.1, NAVY)), "Post"),
        "site1": (_box(site_symbol(4.5, 2.3, 1)), "Site, class 1"),
        "site2": (_box(site_symbol(4.5, 2.3, 2)), "Site, class 2"),
        "site3": (_box(site_symbol(4.5, 2.3, 3)), "Site, class 3"),
        "bare": (_box(site_symbol(4.5, 2.3, 3, bare=True)), "Site not covered in time"),
        "route": (
            _box(
                f'<path d="M40 230H860" stroke="{CRIMSON}" stroke-width="82"/>'
                f'<path transform="translate(450 230)" {ARROW}/>'
            ),
            "Patrol route",
        ),
        "depot": (_box(house(4.5, 2.4)), "Depot"),
        "closed": (
            _line(
                f'stroke="{RED}" stroke-width="130"',
                'stroke="#fff" stroke-width="80" stroke-dasharray="90 90"',
            ),
            "Closed",
        ),
        "closed_area": (
            _box(
                '<defs><clipPath id="c"><rect x="120" y="60" width="660" height="340"/></clipPath></defs>'
                f'<g clip-path="url(#c)"><path d="{"".join(f"M{x} 460l460 -460" for x in range(-300, 900, 220))}" '
                f'stroke="{RED}" stroke-opacity="0.55" stroke-width="45"/></g>'
                f'<rect x="120" y="60" width="660" height="340" fill="none" stroke="{RED}" stroke-width="40"/>'
            ),
            "Closed area",
        ),
        "section": (
            _line(
                f'stroke="{RAIL}" stroke-opacity="0.42" stroke-width="170"',
                f'stroke="{RAIL}" stroke-width="35"',
            ),
            "Rail section under patrol",
        ),
        "crossing": (_box(crossing(4.5, 2.3)), "Level crossing"),
        "rail": (
            _line(
                'stroke="#4b4b4b" stroke-width="24"',
                'stroke="#4b4b4b" stroke-width="110" stroke-dasharray="18 130"',
            ),
            "Railway",
        ),
        "main": (
            _line('stroke="#8d6a35" stroke-width="185"', 'stroke="#f7cf8b" stroke-width="145"'),
            "Main road",
        ),
        "second": (
            _line('stroke="#97885a" stroke-width="144"', 'stroke="#fdeeb0" stroke-width="110"'),
            "Secondary road",
        ),
        "street": (
            _line('stroke="#b9b5ac" stroke-width="88"', 'stroke="#ffffff" stroke-width="62"'),
            "Street",
        ),
        "water": (
            _box(
                '<rect x="120" y="60" width="660" height="340" fill="#cfe2ee" stroke="#7fa6bd" stroke-width="12"/>'
            ),
            "Water",
        ),
        "green": (_box('<rect x="120" y="60" width="660" height="340" fill="#e2ecd4"/>'), "Green"),
    }[key]


def legend(
    keys: Sequence[str], words: Words, zone_kinds: Sequence[str] = ()
) -> list[dict[str, str]]:
    """Legend rows for the page template.

    Parameters
    ----------
    keys
        Which entries, e.g. ``post``, ``site1``, ``route``, ``zone:core``.
    zone_kinds
        The zones' kinds in the order of the map's dashes.
    """
    rows = []
    for key in keys:
        svg, name = _entry(key, zone_kinds)
        text = f"{words('Zone')}: {words.clean(name)}" if key.startswith("zone:") else words(name)
        rows.append({"svg": svg, "t": text})
    return rows
