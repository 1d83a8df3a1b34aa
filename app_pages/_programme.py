"""What follows from the programme: figures, the timeline with its table, and who is needed with the reason for each."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from app_pages import _data
from app_pages._timeline import GROUP_WORDS, crowd_chart, people_chart, sessions_chart
from scenarios import drafts
from scenarios.demand import Need
from scenarios.demandwords import because, kind_word, source_words
from scenarios.load import Loaded
from scenarios.plainwords import joined, plain
from scenarios.programme import GROUPS, Gathering, Programme, programme
from scenarios.rule_list import duty_level
from scenarios.tongue import mark
from scenarios.tongue import say as _
from scenarios.tongue.dates import weekday_moment

BESIDE = ""
MOST_SHOWN = 12
LEVELS = {
    50: mark("Half of every unit is present at any time (level II)."),
    100: mark("Every unit is present as a whole at any time (level I)."),
}


@st.cache_resource(max_entries=6, show_spinner=False)
def _programme(ref: str, revision: str, _source: drafts.Source) -> Programme:  # noqa: ARG001
    return programme(_data.scenario_of(_source).scenario)


def programme_of(source: drafts.Source) -> Programme:
    """The programme of a source, derived once for each revision."""
    return _programme(source.ref, source.revision, source)


def figures(its: Programme, loaded: Loaded) -> None:
    """The most of everything, and the duty level where one is ordered."""
    cells = st.columns(4)
    peak = its.peak
    heads = max(its.hours, key=lambda hour: hour.heads, default=None)
    cells[0].metric(_("Expected in all"), f"{sum(g.session.attendance for g in its.gatherings):,}")
    cells[1].metric(
        _("Most there at once"), f"{heads.heads if heads else 0:,}",
        help=_("At {when}, at all sessions together.", when=weekday_moment(heads.start)) if heads else None,
    )  # fmt: skip
    cells[2].metric(
        _("Most people needed at once"), f"{peak.whole if peak else 0:,}",
        help=_("At {when}; posts and patrols come on top when it is planned.", when=weekday_moment(peak.start))
        if peak else None,
    )  # fmt: skip
    share = duty_level(loaded.scenario)
    if share:
        told = LEVELS.get(share, "")
        cells[3].metric(_("Duty level"), _("{n} % present", n=share), help=_(told) if told else None)


def timeline(its: Programme, loaded: Loaded) -> None:
    """Sessions by site, the crowd and the people needed, on one 24-hour axis; the same as a table."""
    sessions = sessions_chart(its, loaded)
    if sessions is not None:
        st.altair_chart(sessions, alt=_("Sessions by site over time"))
        st.altair_chart(crowd_chart(its), alt=_("People who are there and who arrive, hour by hour"))
    st.altair_chart(people_chart(its), alt=_("People needed at once by task, hour by hour"))
    with st.expander(_("The same as a table"), icon=":material/table:"):
        st.dataframe(hour_rows(its), hide_index=True, height=420, alt=_("Crowd and people needed, hour by hour"))


def hour_rows(its: Programme) -> pd.DataFrame:
    """One row an hour in which anything goes on."""
    return pd.DataFrame(
        [
            {
                _("Hour"): weekday_moment(hour.start), _("There at once"): hour.heads, _("Arrive"): hour.coming,
                _("Needed at once"): hour.whole,
                **{_(GROUP_WORDS[group]): hour.people.get(group, 0) for group in GROUPS},
            }
            for hour in its.hours
        ]
    )  # fmt: skip


def reasons(its: Programme, loaded: Loaded) -> None:
    """Who is needed where and when, each number with its sentence and source."""
    titles = {g.session.id: g.session.title for g in its.gatherings}
    chosen = st.selectbox(
        _("Needed for"), [*titles, BESIDE], key="needed_for",
        format_func=lambda i: titles.get(i, _("Beside the sessions: guards, relief, leads, reserve, stations")),
    )  # fmt: skip
    one = next((g for g in its.gatherings if g.session.id == chosen), None)
    if one is not None:
        st.markdown(crowd_sentence(one))
    needs = one.needs if one is not None else its.others
    if not needs:
        st.caption(_("Nobody is needed here."))
        return
    rows = need_rows(needs, its, loaded)
    few = len(rows) <= MOST_SHOWN
    st.dataframe(
        rows, hide_index=True, height="content" if few else 440, alt=_("People needed, with reasons"),
        column_config={_("Why"): st.column_config.TextColumn(width="large")},
    )  # fmt: skip


def crowd_sentence(one: Gathering) -> str:
    """From the attendance to the heads of an hour and of a moment."""
    return _(
        "{n:,} are expected: up to {arrive:,} arrive within an hour, up to {there:,} are there at once. "
        "That takes up to **{most} people** at once.",
        n=one.session.attendance, arrive=one.crowd.peak_per_h, there=one.crowd.peak, most=one.most,
    )  # fmt: skip


def need_rows(needs: Sequence[Need], its: Programme, loaded: Loaded) -> pd.DataFrame:
    """One row for each number; auxiliaries who may serve beside police stand in the row of these."""
    beside = {need.id.removesuffix(".beside"): need for need in needs if need.id.endswith(".beside")}
    main = [need for need in needs if not need.id.endswith(".beside")]
    stems = {need.id for need in main}
    main += [need for stem, need in beside.items() if stem not in stems]
    where = len({need.place for need in main}) > 1
    rows = [_need_row(need, beside.get(need.id), its, loaded, where=where) for need in main]
    return pd.DataFrame([row for _at, row in sorted(rows, key=lambda pair: pair[0])])


def _need_row(
    need: Need, beside: Need | None, its: Programme, loaded: Loaded, *, where: bool
) -> tuple[tuple[int, str], dict[str, object]]:
    clock = loaded.scenario.clock
    who = joined(plain(c) for c in need.categories)
    if beside is not None:
        others = joined(plain(c) for c in beside.categories)
        who = _("{who}; {n} of them {others}", who=who, n=beside.number, others=others)
    row = {
        _("Task"): kind_word(need.kind), _("People"): need.number + (beside.number if beside else 0),
        _("From"): weekday_moment(clock(need.start_s)), _("To"): weekday_moment(clock(need.end_s)),
        _("Why"): because(need), _("Who"): who, _("Source"): source_words(need),
    }  # fmt: skip
    if where:
        row = {_("Where"): its.places.get(need.place, need.place), **row}
    return (need.start_s, need.id), row
