"""Every public siting instance solved and scored by another script: ``python -m benchmarks.siting_scores DATA SCORE``.

DATA holds ``pmedian/`` and ``set_covering/`` (``*.txt``), SCORE is a script ``SCORE KIND INSTANCE SOLUTION`` printing
a JSON object with ``feasible`` and ``objective``. Prints one line for each instance and ends with 1 when any differs.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.siting import KINDS
from scheduler.outcome import Limits

FOLDERS = {"pmedian": "pmedian", "pcenter": "pmedian", "set_covering": "set_covering"}


def main() -> int:
    """Solve, score, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("score", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    args = parser.parse_args()
    wrong = 0
    for kind, folder in FOLDERS.items():
        for path in sorted((args.data / folder).glob("*.txt")):
            if not re.fullmatch(r"(pmed|scp)\w+", path.stem):
                continue
            result, solution = KINDS[kind](path, Limits(seconds=args.seconds), 0, 2)
            with tempfile.TemporaryDirectory() as held:
                out = Path(held) / "solution.json"
                out.write_text(json.dumps(solution), encoding="utf-8")
                told = subprocess.run(
                    [sys.executable, args.score, kind, path, out], capture_output=True, text=True, check=False
                )
            its = json.loads(told.stdout or "{}")
            same = bool(its.get("feasible")) and its.get("objective") == result["objective"]
            wrong += not same
            said = "agrees" if same else told.stdout + told.stderr
            print(kind, path.name, result["objective"], result["status"], said, flush=True)
    print(f"{wrong} differ")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
