"""Which rows are records, and merged data cells."""

from __future__ import annotations

import pytest

from gridaudit.normalise import normalise
from gridaudit.read import Merge

HEADING = ["序号", "姓名", "身份证号码", "性别", "出生日期", "联系电话", "房屋编码", "备注"]
WANG = ["1", "王小明", "430299199003071239", "男", "1990-03-07", "13900000000", "0101", None]
TANG = ["2", "唐小雨", "43029919850714103X", "女", "1985-07-14", "13900000001", "0102", None]


def read(sheet):
    tables = normalise([sheet])
    return tables.residents.select("row", "name").rows(), tables.sheets[0].n_left_out


def padded(*cells):
    return [*cells, *[None] * (8 - len(cells))]


@pytest.mark.parametrize(
    "between",
    [
        padded("合计", "2"),
        padded("合 计", None, None, "2"),
        padded(None, "小计：2人"),
        padded("本页小计", None, None, "2人"),
        padded("制表人：甲", None, None, "审核人：乙"),
        padded("填表单位（盖章）"),
        padded("备注：以上数据截至9月1日"),
        padded("注:流动人口未计"),
        padded("第1页 共20页"),
        HEADING,
        padded("芦苇区实有人口登记表"),
    ],
)
def test_what_is_no_record_is_left_out_and_reading_goes_on(sheet_of, between):
    sheet = sheet_of([["芦苇区实有人口登记表"], HEADING, WANG, between, TANG])
    assert read(sheet) == ([(3, "王小明"), (5, "唐小雨")], 1)


def test_a_title_repeated_on_every_printed_page(sheet_of):
    title = ["芦苇区实有人口登记表", None, None]
    rows = [title, ["姓名", "身份证号码", "性别"], WANG[1:4], title, TANG[1:4]]
    assert read(sheet_of(rows)) == ([(3, "王小明"), (5, "唐小雨")], 1)


def test_blank_rows_are_left_out_and_not_counted(sheet_of):
    blank = [None, "", "  ", "\u3000", None, "\u00a0", None, None]
    assert read(sheet_of([HEADING, WANG, blank, padded(), TANG, blank])) == ([(2, "王小明"), (5, "唐小雨")], 0)


def test_rows_with_a_serial_number_alone_are_blank(sheet_of):
    assert read(sheet_of([HEADING, WANG, padded("2"), padded("3"), TANG])) == ([(2, "王小明"), (5, "唐小雨")], 0)


def test_a_row_of_filling_instructions_below_the_heading(sheet_of):
    comment = ["", "必填", "必填，18位数字", "男/女", "格式YYYYMMDD", "多个用;分隔", "选填", None]
    assert read(sheet_of([HEADING, comment, WANG, TANG])) == ([(3, "王小明"), (4, "唐小雨")], 1)


@pytest.mark.parametrize(
    "record",
    [
        ["3", "计小明", "430299199003071239", "男", None, None, None, None],
        ["3", "共小明", None, "男", "1990-03-07", "13900000000", "0101", None],
        ["3", "第五小雨", None, "女", "1990-03-07", "13900000000", "0101", None],
        [None, None, None, "男", "1990-03-07", None, None, "合计两户"],
        ["3", "王小明", None, None, None, None, None, None],
        ["3", None, "430299199003071239", None, None, None, None, None],
        ["3", "总计", "430299199003071239", "男", "1990-03-07", "13900000000", "0101", None],
        [None, "注小明", None, None, None, None, None, None],
        [None, "第五小雨", None, "女", None, None, "0102", None],
        [None, "共小明", None, "男", None, None, "0102", None],
    ],
)
def test_a_record_is_never_left_out(sheet_of, record):
    rows, n_left_out = read(sheet_of([HEADING, WANG, record, TANG]))
    assert [row for row, _ in rows] == [2, 3, 4]
    assert n_left_out == 0


def test_a_first_record_with_remarks_is_no_filling_instruction(sheet_of):
    first = [*WANG[:7], "填写人说明：出租"]
    assert read(sheet_of([HEADING, first, TANG]))[0] == [(2, "王小明"), (3, "唐小雨")]


def test_merged_data_cells_are_filled_down(sheet_of):
    rows = [HEADING, WANG, [*TANG[:6], None, None], ["3", "李大海", *[None] * 6]]
    tables = normalise([sheet_of(rows, merges=(Merge(2, 6, 4, 6),))])
    assert tables.residents["house_id"].to_list() == ["0101", "0101", "0101"]
    assert tables.sheets[0].n_filled_down == 2


def test_a_merge_beyond_the_cells_is_harmless(sheet_of):
    tables = normalise(
        [sheet_of([HEADING, WANG, TANG], merges=(Merge(3, 6, 900, 6), Merge(50, 1, 60, 1), Merge(2, 90, 3, 90)))]
    )
    assert tables.residents["house_id"].to_list() == ["0101", "0102"]


def test_a_merged_total_row_does_not_fill_records(sheet_of):
    tables = normalise([sheet_of([HEADING, WANG, TANG, padded("合计")], merges=(Merge(4, 0, 4, 5),))])
    assert tables.residents["name"].to_list() == ["王小明", "唐小雨"]
    assert tables.sheets[0].n_filled_down == 0


def test_copies_of_whole_rows_are_told_whatever_the_serial_number(sheet_of):
    tables = normalise([sheet_of([HEADING, WANG, ["9", *WANG[1:]], [*WANG[:7], "又"]])])
    first, second, third = tables.residents["copy_hash"].to_list()
    assert first == second is not None
    assert third != first
