"""Cells → values: text, code lists, numbers, words that say nothing."""

from __future__ import annotations

import pytest

from gridaudit import schema
from gridaudit.normalise import normalise


@pytest.fixture
def value_of(sheets_of):
    """Read one cell of a column; the columns that come of it by name."""

    def read(table, column, cell):
        row = {"name": "王小明", "id_no": "430299199003071239", "house_id": "0101"}
        if table == "houses":
            row = {"house_id": "0101", "address": "樟树园1栋101"}
        return normalise(sheets_of(**{table: [row | {column: cell}]})).get(table).row(0, named=True)

    return read


@pytest.mark.parametrize(
    ("column", "cell", "label"),
    [
        ("sex", "男", "男"),
        ("sex", "女性", "女"),
        ("sex", "ｆ", "女"),
        ("ethnic", "汉", "汉族"),
        ("ethnic", "01", "汉族"),
        ("ethnic", "01-汉族", "汉族"),
        ("ethnic", "汉族(01)", "汉族"),
        ("ethnic", "汉族（01）", "汉族"),
        ("ethnic", " 土 家 族 ", "土家族"),
        ("marital", "30", "丧偶"),
        ("marital", "20:已婚", "已婚"),
        ("education", "大专", "大学专科"),
        ("politics", "13", "群众"),
        ("relation", "02", "户主"),
        ("relation", "户主本人", "户主"),
        ("relation", "子", "子"),
        ("pop_type", "流动人口", "流动人口"),
        ("id_type", "111", "身份证"),
        ("id_type", "港澳居民来往内地通行证（回乡证）", "港澳居民来往内地通行证"),
        ("status", "已迁出", "迁出"),
        ("sex", "男女", None),
        ("ethnic", "地球族", None),
    ],
)
def test_code_lists(value_of, column, cell, label):
    row = value_of("residents", column, cell)
    assert (row[column], row[f"{column}_text"], row[f"{column}_undeclared"]) == (label, cell.strip(), False)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("sex", "1"),
        ("sex", "0"),
        ("marital", "1"),
        ("education", "7"),
        ("relation", "3"),
        ("education", "20"),
        ("marital", "10"),
    ],
)
def test_bare_small_codes_are_never_guessed(value_of, column, cell):
    row = value_of("residents", column, cell)
    assert (row[column], row[f"{column}_undeclared"]) == (None, True)


@pytest.mark.parametrize(
    ("column", "cell", "label"),
    [
        ("managed", "有物业", "有"),
        ("managed", "否", "无"),
        ("use", "自建房", "住宅"),
        ("occupancy", "租住", "出租"),
        ("occupancy", "空房", "空置"),
    ],
)
def test_code_lists_of_houses(value_of, column, cell, label):
    assert value_of("houses", column, cell)[column] == label


@pytest.mark.parametrize(
    ("column", "cell", "number"),
    [
        ("age", "36", 36.0),
        ("age", "36岁", 36.0),
        ("age", "３６", 36.0),
        ("age", "36.0", 36.0),
        ("age", " 36 周岁 ", 36.0),
        ("age", "三十六", None),
        ("age", "3-6", None),
        ("age", "-1", None),
        ("age", "1e3", None),
    ],
)
def test_numbers_of_residents(value_of, column, cell, number):
    assert value_of("residents", column, cell)[column] == number


@pytest.mark.parametrize(
    ("cell", "number"), [("89.5㎡", 89.5), ("89.5m²", 89.5), ("1,089.5平方米", 1089.5), ("120 平米", 120.0)]
)
def test_numbers_of_houses(value_of, cell, number):
    assert value_of("houses", "area_m2", cell)["area_m2"] == number


@pytest.mark.parametrize(
    ("cell", "value"),
    [("是", True), ("否", False), ("Y", True), ("1", True), ("0", False), ("未", False), ("也许", None)],
)
def test_yes_or_no(value_of, cell, value):
    assert value_of("residents", "moved_out", cell)["moved_out"] is value


@pytest.mark.parametrize(
    "cell", ["不详", "测试", "某某", "-", "N/A", "null", "Null", "/", "\u3000", "\u00a0", "待补", "无"]
)
def test_words_that_say_nothing_blank_a_name(value_of, cell):
    assert value_of("residents", "name", cell)["name"] is None


@pytest.mark.parametrize("cell", ["张某", "李某某", "王XX", "业主", "测试1"])
def test_names_that_are_none(value_of, cell):
    assert value_of("residents", "name", cell)["name"] is None


@pytest.mark.parametrize(
    "cell", ["某小明", "王测试", "无为", "钱多多", "买买提·吾斯曼", "𠮷小䶮", "贝贝", "不小白", "女孩"]
)
def test_names_of_people(value_of, cell):
    assert value_of("residents", "name", cell)["name"] == cell


@pytest.mark.parametrize(
    ("column", "value"),
    [("phone", "无"), ("religion", "无"), ("employer", "无"), ("id_no", None), ("hukou_address", None)],
)
def test_none_fills_a_phone_and_blanks_a_number(value_of, column, value):
    assert value_of("residents", column, "无")[column] == value


@pytest.mark.parametrize("cell", ["不详", "未知", "暂无", "某某", "XX", "xx"])
def test_words_that_say_nothing_blank_every_column(value_of, cell):
    assert value_of("residents", "employer", cell)["employer"] is None


@pytest.mark.parametrize("cell", ["\u3000王小明 ", "王小明\n", "\ufeff王小明\u200b", "\t王小明\u00a0"])
def test_blanks_around_a_text(value_of, cell):
    assert value_of("residents", "name", cell)["name"] == "王小明"


def test_the_raw_id_cell_is_kept(value_of):
    row = value_of("residents", "id_no", " 430299199003071239\u00a0")
    assert row["id_no_raw"] == " 430299199003071239\u00a0"
    assert row["id_no_text"] == "430299199003071239"


def test_words_of_code_lists_have_one_meaning_each():
    for column in ("ethnic", "marital", "education", "politics", "relation", "occupancy", "managed", "status"):
        known = schema.code_list(column)
        assert {known.by_word[schema.code_form(label)] for label in known.labels} == set(known.labels)
