"""The siting rules, one file each, found by their place in this folder."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import cast

from scheduler.siting.rules.form import Rule


@cache
def load() -> MappingProxyType[str, Rule]:
    """Every rule by its name, in the order of names."""
    found: dict[str, Rule] = {}
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda i: i.name):
        module = import_module(f"{__name__}.{info.name}")
        if hasattr(module, "RULE"):
            found[module.RULE.name] = cast("Rule", module)
    return MappingProxyType(found)
