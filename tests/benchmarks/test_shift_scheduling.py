"""The adapter of the public shift scheduling instances only translates: brute force and the scorer agree with it."""

import json
import subprocess
import sys
from itertools import pairwise, product

import pytest

from benchmarks.shift_scheduling import problem_of, read, shift_scheduling
from scheduler.outcome import Limits
from scheduler.roster.problem import RuleSetting

TINY = """
SECTION_HORIZON
7
SECTION_SHIFTS
# L is not followed by E
E,480,
L,600,E
SECTION_STAFF
A,E=7|L=1,2400,1440,3,2,2,1
B,E=2|L=7,2280,1080,2,1,2,0
SECTION_DAYS_OFF
A,2
SECTION_SHIFT_ON_REQUESTS
A,4,E,3
B,1,L,2
SECTION_SHIFT_OFF_REQUESTS
A,0,E,4
SECTION_COVER
0,E,1,10,1
0,L,0,10,1
1,E,1,10,1
1,L,1,7,1
2,E,1,10,1
3,L,1,5,1
4,E,1,10,2
4,L,1,10,2
5,E,1,6,1
6,E,3,9,1
"""


def runs(row):
    """(on, first, after) of each run of days."""
    edges = [0, *(d for d in range(1, len(row)) if bool(row[d]) != bool(row[d - 1])), len(row)]
    return [(bool(row[a]), a, b) for a, b in pairwise(edges)]


def legal(row, minutes, caps, days_off, longest, shortest, off, weekends):
    """One employee's week against the rules of the instance, in words of their own."""
    worked = sum({"E": 480, "L": 600}[s] for s in row if s)
    if not minutes[0] <= worked <= minutes[1] or any(row[d] for d in days_off):
        return False
    if any(row.count(s) > n for s, n in caps.items()) or any(a == "L" and b == "E" for a, b in pairwise(row)):
        return False
    for on, a, b in runs(row):
        inside = a > 0 and b < len(row)
        if (on and b - a > longest) or (inside and b - a < (shortest if on else off)):
            return False
    return bool(row[5] or row[6]) <= weekends


def cost(a, b):
    """Requests and cover of the two rows, by hand."""
    total = 3 * (a[4] != "E") + 2 * (b[1] != "L") + 4 * (a[0] == "E")
    cover = {
        (0, "E"): (1, 10, 1), (0, "L"): (0, 10, 1), (1, "E"): (1, 10, 1), (1, "L"): (1, 7, 1),
        (2, "E"): (1, 10, 1), (3, "L"): (1, 5, 1), (4, "E"): (1, 10, 2), (4, "L"): (1, 10, 2),
        (5, "E"): (1, 6, 1), (6, "E"): (3, 9, 1),
    }  # fmt: skip
    for (day, shift), (need, under, over) in cover.items():
        n = (a[day] == shift) + (b[day] == shift)
        total += under * max(0, need - n) + over * max(0, n - need)
    return total


@pytest.fixture
def tiny(tmp_path):
    path = tmp_path / "Tiny.txt"
    path.write_text(TINY, encoding="utf-8")
    return path


def test_a_tiny_instance_is_solved_to_what_trying_everything_finds(tiny):
    rows = list(product((None, "E", "L"), repeat=7))
    of_a = [r for r in rows if legal(r, (1440, 2400), {"E": 7, "L": 1}, {2}, 3, 2, 2, 1)]
    of_b = [r for r in rows if legal(r, (1080, 2280), {"E": 2, "L": 7}, (), 2, 1, 2, 0)]
    assert of_a
    assert of_b
    best = min(cost(a, b) for a in of_a for b in of_b)
    told, solution = shift_scheduling(tiny, Limits(work=20), 0, 1)
    a, b = (tuple(solution["roster"][name]) for name in "AB")
    assert a in of_a
    assert b in of_b
    assert (told["status"], told["objective"], told["bound"]) == ("optimal", best, best)
    assert cost(a, b) == best


def test_it_only_translates(tiny):
    made = problem_of(read(tiny))
    assert {g.need for g in made.groups} == {0}
    assert [(g.want, g.price_want, g.price_over) for g in made.groups if g.id in {"4:L", "6:E", "6:L"}] == [
        (1, 10, 2), (2, 9, 1), (0, 0, 0),
    ]  # fmt: skip
    assert RuleSetting("weekends", True, params={"most_weekends": 0}, people=frozenset({1})) in made.rules
    assert not any(name in {rule.name for rule in made.rules} for name in ("minimum_rest", "balanced_hours"))


def test_instance_1_is_solved_to_607_and_the_scorer_agrees(project_root, tmp_path):
    shared = project_root.parent / "shared"
    instance = shared / "data" / "benchmarks" / "shift_scheduling" / "Instance1.txt"
    if not instance.exists():
        pytest.skip("the public instances are not beside the project (../shared/data)")
    told, solution = shift_scheduling(instance, Limits(work=60), 0, 2)
    assert (told["status"], told["objective"]) == ("optimal", 607)
    out = tmp_path / "out.json"
    out.write_text(json.dumps(solution), encoding="utf-8")
    scorer = [sys.executable, str(shared / "score" / "score.py"), "shift_scheduling", str(instance), str(out)]
    scored = json.loads(subprocess.run(scorer, check=True, capture_output=True, text=True).stdout)
    assert scored == {"feasible": True, "objective": 607, "problems": []}
