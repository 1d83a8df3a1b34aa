"""Where prepared networks and grounds are kept between runs."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def default_cache(what: str = "networks") -> Path:
    """Folder for prepared networks or grounds: under ``VEDETTE_HOME`` if set, else where the platform keeps caches."""
    home = os.environ.get("VEDETTE_HOME")
    if home:
        return Path(home) / what
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "Vedette" / what
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "Vedette" / what
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vedette" / what
