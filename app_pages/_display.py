"""How the pages are shown: large type, light or dark, the document's language, help with keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from app_pages import _streamlit_words
from scenarios import tongue
from scenarios.tongue import mark
from scenarios.tongue import say as _

HERE = Path(__file__).resolve().parent
_KEY = "vedette_large"
_PICK = "pick_large"
_ADDRESS = "type"
LARGE = "large"
#: Root size of large type; everything is measured in it. The plain one stands in the theme.
LARGE_SIZE = "19px"
CODES = {tongue.ENGLISH: "en", "zh": "zh-Hans"}
#: Ground of the main buttons: white on it and the dark pages around it are told apart, which one colour for buttons
#: and for words cannot do on a dark page.
BUTTON = "#2468b8"
#: Faint words still have to be read (4.5 to 1): Streamlit's own 0.6 is too little.
FAINT = 0.78
#: Focus that is seen on any ground, no movement for whom it disturbs, a menu that leaves room for what is below it.
STYLE = f"<style>:root {{ --vedette-button: {BUTTON}; --vedette-faint: {FAINT}; }}\n" + """
:where(a, button, input, textarea, select, summary, [tabindex="0"], [role="radio"], [role="tab"]):focus-visible {
  outline: 2px solid var(--vedette-focus, #1456a8) !important; outline-offset: 2px;
}
[data-testid="stBaseButton-primary"]:enabled, [data-testid="stBaseButton-primaryFormSubmit"]:enabled {
  background: var(--vedette-button); border-color: var(--vedette-button); color: #fff;
}
[data-testid="stBaseButton-primary"]:enabled:hover, [data-testid="stBaseButton-primaryFormSubmit"]:enabled:hover {
  filter: brightness(0.9);
}
[data-testid="stButtonGroup"] > div { flex-wrap: wrap; overflow: visible; row-gap: 0.2rem; }
[data-testid="stMainBlockContainer"] { padding-left: 2.5rem; padding-right: 2.5rem; }
[data-testid="stCaptionContainer"] { opacity: var(--vedette-faint); }
[data-testid="stSidebarNavItems"] [data-testid="stIconMaterial"] { color: inherit; opacity: var(--vedette-faint); }
[data-testid="stSidebarNavItems"] li { margin: 0; }
[data-testid="stSidebarNavItems"] > div { margin-top: 0.25rem; }
[data-testid="stSidebarNavLink"] { margin: 0; padding-top: 0; padding-bottom: 0; height: 1.62rem; }
[data-testid="stNavSectionHeader"] { margin: 0; padding-top: 0; }
[data-testid="stSidebarNavSeparator"] { margin: 0.4rem 0; }
[data-testid="stSidebarUserContent"] { padding: 0.5rem 0 1rem; }
[data-testid="stSidebarUserContent"] [data-testid="stVerticalBlock"] { gap: 0.6rem; }
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after {
    animation-duration: 0.01ms !important; animation-iteration-count: 1 !important;
    transition-duration: 0.01ms !important; scroll-behavior: auto !important;
  }
}
</style>
"""
THEME_STYLE = """
.vt-group { display: flex; border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius);
  overflow: hidden; }
.vt-group button { flex: 1; border: 0; padding: 0.35rem 0.5rem; font: inherit; font-size: 0.93rem; cursor: pointer;
  background: transparent; color: var(--st-text-color); }
.vt-group button + button { border-left: 1px solid var(--st-border-color); }
.vt-group button[aria-checked=true] { background: color-mix(in srgb, var(--st-primary-color) 16%, transparent);
  font-weight: 600; box-shadow: inset 0 -2px 0 var(--st-primary-color); }
.vt-group button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: -2px; }
"""
THEMES = (("System", mark("As the system")), ("Light", mark("Light")), ("Dark", mark("Dark")))
KEYS = (
    ("Tab, Shift+Tab", mark("to the next field, button or map, and back")),
    ("Enter, Space", mark("press a button, open a list, tick a box")),
    ("↑ ↓ ← →", mark("within lists, sliders, tabs and tables; on the map: move it")),
    ("+ −", mark("on the map: closer and farther")),
    ("Esc", mark("close a list, a panel or this help")),
    ("Alt+Shift+M", mark("to the page itself, past the menu")),
    ("Alt+Shift+N", mark("to the menu of pages")),
    ("Alt+Shift+S", mark("to the scenario picker")),
    ("Ctrl+F", mark("in a table: search in it")),
)  # fmt: skip


def begin() -> None:
    """Settle the size of type; called by the frame before anything is shown."""
    told = st.query_params.get(_ADDRESS)
    _keep(told == LARGE if told is not None else bool(st.session_state.get(_KEY)))


def is_large() -> bool:
    """Whether type is large now: for what measures its words in pixels."""
    return bool(st.session_state.get(_KEY))


def _keep(large: bool) -> None:
    st.session_state[_KEY] = large
    if large and st.query_params.get(_ADDRESS) != LARGE:
        st.query_params[_ADDRESS] = LARGE
    elif not large and _ADDRESS in st.query_params:
        del st.query_params[_ADDRESS]


@st.cache_resource(show_spinner=False)
def _scripts() -> tuple[Any, Any]:
    def source(name: str) -> str:
        return (HERE / name).read_text(encoding="utf-8")

    return (
        st.components.v2.component("vedette_document", html="<span></span>\n", js=source("document.js")),
        st.components.v2.component(
            "vedette_theme", html='<div class="vt-group" role="radiogroup"></div>\n', css=THEME_STYLE,
            js=source("theme.js"),
        ),
    )  # fmt: skip


def show_document() -> None:
    """What stands behind every page and is not seen."""
    st.html(STYLE)
    words, patterns = _streamlit_words.table(), _streamlit_words.patterns()
    data = {
        "lang": CODES[tongue.language()], "large": st.session_state[_KEY], "large_size": LARGE_SIZE,
        "words": words, "patterns": patterns,
    }  # fmt: skip
    _scripts()[0](key="document", data=data)


def pick_display(pages: Sequence[str]) -> None:
    """The switches, for the frame; ``pages`` are the last parts of the pages' addresses."""
    with st.popover(_("Display")):
        st.caption(_("Colours"))
        choices = [(name, _(title)) for name, title in THEMES]
        _scripts()[1](key="theme", data={"label": _("Colours"), "choices": choices, "pages": list(pages)})
        st.session_state[_PICK] = st.session_state[_KEY]
        st.toggle(_("Large type"), key=_PICK, on_change=lambda: _keep(st.session_state[_PICK]))
        rows = [(_("Key"), _("What it does")), ("---", "---"), *((f"**{keys}**", _(what)) for keys, what in KEYS)]
        st.markdown("\n".join(f"| {left} | {right} |" for left, right in rows))
