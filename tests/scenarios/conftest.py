"""One plan of the tiny scenario, made once, that many tests look at."""

from __future__ import annotations

import pytest

from scenarios.run import Planned, open_scenario, plan_scenario


@pytest.fixture(scope="session")
def crossroads() -> Planned:
    """Crossroads planned with fixed work: the same plan on every run of the tests."""
    return plan_scenario(open_scenario("crossroads"), seconds=4, seed=0, repeatable=True)
