"""The post map (E2): A3, true to scale; the event area first, then the whole area, then the full list of posts."""

from __future__ import annotations

import numpy as np

from scenarios.publish.legend import legend
from scenarios.publish.mapframe import Bounds, Frame, bounds_of, fit
from scenarios.publish.sheet import Press
from scenarios.publish.svgmap import MapDrawing
from scenarios.view import AreaView, PlanView, PostView, StandView

MAP_W, MAP_H = 286.0, 259.0
_ROOM = 172.0  # millimetres beside the map above legend and title block
_LINE, _GAP = 2.75, 1.4  # millimetres of one line of a row, and between rows
_MOST_BESIDE = 46  # posts that fit there at one line each


def post_map(press: Press) -> bytes:
    """The PDF of the post map."""
    view = press.view
    near, far = frames(view)
    sheets = [_map(press, near, press.words("Event area"), None)]
    if far is not None:
        sheets.append(_map(press, far, press.words("Whole area"), near))
    rows = [_row(press, p) for p in view.posts]
    needed = sum(_LINE * max(2, 1 + len(merged(p.stands))) + _GAP for p in view.posts)
    short = needed > _ROOM
    w = press.words
    return press.pdf(
        "postmap",
        {
            "title": w("Post map"), "days": w.days(), "sheets": sheets, "posts": rows,
            "short": short, "list_page": short,
            "beside": rows[:_MOST_BESIDE], "more": max(0, len(rows) - _MOST_BESIDE),
            "words": {k: w(k) for k in ("No.", "Place", "Grid", "Manned", "Units", "Owner", "Lead", "Legend",
                                        "Post list", "Covers", "Posts", "Scale", "Coordinates", "Grid squares",
                                        "Scenario", "Version", "Sheet", "printed at full size", "Classification",
                                        "All times are 24-hour local time")},
            "crs": view.crs, "cell": f"{press.grid.cell_m:,} m", "timezone": view.timezone,
        },
    )  # fmt: skip


def _map(press: Press, frame: Frame, name: str, inset: Frame | None) -> dict[str, object]:
    view = press.view
    kinds = sorted({z.kind for z in view.zones})
    drawing = MapDrawing(frame, press.base, press.grid)
    drawing.furniture([*(p.xy for p in view.posts), *(s.xy for s in view.sites)])
    drawing.areas(view.zones, named=inset is None)
    drawing.sections(view.sections, crossings=frame.scale <= 40_000)
    drawing.closures(view.closures)
    if inset is not None:
        drawing.box(inset, press.words("Event area"))
    drawing.sites(view.sites)
    drawing.posts(view.posts)
    drawing.site_names(view.sites, must_class=1 if inset is None else 0)
    if inset is None:
        drawing.closure_names(view.closures, [_span(press, c) for c in view.closures])
    drawing.streets(most=45 if frame.scale <= 20_000 else 20)
    classes = sorted({min(3, max(1, s.cls)) for s in view.sites})
    keys = ["post"] * bool(view.posts) + [f"site{c}" for c in classes]
    keys += ["bare"] * any(s.uncovered for s in view.sites) + [f"zone:{k}" for k in kinds]
    rings = [len(c.xy) > 3 and np.array_equal(c.xy[0], c.xy[-1]) for c in view.closures]
    keys += ["closed_area"] * any(rings) + ["closed"] * (not all(rings))
    if any(s.gaps for s in view.sections):
        keys += ["section"] + ["crossing"] * any(s.crossings for s in view.sections)
    keys += ["main", "second", "street", "rail", "water", "green"]
    return {"map": drawing.sheet(), "name": name, "legend": legend(keys, press.words, kinds)}


def _span(press: Press, area: AreaView) -> str:
    """When a closure holds; nothing where it holds throughout."""
    if area.start_s is None or area.end_s is None:
        return ""
    whole = area.start_s <= 0 and area.end_s >= press.view.horizon_s
    return "" if whole else press.words.span(area.start_s, area.end_s)


def frames(view: PlanView) -> tuple[Frame, Frame | None]:
    """The event area and, where the plan is larger, all of it."""
    everything = bounds_of([s.xy for s in view.sites] + [p.xy for p in view.posts])
    far = fit(everything, MAP_W, MAP_H)
    near = fit(event_bounds(view), MAP_W, MAP_H)
    return (near, far) if far.scale > near.scale else (far, None)


def event_bounds(view: PlanView) -> Bounds:
    """Where the event is: the inner zones and the four fifths of the posts that stand closest together.

    The widest of several zones is the far ring and does not count. Without zones and posts the great
    sites count, without those all sites.
    """
    zones = sorted(view.zones, key=lambda z: (float(np.ptp(z.xy[:, 0])), z.id))
    inner = zones[:-1] if len(zones) > 1 else zones
    points = [(float(x), float(y)) for z in inner for x, y in z.xy]
    posts = np.array([p.xy for p in view.posts]).reshape(-1, 2)
    if len(posts):
        middle = np.array(points).mean(axis=0) if points else np.median(posts, axis=0)
        away = np.hypot(*(posts - middle).T)
        nearest = np.argsort(away, kind="stable")[: -(-4 * len(posts) // 5)]
        points += [(float(x), float(y)) for x, y in posts[nearest]]
    points += [s.xy for s in view.sites if s.cls <= 1] if len(points) < 3 else []
    return bounds_of(points if len(points) > 1 else [s.xy for s in view.sites])


def _row(press: Press, post: PostView) -> dict[str, object]:
    names = {s.id: s.name for s in press.view.sites}
    return {
        "no": post.number, "place": post.name, "brief": cut(post.name, 27),
        "by": cut(press.unit(post.owner), 22), "grid": press.grid.square(*post.xy),
        "owner": press.unit(post.owner), "lead": press.lead(post.lead),
        "times": [
            {"span": press.words.span(a.start_s, a.end_s), "n": a.n_units, "kind": press.words.clean(a.kind)}
            for a in merged(post.stands)
        ],
        "covers": ", ".join(names.get(c, c) for c in post.covers),
        "worth": post.worth, "lonlat": f"{post.lonlat[1]:.5f}, {post.lonlat[0]:.5f}",
    }  # fmt: skip


def merged(stands: tuple[StandView, ...]) -> list[StandView]:
    """Stands in order of time, those that touch and are alike joined to one."""
    out: list[StandView] = []
    for stand in sorted(stands, key=lambda s: (s.start_s, s.end_s, s.kind)):
        last = out[-1] if out else None
        if (
            last
            and last.end_s == stand.start_s
            and (last.kind, last.n_units) == (stand.kind, stand.n_units)
        ):
            out[-1] = StandView(last.start_s, stand.end_s, stand.kind, stand.n_units)
        else:
            out.append(stand)
    return out


def cut(text: str, most: int) -> str:
    """``text`` in at most ``most`` signs, with an ellipsis where it was longer."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
