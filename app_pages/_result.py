"""A finished plan: what was achieved, what is short, what each part proved, and the papers."""

from __future__ import annotations

import mimetypes
from itertools import groupby
from typing import Any

import streamlit as st

from app_pages._words import PROOFS, STAGES, count, level_words
from scenarios import jobs
from scenarios.jobs import Job
from scenarios.publish import KINDS
from scenarios.view import Kpi, PlanView


def show_end(job: Job) -> None:
    """How the run ended, where that needs saying."""
    code = job.result.exit_code if job.result is not None else None
    if job.state == "crashed":
        st.error("The planning broke off. What it said last:")
        st.code(jobs.log_tail(job.id) or "(nothing)", language=None)
    elif job.state == "failed" and job.result is not None:
        st.error(f"{count(len(job.result.faults), 'fault')} in the input; nothing was planned.")
        st.markdown("\n".join(f"- {fault}" for fault in job.result.faults))
    elif code == 6:
        st.error(
            "The plan is withheld: our own audit disagrees with what the search claims. This is a defect of "
            "Vedette; please report it."
        )
    elif code == 4:
        st.warning("No plan within the time. That does not mean none exists: give it longer.")
    elif job.state == "stopped":
        st.info("Stopped early: this is the best plan found by then.")


def show_plan(view: PlanView) -> None:
    """Summary, what is short, figures, and how good each part is by proof."""
    if view.breaches:
        st.error(f"{count(len(view.breaches), 'hard rule')} broken")
        st.markdown("\n".join(f"- {line}" for line in view.breaches))
    if view.short:
        st.warning(f"**Short of people** at {count(len(view.short), 'place')}:")
        st.markdown("\n".join(f"- {line}" for line in view.short[:30]))
        if len(view.short) > 30:
            st.caption(f"and {len(view.short) - 30} more; the Roster page lists them all")
    else:
        st.success("Every seat that must be filled is filled, and the independent check agrees.")
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown("#### What was achieved")
        st.markdown("\n".join(f"- {line}" for line in view.summary))
    with right:
        st.markdown("#### How good it is")
        for engine in STAGES:
            if engine in view.engines:
                proof(engine, view.engines[engine])
    st.markdown("#### Figures")
    for group, kpis in groupby(view.kpis, key=lambda kpi: kpi.group):
        cells = list(kpis)
        st.caption(group or "General")
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
    lines = [f"**{STAGES.get(engine, engine)}**: :{colour}[{words}]"]
    for level in facts.get("levels", ()):
        value, bound = level.get("value"), level.get("bound")
        if level.get("proven") or value is None:
            continue
        below = "limit unknown" if bound is None else f"cannot get below {bound:,}"
        lines.append(f":gray[{level_words(level['name'])}: {value:,}, {below}]")
    st.markdown("  \n".join(lines))


def show_papers(job: Job) -> None:
    """Everything the plan left behind, to take away."""
    files = [job.out / name for name in (job.result.files if job.result else ())]
    files = sorted((p for p in files if p.is_file()), key=lambda p: p.suffix == ".json")
    st.markdown("#### Papers and files")
    names = {kind.file: kind.title for kind in KINDS.values()}
    columns = st.columns(3)
    for i, path in enumerate(files):
        columns[i % 3].download_button(
            f"{names.get(path.name, 'The plan itself')} ({path.suffix[1:].upper()})",
            data=path.read_bytes,
            file_name=path.name,
            mime=mimetypes.guess_type(path.name)[0] or "application/octet-stream",
            help=f"{path.name}, {path.stat().st_size / 1024:,.0f} KiB",
            icon=":material/download:",
            width="stretch",
            on_click="ignore",
            key=f"file-{path.name}",
        )
