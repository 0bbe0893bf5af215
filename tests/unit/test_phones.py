"""What a phone cell may hold: one good number among several will do."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("13900001234", True),
        ("0731-22000000", True),
        ("13900001234;0731-22000000", True),
        ("13900001234、13900001235", True),
        ("13900001234/1390000123", True),
        ("1390000123；13900001234", True),
        ("1390000123，13900001234", True),
        ("1390000123, 13900001234", True),
        ("1390000123 13900001234", True),
        ("139 0000 1234", True),
        ("13900001234;", True),
        ("1390000123", False),
        ("139000012345", False),
        ("1390000123;139000012345", False),
        ("139000012 3", False),
        ("13900001234567890", False),
        ("1390000 2345678", False),
        ("无", None),
    ],
)
def test_a_phone_cell(facts_of, cell, expected):
    assert facts_of(residents=[{"name": "王小明", "phone": cell}]).residents["phone_shape_ok"].to_list() == [expected]
