"""Every rule of the catalogue can be reached from a scenario's files: each bites on some roster of one event."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scenarios.assemble.roster import assemble_roster
from scenarios.demand import cut, demand_needs, post_needs
from scenarios.desk import prepare
from scenarios.load import Loaded, check, read_raw
from scenarios.whatif import load_whatif
from scheduler.roster.problem import Problem
from scheduler.roster.rules import configure, load

#: What a scenario writes so that each rule has something to say. Three days, since runs and weekends need some.
PATCH = """
schema = 1
base = "crossroads"
end = "2026-06-15 06:00"
categories = ["sworn", "auxiliary", "steward", "volunteer"]
tags_known = ["no_night", "no_standing", "night_worker", "search_women"]

[roster]
shift_types = ["E", "N"]
holidays = ["2026-06-14"]

[[shifts]]
id = "E"
start = "06:00"
hours = 12

[[shifts]]
id = "N"
start = "18:00"
hours = 12

[[weather]]
start = "2026-06-13 10:00"
end = "2026-06-13 18:00"
celsius = 41

[[units]]
id = "police"
base_need = 2

[[resources]]
id = "car"
number = 0

[[people]]
id = "V1"
name = "Vera Muster"
unit = "stewards"
category = "volunteer"
rank = "officer"
tags = ["night_worker"]

[[absences]]
person = "C02"
start = "2026-06-13 00:00"
end = "2026-06-14 00:00"

[[wishes]]
person = "C03"
start = "2026-06-13 08:00"
end = "2026-06-13 20:00"
wish = "free"
groups = ["E1"]

[[history]]
person = "C04"
start = "2026-06-11 18:00"
end = "2026-06-12 06:00"
place = "police"
shift = "N"

[[other_work]]
person = "C05"
start = "2026-06-13 05:00"
end = "2026-06-13 17:00"

[[ledger]]
person = "C05"
hours = 30
nights = 4
standing = 6

[[published]]
person = "C03"
group = "E1"

[[pins]]
person = "C06"
group = "E1b#1"
"""

SEAT = """
[[seats]]
id = "{id}"
place = "{place}"
kind = "{kind}"
start = "{start}"
end = "{end}"
need = 2
owner = "police"
lead = "C01"
"""

#: Where a rule's own default keeps it silent on so small an event, and parameters that only the planner can know.
PARAMS: dict[str, str] = {
    "hours_cap": "cap_h = 20",
    "consecutive_duty_days": "most_days = 2",
    "consecutive_nights": "most_nights = 1",
    "sequence": 'barred = ["N>E"]',
    "night_average": "average_h = 1",
    "duty_pattern": 'pattern = ["E", "N", "-"]',
    "duty_lead": "rank_min = 2",
    "two_officer": "least = 3",
    "pairing": 'together = ["C03+C04"]',
    "span_of_control": "most_span = 1",
    "volunteers": 'volunteer = ["volunteer"]\ntraining = "first_aid"',
    "total_with_other_work": "day_h = 12",
    "home_distance": "most = 0",
    "total_hours": "least_min = 60",
    "weekends": "most_weekends = 0",
    "shift_type_cap": 'most = ["N=1"]',
    "duty_level": "share_pct = 100",
    "home_area_first": "free_km = 0",
    "borrowed_cap": "most = 0",
    "reserve_share": "per = 1",
    "stability": "near_weight = 2",
    "handover": "least_min = 60",
    # Nobody musters in this event: were C06's post not exempt, the pin to it would contradict the rule.
    "report_time": 'least_min = 60\nexempt_kinds = ["base", "post"]',
    "minimum_duty": "least_duties = 3",
    "weekly_rest": "rest_h = 12\nwindow_days = 1",
}

#: Rules that say nothing about a roster by themselves, and where their say is.
ELSEWHERE = {"logged_time": "muster, way and hand-over of every seat are paid by how seats are cut"}


def seats() -> str:
    """Two posts and one crew-like seat in each half day, back to back and side by side."""
    text = []
    kinds = [("square", "post"), ("police", "post"), ("square", "gate"), ("police", "reserve")]
    asks = 'tags = ["standing", "outdoor", "night", "search_women"]\nqualifications = ["first_aid"]\n'
    for k, (start, end) in enumerate([("12 18", "13 06"), ("13 06", "13 18"), ("13 18", "14 06"), ("14 06", "14 18")]):
        for n, (place, kind) in enumerate(kinds):
            name = f"{'NE'[k % 2]}{k}" if n == 0 else f"{'NE'[k % 2]}{k}{'abcd'[n]}"
            row = SEAT.format(
                id=name, place=place, kind=kind, start=f"2026-06-{start}:00", end=f"2026-06-{end}:00",
            )  # fmt: skip
            text.append(row + asks * (n == 0))
    return "".join(text)


#: The pinned duty breaks these two, which a hard rule would refuse.
PINNED_OVER = {"weekends", "balanced_hours"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Loaded, Problem]:
    """The patched event as the roster engine sees it."""
    rules = ""
    for name in load():
        mode = "soft" if name in PINNED_OVER else "hard"
        params = f"[rules.{name}.params]\n{PARAMS[name]}\n" if name in PARAMS else ""
        rules += f'\n[rules.{name}]\nmode = "{mode}"\n{params}'
    path: Path = tmp_path_factory.mktemp("whatif") / "all.toml"
    path.write_text(PATCH + seats() + rules, encoding="utf-8")
    raw, _ = load_whatif(path, read_raw("crossroads"))
    loaded = check(raw)
    desk = prepare(loaded)
    post = ("P01", "square", "car_post", 1, 3600, 7 * 3600, "police", "C01")
    pieces = cut([*demand_needs(desk.scenario), *post_needs(desk.scenario, [post])], desk.scenario)
    return loaded, assemble_roster(desk.scenario, desk.places, desk.ways, desk.staff, pieces, {}).problem


def test_every_rule_bites_on_some_roster(made: tuple[Loaded, Problem]) -> None:
    """Rosters drawn at random, sparse and crowded: each rule's own check finds something on one of them."""
    _, problem = made
    rng = np.random.default_rng(0)
    silent = {rule.name: rule for rule in configure(problem)}
    for share in (0.02, 0.1, 0.3, 0.7) * 3:
        taken = rng.random((len(problem.people), len(problem.groups))) < share
        order = sorted(range(len(problem.groups)), key=lambda g: (problem.groups[g].report_s, g))
        duties = [tuple(g for g in order if row[g]) for row in taken]
        for name, rule in list(silent.items()):
            if rule.rule.module.check(problem, rule.params, tuple(range(len(problem.people))), duties):
                del silent[name]
    assert sorted(silent) == sorted(ELSEWHERE), {name: rule.rule.info.title for name, rule in silent.items()}


def test_the_catalogue_is_walked_whole(made: tuple[Loaded, Problem]) -> None:
    _, problem = made
    assert {rule.name for rule in configure(problem)} == set(load())
    assert set(PARAMS) <= set(load())
    assert all(g.paid_s == g.release_s - g.report_s for g in problem.groups if g.kind != "reserve"), ELSEWHERE
