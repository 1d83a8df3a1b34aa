"""Exact fastest travel: compiled bucket search and contraction hierarchy, and the same answers without them."""

from geodata.routing.compiled import is_compiled
from geodata.routing.warming import warm_up

__all__ = ["is_compiled", "warm_up"]
