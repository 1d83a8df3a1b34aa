"""A day on the shipped crossroads: a sick call and an incident, mended in the child process, told, taken over."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from scenarios import drafts, handplans, jobs
from scenarios.draft_patch import say
from scenarios.load import load_checked
from scenarios.locking import take
from scenarios.planform import read_plan
from scenarios.run import Planned, plan_scenario
from scenarios.standing import sign
from scenarios.store.errors import StoreError
from scenarios.store.operations import Assign, Pin
from scenarios.today import happened, replans
from scenarios.today.changelist import told
from scenarios.tongue import speaking
from scenarios.viewfile import read_view
from tests.scenarios.finished import finished

PATIENCE_S = 120.0
NOW_S = 4 * 3600  # 21:00


@pytest.fixture(scope="module")
def made() -> Planned:
    """The shipped crossroads, planned."""
    return plan_scenario(load_checked("crossroads"), seconds=4, seed=0, repeatable=True)


@pytest.fixture
def day(
    made: Planned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, project_root: Path
) -> Iterator[tuple[str, str]]:
    """A draft with a copy of that plan: its id, and the plan's."""
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHONPATH", str(project_root))
    draft, plan = handplans.own_copy(drafts.find("crossroads"), finished(made.view, made.plan))
    yield draft.id, plan
    for child in jobs._CHILDREN.values():
        if child.poll() is None:
            child.kill()
            child.wait()
    jobs._CHILDREN.clear()


def note(ref: str, its: happened.Happened) -> None:
    """Save what happened."""
    for kind, values in its:
        drafts.add(ref, kind, values)


def ended(job: jobs.Job) -> jobs.Job:
    """Wait for the end."""
    began = time.monotonic()
    while jobs.read(job.id).running:
        assert time.monotonic() - began < PATIENCE_S
        time.sleep(0.05)
    return jobs.read(job.id)


def test_a_sick_call_is_mended_told_and_taken_over(made: Planned, day: tuple[str, str]) -> None:
    """The steward at the gate falls ill; afterwards the draft is planned again, and undone it is not."""
    ref, plan = day
    scenario = made.desk.scenario
    who = next(d.person for d in made.view.duties if d.kind == "steward")
    note(ref, happened.sick(scenario, made.view, made.plan, [who], 3600, 3600))
    source = drafts.find(ref)
    assert happened.away(drafts.loaded(source).scenario, made.view, 3600) == {who}
    assert happened.sick(drafts.loaded(source).scenario, made.view, made.plan, [who], 3600, 3600) == []
    found = replans.since(source, plan)
    assert found.known
    assert [line for _key, line in found.lines] == [say(c.kind, c.values) for c in source.draft.changes]
    assert sign(source, plan).plan == "older"
    with take(jobs.home() / "jobs" / "turn"), speaking("zh"):  # another event's long search holds no replan up
        job = ended(replans.ask(source, plan, 3600, seconds=6, repeatable=True))
    assert job.result is not None
    assert job.result.has_plan, jobs.log_tail(job.id)
    (proposal,) = replans.proposals(source, plan)
    changes = proposal.changes
    assert changes is not None
    # Nobody waits for papers, and whoever reads it reads it in one language.
    assert {path.name for path in job.out.iterdir()} == {
        "plan.json", "changes.json", "changes.md", "run.jsonl", "view.json.gz"
    }  # fmt: skip
    assert proposal.said_in("en") == tuple(line for _key, line in found.lines)
    assert len(proposal.said_in("zh")) == len(found.lines)
    assert all("请假" in line or "增派" in line for line in proposal.said_in("zh"))
    assert {name: len(its) for name, its in changes["words"]["zh"].items()} == {
        name: len(changes[name]) for name in ("short", "breaches")
    }  # fmt: skip
    words = told(changes, made.view, read_view(job.out / "view.json.gz"))
    assert words.plan
    assert [one.person for one in words.people] == [one["person"] for one in changes["changes"]]
    gone = next(one for one in words.people if one.person == who)
    assert gone.forced
    assert any("Market Square" in line for line in gone.left)
    assert gone.taken == ()
    assert who not in {d.person for d in read_plan(job.out / "plan.json").roster.duties}
    notice = (job.out / "changes.md").read_text(encoding="utf-8")
    assert gone.name in notice
    assert set(proposal.said_in("en")) <= {line.removeprefix("- ") for line in notice.splitlines()}
    assert "As of Fri 18:00." in notice
    drafts.edit(source.draft, Pin(who, "nothing#1", on=False))
    with pytest.raises(StoreError, match="replan"):
        replans.take_over(drafts.find(ref), proposal)
    drafts.undo(source.draft)
    taken = replans.take_over(drafts.find(ref), proposal)
    assert sign(drafts.find(ref), taken).scenario == "planned"
    assert {j.id for j in jobs.jobs() if j.source == ref} == {taken, plan}
    assert replans.proposals(source, plan) == ()
    assert not replans.since(drafts.find(ref), taken).anything


