"""Colours of the pages against their grounds, by the formula of WCAG 2.2: 4.5 to 1 for words, 3 to 1 for signs."""

from collections.abc import Mapping

import pytest

from app_pages._display import BUTTON, FAINT
from app_pages.launch import OPTIONS

WORDS, SIGNS = 4.5, 3.0
WHITE = "#ffffff"


def parts(colour: str) -> list[float]:
    """``#rrggbb`` as three shares."""
    return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def over(colour: str, ground: str, share: float) -> str:
    """A colour that lets its ground through."""
    mixed = [share * a + (1 - share) * b for a, b in zip(parts(colour), parts(ground), strict=True)]
    return "#" + "".join(f"{round(255 * one):02x}" for one in mixed)


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    light = []
    for colour in (one, other):
        r, g, b = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts(colour))
        light.append(0.2126 * r + 0.7152 * g + 0.0722 * b)
    return (max(light) + 0.05) / (min(light) + 0.05)


def theme(name: str) -> Mapping[str, str]:
    """The colours of one theme by their short names."""
    found = {"primaryColor": str(OPTIONS["theme.primaryColor"])}
    head = f"theme.{name}."
    return found | {key.removeprefix(head): str(value) for key, value in OPTIONS.items() if key.startswith(head)}


def test_the_formula() -> None:
    """By hand: black on white is 21, a colour on itself 1, and the grey that WCAG names is just enough."""
    assert contrast("#000000", WHITE) == pytest.approx(21)
    assert contrast("#123456", "#123456") == pytest.approx(1)
    assert contrast("#767676", WHITE) == pytest.approx(4.54, abs=0.01)
    assert over("#000000", WHITE, 0.5) == "#808080"


@pytest.mark.parametrize("name", ["light", "dark"])
def test_words_and_signs_are_seen(name: str) -> None:
    """Plain and faint words, links and chosen things, on every ground there is; buttons on their pages."""
    its = theme(name)
    grounds = [its["backgroundColor"], its["secondaryBackgroundColor"], its["sidebar.backgroundColor"]]
    for ground in grounds:
        assert contrast(its["textColor"], ground) >= 7
        assert contrast(over(its["textColor"], ground, FAINT), ground) >= WORDS
        assert contrast(its["primaryColor"], ground) >= WORDS
        # What is chosen stands on a ground tinted with the same colour.
        assert contrast(its["primaryColor"], over(its["primaryColor"], ground, 0.1)) >= WORDS
    assert contrast(WHITE, BUTTON) >= WORDS
    assert contrast(BUTTON, its["backgroundColor"]) >= SIGNS
