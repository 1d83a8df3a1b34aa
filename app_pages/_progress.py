"""The live panel of a job: stages, the best so far, what cannot be beaten, the curve."""

from __future__ import annotations

import streamlit as st

from app_pages._charts import curve
from app_pages._words import STAGES, lasting, level_words
from scenarios.jobs import Event, Job

MARKS = {
    "done": ":green[:material/check_circle:]",
    "now": ":blue[:material/progress_activity:]",
    "broken": ":red[:material/error:]",
    "later": ":gray[:material/radio_button_unchecked:]",
}
MOST_DOUBTS = 10


def show_progress(job: Job) -> None:
    """Everything that the job has told so far."""
    if job.state == "queued":
        st.info("Another plan is being made; this one starts when that ends.")
    doubts(job)
    left, right = st.columns([1, 2], gap="large")
    with left:
        stages(job)
    with right:
        figures(job)


def doubts(job: Job) -> None:
    """What no plan can keep, told before the search."""
    told = [e.text for e in job.events if e.kind == "doubt"]
    if told:
        more = f"\n\nand {len(told) - MOST_DOUBTS} more" * (len(told) > MOST_DOUBTS)
        lines = "\n".join(f"- {text}" for text in told[:MOST_DOUBTS])
        st.warning(f"Out of reach, whatever the plan:\n\n{lines}{more}")


def stages(job: Job) -> None:
    """One line for each stage, in the order of the work; rounds go through the middle ones again."""
    seen = [e for e in job.events if e.engine in STAGES and e.kind != "doubt"]
    last = seen[-1].engine if seen else ""
    reached = max((list(STAGES).index(e.engine) for e in seen), default=-1)
    lines = []
    for i, (engine, title) in enumerate(STAGES.items()):
        mine = [e for e in seen if e.engine == engine]
        text = said(mine)
        if engine == last and job.running:
            mark = "now"
        elif engine == last and job.state in {"crashed", "failed"}:
            mark = "broken"
        else:
            mark = "done" if mine and (i <= reached) else "later"
        more = f"  \n:gray[{text}]" if text else ""
        lines.append(f"{MARKS[mark]} **{title}**{more}")
    st.markdown("\n\n".join(lines))


def said(events: list[Event]) -> str:
    """The newest words or figures of a stage."""
    if not events:
        return ""
    event = events[-1]
    if event.value is not None:
        below = "" if event.bound is None else f" (cannot get below {event.bound:,})"
        return f"{level_words(event.level)}: {event.value:,}{below}"
    return event.text or level_words(event.level)


def figures(job: Job) -> None:
    """Time, best and limit of what is being improved now, and their curve."""
    told = [e for e in job.events if e.value is not None]
    cells = st.columns(3)
    cells[0].metric("Time", lasting(job.elapsed_s), border=True)
    if not told:
        cells[1].metric("Best so far", "–", border=True)
        cells[2].metric("Could still gain", "–", border=True)
        return
    last = told[-1]
    cells[1].metric("Best so far", f"{last.value:,}", border=True, help=level_words(last.level))
    cells[2].metric(
        "Could still gain", gain(last), border=True, help="At most this much, by proof."
    )
    chart = curve(job.events, last.engine, last.level)
    if chart is not None:
        st.altair_chart(
            chart, alt=f"{level_words(last.level)}: best and proven limit over the seconds"
        )
    st.caption(
        f"{STAGES.get(last.engine, last.engine)}: {level_words(last.level)}. Less is better."
    )


def gain(event: Event) -> str:
    """How far the best may still be from the best possible."""
    if event.value is None or event.bound is None:
        return "unknown"
    left = event.value - event.bound
    return "nothing" if left <= 0 else f"{left / max(1, abs(event.value)):.1%}"
