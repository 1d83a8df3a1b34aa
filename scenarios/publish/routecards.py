"""Route cards (E3): a page or two for each tour, with a strip map, for the crew that drives it and nobody else."""

from __future__ import annotations

import numpy as np

from scenarios.publish.mapframe import Frame, bounds_of, fit
from scenarios.publish.parts import Only, asked
from scenarios.publish.sheet import Press
from scenarios.publish.svgmap import MapDrawing
from scenarios.view import AreaView, StopView, TourView

MAP_W = 186.0
_BETWEEN = 2  # millimetres between two maps
_LOW, _HIGH = 96.0, 172.0  # least and greatest height of the strip map
_ROOM, _ROW = 236.0, 3.9  # millimetres below the facts of the card, and for one stop


def route_cards(press: Press, only: Only = None) -> bytes:
    """The PDF of all cards (or of ``only`` these call signs), in order of departure."""
    w = press.words
    chosen = [t for t in press.view.tours if asked(only, t.call_sign)]
    tours = sorted(chosen, key=lambda t: (t.depart_s, t.call_sign))[: press.few]
    return press.pdf(
        "routecards",
        {
            "title": w("Patrol route card"),
            "cards": [_card(press, t) for t in tours],
            "words": {
                k: w(k)
                for k in (
                    "Patrol route card",
                    "No.",
                    "Place",
                    "Grid",
                    "Arrive",
                    "Dwell",
                    "Task",
                    "Crew",
                    "Role",
                    "Name",
                    "Unit",
                    "Call sign",
                    "Leaves",
                    "Returns",
                    "Length",
                    "Stops",
                    "Breaks",
                    "Break",
                    "Report at",
                    "Report place",
                    "Notes",
                    "Depot",
                    "Scale",
                    "continued",
                    "All times are 24-hour local time",
                )
            },
        },
    )


def visits(stops: tuple[StopView, ...]) -> dict[tuple[int, int], list[int]]:
    """Stop numbers (from 1) by place, to the nearest 5 m, in order of the first visit."""
    found: dict[tuple[int, int], list[int]] = {}
    for number, stop in enumerate(stops, start=1):
        key = (round(stop.xy[0] / 5), round(stop.xy[1] / 5))
        found.setdefault(key, []).append(number)
    return found


def _card(press: Press, tour: TourView) -> dict[str, object]:
    w, view = press.words, press.view
    report = min((m.report_s for m in tour.members), default=tour.depart_s)
    n = len(tour.stops)
    return {
        "sign": tour.call_sign,
        "span": w.span(tour.depart_s, tour.return_s),
        "unit": press.unit(tour.unit),
        "mode": w.clean(tour.mode),
        "kind": w.clean(tour.kind),
        "leaves": view.hhmm(tour.depart_s),
        "returns": _late(press, tour.depart_s, tour.return_s),
        "km": f"{tour.km:.1f} km",
        "n_stops": n,
        "depot": tour.depot,
        "report": w.span(report, report).rsplit("–", 1)[0],
        "breaks": ", ".join(w.hours(a, b) for a, b in tour.rests) or "–",
        "members": [
            {
                "name": m.name,
                "rank": w.clean(m.rank),
                "unit": press.unit(m.unit),
                "role": w.clean(m.role) if m.role else "–",
                "lead": m.name == m.lead,
            }
            for m in tour.members
        ],
        "maps": strip_maps(press, tour),
        "stops": [_stop(press, tour, i, s) for i, s in enumerate(tour.stops, start=1)],
    }


Visits = dict[tuple[int, int], list[int]]


def strip_maps(press: Press, tour: TourView) -> list[dict[str, object]]:
    """The strip map; where the stops crowd in one part of a wide tour, that part again at its own scale."""
    points = [tour.depot_xy, *(s.xy for s in tour.stops)]
    for line in tour.lines:
        west, south, east, north = bounds_of(map(tuple, line.tolist()))
        points += [(west, south), (east, north)]
    # The map takes what the table leaves; where the table needs a second page anyway, the map may be tall.
    spare = _ROOM - _ROW * (len(tour.stops) + len(tour.rests) + len(tour.members) + 3)
    high = round(_HIGH if spare < _LOW else min(_HIGH, spare))
    ground, grouped = bounds_of(points), visits(tour.stops)
    whole = fit(ground, MAP_W, high, margin_mm=10, least_scale=3000)
    pairs = [
        (fit(ground, w, h, margin_mm=8), _crowd(tour, grouped, dw, dh))
        for w, h, dw, dh in (
            (MAP_W, round(high * 0.42), MAP_W, high - round(high * 0.42) - _BETWEEN),
            (72, high, MAP_W - 72 - _BETWEEN, high),
        )
    ]
    wide, near = min(pairs, key=lambda p: (p[0].scale * p[1].scale, p[0].scale))
    shown = {k: v for k, v in grouped.items() if near.holds(*tour.stops[v[0] - 1].xy, inside_mm=4)}
    if len(shown) < 5 or 2 * near.scale > whole.scale or wide.scale > 2.7 * whole.scale:
        return [_strip(press, tour, whole, grouped, None)]
    rest = {k: v for k, v in grouped.items() if k not in shown}
    return [_strip(press, tour, wide, rest, near), _strip(press, tour, near, shown, None)]


