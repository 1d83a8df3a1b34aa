"""Where prepared networks are kept between runs."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def default_cache() -> Path:
    """Folder for prepared networks: under ``VEDETTE_HOME`` if set, else where the platform keeps caches."""
    home = os.environ.get("VEDETTE_HOME")
    if home:
        return Path(home) / "networks"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "Vedette" / "networks"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "Vedette" / "networks"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vedette" / "networks"
