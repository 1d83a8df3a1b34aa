"""What can be asked of the papers: which, of whom, in which language; and how the plan behind them stands."""

from __future__ import annotations

import mimetypes
from dataclasses import replace

import streamlit as st

from app_pages import _data
from app_pages._words import when_text
from scenarios import drafts, standing
from scenarios.jobs import Job
from scenarios.publish.orders import bundle, can_print, offered
from scenarios.publish.papers import Group, Kind
from scenarios.publish.sheet import Press, printable
from scenarios.tongue import LANGUAGES, mark, nearest, says, speaking
from scenarios.tongue import say as _
from scenarios.view import PlanView

GROUPS: dict[Group, str] = {
    "hand": mark("To hand out"), "command": mark("For the command post"), "files": mark("For other programs"),
}  # fmt: skip
#: Files of a run that are no papers, and what they are.
OTHERS = {
    "plan.json": mark("The plan itself, for the command and for other machines"),
    "breaks.csv": mark("Meal breaks and who stands in"),
    "changes.md": mark("What changed, and whom it is told to"),
    "run.jsonl": mark("Log of the search"),
}

def choose_language(view: PlanView) -> str:
    """The language of the papers: the plan's own until another is chosen."""
    own = nearest(view.language)
    key = f"papers_language_{view.scenario}"
    kept = st.session_state.get(f"{key}_kept", own)
    st.session_state.setdefault(key, kept)
    picked = st.segmented_control(
        _("Language of the papers"), list(LANGUAGES), key=key, format_func=LANGUAGES.__getitem__, width="stretch",
        help=_("The plan's own language unless you choose another. Names stay as they are written."),
    )  # fmt: skip
    code = str(picked or kept)
    st.session_state[f"{key}_kept"] = code
    return code


@st.cache_resource(max_entries=6, show_spinner=False)
def _press(stamp: str, code: str, older: bool, _view: PlanView) -> Press:  # noqa: ARG001
    return Press(_view, older=older)


def press_of(source: drafts.Source, job: Job, code: str) -> tuple[Press, str]:
    """What sets the papers of the plan as it stands, and what tells it from any other."""
    # A plan is told in one language through and through: without a font for it also its sentences are English.
    told = printable(code)
    with speaking(told):
        view = _data.standing_view(source, job)
        key = _data.standing_key(source, job)
    if view is None:  # the page has seen it a moment ago
        raise FileNotFoundError(job.view_path)
    sign = standing.sign(source, job.id)
    by_hand = f"+{sign.n_by_hand}" if sign.n_by_hand else ""
    older = sign.plan == "older"
    stamp = f"{key}-{job.view_path.stat().st_mtime_ns}-{older}"
    shown = replace(view, language=told, version=f"{view.version}{by_hand}", words={})
    return _press(stamp, told, older, shown), stamp


def show_version(press: Press, source: drafts.Source, job: Job, code: str) -> None:
    """Which plan these are papers of, and whether it still fits."""
    sign = standing.sign(source, job.id)
    lines = [_("Version {version} of the plan of {when}.", version=press.view.version, when=when_text(job.created))]
    if sign.n_by_hand:
        lines.append(says("{n} seat set by hand is in them.", "{n} seats set by hand are in them.", sign.n_by_hand))
    if sign.published_at is not None:
        lines.append(_("Given out {when} by {who}.", when=when_text(sign.published_at), who=sign.published_by))
        if sign.differs:
            lines.append(_("What was given out was another version."))
    st.caption(" ".join(lines))
    if sign.plan == "older":
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(
                _("**These papers are older than their inputs.** The scenario was changed after the plan was made. "
                  "Every page says so in its footer; plan again before you hand them out."),
                icon=":material/update:",
            )  # fmt: skip
            if st.button(_("Plan again"), key="plan_again", icon=":material/play_circle:"):
                from app_pages.frame import HERE

                st.switch_page(str(HERE / "plan.py"))
    if not can_print(press, code):
        st.warning(
            _("No font of this machine can print Chinese, so the papers are in English. Install one (Debian: "
              "`fonts-noto-cjk` or `fonts-wqy-microhei`) or name its folder in `VEDETTE_FONTS`."),
            icon=":material/font_download_off:",
        )  # fmt: skip


def choose_document(press: Press) -> Kind:
    """The list of documents that this plan gives content to."""
    every = {kind.key: kind for kind in offered(press)}
    kept = st.session_state.get("papers_kind_kept")
    chosen = st.session_state.setdefault("papers_kind", kept if kept in every else next(iter(every)))
    if chosen not in every:
        st.session_state["papers_kind"] = next(iter(every))
    key = st.radio(_("Document"), list(every), key="papers_kind", format_func=lambda one: _(every[one].title))
    st.session_state["papers_kind_kept"] = key
    return every[key]


def choose_parts(kind: Kind, press: Press) -> tuple[str, ...]:
    """Of whom: one unit, some posts, one crew, one person; all of them where nothing is chosen."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"#### {_(kind.title)}", width="content")
        st.badge(_(GROUPS[kind.group]), color="gray")
    st.caption(_(kind.about))
    if kind.parts is None:
        return ()
    every = kind.parts(press.view)
    words = {
        "duty_sheets": _("Only these units"), "post_cards": _("Only these posts"),
        "route_cards": _("Only these crews"), "calendars": _("Only these people"),
    }  # fmt: skip
    picked = st.multiselect(
        words.get(kind.key, _("Only these")), list(every), format_func=every.__getitem__,
        placeholder=_("all {n}", n=len(every)), key=f"papers_only_{kind.key}_{press.view.scenario}",
    )  # fmt: skip
    return tuple(ident for ident in every if ident in picked)


def show_bundle(press: Press, job: Job) -> None:
    """One button for everything."""
    st.download_button(
        _("All as one ZIP"), data=lambda: bundle(press), file_name=f"{press.view.scenario}-{press.view.version}.zip",
        mime="application/zip", icon=":material/folder_zip:", width="stretch", on_click="ignore",
        key=f"bundle-{job.id}", help=_("Every document below, made from the plan as it stands."),
    )  # fmt: skip


def show_other_files(job: Job) -> None:
    """What the run left beside the papers."""
    there = {name: title for name, title in OTHERS.items() if (job.out / name).is_file()}
    if not there:
        return
    with st.expander(_("Files of the run")):
        for name, title in there.items():
            path = job.out / name
            st.download_button(
                name, data=path.read_bytes, file_name=name, width="stretch", on_click="ignore", key=f"file-{name}",
                mime=mimetypes.guess_type(name)[0] or "application/octet-stream", icon=":material/download:",
                help=_(title),
            )  # fmt: skip
