"""What units owe by hour, and units given as numbers only on numbered places."""

import csv
import io
import shutil
from pathlib import Path

import openpyxl
import pytest

from scenarios.load import library
from scenarios.request import Request, Sort, request_csv, request_of, write_request
from scenarios.run import Checked, Planned, open_scenario, plan_scenario
from scenarios.staff import staff_of

H = 3600


def _request(planned: Planned) -> Request:
    checked = Checked(planned.plan, planned.view, planned.audit, stale=False)
    return request_of(checked, staff_of(planned.desk.scenario))


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Planned:
    """Crossroads before a single name is known: both units are numbers."""
    folder = tmp_path_factory.mktemp("numbers") / "town"
    shutil.copytree(library()["crossroads"], folder)
    for table in ("people", "qualifications", "wishes", "history", "ledger"):
        (folder / f"{table}.csv").unlink()
    (folder / "units.csv").write_text(
        "id,name,kind,lon,lat,base_need,duty_lead,strength\n"
        "police,Crossroads Police,police,10.006650,50.002520,0,yes,sworn:6;auxiliary:2\n"
        "stewards,Lantern Stewards,stewards,10.005250,50.002300,0,no,steward:4\n",
        encoding="utf-8",
    )
    return plan_scenario(open_scenario(folder), seconds=4, seed=0, repeatable=True)


def test_every_duty_is_a_head_of_its_unit_in_each_of_its_hours(crossroads: Planned) -> None:
    request = _request(crossroads)
    for unit, counts in request.heads.items():
        for hour, count in enumerate(counts):
            bound = {
                d.person for d in crossroads.view.duties
                if d.unit == unit and d.report_s < (hour + 1) * H and d.release_s > hour * H
            }
            assert count == len(bound), (unit, hour)
    assert all(line.unknown == line.missing == 0 for line in request.lines)
    assert request.bids == ()


def test_units_as_numbers_are_rostered_on_numbered_places(numbers: Planned) -> None:
    """The plan fills every mandatory seat, and the audit counts the places as people."""
    assert numbers.exit_code == 0
    assert numbers.plan.roster.duties
    places = {d.person for d in numbers.plan.roster.duties}
    assert all(p.startswith(("police-sworn-", "police-auxiliary-", "stewards-steward-")) for p in places)


def test_the_request_says_what_each_numbered_place_must_be(numbers: Planned) -> None:
    request = _request(numbers)
    assert all(line.named == 0 for line in request.lines)
    assert {bid.place for bid in request.bids} == {d.person for d in numbers.plan.roster.duties}
    groups = {g["id"]: g for g in numbers.plan.groups}
    ranks = numbers.desk.scenario.ranks
    for bid in request.bids:
        mine = [groups[d.group] for d in numbers.plan.roster.duties if d.person == bid.place]
        assert set(bid.sort.qualifications) == {q for g in mine for q in g["qualifications"]}
        assert bid.sort.rank == max(ranks.index(g["rank_min"] or ranks[0]) for g in mine)
        assert len(bid.spans) == len(mine)
    assert any(bid.sort.qualifications == ("driving",) for bid in request.bids)
    assert any(bid.sort.rank == 1 for bid in request.bids)


def test_the_table_adds_up_and_opens(numbers: Planned, tmp_path: Path) -> None:
    request = _request(numbers)
    rows = list(csv.DictReader(io.StringIO(request_csv(request).decode("utf-8-sig"))))
    assert len(rows) == len(request.lines) > 0
    assert sum(int(r["unknown"]) for r in rows) == sum(line.unknown for line in request.lines)
    assert rows[0]["from"].startswith("2026-06-12 17:00")
    paths = write_request(request, tmp_path)
    assert [p.name for p in paths] == ["request.csv", "request.xlsx"]
    book = openpyxl.load_workbook(tmp_path / "request.xlsx")
    assert book.sheetnames == ["Request", "Names wanted", "Crossroads Police", "Lantern Stewards"]
    assert book["Request"]["A5"].value == "Crossroads Police"
    assert book["Request"]["B5"].value == max(request.heads["police"])
    again = tmp_path / "again"
    write_request(request, again)
    assert (again / "request.xlsx").read_bytes() == (tmp_path / "request.xlsx").read_bytes()


def test_an_empty_seat_is_missing_in_the_unit_that_can_fill_it(crossroads: Planned) -> None:
    from dataclasses import replace

    from scenarios.audit import audit_plan
    from scenarios.viewing import build_view
    from scheduler.roster.plan import RosterPlan

    duties = [d for d in crossroads.plan.roster.duties if d.group != "lanterns.gate#1"]
    plan = replace(crossroads.plan, roster=RosterPlan(tuple(duties)), edited=True)
    audit = audit_plan(crossroads.desk, plan)
    checked = Checked(plan, build_view(crossroads.desk, plan, audit), audit, stale=False)
    request = request_of(checked, staff_of(crossroads.desk.scenario))
    missing = [line for line in request.lines if line.missing]
    assert {line.sort for line in missing} == {Sort("steward", 0, ())}
    assert {line.unit for line in missing} == {"stewards"}  # police own the square, but have no stewards
    assert request.missing_at_once("stewards") == 1
