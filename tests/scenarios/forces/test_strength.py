"""Strength by the hour: who is on hand against what is asked for, worked by hand on the smallest scenario."""

from scenarios.forces.strength import strength_of
from scenarios.load import check, read_raw
from scenarios.raw import Raw, RawRow


def with_leave(raw: Raw, *rows: tuple[str, str, str]) -> Raw:
    """The scenario with leave."""
    its = tuple(
        RawRow({"person": p, "start": f"2026-06-{a}", "end": f"2026-06-{b}"}, "absences.csv", n)
        for n, (p, a, b) in enumerate(rows, start=2)
    )
    return raw.changed(tables={**raw.tables, "absences": its})


def test_who_is_away_for_a_whole_hour_is_not_on_hand() -> None:
    """17:00 to 24:00 are seven hours; half an hour away takes nobody off."""
    raw = read_raw("crossroads")
    its = strength_of(check(raw).scenario)
    police = its.units[0]
    assert (len(its.hours), police.heads, police.unnamed) == (7, 8, 0)
    assert police.present == (8,) * 7
    away = with_leave(raw, ("C05", "12 18:00", "12 20:30"), ("C06", "12 19:30", "12 21:00"))
    police = strength_of(check(away).scenario).units[0]
    assert police.present == (8, 7, 7, 7, 8, 8, 8)


def test_bodies_share_out_what_is_asked_for() -> None:
    """What stewards alone are asked for is theirs; everything else is for police and those who support them."""
    its = strength_of(check(read_raw("neubrandenburg")).scenario)
    police, stewards = its.bodies
    assert [body.id for body in its.bodies] == ["police", "stewards"]
    assert police.heads + stewards.heads == sum(unit.heads for unit in its.units) == 184
    assert max(stewards.needed) <= stewards.heads
    assert (police.short, stewards.short) == (0, 0)


def test_units_given_as_numbers_count() -> None:
    """Ten more without a name, and what is short when all the others are away."""
    raw = read_raw("crossroads")
    units = tuple(
        RawRow({**row.values, "strength": "sworn:16"}, row.file, row.row) if row.values["id"] == "police" else row
        for row in raw.tables["units"]
    )
    its = strength_of(check(raw.changed(tables={**raw.tables, "units": units})).scenario)
    people = [row.values for row in raw.tables["people"]]
    named = sum(1 for row in people if (row["unit"], row["category"]) == ("police", "sworn"))
    assert (its.units[0].heads, its.units[0].unnamed) == (8 + 16 - named, 16 - named)
    everybody = with_leave(raw, *((f"C{n:02}", "12 17:00", "12 24:00") for n in range(1, 13)))
    empty = strength_of(check(everybody).scenario)
    assert [body.short for body in empty.bodies] == [max(body.needed) for body in empty.bodies]
    assert max(empty.bodies[0].needed) > 0
