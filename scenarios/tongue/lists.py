"""Several things in one sentence: ``a, b, c`` or ``a、b、c``."""

from __future__ import annotations

from collections.abc import Iterable

from scenarios.tongue import ENGLISH, language


def listed(items: Iterable[str]) -> str:
    """``a, b, c`` or ``a、b、c``."""
    return (", " if language() == ENGLISH else "、").join(items)


def either(items: Iterable[str]) -> str:
    """``a or b`` or ``a 或 b``."""
    return (" or " if language() == ENGLISH else " 或 ").join(items)


def both(items: Iterable[str]) -> str:
    """``a and b`` or ``a 和 b``."""
    return (" and " if language() == ENGLISH else " 和 ").join(items)


def parted(items: Iterable[str]) -> str:
    """Clauses one after the other: ``a; b`` or ``a；b``."""
    return ("; " if language() == ENGLISH else "；").join(items)
