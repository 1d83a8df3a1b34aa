"""Faults planted in every rule, in its form and in its check: the agreement of the two must break.

``make test-deep ARGS="-k planted"`` plants all of them, some 2,600; every run plants the plainest ones. What is planted
stands in ``planted.py``, what no case can show, and why, in ``planted_in_vain.py``.
"""

import pytest

from scheduler.roster.rules import load
from tests.scheduler.roster.planted import faults_of, hunt
from tests.scheduler.roster.planted_in_vain import IN_VAIN

NAMES = list(load())


def words(faults):
    return {f"{fault.side} {fault.text}" for fault in faults}


@pytest.mark.parametrize("name", NAMES)
def test_a_planted_rule_without_form_or_check_is_noticed(name):
    found = hunt(name, 150, lambda fault: fault.text.endswith(": dropped"))
    assert {fault.side for fault in found.caught} == {"form", "check"}
    assert words(found.survived) == set()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_planted_fault_is_noticed(name):
    in_vain = set(IN_VAIN.get(name, {}))
    found = hunt(name, 2_000, lambda fault: f"{fault.side} {fault.text}" not in in_vain)
    assert words(found.survived) == set()
    assert len(found.caught) > len(found.crashed)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(IN_VAIN))
def test_what_is_said_to_be_planted_in_vain_is(name):
    in_vain = IN_VAIN[name]
    assert set(in_vain) <= words(faults_of(name)), "no such place in the rule any more"
    found = hunt(name, 300, lambda fault: f"{fault.side} {fault.text}" in in_vain)
    assert words(found.survived) == set(in_vain)
