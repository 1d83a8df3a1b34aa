"""One description of drawn cases, two ways to draw: by Hypothesis, which shrinks, or by a seed, thousands a minute.

``tiny`` describes its problems with the few kinds of dice below. A function marked ``drawn`` is a Hypothesis strategy
where it is called as before, and ``function.roll(seed, ...)`` draws one case with Python's own generator.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st


@dataclass(frozen=True)
class Die:
    """Something to draw: a Hypothesis strategy (made when asked for) and the same by a random generator."""

    strategy: Callable[[], Any]
    cast: Callable[[random.Random], Any]

    def map(self, change):
        return Die(lambda: self.strategy().map(change), lambda rng: change(self.cast(rng)))


@functools.cache
def integers(low, high):
    return Die(lambda: st.integers(low, high), lambda rng: rng.randint(low, high))


@functools.cache
def booleans():
    return Die(st.booleans, lambda rng: rng.random() < 0.5)


def sampled_from(choices):
    return Die(lambda: st.sampled_from(choices), lambda rng: rng.choice(choices))


def tuples(*dice):
    return Die(
        lambda: st.tuples(*(die.strategy() for die in dice)),
        lambda rng: tuple(die.cast(rng) for die in dice),
    )


def lists(die, min_size=0, max_size=4):
    return Die(
        lambda: st.lists(die.strategy(), min_size=min_size, max_size=max_size),
        lambda rng: [die.cast(rng) for _ in range(rng.randint(min_size, max_size))],
    )


def sets(die, max_size=3):
    return Die(
        lambda: st.sets(die.strategy(), max_size=max_size),
        lambda rng: {die.cast(rng) for _ in range(rng.randint(0, max_size))},
    )


def dictionaries(keys, values):
    return Die(
        lambda: st.dictionaries(keys.strategy(), values.strategy()),
        lambda rng: {keys.cast(rng): values.cast(rng) for _ in range(rng.randint(0, 2))},
    )


@dataclass(frozen=True)
class Draw:
    """``draw(die)`` for either way; anything that is no die goes to Hypothesis as it is."""

    way: Callable[[Any], Any]
    rng: random.Random | None = None

    def __call__(self, die):
        if not isinstance(die, Die):
            return self.way(die)
        return self.way(die.strategy()) if self.rng is None else die.cast(self.rng)

    @classmethod
    def of(cls, draw):
        """The same for a plain ``draw`` of Hypothesis."""
        return draw if isinstance(draw, cls) else cls(draw)


def _refuse(thing):
    raise TypeError(f"{thing!r} is not a die")


class Drawn:
    """A function of ``draw`` that can be drawn either way, by itself or from within another."""

    def __init__(self, function):
        self.function = function
        self.composite = st.composite(lambda draw, *a, **k: function(Draw(draw), *a, **k))
        functools.update_wrapper(self, function)

    def __call__(self, *args, **kwargs):
        return self.composite(*args, **kwargs)

    def die(self, *args, **kwargs):
        return Die(
            lambda: self(*args, **kwargs),
            lambda rng: self.function(Draw(_refuse, rng), *args, **kwargs),
        )

    def roll(self, seed, *args, **kwargs):
        """One case, the same for the same seed."""
        return self.die(*args, **kwargs).cast(random.Random(str(seed)))  # no secret
