"""Where the heading is, which table a sheet is, and which column is what."""

from __future__ import annotations

import pytest

from gridaudit.errors import InputError
from gridaudit.normalise import find_heading, normalise
from gridaudit.read import Merge

HEADING = ["序号", "姓名", "身份证号码", "性别", "房屋编码"]
PERSON = ["1", "王小明", "430299199003071239", "男", "0101"]
TITLES = ["芦苇区实有人口登记表", "填报单位：樟树街道", "统计时间：2026年9月1日", "单位：人", "密级：内部"]


def names(sheet, **options):
    return {name: sheet_columns[0] for name, sheet_columns in find_heading(sheet, **options).mapping.items()}


@pytest.mark.parametrize("n_titles", range(6))
def test_heading_below_title_rows(sheet_of, n_titles):
    sheet = sheet_of([*([title] for title in TITLES[:n_titles]), HEADING, PERSON])
    heading = find_heading(sheet)
    assert (heading.table, heading.first_row, heading.last_row) == ("residents", n_titles, n_titles)
    assert normalise([sheet]).residents["row"].to_list() == [n_titles + 2]


def test_heading_at_the_row_a_person_names(sheet_of):
    sheet = sheet_of([["姓名", "性别", "民族", "身份证号"], ["姓名", "身份证号", None, None], PERSON[1:]])
    assert find_heading(sheet, row=2).first_row == 1


def test_data_rows_are_never_a_heading(sheet_of):
    sheet = sheet_of([["姓名", "身份证号", "备注"], *(["户主", "430299199003071239", "性别"] for _ in range(5))])
    heading = find_heading(sheet)
    assert (heading.first_row, heading.last_row) == (0, 0)


def test_two_level_heading_of_the_head(sheet_of):
    upper = ["姓名", "身份证号", "户主", None, None, "性别"]
    lower = [None, None, "姓名", "身份证号", "联系电话", None]
    rows = [upper, lower, ["王小明", "1", "王大山", "2", "13900000000", "男"]]
    sheet = sheet_of(rows, merges=(Merge(1, 2, 1, 4), Merge(1, 0, 2, 0), Merge(1, 1, 2, 1), Merge(1, 5, 2, 5)))
    assert names(sheet) == {"name": 0, "id_no": 1, "head_name": 2, "head_id_no": 3, "head_phone": 4, "sex": 5}
    assert normalise([sheet]).residents["name"].to_list() == ["王小明"]


def test_two_level_heading_of_the_owner(sheet_of):
    upper = ["房屋编码", "房屋地址", "房主", None, "房屋用途"]
    lower = [None, None, "姓名", "联系电话", None]
    sheet = sheet_of(
        [["登记表"], upper, lower, ["0101", "樟树园1栋101", "王大山", "1", "住宅"]], merges=(Merge(2, 2, 2, 3),)
    )
    assert names(sheet) == {"house_id": 0, "address": 1, "owner_name": 2, "owner_phone": 3, "use": 4}


@pytest.mark.parametrize(
    "text",
    [
        "姓名*",
        "*姓名",
        "＊姓名",
        "姓名（必填）",
        "姓名(必填)",
        "姓名【必填】",
        "1.姓名",
        "1、姓名",
        " 姓 名 ",
        "姓\n名",
        "姓名：",
        "姓名（与证件一致）",
        "xm",
        "ＸＭ",
    ],
)
def test_ways_to_write_a_heading(sheet_of, text):
    assert names(sheet_of([[text, "身份证号码（必填）*"]])) == {"name": 0, "id_no": 1}


def test_the_name_of_the_head_is_never_the_name(sheet_of):
    sheet = sheet_of([["户主姓名", "身份证号", "与户主关系"]])
    assert names(sheet) == {"head_name": 0, "id_no": 1, "relation": 2}


def test_a_document_number_is_the_id_only_without_another(sheet_of):
    assert names(sheet_of([["姓名", "证件号码", "证件类型"]]))["id_no"] == 1
    both = names(sheet_of([["姓名", "证件号码", "身份证号", "证件类型"]]))
    assert (both["id_no"], both["other_id"]) == (2, 1)


