"""What people read when something breaks that should not: what is safe, what to do, and what to tell."""

from __future__ import annotations

import streamlit as st

from scenarios.store.errors import StoreError
from scenarios.tongue import say as _


def told(fault: Exception) -> bool:
    """Show a fault in plain words; what led to it stands in the server's log. True: nothing else is shown."""
    with st.container(key="vedette_trouble"):
        if isinstance(fault, StoreError):
            st.error(_("The store cannot be used: {why}", why=fault), icon=":material/database_off:")
            return True
        st.error(
            _("**Something broke here.** Every edit made until now is saved. Open the page anew; if it breaks again, "
              "take back the last change on Start or undo it, and send what stands in the window that Vedette was "
              "started from."),
            icon=":material/error:",
        )  # fmt: skip
        st.caption(f"{type(fault).__name__}")
    return True
