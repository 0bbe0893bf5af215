"""Every case of every rule file, run through cleaning, facts and the rule."""

from __future__ import annotations

import pytest

from gridaudit.case_runner import run_case
from gridaudit.rulebook import load_rulebook

RULES = tuple(load_rulebook())


@pytest.mark.parametrize("rule", RULES, ids=[rule.code for rule in RULES])
def test_every_case_of_the_rule(rule):
    verdicts = [run_case(rule, case) for case in rule.cases]
    assert verdicts == [case.verdict for case in rule.cases]
