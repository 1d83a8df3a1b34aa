"""The signs of the map, the same in its legend; all readable without colour."""

from __future__ import annotations

from itertools import pairwise

from scenarios.publish.mapframe import UNIT

NAVY, CRIMSON, RAIL, GRID, RED = "#12356b", "#a8124a", "#5a2a86", "#5b86b5", "#b00020"
ZONE_DASHES = ("", "260 110", "60 90", "260 80 50 80")
ARROW = 'd="M130 0L-90 -100L-45 0L-90 100z" fill="#4d0520" stroke="#ffffff" stroke-width="22"'


def disc(x: float, y: float, radius: float, colour: str) -> str:
    """A filled disc with a white rim."""
    return f'<circle cx="{_u(x)}" cy="{_u(y)}" r="{_u(radius)}" fill="{colour}" stroke="#ffffff" stroke-width="40"/>'


def leader(tx: float, ty: float, x: float, y: float) -> str:
    """A line from a pushed-aside disc to a dot at its true place."""
    return (
        f'<path d="M{_u(tx)} {_u(ty)}L{_u(x)} {_u(y)}" stroke="#ffffff" stroke-width="60"/>'
        f'<path d="M{_u(tx)} {_u(ty)}L{_u(x)} {_u(y)}" stroke="{NAVY}" stroke-width="24"/>'
        f'<circle cx="{_u(tx)}" cy="{_u(ty)}" r="62" fill="{NAVY}" stroke="#fff" stroke-width="18"/>'
    )


def site_symbol(x: float, y: float, cls: int, *, bare: bool = False) -> str:
    """Square, disc or ring by class; a red ring and bar round a site that nobody reaches in time."""
    cx, cy = _u(x), _u(y)
    if cls <= 1:
        shape = (
            f'<rect x="{cx - 115}" y="{cy - 115}" width="230" height="230" fill="#1a1a1a" '
            'stroke="#fff" stroke-width="35"/>'
        )
    elif cls == 2:
        shape = (
            f'<circle cx="{cx}" cy="{cy}" r="105" fill="#1a1a1a" stroke="#fff" stroke-width="35"/>'
        )
    else:
        shape = (
            f'<circle cx="{cx}" cy="{cy}" r="80" fill="#fff" stroke="#1a1a1a" stroke-width="38"/>'
        )
    if bare:
        shape += (
            f'<circle cx="{cx}" cy="{cy}" r="215" fill="none" stroke="{RED}" stroke-width="45"/>'
            f'<path d="M{cx - 150} {cy + 150}L{cx + 150} {cy - 150}" stroke="{RED}" stroke-width="45"/>'
        )
    return shape


def crossing(x: float, y: float) -> str:
    """A level crossing: a St Andrew's cross on white."""
    cx, cy = _u(x), _u(y)
    return (
        f'<circle cx="{cx}" cy="{cy}" r="100" fill="#fff" stroke="{RAIL}" stroke-width="18"/>'
        f'<path d="M{cx - 58} {cy - 58}l116 116m0 -116l-116 116" stroke="{RAIL}" stroke-width="34"/>'
    )


def house(x: float, y: float) -> str:
    """Home of a crew."""
    return (
        f'<path transform="translate({_u(x)} {_u(y)})" d="M-190 -20L0 -210L190 -20L140 -20L140 170L-140 170L-140 -20z" '
        'fill="#111" stroke="#fff" stroke-width="35"/>'
    )


def north(x: float, y: float) -> str:
    """A north arrow whose tip is at ``x, y``."""
    at = f'transform="translate({_u(x)} {_u(y)})" stroke="#111" stroke-width="12"'
    return (
        f'<path {at} d="M0 -60L190 780L0 610z" fill="#111"/>'
        f'<path {at} d="M0 -60L-190 780L0 610z" fill="#fff"/>'
    )


def scale_bar(left: float, top: float, length: float) -> str:
    """A bar of four fields, ``length`` millimetres from end to end."""
    ends = [_u(left + i * length / 4) for i in range(5)]
    return "".join(
        f'<rect x="{a}" y="{_u(top)}" width="{b - a}" height="130" fill="{"#fff" if i % 2 else "#111"}" '
        'stroke="#111" stroke-width="14"/>'
        for i, (a, b) in enumerate(pairwise(ends))
    )


def _u(millimetres: float) -> int:
    return round(millimetres * UNIT)
