"""Street, community and grid of every row, by the roster when there is one."""

from __future__ import annotations

import pytest

ROSTER = [
    {
        "street": "樟树街道",
        "community": "长亭社区",
        "grid": "430299001001001",
        "grid_name": "第一网格",
        "collector": "甲",
    },
    {
        "street": "樟树街道",
        "community": "长亭社区",
        "grid": "430299001001002",
        "grid_name": "第二网格",
        "collector": "乙",
    },
    {
        "street": "石桥街道",
        "community": "柳巷社区",
        "grid": "430299002001001",
        "grid_name": "第一网格",
        "collector": "丙",
    },
]
NAMED = [
    {"street": "樟树街道", "community": "长亭社区", "grid_name": "第一网格"},
    {"street": "石桥街道", "community": "柳巷社区", "grid_name": "第一网格"},
    {"street": "石桥街道", "community": "柳巷社区", "grid_name": "第二网格"},
]


@pytest.fixture(scope="module")
def area_of(facts_of):
    """Area of one house as the facts give it."""

    def place(roster=None, **columns):
        house = {"house_id": "0101", "address": "樟树园1栋101"} | columns
        tables = {"houses": [house]} | ({"grids": roster} if roster else {})
        return facts_of(**tables).houses.select("area_street", "area_community", "area_grid", "grid_on_roster").row(0)

    return place


@pytest.mark.parametrize(
    "written",
    [
        {"grid": "430299001001002"},
        {"grid": "４３０２９９００１００１００２ "},
        {"grid": "430299001001002", "community": "柳巷社区"},
        {"grid_name": "第二网格"},
        {"grid_name": "第二网格", "community": "长亭社区居委会"},
        {"grid": "第二网格", "community": "长亭"},
        {"grid": "430299009009009", "grid_name": "第二网格"},
    ],
)
def test_the_roster_by_code_then_by_name(area_of, written):
    assert area_of(ROSTER, **written) == ("樟树街道", "长亭社区", "430299001001002", True)


@pytest.mark.parametrize(
    ("community", "grid"), [("长亭社区", "430299001001001"), ("柳巷社区居民委员会", "430299002001001")]
)
def test_a_name_of_several_grids_is_told_by_its_community(area_of, community, grid):
    assert area_of(ROSTER, grid_name="第一网格", community=community)[2:] == (grid, True)


def test_a_name_of_several_grids_alone_is_nobodys(area_of):
    assert area_of(ROSTER, grid_name="第一网格") == (None, None, "第一网格", False)


def test_a_grid_that_is_not_on_the_roster_keeps_its_own_words(area_of):
    written = {"street": "石桥街道", "community": "柳巷社区", "grid": "430299002001009"}
    assert area_of(ROSTER, **written) == ("石桥街道", "柳巷社区", "430299002001009", False)


def test_no_grid_is_not_off_the_roster(area_of):
    assert area_of(ROSTER, street="石桥街道") == ("石桥街道", None, None, None)


@pytest.mark.parametrize("written", ["董家段社区", "董家塅社区", "董家塅"])
def test_two_ways_to_write_one_character(area_of, written):
    roster = [
        {"street": "樟树街道", "community": "董家塅社区", "grid_name": "第一网格"},
        {"street": "樟树街道", "community": "长亭社区", "grid_name": "第一网格"},
    ]
    assert area_of(roster, community=written, grid_name="第一网格")[1] == "董家塅社区"


def test_names_in_several_communities_are_shown_with_them(facts_of):
    assert facts_of(houses=[{"house_id": "1", "address": "a1"}], grids=NAMED).grids["area_grid"].to_list() == [
        "长亭社区/第一网格",
        "柳巷社区/第一网格",
        "第二网格",
    ]


def test_several_grids_of_one_name_without_roster(facts_of):
    houses = [{"house_id": str(number), "address": f"a{number}"} | row for number, row in enumerate(NAMED)]
    areas = facts_of(houses=houses).houses["area_grid"].to_list()
    assert areas == ["长亭社区/第一网格", "柳巷社区/第一网格", "第二网格"]


def test_a_grid_without_its_community_belongs_to_the_one_that_writes_it(facts_of):
    houses = [
        {"house_id": "1", "address": "a1", "street": "樟树街道", "community": "长亭社区", "grid": "G1"},
        {"house_id": "2", "address": "a2", "street": None, "community": None, "grid": "G1"},
    ]
    areas = facts_of(houses=houses).houses.select("area_street", "area_community", "area_grid").rows()
    assert areas == [("樟树街道", "长亭社区", "G1")] * 2


def test_a_resident_is_where_the_home_is(facts_of):
    facts = facts_of(
        houses=[{"house_id": "0101", "address": "a1", "street": "樟树街道", "community": "长亭社区", "grid": "G1"}],
        residents=[
            {"name": "王小明", "house_id": "0101", "grid": "G2"},
            {"name": "唐小雨", "house_id": "0999", "grid": "G2"},
            {"name": "李大海", "house_id": None, "grid": "G3"},
        ],
    )
    assert facts.residents["area_grid"].to_list() == ["G1", "G2", "G3"]


def test_a_home_without_grid_leaves_its_residents_their_own(facts_of):
    facts = facts_of(
        houses=[{"house_id": "0101", "address": "a1", "grid": None}],
        residents=[{"name": "王小明", "house_id": "0101", "grid": "G2"}],
    )
    assert facts.residents["area_grid"].to_list() == ["G2"]


@pytest.mark.parametrize("number", ["43029919850714103X", "430299199003071239", "13900000000"])
@pytest.mark.parametrize("roster", [None, ROSTER])
def test_a_persons_number_in_a_column_for_places_is_not_shown(area_of, number, roster):
    written = {"street": number, "community": f"社区{number}", "grid": f"{number}网格"}
    assert area_of(roster, **written)[:3] == ("***", "社区***", "***网格")


@pytest.mark.parametrize("code", ["430299001001002", "43029900100100201234", "430299001001999999"])
def test_a_long_grid_code_is_no_persons_number(area_of, code):
    assert area_of(grid=code)[2] == code
