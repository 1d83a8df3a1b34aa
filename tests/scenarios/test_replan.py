"""Replanning a whole plan: sick calls, new and moved seats, withdrawn qualifications; and candidates for a seat."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from scenarios import cli
from scenarios.candidates import SeatDesk
from scenarios.changesheet import change_lines, changes_json, notice
from scenarios.errors import ScenarioError
from scenarios.plan import Plan
from scenarios.replan import Replanned, carried, open_change, replan, seconds_at
from scenarios.run import Planned, open_scenario, read_plan
from scheduler.roster.plan import Duty, RosterPlan


def _change(tmp_path: Path, text: str, name: str = "change.toml") -> Path:
    path = tmp_path / name
    path.write_text(f'schema = 1\nbase = "crossroads"\ntitle = "A change"\n{text}', encoding="utf-8")
    return path


def _away(person: str) -> str:
    return f'[[away]]\npeople = ["{person}"]\nstart = "2026-06-10 00:00"\nend = "2026-06-16 00:00"\n'


def _busiest(plan: Plan) -> str:
    return Counter(d.person for d in plan.roster.duties).most_common(1)[0][0]


@pytest.fixture(scope="module")
def sick(crossroads: Planned, tmp_path_factory: pytest.TempPathFactory) -> Replanned:
    """The busiest person falls ill."""
    path = _change(tmp_path_factory.mktemp("sick"), _away(_busiest(crossroads.plan)))
    return replan(open_change("crossroads", path), crossroads.plan, work=6.0)


def _roster(plan: Plan) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for duty in plan.roster.duties:
        found.setdefault(duty.person, set()).add(duty.group)
    return found


def test_a_sick_call_moves_few_and_says_whom(crossroads: Planned, sick: Replanned) -> None:
    who = _busiest(crossroads.plan)
    before, after = _roster(crossroads.plan), _roster(sick.plan)
    assert who not in after
    differ = {p for p in before.keys() | after.keys() if before.get(p) != after.get(p)}
    assert {c.person for c in sick.outcome.changes} == differ
    changed = next(level for level in sick.outcome.levels if level.name == "changed")
    assert changed.value == len(differ)
    assert changed.proven
    assert sick.audit.breaches == ()
    assert sick.audit.agrees
    assert sick.exit_code == (3 if sick.audit.short else 0)


def test_posts_and_patrols_stay(crossroads: Planned, tmp_path: Path) -> None:
    """A steward's illness touches no post and no patrol: not a stop of them moves."""
    stewards = {p.id for p in crossroads.desk.staff.people if p.category == "steward"}
    who = next(d.person for d in crossroads.plan.roster.duties if d.person in stewards)
    done = replan(open_change("crossroads", _change(tmp_path, _away(who))), crossroads.plan, work=6.0)
    assert done.kept == {"siting": True, "patrols": True}
    assert done.plan.siting == crossroads.plan.siting
    assert done.plan.patrols == crossroads.plan.patrols
    assert done.plan.posts == crossroads.plan.posts
    assert done.plan.crews == crossroads.plan.crews


def test_a_patrol_without_people_is_given_up_and_the_others_stay(crossroads: Planned, sick: Replanned) -> None:
    """The busiest officer is missing so much that one crew cannot ride: the other tours are those of the plan."""
    assert set(sick.plan.patrols.tours) <= set(crossroads.plan.patrols.tours)
    assert sick.kept["patrols"] == (sick.plan.patrols == crossroads.plan.patrols)


