"""Which home a row belongs to: by house code, else by address."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def meets(facts_of):
    """Whether each resident's house exists (C101): true, false, or null where it cannot be told."""

    def judged(houses, residents):
        named = [{"name": f"王{number}"} | row for number, row in enumerate(residents)]
        return facts_of(houses=houses, residents=named).residents["house_exists"].to_list()

    return judged


@pytest.mark.parametrize(
    ("registered", "given"),
    [
        ("H0101", "H0101"),
        ("0101", "101"),
        ("101", "0101"),
        ("００１０１", "00101"),
        ("h0101", "H0101"),
        ("H 0101", "H0101"),
        ("101", "101.0"),
        ("101.0", "101"),
        ("'0101", "0101"),
        ("430203-001", "430203－001"),
        ("0101", "\u00a00101\u3000"),
    ],
)
def test_codes_meet_however_they_are_typed(meets, registered, given):
    assert meets([{"house_id": registered, "address": "甲1号"}], [{"house_id": given}]) == [True]


def test_codes_that_meet_nothing_name_a_missing_home(meets):
    assert meets([{"house_id": "0101", "address": "甲1号"}], [{"house_id": "0102"}, {"house_id": None}]) == [
        False,
        None,
    ]


def test_leading_zeros_do_not_merge_two_houses(meets, facts_of):
    houses = [{"house_id": "0101", "address": "甲1号"}, {"house_id": "101", "address": "甲2号"}]
    assert meets(houses, [{"house_id": "0101"}, {"house_id": "101"}]) == [True, True]
    residents = [{"name": "王小明", "house_id": "00101"}]
    facts = facts_of(houses=houses, residents=residents)
    assert facts.houses["n_residents"].to_list() == [0, 0]


@pytest.mark.parametrize(
    "live_address", ["樟树路8号樟树园1栋2单元301室", " 樟树路８号樟树园1栋2单元301室", "樟树路8号樟树园 1栋2单元301室"]
)
def test_addresses_meet_as_text(meets, live_address):
    houses = [{"house_id": "0101", "address": "樟树路8号樟树园1栋2单元301室"}]
    assert meets(houses, [{"house_id": None, "live_address": live_address}]) == [True]


def test_addresses_meet_by_building_and_room(meets):
    houses = [{"house_id": "0101", "compound": "樟树园", "building": "1栋", "unit": "2单元", "room": "301室"}]
    residents = [{"house_id": None, "compound": "樟树园", "building": "1", "unit": "2", "room": "301"}]
    assert meets(houses, residents) == [True]


PLACE = {"compound": "桂香园", "building": "1栋", "unit": "1单元"}


@pytest.mark.parametrize(("first", "second"), [("01", "02"), ("1", "2"), ("左", "右"), ("东户", "西户"), ("A", "B")])
def test_a_room_that_is_a_place_on_its_floor_is_another_on_the_next(meets, facts_of, first, second):
    spots = [("2", first), ("2", second), ("3", first), ("3", second)]
    houses = [PLACE | {"floor": floor, "room": room} for floor, room in spots]
    facts = facts_of(houses=houses).houses
    assert facts["home"].n_unique() == 4
    assert facts["address_repeated"].to_list() == [False] * 4
    residents = [
        PLACE | {"floor": "2层", "room": first},
        PLACE | {"floor": "9", "room": first},
        PLACE | {"room": first},
    ]
    assert meets([row | {"house_id": f"H{row['floor']}{row['room']}"} for row in houses], residents) == [
        True,
        None,
        None,
    ]


def test_the_same_place_on_the_same_floor_is_one_home(facts_of):
    houses = [PLACE | {"floor": floor, "room": "01"} for floor in ("2", "2层", "02楼", "3")]
    assert facts_of(houses=houses).houses["home"].n_unique() == 2


@pytest.mark.parametrize(("floor", "room"), [("3", "301"), ("3.0", "301.0"), ("3", "301室"), ("5", "51"), ("5", "5A")])
def test_a_floor_that_the_room_tells_may_be_left_blank(meets, facts_of, floor, room):
    houses = [PLACE | {"floor": floor, "room": room}, PLACE | {"floor": None, "room": room}]
    assert facts_of(houses=houses).houses["home"].n_unique() == 1
    assert meets(houses[:1], houses[1:]) == [True]
    assert meets(houses[1:], houses[:1]) == [True]


