"""Exact fastest travel: compiled bucket search and contraction hierarchy, and the same answers without them.

Loading what is compiled takes half a second; a few questions about a small town are answered before that.
"""

from typing import Any

__all__ = ["is_compiled", "warm_up"]


def is_compiled(*kernels: Any) -> bool:
    """Whether the kernels (all by default) are loaded or lie ready in numba's cache."""
    from geodata.routing.compiled import is_compiled as ready

    return ready(*kernels)


def warm_up() -> None:
    """Compile the travel kernels, or load them from numba's cache; some ten seconds once after an installation."""
    from geodata.routing.warming import warm_up as compile_all

    compile_all()
