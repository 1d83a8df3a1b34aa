"""Why a roster comes out short or cannot be, and the cheapest ways out, each proven by solving again.

``explain`` puts it together: arithmetic shortage (``lift``), ways out (``remedies``), a smallest conflict set
(``conflict``). ``why`` answers for one person or one seat. ``words`` makes sentences of it.
"""

from scheduler.roster.explain.conflict import Conflict
from scheduler.roster.explain.engine import Case, Explanation, explain
from scheduler.roster.explain.lift import Lift, lifts
from scheduler.roster.explain.patch import Remedy
from scheduler.roster.explain.why import Candidate, SeatWhy, why_seat

__all__ = [
    "Candidate", "Case", "Conflict", "Explanation", "Lift", "Remedy", "SeatWhy", "explain", "lifts", "why_seat",
]  # fmt: skip
