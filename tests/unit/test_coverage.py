"""Who lives where, seen from the house and from the grid."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("house", "lived_in", "vacant"),
    [
        ({"occupancy": "自住"}, True, False),
        ({"occupancy": "租住"}, True, False),
        ({"occupancy": "借住", "use": "商住"}, True, False),
        ({"occupancy": "空置"}, False, True),
        ({"occupancy": "空置", "use": "商铺"}, False, False),
        ({"occupancy": "自住", "use": "商铺"}, False, False),
        ({"occupancy": "出租", "use": "集体宿舍"}, False, False),
        ({"occupancy": "装修"}, False, False),
        ({"occupancy": "未见面"}, False, False),
        ({"occupancy": None, "rented": "是"}, True, None),
        ({"occupancy": None, "rented": "否"}, False, None),
        ({"occupancy": "空置", "rented": "是"}, False, True),
        ({"occupancy": None}, None, None),
        ({"occupancy": "看不清"}, None, None),
        ({"occupancy": "看不清", "rented": "是"}, False, None),
    ],
)
def test_lived_in_and_vacant(facts_of, house, lived_in, vacant):
    row = facts_of(houses=[{"house_id": "1", "address": "甲1号"} | house]).houses.row(0, named=True)
    assert (row["lived_in"], row["vacant"]) == (lived_in, vacant)


def codes(findings):
    rows = findings.rows.filter(findings.rows["family"] == "C")
    return rows.select("rule", "table", "row").rows()


def test_a_missing_home_a_missed_family_and_people_in_a_vacant_house(findings_of):
    houses = [
        {"house_id": "1", "address": "甲1号", "occupancy": "自住"},
        {"house_id": "2", "address": "甲2号", "occupancy": "自住"},
        {"house_id": "3", "address": "甲3号", "occupancy": "空置"},
    ]
    residents = [{"name": "甲", "house_id": "1"}, {"name": "乙", "house_id": "3"}, {"name": "丙", "house_id": "9"}]
    found = codes(findings_of(houses=houses, residents=residents))
    assert sorted(found) == [("C101", "residents", 4), ("C102", "houses", 3), ("C103", "houses", 4)]


@pytest.mark.parametrize("gone", [{"status": "迁出"}, {"status": "死亡"}, {"moved_out_on": "2026-08-01"}])
def test_the_dead_and_those_who_left_live_nowhere(findings_of, gone):
    houses = [{"house_id": "1", "address": "甲1号", "occupancy": "空置", "headcount": "0"}]
    assert codes(findings_of(houses=houses, residents=[{"name": "甲", "house_id": "1"} | gone])) == []


def test_a_home_whose_people_are_away_is_vacant_and_registered(findings_of):
    houses = [{"house_id": "1", "address": "甲1号", "occupancy": "空置"}]
    assert codes(findings_of(houses=houses, residents=[{"name": "甲", "house_id": "1", "status": "外出"}])) == []


@pytest.mark.parametrize(("stated", "found"), [("2", []), ("1", []), ("3", ["C110"]), (None, []), ("若干", [])])
def test_the_stated_head_count_with_or_without_those_away(findings_of, stated, found):
    houses = [{"house_id": "1", "address": "甲1号", "headcount": stated}]
    residents = [{"name": "甲", "house_id": "1"}, {"name": "乙", "house_id": "1", "status": "外出"}]
    assert [code for code, _, _ in codes(findings_of(houses=houses, residents=residents))] == found


def test_grids_of_the_roster_without_homes(findings_of):
    grids = [
        {"street": street, "community": f"{street}社区", "grid": grid, "expected_households": "10"}
        for street, grid in (("东", "G1"), ("东", "G2"), ("西", "G3"), ("西", "G4"), ("西", "G5"))
    ]
    houses = [{"house_id": "1", "address": "甲1号", "grid": "G1"}, {"house_id": "2", "address": "甲2号", "grid": "G9"}]
    rows = findings_of(houses=houses, grids=grids).rows
    rows = rows.filter(rows["family"] == "C")
    assert sorted(rows.select("rule", "grid", "row").rows(), key=str) == [
        ("C105", "G2", None),
        ("C105", "G3", None),
        ("C106", "G9", 3),
        ("C111", "G1", None),
    ]


def test_without_residents_nobody_is_missing(findings_of):
    findings = findings_of(houses=[{"house_id": "1", "address": "甲1号", "occupancy": "自住"}])
    assert codes(findings) == []
    assert findings.not_evaluated["C102"] == ("residents",)


def test_a_home_that_residents_of_two_grids_name_stands_in_one_whatever_the_order(audit_files):
    houses = [{"house_id": f"H{n}", "address": f"甲路{n}号", "grid": f"G{n}"} for n in (1, 2)]
    residents = [{"name": "王小明", "house_id": "H9", "grid": "G1"}, {"name": "唐小雨", "house_id": "H9", "grid": "G2"}]
    grids = []
    for folder, rows in (("one", residents), ("two", residents[::-1])):
        homes = audit_files(folder=folder, houses=houses, residents=rows).card.homes
        grids.append(homes.filter(~homes["recorded"])["grid"].to_list())
    assert grids[0] == grids[1]


def grids_like(*, homes=40, others=24, vacant=4, people=2):
    """Grids that are alike, and what makes the first of them another."""

    def build(*, first_homes=homes, first_vacant=vacant, first_people=people):
        houses, residents, roster = [], [], []
        for number in range(others + 1):
            is_first = number == 0
            place = {"street": "东街", "community": "甲社区", "grid": f"G{number:02}"}
            roster.append(place | {"expected_households": "40"})
            for home in range(first_homes if is_first else homes):
                code = f"H{number:02}{home:03}"
                # A few more here and a few less there, as grids are.
                is_vacant = home < (first_vacant if is_first else vacant + number % 3)
                houses.append(place | {"house_id": code, "address": f"{number}路{home}号", "use": "住宅",
                                       "occupancy": "空置" if is_vacant else "自住"})  # fmt: skip
                n_people = 0 if is_vacant else (first_people if is_first else 1 + (home + number) % 4)
                residents += [place | {"house_id": code, "name": f"甲{order}"} for order in range(n_people)]
        return {"houses": houses, "residents": residents, "grids": roster}

    return build


def of_grids(findings):
    rows = findings.rows.filter(findings.rows["table"] == "grids")
    return {(rule, grid): message for rule, grid, message in rows.select("rule", "grid", "message").rows()}


def test_alike_grids_are_not_told_apart(findings_of):
    assert of_grids(findings_of(**grids_like()(first_people=3))) == {}


def test_far_more_vacant_homes_than_elsewhere(findings_of):
    said = of_grids(findings_of(**grids_like()(first_vacant=30)))
    assert said == {("C114", "G00"): "住房40户，空置30户，占75%；同类房屋的网格多在5-29%"}
    assert of_grids(findings_of(**grids_like(others=15)(first_vacant=30))) == {}
    assert of_grids(findings_of(**grids_like(homes=25)(first_vacant=25))) == {}


def test_far_fewer_people_a_home_than_elsewhere(findings_of):
    said = of_grids(findings_of(**grids_like(homes=110)(first_people=1)))
    assert said == {("C115", "G00"): "有人的106户登记106人，同类房屋一般236-281人"}
    assert of_grids(findings_of(**grids_like(homes=50)(first_people=1))) == {}


def test_far_fewer_homes_than_the_roster_says(findings_of):
    assert list(of_grids(findings_of(**grids_like()(first_homes=18)))) == [("C111", "G00")]
    assert of_grids(findings_of(**grids_like()(first_homes=30))) == {}


def test_a_roster_that_says_too_much_of_every_grid_is_its_own_fault(findings_of):
    assert of_grids(findings_of(**grids_like(homes=20)())) == {}
    assert list(of_grids(findings_of(**grids_like(homes=20)(first_homes=5)))) == [("C111", "G00")]
