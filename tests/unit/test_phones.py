"""What a phone cell may hold: one good number among several will do. And how a name may be written."""

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
        ("13812345678(女儿)", True),
        ("13812345678（微信同号）", True),
        ("1381234567（女儿）", False),
        ("+1 626 123 4567", True),
        ("+1 (626) 123-4567", True),
        ("+81-90-1234-5678", True),
        ("+1 626", False),
        ("+86 1381234567", False),
        ("+86 13812345678", True),
        ("无", None),
        ("老人无手机", None),
        ("没有电话", None),
        ("同户主", None),
        ("同户主电话", None),
        ("无锡", False),
        ("同学", False),
    ],
)
def test_a_phone_cell(facts_of, cell, expected):
    assert facts_of(residents=[{"name": "王小明", "phone": cell}]).residents["phone_shape_ok"].to_list() == [expected]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("阿依古丽．买买提", True),
        ("阿依古丽·买买提", True),
        ("陈静（大）", True),
        ("陈静(小)", True),
        ("李（大）", False),
        ("陈静（13900001234）", False),
        ("陈静（租户）", False),
        ("赵C", None),
        ("张3", False),
        ("李", False),
        ("王ABC", False),
    ],
)
def test_the_shape_of_a_name(facts_of, name, expected):
    assert facts_of(residents=[{"name": name}]).residents["name_shape_ok"].to_list() == [expected]
