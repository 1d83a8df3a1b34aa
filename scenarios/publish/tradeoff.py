"""What one more post buys: a chart of posts against cover, backup and response, and its table, on one page."""

from __future__ import annotations

from collections.abc import Callable

from scenarios.publish.labels import Label
from scenarios.publish.mapframe import UNIT
from scenarios.publish.sheet import Press
from scenarios.publish.symbols import NAVY, RED
from scenarios.tongue import say as _
from scenarios.tongue import says
from scenarios.view import TradeOff

_W, _H, _LEFT, _RIGHT, _LOW, _TOP = 184.0, 84.0, 12.0, 12.0, 72.0, 6.0
_GREEN, _SOFT = "#1d6b3a", "#5d5d5d"


def trade_off(press: Press) -> bytes:
    """The PDF page of the trade-off curve."""
    w, points = press.words, press.view.tradeoff
    return press.pdf(
        "tradeoff",
        {
            "title": w("What one more post buys"),
            "days": w.days(),
            "chart": _chart(press, points) if len(points) > 1 else None,
            "single": w("One number of posts is all that can be asked here: there is no curve to draw."),
            "about": w(
                "Each row is the best that so many posts at once can do on this map, under all rules. "
                "Shares are of the weight of sites, over all periods."
            ),
            "sentence": sentence(points),
            "keys": [
                {"colour": NAVY, "text": w("sites reached in time")},
                {"colour": _GREEN, "text": w("sites with a second unit in time")},
                {"colour": RED, "text": w("mean response (right scale)")},
            ],
            "header": [w(t) for t in ("Posts", "In time", "Second unit in time", "Mean response", "Proven")],
            "rows": [_row(press, point) for point in points],
        },
    )


def sentence(points: tuple[TradeOff, ...]) -> str:
    """What the curve says, in one or two sentences."""
    whole = next((p.n_posts for p in points if p.in_time_pct == 100.0), None)
    backed = next((p.n_posts for p in points if p.in_time_pct == 100.0 and p.backed_pct == 100.0), None)
    here = next((p for p in points if p.here), None)
    said = []
    if whole is not None:
        said.append(says("{n} post reaches every site in time.", "{n} posts reach every site in time.", whole))
    elif points and points[-1].in_time_pct is not None:
        last = points[-1]
        said.append(_("{n} posts reach {share:g} % of the weight in time.", n=last.n_posts, share=last.in_time_pct))
    if backed is not None:
        said.append(_("With {n} every site that wants one has a second unit in time.", n=backed))
    if here is not None:
        said.append(_("This plan has at most {n} at once.", n=here.n_posts))
    asked = {p.n_posts for p in points}
    between = [str(n) for n in range(1, max(asked, default=0)) if n not in asked]
    if between:
        said.append(_("The time was up before {which} could be asked.", which=", ".join(between)))
    return " ".join(said)


def _row(press: Press, point: TradeOff) -> dict[str, object]:
    def text(value: float | None, unit: str) -> str:
        return "–" if value is None else f"{value:.1f} {unit}"

    w = press.words
    return {
        "here": point.here,
        "cells": [
            str(point.n_posts) + (f"  ◂ {w('this plan')}" if point.here else ""),
            text(point.in_time_pct, "%") if point.in_time_pct is not None else w("rules cannot be kept"),
            text(point.backed_pct, "%"),
            text(point.mean_s, "s"),
            w("yes") if point.proven else w("no"),
        ],
    }


def _chart(press: Press, points: tuple[TradeOff, ...]) -> dict[str, object]:
    """Two shares on the left scale, mean seconds on the right one; the plan's own number is marked."""
    n = max(1, len(points))
    wide = (_W - _LEFT - _RIGHT) / n
    slowest = max([1.0, *(p.mean_s for p in points if p.mean_s is not None)])
    top_s = next(s for s in (30, 60, 120, 180, 240, 300, 600, 900, 1200, 1800, 3600, 10**9) if s >= slowest)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{_W}mm" height="{_H}mm" viewBox="0 0 {_u(_W)} {_u(_H)}">']
    labels = []
    for i, point in enumerate(points):
        x = _LEFT + (i + 0.5) * wide
        if point.here:
            out.append(
                f'<rect x="{_u(x - wide / 2)}" y="{_u(_TOP)}" width="{_u(wide)}" '
                f'height="{_u(_LOW - _TOP)}" fill="#e9eef6"/>'
            )
        labels.append(Label(x, _LOW + 3, str(point.n_posts), 7, 700 if point.here else 400, halo=False))
    for part in (0, 0.25, 0.5, 0.75, 1):
        y = _LOW - part * (_LOW - _TOP)
        out.append(f'<path d="M{_u(_LEFT)} {_u(y)}H{_u(_W - _RIGHT)}" stroke="#c4c8ce" stroke-width="12"/>')
        labels.append(Label(_LEFT - 5, y, f"{100 * part:g} %", 6, colour=_SOFT, halo=False))
        labels.append(Label(_W - _RIGHT + 5, y, f"{top_s * part:g} s", 6, colour=RED, halo=False))
    labels.append(Label(_W / 2, _LOW + 8, press.words("posts at once"), 7, colour=_SOFT, halo=False))
    lines: tuple[tuple[str, str, float, Callable[[TradeOff], float | None]], ...] = (
        (RED, "60 50", float(top_s), lambda p: p.mean_s),
        (_GREEN, "", 100.0, lambda p: p.backed_pct),
        (NAVY, "", 100.0, lambda p: p.in_time_pct),
    )
    for colour, dash, top, value in lines:
        seen = [(i, found) for i, p in enumerate(points) if (found := value(p)) is not None]
        at = [(_LEFT + (i + 0.5) * wide, _LOW - v / top * (_LOW - _TOP), points[i].proven) for i, v in seen]
        if not at:
            continue
        path = "L".join(f"{_u(x)} {_u(y)}" for x, y, _ in at)
        out.append(
            f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="40"'
            + (f' stroke-dasharray="{dash}"/>' if dash else "/>")
        )
        for x, y, proven in at:  # an open ring: not proven
            out.append(
                f'<circle cx="{_u(x)}" cy="{_u(y)}" r="85" fill="{colour if proven else "#ffffff"}" '
                f'stroke="{colour}" stroke-width="30"/>'
            )
    return {
        "svg": "".join([*out, "</svg>"]), "w": _W, "h": _H, "labels": [label.data() for label in labels],
    }  # fmt: skip


def _u(millimetres: float) -> int:
    return round(millimetres * UNIT)
