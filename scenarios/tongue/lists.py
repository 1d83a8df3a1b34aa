"""Several things in one sentence (``a, b, c`` or ``a、b、c``), and how a part of a sentence joins the rest."""

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


def together(sentences: Iterable[str]) -> str:
    """Whole sentences one after the other; Chinese sets no space between them."""
    return (" " if language() == ENGLISH else "").join(sentences)


def begun(sentence: str) -> str:
    """A sentence with its first letter as the language has it: names of files keep theirs in Chinese."""
    return f"{sentence[:1].upper()}{sentence[1:]}" if language() == ENGLISH else sentence


def inside(title: str) -> str:
    """A title inside a sentence: small in English; Chinese knows no difference."""
    return title.lower() if language() == ENGLISH else title


def beside(words: str) -> str:
    """Words that follow a Chinese one: what begins with a Latin letter or a digit stands off by a space."""
    apart = language() != ENGLISH and words[:1].isascii() and words[:1].isalnum()
    return f" {words}" if apart else words
