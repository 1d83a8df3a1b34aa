"""A finished plan: what was achieved, what is short, and what each part proved."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import streamlit as st

from app_pages._words import PROOFS, STAGES, level_words
from scenarios import jobs
from scenarios.jobs import Job
from scenarios.tongue import language, says
from scenarios.tongue import say as _
from scenarios.view import Kpi, PlanView

#: Sentences shown at once.
FEW = 12


def show_end(job: Job) -> None:
    """How the run ended, where that needs saying."""
    code = job.result.exit_code if job.result is not None else None
    if job.state == "crashed":
        st.error(_("The planning broke off. What it said last:"))
        st.code(jobs.log_tail(job.id) or _("(nothing)"), language=None)
        st.caption(_("Plan again above. Killed by the system without a word is most often for want of memory."))
    elif job.state == "failed" and job.result is not None:
        faults = job.result.faults_in.get(language(), job.result.faults)
        st.error(
            says("{n} fault in the input; nothing was planned.", "{n} faults in the input; nothing was planned.",
                 len(faults))
        )  # fmt: skip
        st.markdown("\n".join(f"- {fault}" for fault in faults))
    elif code == 6:
        st.error(
            _("The plan is withheld: our own audit disagrees with what the search claims. This is a defect of "
              "Vedette; please report it.")
        )
    elif code == 4:
        st.warning(_("No plan within the time. That does not mean none exists: give it longer."))
    elif job.state == "stopped":
        st.info(_("Stopped early: this is the best plan found by then."))


def show_plan(view: PlanView) -> None:
    """What is broken or short; what was achieved, and how good each part is by proof."""
    if view.breaches:
        st.error(says("{n} hard rule broken", "{n} hard rules broken", len(view.breaches)))
        listed(view.breaches)
    if view.short:
        st.warning(says("**Short of people** at {n} place:", "**Short of people** at {n} places:", len(view.short)))
        listed(view.short)
    elif not view.breaches:
        st.success(_("Every seat that must be filled is filled, and the independent check agrees."))
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown("#### " + _("What was achieved"))
        st.markdown("\n".join(f"- {line}" for line in view.summary))
    with right:
        st.markdown("#### " + _("How good it is"))
        for engine in STAGES:
            if engine in view.engines:
                proof(engine, view.engines[engine])


def listed(lines: tuple[str, ...]) -> None:
    """Sentences, the first at once and the others behind one click."""
    st.markdown("\n".join(f"- {line}" for line in lines[:FEW]))
    if len(lines) > FEW:
        with st.expander(_("and {n} more", n=len(lines) - FEW)):
            st.markdown("\n".join(f"- {line}" for line in lines[FEW:]))


def show_figures(view: PlanView) -> None:
    """Every figure, by group."""
    st.markdown("#### " + _("Figures"))
    for group, kpis in groupby(view.kpis, key=lambda kpi: kpi.group):
        cells = list(kpis)
        st.caption(group or _("General"))
        for first in range(0, len(cells), 4):
            for column, kpi in zip(st.columns(4), cells[first : first + 4], strict=False):
                card(column, kpi)


def card(column: Any, kpi: Kpi) -> None:
    """One figure; unlike a metric's, its title may run over two lines."""
    with column.container(border=True, height="stretch", gap="xsmall"):
        st.caption(kpi.title)
        st.markdown(f"### {kpi.text}", anchors=False)


def proof(engine: str, facts: Any) -> None:
    """One part of the work: how it ended, and each step that might still be better."""
    words, colour = PROOFS.get(str(facts.get("status", "")), (str(facts.get("status", "")), "gray"))
    lines = [_("{who}: {what}", who=f"**{STAGES.get(engine, engine)}**", what=f":{colour}[{words}]")]
    for level in facts.get("levels", ()):
        value, bound = level.get("value"), level.get("bound")
        if level.get("proven") or value is None:
            continue
        below = _("limit unknown") if bound is None else _("cannot get below {bound:,}", bound=bound)
        told = _("{what}: {value:,}, {limit}", what=level_words(level["name"]), value=value, limit=below)
        lines.append(f":gray[{told}]")
    st.markdown("  \n".join(lines))
