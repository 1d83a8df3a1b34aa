"""Fail when a JUnit file shows a skipped test that no pattern of allowed-skips.txt names."""

import sys
from fnmatch import fnmatchcase
from pathlib import Path
from xml.etree import ElementTree as ET


def main(junit: Path, allowed: Path) -> int:
    """Compare the skips of one run with the named ones; 0 when every skip is named."""
    lines = [line.strip() for line in allowed.read_text(encoding="utf-8").splitlines()]
    patterns = [line for line in lines if line and not line.startswith("#")]
    cases = list(ET.parse(junit).iter("testcase"))
    if not cases:
        print(f"{junit} holds no test at all")
        return 1
    unnamed = []
    for case in cases:
        skipped = case.find("skipped")
        if skipped is None or skipped.get("type") == "pytest.xfail":
            continue
        test_id = f"{case.get('classname', '').replace('.', '/')}::{case.get('name', '')}"
        if not any(fnmatchcase(test_id, pattern) for pattern in patterns):
            unnamed.append(f"  {test_id}: {skipped.get('message', '')}")
    if unnamed:
        print(f"{len(unnamed)} tests were skipped that .ci/allowed-skips.txt does not name:")
        print("\n".join(unnamed))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
