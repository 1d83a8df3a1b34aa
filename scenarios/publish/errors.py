"""The fault of the papers."""

from __future__ import annotations


class PublishError(ValueError):
    """A paper cannot be made: which, why, and how to mend it."""
