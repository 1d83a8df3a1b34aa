"""The live panel of a job: stages, the best so far, what cannot be beaten, the curve."""

from __future__ import annotations

import re

import streamlit as st

from app_pages._charts import curve
from app_pages._words import STAGES, lasting, level_words
from scenarios.jobs import Event, Job
from scenarios.tongue import ENGLISH, language, mark
from scenarios.tongue import say as _

MARKS = {
    "done": ":green[:material/check_circle:]",
    "now": ":blue[:material/progress_activity:]",
    "broken": ":red[:material/error:]",
    "later": ":gray[:material/radio_button_unchecked:]",
}
MOST_DOUBTS = 10
#: How the printing of papers is told.
PAPER = re.compile(r"(.+) \((\d+) of (\d+)\)")
#: What engines and the chain say while they work.
DOING = (
    mark("reading the map"), mark("checking the plan on its own"), mark("what one more post would buy"),
    mark("written"), mark("writing out the rules"), mark("looking for a first legal plan"),
    mark("solving the whole roster"), mark("first plan by exchanges"), mark("the whole roster"),
    mark("every person's possible rosters"), mark("plans along the relaxation, some duties at a time"),
    mark("filling what its breaches leave open"),
)  # fmt: skip


def show_progress(job: Job) -> None:
    """Everything that the job has told so far."""
    if job.state == "queued":
        st.info(_("Another plan is being made; this one starts when that ends."))
    doubts(job)
    left, right = st.columns([1, 2], gap="large")
    with left:
        stages(job)
    with right:
        figures(job)


def doubts(job: Job) -> None:
    """What no plan can keep, told before the search."""
    told = [e.told(language()) for e in job.events if e.kind == "doubt"]
    if told:
        lines = "\n".join(f"- {text}" for text in told[:MOST_DOUBTS])
        more = _("and {n} more", n=len(told) - MOST_DOUBTS) if len(told) > MOST_DOUBTS else ""
        head = _("Out of reach, whatever the plan")
        st.warning(f"**{head}**\n\n{lines}\n\n{more}")


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
        level, value = level_words(event.level), event.value
        if event.bound is None:
            return _("{level}: {value:,}", level=level, value=value)
        return _("{level}: {value:,} (cannot get below {bound:,})", level=level, value=value, bound=event.bound)
    return stage_words(event.text) or (level_words(event.level) if event.level else "")


def stage_words(text: str) -> str:
    """What an engine says it is doing; in another language where it is a sentence that is known there."""
    paper = PAPER.fullmatch(text)
    if paper:
        return _("{title} ({n} of {all})", title=_(paper[1]), n=paper[2], all=paper[3])
    known = _(text) if text else ""
    return known if language() == ENGLISH or known != text else ""


def figures(job: Job) -> None:
    """Time, best and limit of what is being improved now, and their curve; once it is over, of any step."""
    told = chosen_step(job, [e for e in job.events if e.value is not None])
    cells = st.columns(4)
    cells[0].metric(_("Time"), lasting(job.elapsed_s), border=True)
    if not told:
        for cell, title in zip(cells[1:], (_("Best so far"), _("Proven limit"), _("Could still gain")), strict=True):
            cell.metric(title, "–", border=True)
        return
    last = told[-1]
    level, stage = level_words(last.level), STAGES.get(last.engine, last.engine)
    cells[1].metric(_("Best so far"), f"{last.value:,}", border=True, help=level)
    limit = "–" if last.bound is None else f"{last.bound:,}"
    cells[2].metric(_("Proven limit"), limit, border=True, help=_("No plan can get below this."))
    cells[3].metric(_("Could still gain"), gain(last), border=True, help=_("At most this much, by proof."))
    chart = curve(job.events, last.engine, last.level)
    if chart is not None:
        st.altair_chart(chart, alt=_("{level}: best and proven limit over the seconds", level=level))
    st.caption(_("{stage}: {level}. Less is better.", stage=stage, level=level))


def chosen_step(job: Job, told: list[Event]) -> list[Event]:
    """The events of one step of a search that is over; while it runs the newest is shown, whichever it is."""
    steps = list(dict.fromkeys((event.engine, event.level) for event in told))
    if job.running or len(steps) < 2:
        return told
    names = {
        (engine, level): _("{stage}: {level}", stage=STAGES.get(engine, engine), level=level_words(level))
        for engine, level in steps
    }
    step = st.selectbox(_("Step"), steps, index=len(steps) - 1, format_func=names.__getitem__, key=f"step-{job.id}")
    return [event for event in told if (event.engine, event.level) == step]


def gain(event: Event) -> str:
    """How far the best may still be from the best possible."""
    if event.value is None or event.bound is None:
        return _("unknown")
    left = event.value - event.bound
    return _("nothing more") if left <= 0 else f"{left / max(1, abs(event.value)):.1%}"
