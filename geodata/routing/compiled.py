"""Whether the kernels are compiled for this machine, and how to make it so before anybody waits."""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

from geodata.routing import bucket, cells, hierarchy

logger = logging.getLogger(__name__)

#: What questions call; inner functions are compiled with them.
KERNELS: tuple[Any, ...] = (
    bucket.tree, bucket.entered, bucket.walk, bucket.reach, bucket.reach_nodes,
    bucket.table,
    hierarchy.forest, hierarchy.complete, hierarchy.customise, hierarchy.recustomise, hierarchy.restrict,
    hierarchy.sweep_ms, hierarchy.sweep_seconds,
    cells.bin_segments, cells.find,
)  # fmt: skip


def is_compiled(*kernels: Any) -> bool:
    """Whether the kernels (all by default) are loaded or lie ready in numba's cache."""
    return all(_is_ready(kernel) for kernel in kernels or KERNELS)


def _is_ready(kernel: Any) -> bool:
    if kernel.signatures:
        return True
    try:
        return bool(kernel._cache._cache_file._load_index())  # noqa: SLF001
    except (AttributeError, OSError):
        return False


@cache
def announce(part: str) -> None:
    """Say what the first question waits for, once, if kernels have to be compiled."""
    module = {"bucket": bucket, "grid": cells}.get(part, hierarchy)
    mine = [kernel for kernel in KERNELS if kernel.__module__ == module.__name__]
    if not is_compiled(*mine):
        logger.info(
            "Compiling the travel kernels (%s) for this machine, once after an installation; this takes about "
            "10 seconds. `geodata.routing.warm_up()` does it beforehand.", part,
        )  # fmt: skip
