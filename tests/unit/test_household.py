"""Facts of households: who belongs together, who is set against whom, and who is left in peace."""

from __future__ import annotations

import polars as pl
import pytest

from gridaudit import schema
from gridaudit.derive.households.relation import Part, parts

HOME = {"house_id": "H1", "household_no": "600000001"}
HEAD = {"name": "王建国", "relation": "户主", "sex": "男", "birth_date": "1980-05-01", **HOME}
WIFE = {"name": "唐小雨", "relation": "配偶", "sex": "女", "birth_date": "1982-03-09", **HOME}
SON = {"name": "王小明", "relation": "子", "sex": "男", "birth_date": "2008-06-01", **HOME}


@pytest.fixture
def facts(facts_of):
    """One fact of every resident, row by row."""

    def build(name, *residents, **tables):
        return facts_of(residents=list(residents), **tables).residents[name].to_list()

    return build


def test_every_label_plays_one_part():
    labels = schema.code_list("relation").labels
    placed = [label for members in schema.relations()["part"].values() for label in members]
    assert sorted(placed) == sorted(labels)
    assert {name.upper() for name in schema.relations()["part"]} == {part.name for part in Part} - {"NONE"}
    sexes = schema.relations()["sex"]
    assert not set(sexes["男"]) & set(sexes["女"])
    assert {*sexes["男"], *sexes["女"]} <= set(labels)


@pytest.mark.parametrize(
    ("words", "gap"),
    [(("户主", "配偶", "子"), 28.09), (("02", "10", "20"), 28.09), (("02-户主", "12-妻", "22-长子"), 28.09),
     (("户主", "爱人", "儿子"), 28.09), (("0", "1", "2"), None), (("户主", "配偶", "父子"), None)],
)  # fmt: skip
def test_words_and_two_digit_codes_say_the_same_and_bare_digits_nothing(facts, words, gap):
    people = [row | {"relation": word} for row, word in zip((HEAD, WIFE, SON), words, strict=True)]
    assert facts("child_gap", *people) == [None, None, gap]


def test_the_elder_of_the_couple_counts(facts):
    assert facts("child_gap", HEAD | {"birth_date": "1996-05-01"}, WIFE, SON) == [None, None, 26.23]


@pytest.mark.parametrize(
    "row",
    [HEAD | {"birth_date": None}, HEAD | {"birth_date": "属马的"}, HEAD | {"relation": None}],
)
def test_what_is_unknown_is_not_guessed(facts, row):
    assert facts("child_gap", row, WIFE, SON)[2] is None


def test_a_valid_number_counts_before_the_birth_date(facts, make_id):
    son = SON | {"id_no": make_id(born="20100601"), "birth_date": "1990-06-01"}
    assert facts("child_gap", HEAD, son) == [None, 30.08]
    assert facts("child_gap", HEAD, son | {"id_no": "430299201006011230"}) == [None, 10.08]


@pytest.mark.parametrize("year", [1980, 1981, 1982, 1983, 1897])
def test_exact_birthdays_are_whole_years(facts, year):
    head, son = HEAD | {"birth_date": f"{year}-05-01"}, SON | {"birth_date": f"{year + 12}-05-01"}
    assert facts("child_gap", head, son) == [None, 12.0]


def test_households_are_kept_apart_by_number_in_one_home(facts):
    other = HEAD | {"name": "谢长庚", "birth_date": "1955-05-01", "household_no": "600000002"}
    assert facts("n_in_household", HEAD, WIFE, SON, other) == [3, None, None, 1]
    assert facts("child_gap", HEAD, SON, other) == [None, 28.09, None]


@pytest.mark.parametrize("column", ["head_id_no", "head_name"])
def test_the_head_named_keeps_households_apart_where_numbers_lack(facts, column):
    def under(row, name):
        return {key: value for key, value in row.items() if key != "household_no"} | {column: name}

    people = [under(HEAD, "甲"), under(SON, "甲"), under(HEAD | {"birth_date": "1955-05-01"}, "乙")]
    assert facts("n_heads", *people) == [1, None, None]
    assert facts("n_in_household", *people) == [2, None, 1]


def test_one_number_in_two_homes_is_two_households(facts):
    assert facts("n_in_household", HEAD, WIFE | {"house_id": "H2"}) == [1, None]


def test_people_without_a_home_are_kept_together_by_a_long_number(facts):
    def homeless(row, number):
        return row | {"house_id": None, "household_no": number, "community": "长亭社区"}

    assert facts("child_gap", homeless(HEAD, "600000001"), homeless(SON, "600000001"))[1] == 28.09
    assert facts("child_gap", homeless(HEAD, "1"), homeless(SON, "1")) == [None, None]


def test_the_dead_do_not_count_but_stay_parents(facts):
    dead = HEAD | {"status": "死亡"}
    assert facts("n_in_household", dead, WIFE | {"relation": "户主"}, SON) == [None, 2, None]
    assert facts("child_gap", dead, WIFE, SON) == [None, None, 28.09]
    assert facts("head_still_here", dead, WIFE, SON) == [None, False, None]


def test_copies_and_older_records_of_a_person_are_no_members(facts, make_id):
    son = SON | {"id_no": make_id(born="20080601"), "updated_on": "2026-05-01"}
    assert facts("n_in_household", HEAD, son, son)[0] == 2
    assert facts("n_in_household", HEAD, son, son | {"updated_on": "2025-05-01", "phone": "19912345678"})[0] == 2


