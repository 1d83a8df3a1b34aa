"""Papers: every document of the plan as it stands, looked at, then printed or taken along; in either language."""

from __future__ import annotations

import streamlit as st

from app_pages import _state
from app_pages._empty import plan_or_stop
from app_pages._papers import (
    choose_document,
    choose_language,
    choose_parts,
    press_of,
    show_bundle,
    show_other_files,
    show_version,
)
from app_pages._preview import show_document, show_print_view
from scenarios import drafts
from scenarios.publish.orders import Order
from scenarios.tongue import say as _

job, _view = plan_or_stop(_("Every paper"))
source = drafts.find(_state.current().scenario)
head, language, bundle = st.columns([3, 1.3, 1], vertical_alignment="bottom")
head.markdown(f"### {_('Papers')}")
with language:
    code = choose_language(_view)
press, stamp = press_of(source, job, code)
with bundle:
    show_bundle(press, job)
show_version(press, source, job, code)
left, right = st.columns([2, 5], gap="large")
with left:
    kind = choose_document(press)
with right:
    order = Order(kind.key, choose_parts(kind, press))
    if st.session_state.get("print_view"):
        show_print_view(order, press, stamp)
    else:
        show_document(order, press, stamp)
with left:
    show_other_files(job)
