"""Post cards (E4): one page for each post, with its own orders, times and reliefs and no other post's."""

from __future__ import annotations

import math
from itertools import groupby

from scenarios.publish.mapframe import Frame
from scenarios.publish.parts import Only, asked
from scenarios.publish.sheet import Press
from scenarios.publish.svgmap import MapDrawing
from scenarios.view import DutyView, PostView, TerritoryView

_POINTS = ("E", "NE", "N", "NW", "W", "SW", "S", "SE")
_POINTS_ZH = ("东", "东北", "北", "西北", "西", "西南", "南", "东南")


def post_cards(press: Press, only: Only = None) -> bytes:
    """The PDF of the cards of all posts (or of ``only`` these numbers), in order of their numbers."""
    w = press.words
    return press.pdf(
        "postcards",
        {
            "title": w("Post card"),
            "days": w.days(),
            "cards": [_card(press, p) for p in [p for p in press.view.posts if asked(only, p.number)][: press.few]],
            "words": {
                k: w(k)
                for k in (
                    "Post card",
                    "Grid",
                    "Owner",
                    "Lead",
                    "Task",
                    "Covers",
                    "Answers for",
                    "Neighbours",
                    "On duty",
                    "Report",
                    "Name",
                    "Unit",
                    "Relief",
                    "Notes",
                    "Day",
                    "All times are 24-hour local time",
                )
            },
        },
    )


def _card(press: Press, post: PostView) -> dict[str, object]:
    view = press.view
    sites = {s.id: s for s in view.sites}
    # A post is known by its number to the roster, and by its place where planners wrote the seats by hand.
    duties = [
        d
        for d in view.duties
        if d.party == post.number or (d.place == post.place and d.kind == "post")
    ]
    return {
        "no": post.number,
        "name": post.name,
        "grid": press.grid.square(*post.xy),
        "lonlat": f"{post.lonlat[1]:.5f}, {post.lonlat[0]:.5f}",
        "owner": press.unit(post.owner),
        "lead": press.lead(post.lead),
        "tasks": list(dict.fromkeys(d.task for d in duties if d.task)),
        "worth": post.worth,
        "answers": [_territory(press, t) for t in press.view.territories if t.post == post.number and t.sites],
        "covers": [
            f"{sites[c].name} ({press.lead(sites[c].lead)})" for c in post.covers if c in sites
        ][:8],
        "neighbours": _neighbours(press, post),
        "shifts": _shifts(press, duties),
        "map": _map(press, post),
    }


def _territory(press: Press, its: TerritoryView) -> str:
    """What the post answers for in one span, with seconds."""
    names = {s.id: s.name for s in press.view.sites}
    sites = ", ".join(f"{names.get(site, site)} {took} s" for site, took in its.sites)
    return f"{press.words.span(its.start_s, its.end_s)}: {sites}"


def _shifts(press: Press, duties: list[DutyView]) -> list[dict[str, object]]:
    ordered = sorted(duties, key=lambda d: (d.start_s, d.end_s, d.group, d.seat))
    out: list[dict[str, object]] = []
    for _, group in groupby(ordered, key=lambda d: (d.start_s, d.end_s)):
        crew = list(group)
        after = press.reliefs(crew[0])
        out.append(
            {
                "span": press.words.span(crew[0].start_s, crew[0].end_s),
                "report": press.view.hhmm(min(d.report_s for d in crew)),
                "people": [
                    {"name": d.name, "unit": press.unit(d.unit), "lead": d.lead == d.name}
                    for d in crew
                ],
                "relief": "; ".join(d.name for d in after) or "–",
            }
        )
    return out


def _neighbours(press: Press, post: PostView) -> list[str]:
    """The two nearest posts with direction and distance as the crow flies."""
    points = _POINTS_ZH if press.words.zh else _POINTS
    near = []
    for other in press.view.posts:
        if other.number != post.number:
            dx, dy = other.xy[0] - post.xy[0], other.xy[1] - post.xy[1]
            near.append(
                (
                    math.hypot(dx, dy),
                    other.number,
                    points[round(math.atan2(dy, dx) / (math.pi / 4)) % 8],
                )
            )
    return [f"{number}: {point}, {round(d / 10) * 10:,} m" for d, number, point in sorted(near)[:2]]


def _map(press: Press, post: PostView) -> dict[str, object]:
    frame = Frame(post.xy[0], post.xy[1], 4000, 186, 122)
    drawing = MapDrawing(frame, press.base, press.grid)
    drawing.furniture()
    drawing.areas(press.view.zones, named=False)
    drawing.closures(press.view.closures)
    shown = [s for s in press.view.sites if s.id in post.covers or s.cls <= 1]
    drawing.sites(shown)
    drawing.posts([post])
    drawing.site_names(shown)
    drawing.streets(most=14)
    return drawing.sheet()