def _crowd(tour: TourView, grouped: Visits, width_mm: float, height_mm: float) -> Frame:
    """The frame of the two thirds of a tour's places that lie closest together."""
    at = np.array([tour.stops[v[0] - 1].xy for v in grouped.values()] or [tour.depot_xy])
    away = np.hypot(*(at - np.median(at, axis=0)).T)
    nearest = at[np.argsort(away, kind="stable")[: -(-2 * len(at) // 3)]]
    bounds = bounds_of((float(x), float(y)) for x, y in nearest)
    return fit(bounds, width_mm, height_mm, margin_mm=12, least_scale=5000)


def _strip(
    press: Press, tour: TourView, frame: Frame, grouped: Visits, detail: Frame | None
) -> dict[str, object]:
    drawing = MapDrawing(frame, press.base, press.grid)
    ways = [(float(x), float(y)) for line in tour.lines for x, y in line]
    stops = [s.xy for s in tour.stops]
    drawing.furniture([*stops, *stops, *ways], small=frame.width_mm < 120 or frame.height_mm < 80)
    drawing.closures([c for c in press.view.closures if _meets(c, tour)])
    drawing.route(tour)
    if detail is not None:
        drawing.box(detail, press.words("Enlarged"))
    drawing.stops(tour, grouped)
    if frame.scale <= 20_000:
        drawing.streets(most=18, size_pt=5)
    return drawing.sheet()


def _stop(press: Press, tour: TourView, number: int, stop: StopView) -> dict[str, object]:
    w, view = press.words, press.view
    window = f"{view.hhmm(stop.earliest_s)}–{view.hhmm(stop.latest_s)}"
    new_day = view.clock(stop.arrive_s).date() != view.clock(tour.depart_s).date()
    before = tour.stops[number - 2].arrive_s if number > 1 else tour.depart_s
    turn = new_day and view.clock(before).date() != view.clock(stop.arrive_s).date()
    return {
        "no": number,
        "name": stop.name + (" ⇄" if stop.reverse else ""),
        "grid": press.grid.square(*stop.xy),
        "arrive": view.hhmm(stop.arrive_s),
        "window": window if stop.latest_s > stop.earliest_s else "",
        "dwell": w.minutes(stop.leave_s - stop.arrive_s),
        "task": stop.task,
        "day": w.day(stop.arrive_s) if turn else "",
        "idle": f"{w('Stand by until the next stop')} ({view.hhmm(_next(tour, number))})"
        if _idle(tour, number)
        else "",
        "rest": next(
            (w.hours(a, b) for a, b in tour.rests if stop.arrive_s <= a < _next(tour, number)), ""
        ),
    }


def _meets(closure: AreaView, tour: TourView) -> bool:
    """Whether a road is closed at any time of the tour."""
    start = 0 if closure.start_s is None else closure.start_s
    return start < tour.return_s and (closure.end_s is None or closure.end_s > tour.depart_s)


def _idle(tour: TourView, number: int) -> bool:
    """Whether much more time follows a stop than its way and its break can take (at 4 m/s at the least)."""
    leg, here = tour.legs[number], tour.stops[number - 1]
    rests = sum(b - a for a, b in tour.rests if here.arrive_s <= a < leg.arrive_s)
    return leg.arrive_s - here.leave_s - rests - leg.metres / 4 > 20 * 60


def _next(tour: TourView, number: int) -> int:
    return tour.stops[number].arrive_s if number < len(tour.stops) else tour.return_s


def _late(press: Press, start_s: int, end_s: int) -> str:
    return press.words.hours(start_s, end_s).split("–", 1)[1]
