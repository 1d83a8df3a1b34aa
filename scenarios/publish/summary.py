"""The one-page summary: figures, sentences, what is short, what the audit says, how far the engines got."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from scenarios.publish.chart import strength_chart
from scenarios.publish.mapframe import bounds_of, fit
from scenarios.publish.sheet import Press
from scenarios.publish.svgmap import MapDrawing

_MOST_LINES = 7


def summary(press: Press) -> bytes:
    """The PDF of the summary, always one page."""
    view, w = press.view, press.words
    kpis = sorted(view.kpis, key=lambda k: [q.group for q in view.kpis].index(k.group))
    groups = [
        {"name": w.clean(g), "items": [{"title": w(k.title), "text": k.text} for k in ks]}
        for g, ks in ((g, list(ks)) for g, ks in groupby(kpis, key=lambda k: k.group))
    ]
    agrees = not view.breaches
    verdict = (
        w("The audit agrees: no hard rule is broken.")
        if agrees
        else f"{len(view.breaches)} {w('hard rules broken')}"
    )
    return press.pdf(
        "summary",
        {
            "title": w("Plan summary"),
            "days": w.days(),
            "groups": groups,
            "map": _thumbnail(press),
            "chart": strength_chart(press),
            "headlines": _few(press, view.summary, 8),
            "short": _few(press, view.short),
            "breaches": _few(press, view.breaches),
            "agrees": agrees,
            "verdict": verdict,
            "engines": [_engine(press, n, e) for n, e in view.engines.items()],
            "sessions": [_session(press, s) for s in view.sessions][:8],
            "counts": [
                (str(len(view.posts)), w("Posts")),
                (str(len(view.tours)), w("Patrol tours")),
                (str(len(view.duties)), w("Duties")),
                (str(len({d.person for d in view.duties})), w("Personnel")),
                (str(sum(s.n_short for s in view.seats)), w("Seats short")),
            ],
            "words": {
                k: w(k)
                for k in (
                    "Plan summary",
                    "Headlines",
                    "Shortages",
                    "Audit",
                    "Engines",
                    "Status",
                    "Measure",
                    "Value",
                    "Bound",
                    "Proven",
                    "No seat is short.",
                    "Sessions",
                    "Key figures",
                    "Seconds",
                    "All people named here are synthetic.",
                )
            },
            "all_synthetic": view.synthetic,
        },
    )


def _few(press: Press, lines: tuple[str, ...], most: int = _MOST_LINES) -> list[str]:
    if len(lines) <= most:
        return list(lines)
    return [*lines[: most - 1], f"… +{len(lines) - most + 1} {press.words('more in the report')}"]


def _number(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _engine(press: Press, name: str, engine: Mapping[str, object]) -> dict[str, object]:
    """One engine's status and levels; an engine without levels shows objective and bound."""
    w = press.words
    levels = engine.get("levels")
    rows = []
    for level in levels if isinstance(levels, (list, tuple)) else ():
        get = (
            level.get
            if isinstance(level, Mapping)
            else lambda key, _level=level: getattr(_level, key, None)
        )
        unit = str(get("unit") or "")
        title = w.clean(str(get("name") or ""))
        rows.append(
            {
                "name": title + (f" ({unit})" if unit and unit not in title else ""),
                "value": _number(get("value")),
                "bound": _number(get("bound")),
                "proven": w("yes") if get("proven") else w("no"),
            }
        )
    if not rows:
        value, bound = engine.get("objective"), engine.get("bound")
        rows = [
            {
                "name": w("Objective"),
                "value": _number(value),
                "bound": _number(bound),
                "proven": w("yes") if value is not None and value == bound else w("no"),
            }
        ]
    seconds = engine.get("seconds")
    return {
        "name": w.clean(name),
        "status": w.clean(str(engine.get("status", "–"))),
        "rows": rows[:4],
        "seconds": f"{seconds:.1f} s" if isinstance(seconds, (int, float)) else "",
    }


def _session(press: Press, session: Mapping[str, object]) -> dict[str, str]:
    w = press.words
    start, end = session.get("start_s"), session.get("end_s")
    span = w.span(start, end) if isinstance(start, int) and isinstance(end, int) else ""
    crowd = session.get("attendance")
    return {
        "name": str(session.get("title") or session.get("name") or session.get("id") or ""),
        "span": span,
        "crowd": f"{crowd:,}" if isinstance(crowd, int) else "",
    }


def _thumbnail(press: Press) -> dict[str, object]:
    view = press.view
    points = [p.xy for p in view.posts] or [s.xy for s in view.sites]
    frame = fit(
        bounds_of([*points, *(s.xy for s in view.sites if s.cls <= 1)]),
        92,
        96,
        margin_mm=6,
        least_scale=4000,
    )
    drawing = MapDrawing(frame, press.base, press.grid)
    drawing.furniture(points, small=True)
    drawing.areas(view.zones, named=False)
    drawing.sections(view.sections, crossings=False)
    drawing.closures(view.closures)
    drawing.posts(view.posts)
    drawing.sites([s for s in view.sites if s.cls <= 2 or s.uncovered], size_pt=5.4, must_class=0)
    return drawing.sheet()
