"""The one-page summary: figures, sentences, what is short, what the audit says, how far the engines got."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from scenarios.levels import LEVELS, level_title
from scenarios.publish.chart import strength_chart
from scenarios.publish.mapframe import fit
from scenarios.publish.postmap import event_bounds
from scenarios.publish.sheet import Press
from scenarios.publish.svgmap import MapDrawing

_MOST_LINES = 7
_MOST_LEVELS = 4
_MAP_W, _MAP_HEIGHTS = 92, (96, 84, 72, 60, 48)


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
            "maps": [_thumbnail(press, height) for height in _MAP_HEIGHTS],
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
            "timed": any("seconds" in e for e in view.engines.values()),
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
    """One engine's status and levels; levels proven to be 0 share one line, since nothing is lost on them."""
    w = press.words
    found = engine.get("levels")
    levels = [_level(level) for level in found] if isinstance(found, (list, tuple)) else []
    if not levels:
        value, bound = engine.get("objective"), engine.get("bound")
        levels = [
            {
                "name": "Objective",
                "value": value,
                "bound": bound,
                "proven": value is not None and value == bound,
            }
        ]
    clear = [level for level in levels if level["value"] == 0 and level["proven"]]
    rest = [level for level in levels if level not in clear]
    rows = [_level_row(press, level) for level in rest[:_MOST_LEVELS]]
    if clear:
        names = "; ".join(w.clean(str(level["name"])) for level in clear)
        rows.append({"name": names, "value": "0", "bound": "0", "proven": w("yes")})
    seconds = engine.get("seconds")
    return {
        "name": w.clean(name), "status": w.clean(str(engine.get("status", "–"))), "rows": rows,
        "seconds": f"{seconds:.1f} s" if isinstance(seconds, (int, float)) else "",
    }  # fmt: skip


def _level(level: object) -> dict[str, object]:
    """A level as plain data, whether it came as a mapping or as an object."""
    keys = ("name", "unit", "value", "bound", "proven")
    if isinstance(level, Mapping):
        row = {key: level.get(key) for key in keys}
    else:
        row = {key: getattr(level, key, None) for key in keys}
    title = level_title(str(row["name"]))
    # Our own words say what is counted; a level of another engine keeps its unit.
    return {**row, "name": title, "unit": "" if row["name"] in LEVELS else row["unit"]}


def _level_row(press: Press, level: Mapping[str, object]) -> dict[str, str]:
    w = press.words
    unit, title = str(level.get("unit") or ""), w.clean(str(level["name"]))
    return {
        "name": title + (f" ({unit})" if unit and unit not in title else ""),
        "value": _number(level["value"]), "bound": _number(level["bound"]),
        "proven": w("yes") if level["proven"] else w("no"),
    }  # fmt: skip


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


def _thumbnail(press: Press, height: int) -> dict[str, object]:
    view = press.view
    frame = fit(event_bounds(view), _MAP_W, height, margin_mm=5, least_scale=4000)
    drawing = MapDrawing(frame, press.base, press.grid)
    drawing.furniture([p.xy for p in view.posts], small=True)
    drawing.areas(view.zones, named=False)
    drawing.sections(view.sections, crossings=False)
    drawing.closures(view.closures)
    shown = [x for x in view.sites if x.cls <= 2 or x.uncovered]
    drawing.sites(shown)
    drawing.posts(view.posts)
    drawing.site_names(shown, size_pt=5.4, must_class=0)
    return drawing.sheet()
