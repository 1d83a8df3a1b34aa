"""What a change of duties breaks, mends and costs, in words: for the pages and for the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from scenarios import drafts
from scenarios.handwork import Effect, Handwork, Judged, Seats
from scenarios.tongue import say as _
from scenarios.tongue import says

BEFORE = "roster_before"
"""The seats before this tab's last change, by scenario."""


def last_effect(source: drafts.Source, work: Handwork, now: Judged) -> Effect | None:
    """What this tab's last change did; None where there was none, or where it was taken back."""
    before: Seats | None = st.session_state.get(BEFORE, {}).get(source.ref)
    return None if before is None or before == now.seats else work.effect(work.judge(before), now)


def last_told(source: drafts.Source, work: Handwork, now: Judged) -> Mapping[str, Any] | None:
    """The same for the timeline's script: a sentence, how good it is, and lines."""
    effect = last_effect(source, work, now)
    return None if effect is None else told(_("The last change"), effect)


def told(title: str, effect: Effect) -> dict[str, Any]:
    """An effect for the timeline's script."""
    lines = [f"✕ {line}" for line in effect.broken[:12]]
    lines += [f"✓ {_('No longer: {line}', line=line)}" for line in effect.mended[:12]]
    lines += [f"{name}: {by:+,}" for name, by in effect.by_rule[:8]]
    tone = "bad" if effect.broken else "warn" if effect.short > 0 else "ok"
    return {"head": f"{title} {what_of(effect)}", "tone": tone, "lines": lines}


def what_of(effect: Effect) -> str:
    """One sentence: how many rules and seats, and what it costs."""
    head = [says("breaks {n} rule", "breaks {n} rules", len(effect.broken))] if effect.broken else []
    head += [says("mends {n} rule", "mends {n} rules", len(effect.mended))] if effect.mended else []
    if effect.short > 0:
        head.append(says("leaves {n} seat empty", "leaves {n} seats empty", effect.short))
    elif effect.short:
        head.append(says("fills {n} seat", "fills {n} seats", -effect.short))
    head.append(points(effect.costs))
    return _("{what}.", what=_(", ").join(head))


def points(n: int) -> str:
    """What a change of costs means."""
    if n == 0:
        return _("costs the same")
    return _("costs {n:,} points more", n=n) if n > 0 else _("costs {n:,} points less", n=-n)


def show_effect(title: str, effect: Effect) -> None:
    """What a change breaks, mends and costs: words and signs, not colour alone."""
    lines = [f"- :material/close: {line}" for line in effect.broken[:12]]
    lines += ["- :material/check: " + _("No longer: {line}", line=line) for line in effect.mended[:12]]
    lines += [f"- {name}: {by:+,}" for name, by in effect.by_rule[:8]]
    box = st.error if effect.broken else st.warning if effect.short > 0 else st.info
    box(f"**{title}** {what_of(effect)}" + "".join(f"\n{line}" for line in lines))