def test_who_changed_the_scenario_meanwhile_must_replan(made: Planned, day: tuple[str, str]) -> None:
    """Nothing is asked for where nothing happened; a draft written since refuses the proposal."""
    ref, plan = day
    with pytest.raises(StoreError, match="something that has changed"):
        replans.ask(drafts.find(ref), plan, NOW_S)
    spot = happened.spots(made.desk.scenario)[0]
    note(ref, [happened.incident(made.desk.scenario, "Tree", spot, 1, NOW_S, NOW_S + 3600, ["sworn"])])
    source = drafts.find(ref)
    person = made.plan.roster.duties[0].person
    drafts.edit(source.draft, Pin(person, "nothing#1", on=False))
    now = drafts.find(ref)
    job = jobs.Job("x", Path(), Path(), "", "", "", "", jobs.Options(), "done")
    kept = replans.Proposal(job, plan, drafts.inputs_of(source).digest(), replans._hand(source, plan), NOW_S, {})
    assert replans.fits(source, kept)
    assert not replans.fits(now, kept)
    assert replans.since(now, plan).pins == 1


def test_the_plan_as_it_stands_is_mended(made: Planned, day: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Duties set by hand are part of what people hold; before and after are told apart by the version's own changes."""
    ref, plan = day
    seat = next(iter(made.plan.roster.duties))
    name = f"{seat.group}/{seat.seat}"
    drafts.edit(drafts.find(ref).draft, Assign(plan, name, None))
    spot = happened.spots(made.desk.scenario)[0]
    note(ref, [happened.incident(made.desk.scenario, "Tree", spot, 1, NOW_S, NOW_S + 3600, ["sworn"])])
    monkeypatch.setattr(jobs, "_command", lambda folder: ["true", str(folder)])
    job = replans.ask(drafts.find(ref), plan, NOW_S)
    held = json.loads((job.folder / "held.json").read_text(encoding="utf-8"))
    assert name not in {duty["seat"] for duty in held["roster"]["duties"]}
    assert "Tree" not in (job.folder / "before.toml").read_text(encoding="utf-8")
    assert "incident-2100" in (job.folder / "whatif-1.toml").read_text(encoding="utf-8")


def test_a_duty_set_by_hand_after_it_was_asked_for_is_not_dropped(
    made: Planned, day: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The replan mends the plan as it stood; whoever has changed a duty since must ask again, or take that back."""
    ref, plan = day
    first, second = made.plan.roster.duties[:2]
    drafts.edit(drafts.find(ref).draft, Assign(plan, f"{first.group}/{first.seat}", None))
    note(ref, [("absent", {"people": [first.person], "names": ["x"], "start": "2026-06-12 18:00",
                           "end": "2026-06-12 20:00"})])  # fmt: skip
    monkeypatch.setattr(jobs, "_command", lambda folder: ["true", str(folder)])
    asked = drafts.find(ref)
    job = replans.ask(asked, plan, NOW_S)
    ended(job)
    (job.out).mkdir(exist_ok=True)
    (job.out / "plan.json").write_text(made.plan.dumps(), encoding="utf-8")
    jobs.write_json(job.folder / "result.json", asdict(jobs.Result("done", 0, 1.0, has_plan=True)))
    (proposal,) = replans.proposals(asked, plan)
    assert replans.fits(drafts.find(ref), proposal)
    drafts.edit(drafts.find(ref).draft, Assign(plan, f"{second.group}/{second.seat}", None))
    assert not replans.fits(drafts.find(ref), proposal)
    with pytest.raises(StoreError, match="replanned for"):  # from a page that has not seen it, too
        replans.take_over(asked, proposal)
    drafts.undo(drafts.find(ref).draft)
    assert replans.take_over(drafts.find(ref), proposal) == job.id


def test_the_rest_of_a_running_duty_is_asked_for(made: Planned) -> None:
    """Only of those who run, at a place of the scenario, and never of a crew's seat."""
    scenario, view = made.desk.scenario, made.view
    running = {d.group: d for d in view.duties if d.start_s <= 2 * 3600 < d.end_s}
    for duty in running.values():
        its = happened.sick(scenario, view, made.plan, [duty.person], 2 * 3600, 2 * 3600)
        rows = [values["row"] for kind, values in its[1:]]
        at_place = duty.place in {spot.id for spot in happened.spots(scenario)}
        assert [row["place"] for row in rows] == ([duty.place] if duty.kind != "crew" and at_place else [])
        assert all(row["end"] == happened.local(scenario, duty.end_s) for row in rows)
    later = next(d for d in view.duties if d.start_s > 2 * 3600)
    if later.person not in {d.person for d in running.values()}:
        assert len(happened.sick(scenario, view, made.plan, [later.person], 2 * 3600, 2 * 3600)) == 1


def test_who_is_away_whichever_way_it_was_entered(made: Planned, day: tuple[str, str]) -> None:
    """Leave on Forces, people who do not come at all, two times that meet; part of a duty is not all of it."""
    ref, _plan = day
    scenario, by_person = made.desk.scenario, {}
    for duty in made.view.duties:
        by_person.setdefault(duty.person, []).append(duty)
    ann, ben, cem, dee = [(who, its[0]) for who, its in by_person.items() if len(its) == 1][:4]

    def leave(who: str, start_s: int, end_s: int) -> None:
        key = {"person": who, "start": happened.local(scenario, start_s), "end": happened.local(scenario, end_s)}
        drafts.put(ref, "absences", key, {"kind": "leave"}, title=who)

    leave(ann[0], ann[1].report_s, ann[1].release_s)
    middle = (ben[1].report_s + ben[1].release_s) // 7200 * 3600
    leave(ben[0], ben[1].report_s, middle)
    leave(cem[0], cem[1].report_s, cem[1].release_s - 3600)
    drafts.remove(ref, "people", [{"id": dee[0]}], ["Dee"])
    now = drafts.loaded(drafts.find(ref)).scenario
    assert happened.away(now, made.view, 0) == {ann[0], dee[0]}
    leave(ben[0], middle, ben[1].release_s)
    assert happened.away(drafts.loaded(drafts.find(ref)).scenario, made.view, 0) == {ann[0], ben[0], dee[0]}
    assert happened.away(now, made.view, made.view.horizon_s * 2) == set()
    drafts.add(ref, "away", {"people": [cem[0]], "names": ["Cem"], "unit": "u", "category": "sworn"})
    assert cem[0] in happened.away(drafts.loaded(drafts.find(ref)).scenario, made.view, 0)


def test_new_seats_begin_when_people_can_be_there(made: Planned) -> None:
    """Five minutes are the grid; the way to the place counts."""
    scenario = made.desk.scenario
    lead = scenario.demand.report_min * 60
    assert happened.earliest(scenario, 0) == -(-lead // 300) * 300
    assert happened.earliest(scenario, 301) == -(-(301 + lead) // 300) * 300
