"""Rosters: which named officer does which duty.

``solve.solve`` makes a plan, ``audit.audit`` checks any plan without a solver, ``shortage.shortages`` says what is
short and when.
"""

from scheduler.roster.plan import Duty, RosterPlan
from scheduler.roster.problem import (
    Absence,
    Person,
    Pin,
    Problem,
    Qualified,
    Resource,
    RuleSetting,
    SeatGroup,
    Unit,
    Watch,
    Wish,
    Worked,
)

__all__ = [
    "Absence",
    "Duty",
    "Person",
    "Pin",
    "Problem",
    "Qualified",
    "Resource",
    "RosterPlan",
    "RuleSetting",
    "SeatGroup",
    "Unit",
    "Watch",
    "Wish",
    "Worked",
]
