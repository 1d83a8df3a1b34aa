"""The head of the page Forces, which is there too while the scenario has faults, and the choice of a unit."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app_pages import _data, _forces_data
from app_pages._changes import show_conflict
from app_pages._forces_grid import counts
from app_pages._head import head, title_row
from scenarios import drafts
from scenarios.forces.columns import NOWHERE, belongs, unit_names
from scenarios.forces.lines import Slip
from scenarios.forces.typed import about_people
from scenarios.load import Loaded
from scenarios.raw import Raw
from scenarios.tablewords import table_word
from scenarios.tongue import say as _
from scenarios.tongue import says

FEW = 6


def top(source: drafts.Source, loaded: Loaded | None) -> list[Slip]:
    """The common head, or one with all faults; those beside their cells."""
    if loaded is not None:
        head(source, loaded)
        return []
    beside, rest = _forces_data.slips_of(source)
    title_row(source, source.label)
    show_conflict(source)
    units = unit_names(_data.raw_of(source))
    here = (st.session_state.get("forces_tab"), st.session_state.get("forces_unit"))
    others = [slip for slip in beside if not _in_view(slip, units, *here)]
    if beside:
        said = says("{n} cell to mend before this can be planned.", "{n} cells to mend before this can be planned.",
                    len(beside))  # fmt: skip
        told = [_("{who}: {what}", who=_where(slip, units), what=slip.text) for slip in others[:FEW]]
        lines = "".join(f"\n- {line}" for line in told)
        st.error(said + lines, icon=":material/error:")
    if rest:
        more = says("{n} fault elsewhere", "{n} faults elsewhere", len(rest))
        with st.expander(more, icon=":material/error:", expanded=not beside):
            st.markdown("\n".join(f"- {sentence}" for sentence in rest))
    return beside


def _in_view(slip: Slip, units: dict[str, str], tab: str | None, unit: str | None) -> bool:
    """Whether a fault stands below the table that is open: it need not be told twice."""
    if (tab or table_word("people")) != table_word(slip.table):
        return False
    its = slip.unit if slip.unit in units else NOWHERE
    return not about_people(slip.table) or its == (unit or next(iter(units), NOWHERE))


def _where(slip: Slip, units: dict[str, str]) -> str:
    unit = units.get(slip.unit)
    return _(", ").join([table_word(slip.table), *([unit] if unit else []), f"**{slip.title}**"])


def pick_unit(raw: Raw, beside: Sequence[Slip]) -> str:
    """The unit in view; with how many people it has, and how many of its cells are to mend."""
    labels, heads = unit_names(raw), counts(raw)
    known = belongs(raw, NOWHERE)
    lost = sum(n for unit, n in heads.items() if known(unit))
    options = [*labels, *([NOWHERE] if lost or not labels else [])]
    heads = {**heads, NOWHERE: lost}
    wrong: dict[str, int] = {}
    for slip in beside:
        unit = slip.unit if slip.unit in labels else NOWHERE
        if slip.table != "units":
            wrong[unit] = wrong.get(unit, 0) + 1

    twice = {name for name in labels.values() if list(labels.values()).count(name) > 1}

    def shown(unit: str) -> str:
        # The same from run to run: a widget finds its choice again by these words.
        name = labels.get(unit) or _("Without a known unit")
        return f"{name} ({unit})" if name in twice else name

    kept = st.session_state.get("forces_unit_kept")
    if st.session_state.get("forces_unit") not in options:
        st.session_state["forces_unit"] = kept if kept in options else options[0]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen: str = st.selectbox(_("Unit"), options, format_func=shown, key="forces_unit", width=480)
        told = [says("{n} person", "{n} people", heads.get(chosen, 0))]
        told += [_("{n} to mend", n=wrong[chosen])] if chosen in wrong else []
        others = sum(n for unit, n in wrong.items() if unit != chosen)
        told += [says("{n} to mend in other units", "{n} to mend in other units", others)] if others else []
        st.caption("  ·  ".join(told))
    st.session_state["forces_unit_kept"] = chosen
    return chosen