def test_the_heading_declared_by_the_config_comes_first(sheet_of):
    sheet = sheet_of([["姓名", "编号甲", "身份证号"]])
    found = names(sheet, declared={"residents": {"id_no": "编号甲"}})
    assert (found["id_no"], found["name"]) == (1, 0)


def test_a_heading_serves_one_column_and_several_serve_one(sheet_of):
    sheet = sheet_of(
        [
            ["姓名", "手机号码", "固定电话", "联系电话"],
            ["甲", "", "0731-22222222", None],
            ["乙", "13900000000", "1", "2"],
        ]
    )
    assert find_heading(sheet).mapping == {"name": (0,), "phone": (3, 1, 2)}
    assert normalise([sheet]).residents["phone"].to_list() == ["0731-22222222", "2"]


@pytest.mark.parametrize(
    ("heading", "table"),
    [
        (["姓名", "身份证号", "房屋编码", "居住状态"], "residents"),
        (["姓名", "手机号"], "residents"),
        (["身份证号", "现住址"], "residents"),
        (["房屋编码", "房屋地址", "房主姓名", "居住状态"], "houses"),
        (["房屋编号", "建筑面积"], "houses"),
        (["小区", "楼栋", "单元", "房号", "户主姓名", "有无物业"], "houses"),
        (["街道", "社区", "网格编码", "网格名称", "应有户数", "网格员"], "grids"),
        (["街道", "社区", "网格", "难度系数"], "grids"),
        (["小区名称", "有无物业"], "compounds"),
        (["社区", "小区", "物业公司"], "compounds"),
        (["编码", "名称"], None),
        (["订单号", "金额", "日期"], None),
    ],
)
def test_which_table_is_which(sheet_of, heading, table):
    assert find_heading(sheet_of([heading])).table == table


def test_no_table_recognised_names_the_nearest_headings(sheet_of):
    with pytest.raises(InputError, match="E201") as caught:
        normalise([sheet_of([["登记簿"], ["姓氏名", "证件编", "日期"], ["王小明", "1", "2"]])])
    assert caught.value.params["row"] == 2
    assert ("姓名", "name", "姓氏名", "A") in [line[:4] for line in caught.value.params["nearest"]]


def test_no_table_recognised_never_shows_cells(sheet_of):
    with pytest.raises(InputError, match="E201") as caught:
        normalise([sheet_of([["王小明", "430299199003071239", "13900000000"]] * 3)])
    assert "430299199003071239" not in str(caught.value.params)
    assert "王小明" not in str(caught.value.params)


def test_only_a_heading(sheet_of):
    with pytest.raises(InputError, match="E104"):
        normalise([sheet_of([HEADING])])


def test_other_sheets_are_passed_over_and_said(sheet_of):
    sheets = [sheet_of([HEADING, PERSON]), sheet_of([["编码", "名称"], ["1", "男"]], name="字典", order=1)]
    tables = normalise(sheets)
    assert [info.sheet for info in tables.sheets] == ["表1"]
    assert [(note.key, note.params["sheet"]) for note in tables.skipped] == [("not_a_table", "字典")]


def test_one_table_in_several_sheets_in_the_order_given(sheet_of):
    first = sheet_of([HEADING, PERSON], order=1, name="二")
    second = sheet_of([["姓名", "民族"], ["唐小雨", "汉"]], order=0, name="一")
    tables = normalise([first, second])
    assert tables.residents.select("sheet_no", "row", "name", "ethnic").rows() == [
        (0, 2, "唐小雨", "汉族"),
        (1, 2, "王小明", None),
    ]
    assert [info.has for info in tables.sheets] == [{"name", "ethnic"}, {"name", "id_no", "sex", "house_id"}]


def test_columns_without_meaning_are_named(sheet_of):
    (info,) = normalise([sheet_of([[*HEADING, "血型"], PERSON])]).sheets
    assert info.unmapped == ("血型",)
    assert info.headings["id_no"] == "身份证号码"
