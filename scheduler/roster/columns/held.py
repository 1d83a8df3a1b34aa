"""The last level with the earlier ones held to some values, as the linking rows that then still say something."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from scheduler.roster.columns.implied import told_anew
from scheduler.roster.columns.split import Linking
from scheduler.roster.linear import Ints

if TYPE_CHECKING:
    from typing import Any

    from scheduler.roster.columns.generate import Pricing


@dataclass(frozen=True)
class Held:
    """The last level with the earlier ones held to some values: rows, greatest values and costs of the amounts.

    Attributes
    ----------
    capped
        Levels held to a value above 0; each has a row of its own, the last ones of all rows.
    of_all : sparse [m, m_all]
        These rows' multipliers from those of all linking rows and the capped levels.
    """

    linking: Linking
    upper: Ints
    cost: Ints
    capped: tuple[int, ...]
    of_all: Any

    def multipliers(self, y: Ints) -> Ints:
        """Multipliers of these rows that say what ``y`` says, int64 ``[m]``, from those of all rows."""
        return self.linking.legal(np.asarray(self.of_all @ y, dtype=np.int64))


def hold(pricing: Pricing, aim: tuple[int, ...]) -> Held:
    """Hold earlier levels to ``aim``: at 0 their amounts vanish, above it one row keeps their sum."""
    linking = pricing.linking
    upper = linking.most.copy()
    extra, capped = [], []
    for k, value in enumerate(aim):
        mine = linking.level == k
        if value <= 0:
            upper[mine] = 0
        elif mine.any():
            extra.append((np.where(mine, linking.price, 0), value))
            capped.append(k)
    last = pricing.linear.n_levels - 1
    cost = np.where(linking.level == last, linking.price, 0).astype(np.int64)
    if extra:
        n, n_x, n_s = len(extra), linking.of_x.shape[1], linking.of_s.shape[1]
        none_x, none_s = (sparse.csr_matrix(np.zeros((n, k), dtype=np.int64)) for k in (n_x, n_s))
        linking = replace(
            linking,
            of_x=sparse.vstack([linking.of_x, none_x]).tocsc(),
            of_s=sparse.vstack([linking.of_s, none_s]).tocsr(),
            of_a=sparse.vstack([linking.of_a, sparse.csr_matrix(np.stack([row for row, _ in extra]))]).tocsr(),
            rhs=np.concatenate([linking.rhs, np.array([value for _, value in extra], dtype=np.int64)]),
            equal=np.concatenate([linking.equal, np.zeros(n, dtype=bool)]),
        )
    told, of_all = told_anew(linking, upper, pricing.linear.x_group)
    return Held(told, upper, cost, tuple(capped), of_all)
