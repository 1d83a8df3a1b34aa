"""A first legal plan out of one that breaks hard rules: what of it can stay together."""

from __future__ import annotations

import numpy as np

from scheduler.roster.linear import Ints, Linear
from scheduler.roster.repair_ground import Mask
from scheduler.roster.start import Desk


def kept_together(linear: Linear, start: Ints, held: Mask) -> Ints | None:
    """Duties of ``start`` that keep every hard rule together, int64 ``[n_x]``; None where those held cannot be kept.

    What is held fast or forced comes first, then duty by duty in the order of time, again and again: who may only
    serve beside somebody finds a place once that one has been taken.
    """
    desk = Desk(linear)
    for i in np.flatnonzero(held | np.isin(np.arange(linear.n_x), linear.forced)).tolist():
        if not desk.x[i] and desk.may(i):
            desk.add(i)
    if not desk.x[held].all() or not desk.x[linear.forced].all():
        return None
    report = np.array([group.report_s for group in linear.problem.groups], dtype=np.int64)
    wanted = np.flatnonzero(start)
    order = wanted[np.lexsort((wanted, report[linear.x_group[wanted]]))].tolist()
    while True:
        left = [i for i in order if not desk.x[i]]
        for i in left:
            if desk.may(i):
                desk.add(i)
        if sum(not desk.x[i] for i in order) == len(left):
            return desk.x if linear.broken(desk.x) == 0 else None
