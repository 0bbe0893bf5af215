"""D108: one house under two spellings of its address, and whose grid the other record is in."""

from __future__ import annotations

import pytest

FIRST = {"house_id": "H1", "address": "樟树园2栋1单元301室", "grid": "G1", "updated_on": "2026-01-01"}
SECOND = {"house_id": "H2", "grid": "G2", "updated_on": "2026-06-01"}


@pytest.fixture(scope="module")
def told(facts_of):
    def facts(*houses):
        return facts_of(houses=list(houses)).houses.select("address_respelled", "other_grid").rows()

    return facts


@pytest.mark.parametrize(
    "spelling",
    [
        {"address": "樟树园2幢1单元301室"},
        {"address": "樟树园2号楼01单元0301"},
        {"address": "樟树园２＃１单元３０１"},
        {"address": "樟树园二栋一单元301号"},
        {"address": "樟树园2-1-301"},
        {"address": "樟树园2/1/301"},
        {"address": "樟树园二栋一单元三〇一室"},
        {"address": "樟树园2栋1门301"},
        {"address": "樟树园小区2栋1单元301室", "compound": "樟树园小区"},
        {"compound": "樟树园", "building": "2栋", "unit": "1", "room": "301"},
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_the_later_of_two_spellings_is_at_fault(told, spelling, order):
    assert told(*[FIRST, SECOND | spelling][::order])[::order] == [(False, None), (True, "G1")]


@pytest.mark.parametrize(
    "other",
    [
        {"address": "樟树园2栋2单元301室"},
        {"address": "樟树园2栋1单元302室"},
        {"address": "樟树园3栋1单元301室"},
        {"address": "桂花园2栋1单元301室"},
        {"address": "樟树园2幢1单元301A"},
        {"address": "樟树园2幢1单元301-2"},
        {"address": "樟树园2幢1单元301室-2"},
        {"address": "樟树园2幢1单元301室(阁楼)"},
        {"address": "樟树园2幢1单元301室（阁楼）"},
        {"address": "樟树园2幢1单元301室", "community": "短亭社区"},
    ],
)
def test_other_homes_are_not(told, other):
    assert told(FIRST, SECOND | other) == [(False, None), (False, None)]


@pytest.mark.parametrize("basement", ["负一楼101室", "-101室", "负101室", "地下室101", "－101"])
def test_a_basement_is_not_the_ground_floor(told, basement):
    rows = [FIRST | {"address": "樟树园2栋1单元101室"}, SECOND | {"address": f"樟树园2栋1单元{basement}"}]
    assert True not in [is_respelled for is_respelled, _ in told(*rows)]
    below = {"compound": "樟树园", "building": "2栋", "unit": "1单元", "floor": "-1", "room": "101"}
    assert told(rows[0], SECOND | below) == [(False, None), (None, None)]


def test_homes_that_name_no_room_are_not_asked(told):
    rows = [{"house_id": "1", "address": "桐山村5组12号"}, {"house_id": "2", "address": "桐山村五组12号"}]
    assert told(*rows) == [(None, None), (None, None)]
    bare = [{"house_id": "1", "address": "2栋1单元301室"}, {"house_id": "2", "address": "2幢1单元301室"}]
    assert told(*bare) == [(None, None), (None, None)]
    assert told(FIRST, SECOND | {"address": "樟树园2幢1单元301-302"}) == [(False, None), (None, None)]


def test_equal_spellings_and_codes_are_said_once(findings_of):
    same = FIRST | SECOND | {"address": FIRST["address"]}
    third = FIRST | {"house_id": "H3", "address": "樟树园2幢1单元301室", "updated_on": "2026-07-01"}
    rows = findings_of(houses=[FIRST, same, third, FIRST | {"updated_on": "2026-08-01"}]).rows
    found = rows.filter(family="D").sort("row").select("rule", "row", "message").rows()
    assert found == [
        ("D105", 3, "房屋地址重复，先登记的一条在网格 G1"),
        ("D108", 4, "与另一条是同一房号的两种写法，先登记的一条在网格 G1"),
        ("D104", 5, "房屋编码重复，先登记的一条在网格 G1"),
    ]
