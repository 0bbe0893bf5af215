"""The same thing recorded twice; which record is the later one never depends on the order in the file."""

from __future__ import annotations

import pytest

WANG = {"name": "王小明", "id_no": "430299199003071239"}


@pytest.fixture(scope="module")
def told(facts_of):
    """The three facts of each resident: repeated in the house, repeated elsewhere, shared by names."""

    def facts(*residents):
        frame = facts_of(residents=[WANG | row for row in residents]).residents
        return frame.select("id_repeated_in_house", "id_repeated_elsewhere", "id_shared_by_names").rows()

    return facts


CLEAN = (False, False, False)
IN_HOUSE, ELSEWHERE, SHARED = (True, False, False), (False, True, False), (False, False, True)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"house_id": "1", "updated_on": "2026-01-01"}, {"house_id": "2", "updated_on": "2026-06-01"}),
        ({"house_id": "2", "updated_on": "2026-01-01"}, {"house_id": "1", "updated_on": "2026-06-01"}),
        ({"house_id": "1", "updated_on": None}, {"house_id": "2", "updated_on": "2026-06-01"}),
        ({"house_id": "1", "collected_on": "2026-01-01"}, {"house_id": "2", "collected_on": "2026-06-01"}),
        ({"house_id": "2"}, {"house_id": "1"}),
    ],
)
def test_the_older_record_is_at_fault_whatever_the_order(told, first, second):
    assert told(first, second) == [ELSEWHERE, CLEAN]
    assert told(second, first) == [CLEAN, ELSEWHERE]


def test_the_same_person_twice_in_one_house(told):
    older, newer = {"house_id": "1", "updated_on": "2026-01-01"}, {"house_id": "01", "updated_on": "2026-06-01"}
    assert told(older | {"house_id": "1"}, newer | {"house_id": "1"}) == [IN_HOUSE, CLEAN]


def test_the_same_person_in_two_grids_without_a_house(told):
    assert told({"grid": "G1", "updated_on": "2026-01-01"}, {"grid": "G2", "updated_on": "2026-06-01"}) == [
        ELSEWHERE,
        CLEAN,
    ]


def test_records_without_any_place_are_not_elsewhere(told):
    assert told({"house_id": None, "phone": "1"}, {"house_id": "2", "phone": "2"}) == [CLEAN, CLEAN]


@pytest.mark.parametrize("name", ["王晓明", "王小", "王小 明", "王明", None])
def test_nearly_equal_names_are_one_person(told, name):
    assert told({"house_id": "2"}, {"house_id": "1", "name": name}) == [ELSEWHERE, CLEAN]


@pytest.mark.parametrize("name", ["唐小雨", "李大海", "欧阳娜娜", "陈明"])
def test_clearly_different_names_share_a_number(told, name):
    assert told({"house_id": "2"}, {"house_id": "1", "name": name}) == [SHARED, SHARED]


@pytest.mark.parametrize(
    ("book", "home"),
    [
        ({"status": "外出"}, {"status": "在住"}),
        ({"pop_type": "户在人不在"}, {"pop_type": "人在户不在"}),
        ({"pop_type": "户在人不在", "status": "在册"}, {"pop_type": "流动人口", "status": "在住"}),
        ({"pop_type": "户籍人口", "status": "外出"}, {"pop_type": "人户分离", "status": "在住"}),
        ({"pop_type": "户在人不在"}, {}),
    ],
)
def test_the_book_in_one_place_and_the_person_in_another_are_both_right(told, book, home):
    assert told({"house_id": "1"} | book, {"house_id": "2"} | home) == [CLEAN, CLEAN]


@pytest.mark.parametrize("both", [{"status": "外出"}, {"pop_type": "户在人不在"}, {"status": "在住"}])
def test_two_records_that_say_the_same_are_one_too_many(told, both):
    assert told({"house_id": "1"} | both, {"house_id": "2"} | both) == [CLEAN, ELSEWHERE]


def test_away_in_one_of_three_places_leaves_one_of_the_other_two(told):
    rows = [
        {"house_id": "1", "status": "外出"},
        {"house_id": "2", "status": "在住"},
        {"house_id": "3", "status": "在住"},
    ]
    assert told(*rows) == [CLEAN, CLEAN, ELSEWHERE]


