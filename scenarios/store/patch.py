"""The rows of a scenario as a what-if, so that loader, command and jobs take them like any other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scenarios.draft_patch import patch_text, toml
from scenarios.load import read_raw
from scenarios.store.rows import Key
from scenarios.store.shelf import changes_of, pins_of


def whatif_text(folder: Path | None, title: str, rows: Mapping[Key, Any]) -> str:
    """Changes in their order, then pins, over the scenario in ``folder`` (None where it is gone)."""
    return text_over("" if folder is None else read_raw(folder).settings.get("name", ""), title, rows)


def text_over(base: str, title: str, rows: Mapping[Key, Any]) -> str:
    """The same over a scenario that says of itself that it is called ``base``."""
    text = patch_text(base, title, [(kind, values) for _, kind, values in changes_of(rows)])
    pins = [
        "\n".join(["[[pins]]", *(f"{name} = {toml(pin[name])}" for name in ("person", "group", "on")), ""])
        for pin in pins_of(rows)
    ]
    return "\n".join([text, *pins]) if pins else text
