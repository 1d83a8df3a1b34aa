"""Tables of a comparison: verdicts are told by words and signs, not by colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from app_pages._words import unique
from scenarios.compare import Change, Comparison

SIGNS = {"better": "  ▲ better", "worse": "  ▼ worse", "same": "", "": ""}
COLOURS = {
    "better": "color: #0b7a5c; font-weight: 600",
    "worse": "color: #c21d25; font-weight: 600",
}


def figure_table(found: Comparison) -> Any:
    """Figures by plan; what is better or worse than the first plan is marked."""
    titles = unique(found.titles)
    rows = [
        {"": figure.group, "Figure": figure.title}
        | {
            title: text + (SIGNS[verdict] if i else "")
            for i, (title, text, verdict) in enumerate(
                zip(titles, figure.texts, figure.verdicts, strict=True)
            )
        }
        for figure in found.figures
    ]
    styles = [
        ["", ""] + [COLOURS.get(v, "") if i else "" for i, v in enumerate(figure.verdicts)]
        for figure in found.figures
    ]
    frame = pd.DataFrame(rows)
    marks = pd.DataFrame(styles, columns=frame.columns, index=frame.index)
    return frame.style.apply(lambda _: marks, axis=None)


def change_table(changes: Sequence[Change], kind: str) -> pd.DataFrame:
    """What was, what is now."""
    return pd.DataFrame(
        [
            {
                "Who or where": c.name,
                "Before": "; ".join(c.before) or "–",
                "After": "; ".join(c.after) or "–",
            }
            for c in changes
            if c.what == kind
        ]
    )
