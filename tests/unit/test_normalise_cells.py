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


CODE_LISTS = sorted({*schema.code_lists()} - {"yesno"})


@pytest.mark.parametrize("name", ["yesno", *CODE_LISTS])
def test_every_word_of_a_list_stands_under_one_label(name):
    words = [
        (schema.code_form(word), label)
        for label, others in schema.code_lists()[name].items()
        for word in {schema.code_form(word) for word in (label, *others)}
    ]
    told = [word for word, _ in words]
    assert sorted({word for word in told if told.count(word) > 1}) == []


def test_words_of_code_lists_have_one_meaning_each():
    for column in CODE_LISTS:
        known = schema.code_list(column)
        assert {known.by_word[schema.code_form(label)] for label in known.labels} == set(known.labels)


def test_what_a_remark_may_say_more_exactly_are_labels_of_the_list():
    for column, narrower in schema.words()["narrower"].items():
        labels = set(schema.code_list(column).labels)
        assert labels >= {*narrower, *(label for exact in narrower.values() for label in exact)}


WORDS_OF_EVERY_DAY = {
    ("relation", "子"): "小儿子 幺儿",
    ("relation", "女"): "小女儿 闺女",
    ("relation", "独生子"): "独子",
    ("relation", "独生女"): "独女",
    ("relation", "女婿"): "上门女婿",
    ("relation", "儿媳"): "长媳 次媳 大儿媳 小儿媳",
    ("relation", "孙子"): "长孙",
    ("relation", "孙女"): "长孙女",
    ("relation", "其他孙辈"): "玄孙 玄孙女",
    ("relation", "公公"): "家公",
    ("relation", "婆婆"): "家婆",
    ("relation", "岳父"): "丈人",
    ("relation", "岳母"): "丈母娘",
    ("relation", "兄弟姐妹"): "姊妹",
    ("relation", "兄"): "大哥 二哥",
    ("relation", "嫂"): "大嫂",
    ("relation", "弟"): "二弟",
    ("relation", "伯父"): "大伯",
    ("relation", "舅母"): "舅妈",
    ("relation", "堂兄弟、堂姐妹"): "堂兄 堂弟 堂哥",
    ("relation", "表兄弟、表姐妹"): "表哥 表妹",
    ("relation", "外甥女"): "外甥女",
    ("relation", "其他亲属"): "小姑子 小叔子 小舅子 大姑子 小姨子 亲家 侄孙 侄孙女",
    ("relation", "非亲属"): "前妻 前夫 未婚妻 未婚夫 男朋友 女朋友 监护人 寄养儿童 室友 寄居 月嫂 护工",
    ("education", "小学"): "小学在读 初小 高小 完小 小学肄业",
    ("education", "初中"): "初中在读 初中肄业",
    ("education", "普通高中"): "高中在读 高中肄业",
    ("education", "大学专科"): "大专在读 函授大专 自考大专 成人大专",
    ("education", "大学本科"): "本科在读 自考本科 函授本科 成人本科",
    ("education", "研究生"): "研究生在读",
    ("education", "其他"): "电大 夜大 私塾 扫盲班",
    ("pop_type", "人在户在"): "户在人在",
    ("pop_type", "户籍人口"): "集体户 户籍常住 本区户籍",
    ("pop_type", "流动人口"): "外地户籍 非户籍",
    ("pop_type", "境外人员"): "港澳台",
    ("pop_type", "未落户"): "未落户人口",
    ("marital", "丧偶"): "丧偶未再婚 丧夫 丧妻",
    ("marital", "已婚"): "结婚",
    ("marital", "未说明"): "无配偶 分居",
    ("ethnic", "其他"): "夏尔巴人 僜人 摩梭人 其他民族",
    ("ethnic", "外国血统"): "外籍",
    ("occupancy", "出租"): "转租",
    ("occupancy", "空置"): "待租 毛坯空置",
    ("occupancy", "其他"): "部分出租 季节性居住",
    ("use", "住宅"): "民居 农房 平房",
    ("use", "商用"): "民宿 加油站 网吧",
    ("use", "宿舍"): "学生公寓",
    ("use", "公共"): "寺庙 宗教 祠堂 福利院 公厕 村委会 社区活动中心 配电房",
    ("use", "其他"): "地下室 养殖场",
    ("managed", "其他"): "自管 单位自管 社区代管",
}


@pytest.mark.parametrize(("column", "label"), WORDS_OF_EVERY_DAY)
def test_words_of_every_day(column, label):
    known = schema.code_list(column).by_word
    words = WORDS_OF_EVERY_DAY[column, label].split()
    assert {word: known.get(word) for word in words} == dict.fromkeys(words, label)


@pytest.mark.parametrize(
    ("column", "cell", "label"),
    [
        ("relation", "户主（本人）", "户主"),
        ("relation", "爱人（妻）", "妻"),
        ("relation", "妻子(再婚)", "妻"),
        ("relation", "子女（长女）", "长女"),
        ("relation", "女儿（养女）", "养女或继女"),
        ("relation", "儿子（女儿）", None),
        ("relation", "妻子（待核实）", None),
        ("relation", "妻子（未婚）", None),
        ("marital", "已婚（再婚）", "再婚"),
        ("marital", "已婚（离婚）", None),
        ("education", "大学（专科）", "大学专科"),
        ("education", "本科（在职）", "大学本科"),
        ("education", "20（在职）", None),
        ("status", "在住（2023年去世）", None),
        ("status", "死亡（2023年）", "死亡"),
        ("sex", "男（女）", None),
    ],
)
def test_remarks_behind_a_word(value_of, column, cell, label):
    assert value_of("residents", column, cell)[column] == label


@pytest.mark.parametrize(
    ("cell", "label"),
    [("有（某某物业）", "有"), ("有（未来物业）", "有"), ("有（未入驻）", None), ("有（无物业）", None)],
)
def test_remarks_about_management(value_of, cell, label):
    assert value_of("houses", "managed", cell)["managed"] == label
