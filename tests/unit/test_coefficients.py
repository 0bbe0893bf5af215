"""What a home is worth: the compound table, the house's own columns, the other houses of the compound."""

from __future__ import annotations

import pytest

COMPOUNDS = [
    {"community": "长亭社区", "compound": "樟树园", "managed": "有"},
    {"community": "柳巷社区", "compound": "樟树园", "managed": "无"},
    {"community": "长亭社区", "compound": "新村", "managed": "有"},
]


@pytest.fixture(scope="module")
def worth(facts_of):
    """Coefficient and whether it is known, house by house."""

    def told(*houses, compounds=None, **weights):
        rows = [{"house_id": str(number), "address": f"甲{number}号"} | house for number, house in enumerate(houses)]
        tables = {"houses": rows} | ({"compounds": compounds} if compounds else {})
        return facts_of(**tables, **weights).houses.select("coefficient", "coefficient_known").rows()

    return told


@pytest.mark.parametrize(
    ("house", "expected"),
    [
        ({"managed": "有"}, (0.4, True)),
        ({"managed": "无"}, (1.0, True)),
        ({"managed": "老旧小区"}, (1.0, True)),
        ({"property_company": "芦苇物业公司"}, (0.4, True)),
        ({"property_company": "无"}, (1.0, True)),
        ({"managed": "无", "property_company": "芦苇物业公司"}, (1.0, True)),
        ({"managed": "看不清", "property_company": "芦苇物业公司"}, (0.4, True)),
        ({"managed": "看不清"}, (1.0, False)),
        ({"managed": None}, (1.0, False)),
        ({"managed": "1"}, (1.0, False)),
    ],
)
def test_the_own_columns(worth, house, expected):
    assert worth(house) == [expected]


@pytest.mark.parametrize(
    ("community", "expected"), [("长亭社区", (0.4, True)), ("柳巷社区", (1.0, True)), ("东门社区", (1.0, False))]
)
def test_the_compound_table_by_community_and_name(worth, community, expected):
    assert worth({"community": community, "compound": "樟树园"}, compounds=COMPOUNDS) == [expected]


def test_a_name_that_stands_once_needs_no_community(worth):
    assert worth({"community": None, "compound": " 新村"}, compounds=COMPOUNDS) == [(0.4, True)]


def test_the_compound_table_beats_the_column(worth):
    house = {"community": "长亭社区", "compound": "樟树园", "managed": "无"}
    assert worth(house, compounds=COMPOUNDS) == [(0.4, True)]


def test_other_houses_of_the_compound_when_they_agree(worth):
    blank = {"community": "长亭社区", "compound": "樟树园", "managed": None}
    assert worth(blank | {"managed": "有"}, blank | {"managed": "有"}, blank) == [(0.4, True)] * 3
    assert worth(blank | {"managed": "有"}, blank | {"managed": "无"}, blank)[2] == (1.0, False)


def test_houses_of_another_community_do_not_speak(worth):
    here = {"community": "长亭社区", "compound": "樟树园", "managed": None}
    there = {"community": "柳巷社区", "compound": "樟树园", "managed": "有"}
    assert worth(here, there) == [(1.0, False), (0.4, True)]


def test_a_village_has_no_compound(worth):
    rows = worth(
        {"community": "桐山村", "managed": "有"}, {"community": "桐山村", "managed": None}, {"community": "桐山村"}
    )
    assert rows == [(0.4, True), (1.0, False), (1.0, False)]


def test_the_weights_of_the_config(worth):
    houses = [{"managed": "有"}, {"managed": "无"}, {"managed": None}]
    assert worth(*houses, managed=0.5, unmanaged=2.0, unknown=0.7) == [(0.5, True), (2.0, True), (0.7, False)]


HISTORY = [
    {"community": "长亭社区", "compound": "樟树园", "managed": "无"},
    {"community": "长亭社区", "compound": "樟树园", "managed": "有", "since": "2024-07-01"},
    {"community": "长亭社区", "compound": "樟树园", "managed": "无", "since": "2026-10-01"},
]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (HISTORY, (0.4, True)),
        (HISTORY[:1], (1.0, True)),
        (HISTORY[2:], (1.0, False)),
        ([*HISTORY, HISTORY[1] | {"managed": "无", "since": "2026-09-01"}], (1.0, True)),
        ([*HISTORY, HISTORY[1] | {"managed": "无"}], (1.0, False)),
        ([HISTORY[1] | {"until": "2026-08-31"}], (1.0, False)),
        ([HISTORY[1] | {"until": "2026-09-01"}], (0.4, True)),
        ([HISTORY[1] | {"since": "去年"}], (1.0, False)),
        ([HISTORY[0], HISTORY[1] | {"since": "去年"}], (1.0, True)),
    ],
    ids=[
        "the latest that has begun", "always", "not yet begun", "begun today", "two of one day disagree",
        "over yesterday", "over tonight", "a date nobody can read", "another row beside it",
    ],
)  # fmt: skip
def test_the_compound_table_as_it_stood_that_day(worth, rows, expected):
    assert worth({"community": "长亭社区", "compound": "樟树园"}, compounds=rows) == [expected]
    assert worth({"community": None, "compound": "樟树园"}, compounds=rows) == [expected]


def test_the_history_of_one_compound_says_nothing_about_another(worth):
    other = {"community": "长亭社区", "compound": "新村", "managed": "无", "since": "2020-01-01"}
    houses = [{"community": "长亭社区", "compound": name} for name in ("新村", "樟树园")]
    assert worth(*houses, compounds=[*HISTORY, other]) == [(1.0, True), (0.4, True)]