def test_three_records_leave_one_standing(told):
    rows = [{"house_id": str(number), "updated_on": f"2026-0{number}-01"} for number in (2, 3, 1)]
    assert told(*rows) == [ELSEWHERE, CLEAN, ELSEWHERE]


def test_wrong_numbers_are_not_compared(told):
    wrong = {"id_no": "430299199003071235"}
    assert told({"house_id": "1"} | wrong, {"house_id": "2"} | wrong) == [(None, None, None)] * 2


def test_cleaned_numbers_meet(told):
    assert told({"house_id": "2"}, {"house_id": "1", "id_no": " ４30299199003071239"}) == [ELSEWHERE, CLEAN]


def test_copies_of_whole_rows_are_counted_once(facts_of):
    rows = [WANG | {"house_id": "1"}] * 3
    frame = facts_of(residents=rows).residents
    assert frame["is_copy"].to_list() == [False, True, True]
    assert frame["id_repeated_in_house"].to_list() == [False, None, None]


@pytest.fixture(scope="module")
def houses_told(facts_of):
    def facts(*houses):
        return facts_of(houses=list(houses)).houses.select("code_repeated", "address_repeated").rows()

    return facts


OLDER, NEWER = {"updated_on": "2026-01-01"}, {"updated_on": "2026-06-01"}


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("older", "newer", "fault"),
    [
        ({"house_id": "1", "address": "甲1号"}, {"house_id": "1", "address": "甲2号"}, (True, False)),
        ({"house_id": "1", "address": "甲1号"}, {"house_id": "2", "address": "甲１号"}, (False, True)),
        ({"house_id": "2", "address": "甲1号"}, {"house_id": "1", "address": "甲1号"}, (False, True)),
    ],
)
def test_the_later_record_of_a_house_is_at_fault_whatever_the_order(houses_told, older, newer, fault, order):
    rows = [older | OLDER, newer | NEWER]
    assert houses_told(*rows[::order])[::order] == [(False, False), fault]


def test_without_dates_the_greater_code_is_the_later(houses_told):
    rows = [{"house_id": "2", "address": "甲1号"}, {"house_id": "1", "address": "甲1号"}]
    assert houses_told(*rows) == [(False, True), (False, False)]


def test_which_grid_is_at_fault_never_depends_on_the_order_in_the_file(facts_of):
    rows = [{"house_id": "1", "address": "甲1号", "grid": grid} for grid in ("G1", "G2")]
    blamed = [
        frame.filter(frame["code_repeated"])["area_grid"].to_list()
        for frame in (facts_of(houses=rows).houses, facts_of(houses=rows[::-1]).houses)
    ]
    assert blamed[0] == blamed[1]


def test_residents_of_a_house_claimed_twice_belong_to_one_grid_whatever_the_order(facts_of):
    rows = [
        {"house_id": "1", "address": "甲1号", "grid": "G1"} | OLDER,
        {"house_id": "1", "address": "甲1号", "grid": "G2"} | NEWER,
    ]
    living = [{"name": "王小明", "house_id": "1"}]
    grids = [facts_of(houses=houses, residents=living).residents["area_grid"][0] for houses in (rows, rows[::-1])]
    assert grids == ["G1", "G1"]


def test_one_address_of_several_communities_is_several(houses_told):
    assert (
        houses_told(
            {"house_id": "1", "address": "1栋101", "compound": "樟树园"},
            {"house_id": "2", "address": "1栋101", "compound": "柳园"},
        )
        == [(False, False)] * 2
    )


def test_a_row_is_blamed_once(houses_told):
    rows = houses_told(
        {"house_id": "1", "address": "甲1号", "collector": "甲"},
        {"house_id": "1", "address": "甲1号", "collector": "乙"},
    )
    assert sorted(rows) == [(False, False), (True, False)]


def test_without_code_and_address_nothing_is_said(houses_told):
    assert houses_told(
        {"house_id": None, "address": None, "use": "住宅", "room": "1"}, {"house_id": None, "address": "甲"}
    ) == [
        (None, None),
        (None, None),
    ]
