"""What ``vedette app`` serves: the pages, with strict headers, and words of our own where something breaks."""

from pathlib import Path
from typing import Any

from streamlit.starlette import App

from app_pages._headers import StrictHeaders
from app_pages._trouble import told
from app_pages._warm import warmed

#: A class, what it is made with, and by name: all that Starlette's own record of a middleware is.
MIDDLEWARE: list[Any] = [(StrictHeaders, (), {})]
app = App(
    Path(__file__).resolve().with_name("script.py"),
    middleware=MIDDLEWARE,
    lifespan=warmed,
    on_script_error=told,
)