def test_a_floor_that_one_side_leaves_out_is_no_hindrance_where_the_room_is_one(meets):
    floored, bare = PLACE | {"floor": "2", "room": "01"}, PLACE | {"floor": None, "room": "01"}
    assert meets([floored], [bare]) == [True]
    assert meets([bare], [floored]) == [True]
    assert meets([floored], [bare | {"floor": "3"}, bare]) == [None, True]


def test_without_houses_people_on_two_floors_do_not_live_together(facts_of):
    residents = [PLACE | {"name": name, "floor": floor, "room": "01"} for name, floor in (("甲", "2"), ("乙", "3"))]
    assert facts_of(residents=residents).residents["home"].n_unique() == 2


def test_an_unmet_code_may_still_meet_by_address(meets):
    houses = [{"house_id": "0101", "address": "樟树路8号301室"}]
    assert meets(houses, [{"house_id": "X9", "live_address": "樟树路8号301室"}]) == [True]


def test_an_address_of_several_homes_meets_none(meets):
    houses = [{"house_id": "1", "address": "樟树路8号"}, {"house_id": "2", "address": "樟树路8号"}]
    assert meets(houses, [{"house_id": None, "live_address": "樟树路8号"}]) == [None]


def test_an_address_that_meets_nothing_cannot_be_told_where_addresses_are_written_otherwise(meets):
    houses = [{"house_id": "1", "address": "樟树路8号301室"}]
    residents = [{"live_address": "樟树路8号3楼1号"}, {"live_address": "樟树路8号301室"}]
    assert meets(houses, residents) == [None, True]


def test_an_address_that_meets_nothing_names_a_missing_home_where_nearly_all_meet(meets):
    houses = [{"house_id": str(number), "address": f"樟树路{number}号"} for number in range(10)]
    residents = [{"live_address": f"樟树路{number}号"} for number in range(11)]
    assert meets(houses, residents) == [True] * 10 + [False]


def test_a_village_group_is_the_address_of_many(facts_of):
    houses = [{"house_id": str(number), "address": "桐山村5组"} for number in range(3)]
    facts = facts_of(houses=houses, residents=[{"name": "王小明", "live_address": "桐山村5组"}])
    assert facts.residents["house_exists"].to_list() == [None]
    assert facts.houses["address_repeated"].to_list() == [None] * 3


def test_equal_keys_are_one_home(facts_of):
    houses = [
        {"house_id": "0101", "address": "甲1号"},
        {"house_id": " 0101", "address": "甲2号"},
        {"house_id": None, "address": "乙1号"},
    ]
    assert facts_of(houses=houses).houses["home"].n_unique() == 2


def test_without_houses_a_home_is_what_residents_name(facts_of):
    residents = [
        {"name": "甲", "house_id": "0101"},
        {"name": "乙", "house_id": " 0101"},
        {"name": "丙", "live_address": "樟树路8号"},
        {"name": "丁", "household_no": "7", "community": "长亭社区"},
        {"name": "戊", "household_no": "7", "community": "柳巷社区"},
        {"name": "己"},
    ]
    frame = facts_of(residents=residents).residents
    homes = frame["home"].to_list()
    assert homes[0] == homes[1]
    assert len({*homes[1:5]}) == 4
    assert homes[5] is None
    assert frame["house_exists"].to_list() == [None] * 6


def test_the_number_of_people_counts_each_present_one_once(facts_of):
    person = {"house_id": "0101"}
    residents = [
        person | {"name": "甲"},
        person | {"name": "乙", "status": "外出"},
        person | {"name": "丙", "status": "死亡"},
        person | {"name": "丁", "moved_out": "是"},
        person | {"name": "戊", "status": "在住", "id_no": "1"},
        person | {"name": "戊", "status": "在住", "id_no": "1"},
    ]
    houses = [{"house_id": "101", "address": "甲1号", "occupancy": "自住"}]
    row = facts_of(houses=houses, residents=residents).houses.select("n_residents", "n_living_here").row(0)
    assert row == (3, 2)
