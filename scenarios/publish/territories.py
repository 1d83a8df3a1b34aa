"""Who answers for what: a map with a spoke from each post to its sites, then every span as a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.forcewords import cordon_sentence, told
from scenarios.publish.legend import legend, line_symbol
from scenarios.publish.mapframe import UNIT, Frame
from scenarios.publish.postmap import frames
from scenarios.publish.sheet import Press
from scenarios.publish.svgmap import MapDrawing
from scenarios.publish.symbols import CRIMSON, NAVY
from scenarios.view import PlanView, TerritoryView

_LATE = "170 130"


class SpokeDrawing(MapDrawing):
    """A map with a line from each post to each site it answers for."""

    def spokes(self, ends: Sequence[tuple[tuple[float, float], tuple[float, float], bool]]) -> None:
        """Lines ``(post, site, late)`` with a white rim, dashed where the post comes late."""
        for post, site, late in ends:
            (ax, ay), (bx, by) = self.frame.paper(np.array([post, site])).tolist()
            d = f"M{round(ax * UNIT)} {round(ay * UNIT)}L{round(bx * UNIT)} {round(by * UNIT)}"
            dash = f' stroke-dasharray="{_LATE}"' if late else ""
            self._above.append(f'<path d="{d}" stroke="#ffffff" stroke-width="110" stroke-opacity="0.85"/>')
            self._above.append(f'<path d="{d}" stroke="{CRIMSON if late else NAVY}" stroke-width="55"{dash}/>')


def territories(press: Press) -> bytes:
    """The PDF of territories, what each post is worth, and cordons."""
    view, w = press.view, press.words
    second = busiest(view)
    near, far = frames(view)
    sheets = [_map(press, near, w("Event area"), second)]
    if far is not None:
        sheets.append(_map(press, far, w("Whole area"), second))
    names = {s.id: s.name for s in view.sites} | dict(view.units)
    return press.pdf(
        "territories",
        {
            "title": w("Who answers for what"), "days": w.days(), "sheets": sheets,
            "now": f"{w.day(second)} {view.hhmm(second)}",
            "beside": [_row(press, t) for t in view.territories if t.start_s <= second < t.end_s and t.sites],
            "rows": [_row(press, t) for t in view.territories],
            "worth": [[p.number, p.name, p.worth] for p in view.posts],
            "next": [[p.name, p.adds] for p in (view.force.next_places if view.force else ())],
            "said": told(view),
            "cordons": [
                {
                    "title": c.title, "said": cordon_sentence(c),
                    "rows": [[names.get(e, e), names.get(u, u), f"{s} s"] for e, u, s in c.rows],
                }
                for c in view.cordons
            ],
            "words": {
                k: w(k)
                for k in ("No.", "Place", "When", "Answers for", "Weight", "Share", "Legend", "What each post is worth",
                          "The question turned round", "Where one more post would do most", "Cordons", "Exit",
                          "Unit from", "Seconds", "Scale", "printed at full size", "late")
            },
        },
    )  # fmt: skip


def busiest(view: PlanView) -> int:
    """A second at which most sites have a post that answers for them, the first such."""
    starts = sorted({t.start_s for t in view.territories})
    return max(
        starts,
        key=lambda s: (sum(len(t.sites) for t in view.territories if t.start_s <= s < t.end_s), -s),
        default=0,
    )


def _map(press: Press, frame: Frame, name: str, second: int) -> dict[str, object]:
    view = press.view
    drawing = SpokeDrawing(frame, press.base, press.grid)
    drawing.furniture([*(p.xy for p in view.posts), *(s.xy for s in view.sites)])
    now = [t for t in view.territories if t.start_s <= second < t.end_s]
    at = {s.id: s.xy for s in view.sites}
    posts = {p.number: p for p in view.posts}
    ends = [
        (posts[t.post].xy, at[site], site in t.late)
        for t in now
        for site, _ in t.sites
        if t.post in posts and site in at
    ]
    drawing.spokes(ends)
    held = {site for t in now for site, _ in t.sites}
    shown = [s for s in view.sites if s.id in held]
    drawing.sites(shown)
    drawing.posts([posts[t.post] for t in now if t.post in posts])
    drawing.site_names(shown, must_class=1)
    drawing.streets(most=25 if frame.scale <= 20_000 else 12)
    rows = [{"svg": line_symbol(NAVY), "t": press.words("Answers for it in time")}]
    if any(late for _, _, late in ends):
        rows.append({"svg": line_symbol(CRIMSON, _LATE), "t": press.words("Answers for it, but late")})
    classes = sorted({min(3, max(1, s.cls)) for s in shown})
    rows += legend(["post", *(f"site{c}" for c in classes), "main", "street"], press.words)
    return {"map": drawing.sheet(), "name": name, "legend": rows}


def _row(press: Press, its: TerritoryView) -> dict[str, object]:
    names = {s.id: s.name for s in press.view.sites}
    where = {p.number: p.name for p in press.view.posts}
    late = press.words("late")
    sites = [f"{names.get(s, s)} {took} s{f' ({late})' if s in its.late else ''}" for s, took in its.sites]
    return {
        "no": its.post, "place": where.get(its.post, ""), "when": press.words.span(its.start_s, its.end_s),
        "sites": ", ".join(sites) or "–", "load": its.load, "share": its.share,
    }  # fmt: skip
