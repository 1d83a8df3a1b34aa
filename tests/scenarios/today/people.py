"""Duties made up for tests of the day."""

from scenarios.view import DutyView


def duty(person: str, group: str, place: str, report: int, start: int, end: int, unit: str = "police") -> DutyView:
    """One duty, released ten minutes after its end."""
    return DutyView(
        person, person.title(), unit, "sworn", "officer", group, 1, group, "post", place, place.title(), "", report,
        start, end, end + 600, "L", "police",
    )  # fmt: skip
