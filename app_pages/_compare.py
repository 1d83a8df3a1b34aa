"""The parts of a comparison that are tables: verdicts are told by words and signs, not by colour alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from app_pages import _data
from app_pages._words import Told, apart, unique, when_text
from scenarios import drafts, standing
from scenarios.compare import Change, Comparison, compare
from scenarios.jobs import Job
from scenarios.tongue import language, mark, says
from scenarios.tongue import say as _
from scenarios.view import PlanView

VERDICTS = Told({"better": mark("▲ better"), "worse": mark("▼ worse")})
COLOURS = {"better": "color: #0b7a5c; font-weight: 600", "worse": "color: #c21d25; font-weight: 600"}
KINDS = Told({"post": mark("Posts"), "cover": mark("Cover"), "tour": mark("Patrols"), "person": mark("People")})
FIRST, OTHERS = "compare_first", "compare_others"


@dataclass(frozen=True)
class Shown:
    """One plan beside others: what people call it, and whether its scenario was changed since."""

    job: Job
    view: PlanView
    title: str
    older: bool
    key: str


@st.cache_resource(max_entries=8, show_spinner=False)
def _compared(keys: tuple[str, ...], code: str, titles: tuple[str, ...], _views: Sequence[PlanView]) -> Comparison:  # noqa: ARG001
    return compare(_views, titles)


def compared(shown: Sequence[Shown]) -> Comparison:
    """The plans set beside the first one; anew only when one of them is another."""
    titles = tuple(one.title for one in shown)
    return _compared(tuple(one.key for one in shown), language(), titles, [one.view for one in shown])


def choose_plans(source: drafts.Source, every: Mapping[str, drafts.Source], ready: Mapping[str, Job]) -> list[Job]:
    """Which plan the others are measured against, and which others; kept over a change of page."""
    stands = {ref: standing.sign(every[ref]).scenario for ref in {job.source for job in ready.values()}}

    def told(job: Job) -> str:
        stale = _(", changed since") if stands[job.source] == "stale" else ""
        return f"{every[job.source].label} ({when_text(job.created)}{stale})"

    label = apart({ident: told(job) for ident, job in ready.items()}).__getitem__

    parent = source.draft.parent if source.draft is not None else source.base
    default = _newest(ready, parent) or _newest(ready, source.base) or list(ready)[-1]
    mine = _newest(ready, source.ref)
    kept = st.session_state.get(f"kept_{FIRST}", default)
    cells = st.columns([1, 2])
    order = list(ready)
    first = cells[0].selectbox(
        _("Compare with"), order, order.index(kept if kept in ready else default), format_func=label, key=FIRST
    )
    st.session_state[f"kept_{FIRST}"] = first
    rest = [ident for ident in ready if ident != first]
    wanted = [i for i in st.session_state.get(f"kept_{OTHERS}", [mine or rest[0]]) if i in rest] or rest[:1]
    others = cells[1].multiselect(_("These plans"), rest, wanted, format_func=label, key=f"{OTHERS}-{first}")
    st.session_state[f"kept_{OTHERS}"] = others
    return [ready[first], *(ready[ident] for ident in others)]


def _newest(ready: Mapping[str, Job], ref: str) -> str | None:
    return next((job.id for job in ready.values() if job.source == ref), None)


def read_plans(chosen: Sequence[Job], every: Mapping[str, drafts.Source]) -> list[Shown]:
    """The plans that can be read, as they stand; one of another version is told of and left out."""
    found = []
    titles = unique([every[job.source].label for job in chosen])
    for job, title in zip(chosen, titles, strict=True):
        its = every[job.source]
        view = _data.standing_view(its, job)
        if view is not None:
            older = standing.sign(its, job.id).plan == "older"
            found.append(Shown(job, view, title, older, _data.standing_key(its, job)))
    outdated = [one.title for one in found if one.older]
    if outdated:
        st.warning(
            says("{which}: this plan is older than its inputs. Its scenario was changed after it was made.",
                 "{which}: these plans are older than their inputs. Their scenarios were changed after they were made.",
                 len(outdated), which=", ".join(outdated)),
            icon=":material/update:",
        )  # fmt: skip
    return found


def figure_part(found: Comparison, shown: Sequence[Shown]) -> None:
    """The same figures of each plan."""
    st.dataframe(
        figure_table(found, [one.older for one in shown]), hide_index=True, height="content",
        alt=_("The same figures of each plan, side by side"),
    )  # fmt: skip
    st.caption(_("▲ and ▼ say what is better or worse than in {first}.", first=shown[0].title))


def figure_table(found: Comparison, older: Sequence[bool] = ()) -> Any:
    """Figures by plan; what is better or worse than the first plan is marked, and a plan older than its inputs."""
    marks = [*older, *[False] * (len(found.titles) - len(older))]
    sign = _("(older)")
    figure_title = _("Figure")
    shown = [f"{title} {sign}" if old else title for title, old in zip(found.titles, marks, strict=True)]
    titles = unique(shown, ("", figure_title))
    rows = [
        {"": figure.group, figure_title: figure.title}
        | {
            title: f"{text}  {VERDICTS[verdict]}" if i and verdict in VERDICTS else text
            for i, (title, text, verdict) in enumerate(zip(titles, figure.texts, figure.verdicts, strict=True))
        }
        for figure in found.figures
    ]
    styles = [
        ["", ""] + [COLOURS.get(v, "") if i else "" for i, v in enumerate(figure.verdicts)] for figure in found.figures
    ]
    frame = pd.DataFrame(rows)
    painted = pd.DataFrame(styles, columns=frame.columns, index=frame.index)
    return frame.style.apply(lambda _frame: painted, axis=None)


def summary_part(found: Comparison, shown: Sequence[Shown]) -> None:
    """One line for each plan: how much of it is another than in the first."""
    for one, changes in zip(shown[1:], found.changes, strict=True):
        counts = [(KINDS[k], sum(c.what == k for c in changes)) for k in KINDS]
        told = ", ".join(f"{kind} {n}" for kind, n in counts if n)
        text = _("Nothing: the same posts, patrols and duties.")
        st.caption(
            _("**{title}** differs in: {what}.", title=one.title, what=told) if told else f"**{one.title}**: {text}"
        )


def change_part(found: Comparison, shown: Sequence[Shown]) -> None:
    """What changes by place and by person, for each plan beside the first."""
    for one, changes in zip(shown[1:], found.changes, strict=True):
        st.markdown("#### " + _("What changes: {title}", title=one.title))
        if not changes:
            st.caption(_("Nothing: the same posts, patrols and duties."))
            continue
        present = [kind for kind in KINDS if any(c.what == kind for c in changes)]
        tabs = st.tabs([f"{KINDS[k]} ({sum(c.what == k for c in changes)})" for k in present])
        for kind, tab in zip(present, tabs, strict=True):
            n = sum(c.what == kind for c in changes)
            alt_text = says("{n} change against {first}", "{n} changes against {first}", n, first=shown[0].title)
            tab.dataframe(change_table(changes, kind), hide_index=True, row_height=44, alt=alt_text)


def change_table(changes: Sequence[Change], kind: str) -> pd.DataFrame:
    """What was, what is now."""
    return pd.DataFrame(
        [
            {_("Who or where"): c.name, _("Before"): "; ".join(c.before) or "–", _("After"): "; ".join(c.after) or "–"}
            for c in changes
            if c.what == kind
        ]
    )


def curve_part(shown: Sequence[Shown]) -> None:
    """The trade-off curves of all plans that have one, over each other."""
    plan, posts, share = _("Plan"), _("posts at once"), _("% of weight in time")
    rows = [
        {plan: one.title, posts: point.n_posts, share: point.in_time_pct, "here": point.here}
        for one in shown
        for point in one.view.tradeoff
        if point.in_time_pct is not None
    ]
    if not rows:
        st.caption(_("None of these plans was made with the curve."))
        return
    data = pd.DataFrame(rows)
    base = alt.Chart(data).encode(
        x=alt.X(f"{posts}:O", axis=alt.Axis(labelAngle=0)),
        y=alt.Y(f"{share}:Q", scale=alt.Scale(domain=[0, 100])),
        color=alt.Color(f"{plan}:N", title=None, legend=alt.Legend(orient="top", labelLimit=320)),
        shape=alt.Shape(f"{plan}:N", title=None),
        tooltip=[f"{plan}:N", f"{posts}:O", alt.Tooltip(f"{share}:Q", format=".1f")],
    )
    here = base.transform_filter("datum.here").mark_point(size=340, strokeWidth=2)
    chart = base.mark_line(strokeWidth=2.5) + base.mark_point(size=70, filled=True) + here
    alt_text = _("Share of weight reached in time by number of posts, for each plan")
    st.altair_chart(chart.properties(height=320), alt=alt_text)
    st.caption(_("A ring marks the number of posts that a plan has. Each point is the best that so many posts can do."))
    table = data.pivot_table(index=posts, columns=plan, values=share)
    with st.expander(_("As a table")):
        st.dataframe(table, alt=_("Share of weight reached in time, in percent"))
