"""Fresh processes for tests of repeatability: set order, import order and thread timing all differ between them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def printed(code: str, hash_seed: int) -> bytes:
    """What ``code`` prints when run in a process of its own.

    Parameters
    ----------
    hash_seed
        Order of sets of strings in that process; a plan must not depend on it.
    """
    env = {**os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", code], env=env, cwd=ROOT, capture_output=True, check=True
    ).stdout