def test_the_plan_says_what_it_changes(crossroads: Planned, sick: Replanned, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(sick.plan.dumps(), encoding="utf-8")
    again = read_plan(path)
    assert again == sick.plan
    assert again.base_plan == crossroads.plan.fingerprint()
    assert {c["person"] for c in again.changes} == {c.person for c in sick.outcome.changes}
    assert "base_plan" not in json.loads(crossroads.plan.dumps())


def test_every_change_is_told_with_names_and_leads(crossroads: Planned, sick: Replanned) -> None:
    names = {p.id: p.name for p in crossroads.desk.staff.people}
    sheet = notice(sick)
    lines = "\n".join(line for _, rows in change_lines(sick) for line in rows)
    for change in sick.outcome.changes:
        assert f"{names[change.person]} ({change.person})" in sheet
        assert f"{names[change.person]} ({change.person})" in lines
        for group in (*change.left, *change.taken):
            assert group in sheet
    assert "unit police" in sheet or "unit stewards" in sheet
    found = changes_json(sick)
    assert found["proven_least"] is True
    assert all(row["text"] and row["tell"] for row in found["changes"])


def test_a_new_seat_and_a_withdrawn_qualification(crossroads: Planned, tmp_path: Path) -> None:
    seat = (
        '[[seats]]\nid = "extra"\nplace = "square"\nkind = "guard"\nstart = "2026-06-12 18:00"\n'
        'end = "2026-06-12 20:00"\nneed = 1\ncategories = "sworn"\nowner = "police"\nlead = "C01"\n'
    )
    done = replan(open_change("crossroads", _change(tmp_path, seat)), crossroads.plan, work=6.0)
    assert done.exit_code in {0, 3}
    taken = [c.person for c in done.outcome.changes if "extra#1" in c.taken]
    assert len(taken) + dict(done.audit.short).get("extra#1", 0) == 1
    assert done.said == ("Seat extra added.",)


def test_most_changes_and_begun_duties_bind(crossroads: Planned, sick: Replanned, tmp_path: Path) -> None:
    path = _change(tmp_path, _away(_busiest(crossroads.plan)))
    changed = open_change("crossroads", path)
    alone = replan(changed, crossroads.plan, most_changes=0, work=6.0)
    assert all(c.forced for c in alone.outcome.changes)
    assert sum(n for _, n in alone.audit.short) >= sum(n for _, n in sick.audit.short)
    over = replan(changed, crossroads.plan, at_s=changed.after.scenario.horizon_s + 86400, work=6.0)
    assert all(not c.taken for c in over.outcome.changes)


def test_times_are_read_as_people_write_them() -> None:
    loaded = open_scenario("crossroads")
    start = loaded.scenario.clock(0)
    assert seconds_at(loaded, f"{start:%Y-%m-%d %H:%M}") == 0
    assert seconds_at(loaded, f"{start:%a %H:%M}") == 0
    assert seconds_at(loaded, f"{start:%H:%M}") == 0
    for text in ("soon", "25:00", "Xyz 10:00", ""):
        with pytest.raises(ScenarioError):
            seconds_at(loaded, text)


def test_posts_are_carried_into_new_periods(crossroads: Planned) -> None:
    tables = crossroads.audit.rebuilt.siting
    assert set(carried(crossroads.plan.siting, tables, tables).stands) == set(crossroads.plan.siting.stands)
    shifted = replace(
        tables,
        problem=replace(
            tables.problem,
            periods=tuple(replace(p, id=f"new-{p.id}", end_s=p.end_s + 60) for p in tables.problem.periods[:1]),
        ),
    )
    first = tables.problem.periods[0].id
    found = carried(crossroads.plan.siting, tables, shifted)
    assert {(s.post, s.n_units) for s in found.stands} == {
        (s.post, s.n_units) for s in crossroads.plan.siting.stands if s.period == first
    }


# ------------------------------------------------------------ candidates
def test_candidates_are_ranked_in_words(crossroads: Planned) -> None:
    desk = SeatDesk.of(open_scenario("crossroads"), crossroads.plan, desk=crossroads.desk)
    duty = crossroads.plan.roster.duties[0]
    found = desk.ask(f"{duty.group}/{duty.seat}")
    assert len(found.able) + len(found.unable) >= len(crossroads.desk.staff.people) - 2
    assert "held by" in found.head
    assert all(text.startswith(f"{k}. ") for k, text in enumerate(found.able, start=1))
    assert json.dumps(found.to_json())
    for seat in ("nothing/1", *(f"{duty.group}/{number}" for number in ("²", "0", "01", "x", "", "-1", "9" * 5000))):
        with pytest.raises(ScenarioError):
            desk.ask(seat)


# ------------------------------------------------------------ the command
def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        cli.main(list(arguments))
    out = capsys.readouterr()
    return int(end.value.code or 0), out.out, out.err


def test_the_commands(crossroads: Planned, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    held = tmp_path / "held.json"
    held.write_text(crossroads.plan.dumps(), encoding="utf-8")
    path = _change(tmp_path, _away(_busiest(crossroads.plan)))
    code, out, _ = _run(capsys, "replan", "crossroads", str(held), "--change", str(path), "--json", "--repeatable",
                        "--seconds", "6", "--out", str(tmp_path / "out"))
    found = json.loads(out)
    assert code in {0, 3}
    assert found["proven_least"]
    assert {"plan.json", "changes.md", "run.jsonl"} <= set(found["files"])
    code, _, _ = _run(capsys, "check", "crossroads", str(held), "--json")
    assert code == 0
    duty = crossroads.plan.roster.duties[0]
    code, out, _ = _run(capsys, "candidates", "crossroads", str(held), f"{duty.group}/{duty.seat}", "--json")
    assert code in {0, 3}
    assert json.loads(out)["candidates"]
    code, _, err = _run(capsys, "candidates", "crossroads", str(held), "nothing/1")
    assert code == 2
    assert "nothing/1" in err
    code, _, err = _run(capsys, "replan", "crossroads", str(held), "--change", str(path), "--at", "soon")
    assert code == 2
    assert "--at" in err


@pytest.mark.parametrize(("seat", "words"), [
    ("", "SEAT: expected a seat of the plan, such as"),
    ("lantern.gate/1", 'did you mean "lanterns.gate#1"?'),
    ("lanterns.gate#1/99", "a seat of lanterns.gate#1, which has 1"),
])  # fmt: skip
def test_a_seat_that_is_not_there(
    crossroads: Planned, tmp_path: Path, capsys: pytest.CaptureFixture[str], seat: str, words: str
) -> None:
    held = tmp_path / "held.json"
    held.write_text(crossroads.plan.dumps(), encoding="utf-8")
    code, _, err = _run(capsys, "candidates", "crossroads", str(held), seat)
    assert code == 2
    assert words.lower() in " ".join(err.split()).lower()


def test_another_events_plan_and_a_time_after_the_end_are_refused(
    crossroads: Planned, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held, other = tmp_path / "held.json", tmp_path / "other.json"
    held.write_text(crossroads.plan.dumps(), encoding="utf-8")
    other.write_text(replace(crossroads.plan, scenario="elsewhere").dumps(), encoding="utf-8")
    path = _change(tmp_path, _away("C03"))
    asked = ["replan", "crossroads", str(other), "--change", str(path)], ["candidates", "crossroads", str(other), "x"]
    for command in asked:
        code, _, err = _run(capsys, *command)
        assert code == 2
        assert "a plan for crossroads, not for elsewhere" in " ".join(err.split())
    late = "2026-07-12 18:00"
    code, _, err = _run(capsys, "replan", "crossroads", str(held), "--change", str(path), "--at", late)
    assert code == 2
    assert "before the event's end 2026-06-13 00:00" in " ".join(err.split())


def test_plan_from_names_what_cannot_stay(
    crossroads: Planned, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan made by hand with somebody unknown: he is named, the rest is the start."""
    from scenarios import run

    given: list[Plan | None] = []

    def plan_scenario(*_: object, base_plan: Plan | None = None, **__: object) -> Planned:
        given.append(base_plan)
        return crossroads

    monkeypatch.setattr(run, "plan_scenario", plan_scenario)
    first, *rest = crossroads.plan.roster.duties
    roster = RosterPlan((Duty(first.group, first.seat, "Nobody"), *rest))
    by_hand = replace(crossroads.plan, roster=roster, edited=True)
    path = tmp_path / "hand.json"
    path.write_text(by_hand.dumps(), encoding="utf-8")
    code, out, err = _run(capsys, "plan", "crossroads", "--from", str(path))
    assert code == 0
    assert given == [by_hand]
    assert "cannot stay" in out + err
    assert "Nobody" in out + err
