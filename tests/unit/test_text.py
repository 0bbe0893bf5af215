"""Phrases: both languages, and English words that agree with their number."""

from __future__ import annotations

import pytest

from gridaudit.text import say


@pytest.mark.parametrize(
    ("key", "params", "said"),
    [
        ("report.homes", {"n": 1}, "1 home"),
        ("report.homes", {"n": 0}, "0 homes"),
        ("report.homes", {"n": 91_499}, "91,499 homes"),
        ("report.people_read", {"name": "1 resident file", "n": 1}, "1 resident file  1 person"),
        (
            "report.without_grid",
            {"n": 1},
            "1 home without a grid is not in the table; it counts for its community and street",
        ),
        (
            "report.without_grid",
            {"n": 2},
            "2 homes without a grid are not in the table; they count for their community and street",
        ),
        ("say.cases_run", {"n": 1, "wrong": 0}, "1 case, 0 wrong"),
    ],
)
def test_an_english_word_agrees_with_its_number(key, params, said):
    assert say(key, "en", **params) == said


def test_a_chinese_phrase_has_no_such_word():
    assert say("report.homes", "zh", n=1) == "应采 1 户"