def test_two_heads_without_numbers_are_two_families(facts):
    def bare(row):
        return {key: value for key, value in row.items() if key != "household_no"}

    people = [bare(row) for row in (HEAD, WIFE, SON, HEAD | {"birth_date": "1955-05-01"})]
    for name in ("child_gap", "n_heads", "spouse_gap", "spouses_differ_in_sex"):
        assert facts(name, *people) == [None] * 4


def test_a_disputed_sex_is_not_weighed(facts, make_id):
    disputed = WIFE | {"sex": "男", "id_no": make_id(born="19820309", order="124")}
    assert facts("spouses_differ_in_sex", HEAD, disputed) == [None, None]
    assert facts("spouses_differ_in_sex", HEAD, WIFE | {"sex": "男"}) == [None, False]
    assert facts("spouses_differ_in_sex", HEAD, WIFE | {"sex": None}) == [None, None]


def test_siblings(facts):
    younger = SON | {"birth_date": "2009-01-10"}
    assert facts("days_since_sibling", HEAD, WIFE, SON, younger) == [None, None, None, 223]
    assert facts("days_since_sibling", HEAD, WIFE, younger, SON) == [None, None, 223, None]
    assert facts("days_since_sibling", HEAD, WIFE, SON, younger | {"name": "周小明"}) == [None] * 4


@pytest.mark.parametrize(
    ("floor", "room", "fits"),
    [("5", "501", True), ("05层", "0501室", True), ("6", "501", True), ("12", "1501", True), ("3", "2301", True),
     ("9", "201", False), ("2", "901", False), ("负一", "101", None), ("1", "12", None), (None, "501", None)],
)  # fmt: skip
def test_rooms_against_floors(facts_of, floor, room, fits):
    def flat(number, level):
        code = f"{level}0{number}"
        return {"house_id": f"H{code}", "compound": "樟树园", "building": "1栋", "floor": str(level), "room": code}

    neighbours = [flat(number, level) for level in range(1, 9) for number in (1, 2)]
    odd = {"house_id": "H0", "compound": "樟树园", "building": "1栋", "floor": floor, "room": room}
    assert facts_of(houses=[*neighbours, odd]).houses["room_fits_floor"].to_list()[-1] is fits


def test_buildings_numbered_otherwise_are_left_alone(facts_of):
    houses = [
        {"house_id": f"H{n}", "compound": "樟树园", "building": "1栋", "floor": "1", "room": str(500 + n * 100)}
        for n in range(6)
    ]
    assert facts_of(houses=houses).houses["room_fits_floor"].to_list() == [None] * 6


def test_counts_stand_on_every_record_of_a_home(facts_of):
    house = {"house_id": "H1", "address": "甲1号", "occupancy": "自住"}
    houses = [house, house | {"updated_on": "2026-01-01"}, {"house_id": "H2", "address": "甲2号"}]
    frame = facts_of(houses=houses, residents=[HEAD, SON | {"birth_date": "2015-06-01"}]).houses
    assert frame.select("n_residents", "n_children", "n_adults").rows() == [(2, 1, 1), (2, 1, 1), (0, 0, 0)]


def test_a_collectors_phone(facts):
    roster = [{"grid": "G1", "collector": "刘秀", "collector_phone": "13900001234"}]
    people = [HEAD | {"phone": "13900001234"}, HEAD | {"name": "刘秀", "phone": "13900001234"}]
    assert facts("is_collectors_phone", *people, grids=roster) == [True, False]


def test_no_finding_of_a_sensitive_rule_names_the_group(findings_of):
    people = [
        HEAD | {"key_group": "空巢老人"},
        HEAD | {"house_id": "H2", "key_group": "独居老人"},
        WIFE | {"house_id": "H2"},
    ]
    rows = findings_of(residents=people).rows
    said = [row for row in rows.iter_rows(named=True) if row["rule"] in {"L136", "L137"}]
    assert sorted(row["rule"] for row in said) == ["L136", "L136", "L137"]
    assert {row["masked"] for row in said} == {"***"}
    assert not any(word in str(row) for row in said for word in ("空巢", "独居", "老人"))


@pytest.mark.parametrize("heading", ["特殊人员类型", "重点类别", "是否重点人员", "是否重点关注人员", "人员标签"])
def test_columns_of_suspicion_are_not_read(heading):
    aliases = {alias for column in schema.columns("residents").values() for alias in column.aliases}
    assert heading not in aliases


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("小儿子 小女儿 独子 独女", Part.CHILD),
        ("长媳 小儿媳 上门女婿", Part.CHILD_IN_LAW),
        ("长孙 长孙女", Part.GRANDCHILD),
        ("玄孙 玄孙女", Part.DESCENDANT),
        ("丈人 丈母娘 家公 家婆", Part.PARENT_IN_LAW),
        ("大伯 舅妈 小姑子 小舅子 亲家 侄孙 大嫂 二弟", Part.RELATIVE),
        ("前妻 前夫 未婚妻 女朋友 监护人 寄养儿童 月嫂", Part.NON_RELATIVE),
    ],
)
def test_parts_of_words_of_every_day(words, part):
    known = schema.code_list("relation").by_word
    labels = pl.Series([known[word] for word in words.split()], dtype=pl.String)
    assert set(parts(labels)["part"].to_list()) == {int(part)}
