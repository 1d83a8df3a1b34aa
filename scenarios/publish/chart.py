"""The chart of strength by hour on the summary page."""

from __future__ import annotations

from scenarios.publish.labels import Label
from scenarios.publish.mapframe import UNIT
from scenarios.publish.sheet import Press
from scenarios.publish.strength import strength
from scenarios.publish.symbols import NAVY, RED

_W, _H, _LEFT, _LOW, _TOP = 184.0, 40.0, 8.0, 31.0, 3.0


def strength_chart(press: Press) -> dict[str, object]:
    """Bars of people on duty and a stepped line of seats needed, as data for the page template."""
    view, w = press.view, press.words
    counts = strength(view)
    filled, need = counts.filled, counts.need
    n = max(1, len(filled))
    top = _round_up(max([1, *filled, *need]))
    wide = (_W - _LEFT) / n
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_W}mm" height="{_H}mm" viewBox="0 0 {_u(_W)} {_u(_H)}">'
    ]
    labels = []
    for part in (0, 0.5, 1):
        y = _LOW - part * (_LOW - _TOP)
        out.append(f'<path d="M{_u(_LEFT)} {_u(y)}H{_u(_W)}" stroke="#c4c8ce" stroke-width="12"/>')
        labels.append(Label(_LEFT - 4, y, f"{top * part:g}", 6, colour="#5d5d5d", halo=False))
    steps = []
    for i, (have, must) in enumerate(zip(filled, need, strict=True)):
        x, y = _LEFT + i * wide, _LOW - have / top * (_LOW - _TOP)
        if have:
            out.append(
                f'<rect x="{_u(x + wide * 0.12)}" y="{_u(y)}" width="{_u(wide * 0.76)}" '
                f'height="{_u(_LOW) - _u(y)}" fill="#8ea6c9"/>'
            )
        level = _u(_LOW - must / top * (_LOW - _TOP))
        steps.append(f"{_u(x)} {level}L{_u(x + wide)} {level}")
        clock = view.clock(counts.hours_s[i])
        if clock.hour == 0 or i == 0:
            out.append(
                f'<path d="M{_u(x)} {_u(_TOP)}V{_u(_LOW + 7)}" stroke="#5d5d5d" stroke-width="14"/>'
            )
            labels.append(
                Label(x + 9, _LOW + 6.4, w.day(counts.hours_s[i]), 6.5, 700, NAVY, halo=False)
            )
        if clock.hour % _hours_apart(n) == 0:
            labels.append(
                Label(
                    x + wide / 2, _LOW + 2.4, f"{clock.hour:02d}", 5.6, colour="#5d5d5d", halo=False
                )
            )
    if steps:
        out.append(f'<path d="M{"L".join(steps)}" fill="none" stroke="{RED}" stroke-width="36"/>')
    return {
        "svg": "".join([*out, "</svg>"]), "w": _W, "h": _H,
        "labels": [label.data() for label in labels],
        "title": w("People on duty by hour; the line is the seats needed"),
    }  # fmt: skip


def _hours_apart(n_hours: int) -> int:
    return 2 if n_hours <= 30 else 6 if n_hours <= 100 else 12


def _round_up(value: int) -> int:
    """The next even round number, so that half of it is whole."""
    for step in (2, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000):
        if value <= 10 * step:
            return -(-value // step) * step
    return value


def _u(millimetres: float) -> int:
    return round(millimetres * UNIT)
