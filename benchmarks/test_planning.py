"""How long the shipped scenarios take and how good their plans are, through the command as people use it.

Nothing here is asserted against a clock: the numbers are printed, to be kept and compared by people.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.bench


@pytest.mark.parametrize(("scenario", "limit_s"), [("crossroads", 10), ("neubrandenburg", 60)])
def test_planning(scenario: str, limit_s: int, tmp_path: Path) -> None:
    """Plan one shipped scenario and print what `--json` says of it."""
    command = Path(sys.executable).with_name("vedette")
    run = subprocess.run(
        [command, "plan", scenario, "--seed", "0", "--seconds", str(limit_s), "--out", tmp_path, "--json"],
        capture_output=True,
        check=False,
        text=True,
    )
    assert run.returncode in {0, 3}, run.stderr
    told = json.loads(run.stdout)
    roster = told["roster"]
    print(f"\n{scenario}: {told['seconds']} s, peak {told['peak_mib']} MiB, {told['status']}")
    print(f"  siting   {told['siting']['status']}, posts {told['siting']['posts']}")
    print(f"  patrols  {told['patrols']}")
    print(
        f"  roster   {roster['status']}, {roster['filled']} of {roster['seats']} seats, "
        f"objective {roster['objective']}, bound {roster['bound']}, gap {roster['gap']}"
    )
