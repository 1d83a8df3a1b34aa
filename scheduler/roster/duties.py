"""Which column a person's duty in a seat group is: looked up, not laid out, since most pairs have none."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray


class DutyIndex:
    """Reads like an int32 array ``[n_people, n_groups]`` of column numbers, -1 where there is no column.

    Parameters
    ----------
    x_person, x_group
        int32 ``[n_x]`` of each column, ascending by person, then group.
    shape
        ``(n_people, n_groups)``.
    """

    def __init__(
        self, x_person: NDArray[np.int32], x_group: NDArray[np.int32], shape: tuple[int, int]
    ) -> None:
        self.x_person, self.x_group, self.shape = x_person, x_group, shape
        self.first = np.searchsorted(x_person, np.arange(shape[0] + 1))

    @cached_property
    def _flat(self) -> NDArray[np.int64]:
        return self.x_person.astype(np.int64) * self.shape[1] + self.x_group

    @cached_property
    def _by_group(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        order = np.argsort(self.x_group, kind="stable")
        return order, np.searchsorted(self.x_group[order], np.arange(self.shape[1] + 1))

    def mine(self, p: int) -> tuple[int, int]:
        """First column of a person and the one after the last."""
        return int(self.first[p]), int(self.first[p + 1])

    def of_group(self, g: int) -> NDArray[np.int64]:
        """Columns of a group, ascending by person."""
        order, first = self._by_group
        return order[first[g] : first[g + 1]]

    def row(self, p: int) -> NDArray[np.int32]:
        """A person's columns by group, int32 ``[n_groups]``."""
        a, b = self.mine(p)
        out = np.full(self.shape[1], -1, dtype=np.int32)
        out[self.x_group[a:b]] = np.arange(a, b, dtype=np.int32)
        return out

    def find(self, people: Any, groups: Any) -> NDArray[np.int32]:
        """Columns of these pairs, int32, -1 where there is none; people and groups broadcast."""
        wanted = np.asarray(people, dtype=np.int64) * self.shape[1] + np.asarray(groups, dtype=np.int64)
        if len(self._flat) == 0:
            return np.full(wanted.shape, -1, dtype=np.int32)
        at = np.minimum(np.searchsorted(self._flat, wanted), len(self._flat) - 1)
        return np.where(self._flat[at] == wanted, at, -1).astype(np.int32)

    def __getitem__(self, key: Any) -> Any:
        """``[p, g]``, ``[p]``, ``[:, g]`` or arrays of both, as an array would answer."""
        if not isinstance(key, tuple):
            return self.row(int(key))
        p, g = key
        if isinstance(p, slice):
            out = np.full(self.shape[0], -1, dtype=np.int32)
            columns = self.of_group(int(g))
            out[self.x_person[columns]] = columns
            return out[p]
        if np.ndim(p) == 0 and np.ndim(g) == 0:
            a, b = self.mine(int(p))
            at = a + int(np.searchsorted(self.x_group[a:b], g))
            return np.int32(at if at < b and self.x_group[at] == g else -1)
        return self.find(p, g)

    def __ge__(self, least: int) -> NDArray[np.bool_]:
        """Laid out as bool ``[n_people, n_groups]``: for 0, who may serve where."""
        out = np.full(self.shape, least <= -1, dtype=bool)
        held = np.arange(len(self.x_person)) >= least
        out[self.x_person[held], self.x_group[held]] = True
        return out
