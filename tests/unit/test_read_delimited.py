"""Text files and Parquet → one sheet."""

from __future__ import annotations

import polars as pl
import pytest

from gridaudit.errors import InputError
from gridaudit.normalise import normalise

TEXT = "姓名,身份证号,房屋编码\n王小明,430299199003071239,0101\n唐小雨,,0102\n"
ROWS = [("姓名", "身份证号", "房屋编码"), ("王小明", "430299199003071239", "0101"), ("唐小雨", None, "0102")]


@pytest.fixture
def read_text(tmp_path, read_all):
    """Write bytes to a file, read it and return its one sheet."""

    def read(content, name="residents.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        sheets, _ = read_all(path)
        (sheet,) = sheets.values()
        return sheet

    return read


def noted(sheet):
    return [(note.key, note.params.get("encoding")) for note in sheet.notes]


@pytest.mark.parametrize(
    ("encoding", "notes"),
    [
        ("utf-8", []),
        ("utf-8-sig", []),
        ("gb18030", [("encoding", "GB18030")]),
        ("utf-16", [("encoding", "UTF-16-LE")]),
    ],
)
def test_encodings(read_text, encoding, notes):
    sheet = read_text(TEXT.encode(encoding))
    assert sheet.frame.rows() == ROWS
    assert noted(sheet) == notes


def test_rare_characters_of_gb18030(read_text):
    sheet = read_text("姓名,身份证号\n王䶮,1\n李𠮷,2\n".encode("gb18030"))
    assert sheet.frame["c0"].to_list() == ["姓名", "王䶮", "李𠮷"]


@pytest.mark.parametrize(
    ("content", "offset", "byte"),
    [
        ("姓名,a\n".encode() + b"\xff\xff", 9, "0xFF"),
        (b"\xef\xbb\xbfabc,\xff", 7, "0xFF"),
    ],
)
def test_the_first_bad_byte_is_named(read_text, content, offset, byte):
    with pytest.raises(InputError, match="E107") as caught:
        read_text(content)
    assert (caught.value.params["offset"], caught.value.params["byte"]) == (offset, byte)


@pytest.mark.parametrize(("name", "separator"), [("a.tsv", "\t"), ("a.txt", "\t"), ("a.csv", ";"), ("a.csv", "|")])
def test_separators(read_text, name, separator):
    assert read_text(TEXT.replace(",", separator).encode(), name).frame.rows() == ROWS


def test_cells_written_as_formulas_for_spreadsheets(read_text):
    sheet = read_text('姓名,身份证号,房屋编码\n王小明,"=""430299199003071239""",="0101"\n'.encode())
    assert sheet.frame.row(1) == ("王小明", "430299199003071239", "0101")


def test_quoted_cells_with_separators_line_ends_and_quotes(read_text):
    sheet = read_text('姓名,地址\n"王,小明","一栋\n""甲""单元"\n'.encode())
    assert sheet.frame.row(1) == ("王,小明", '一栋\n"甲"单元')


def test_a_title_line_shorter_than_the_rows(read_text):
    sheet = read_text(("实有人口登记表\n\n" + TEXT).encode())
    assert sheet.frame.row(0) == ("实有人口登记表", None, None)
    assert normalise([sheet]).residents["row"].to_list() == [4, 5]


def test_rows_of_uneven_length(read_text):
    sheet = read_text("姓名,身份证号,房屋编码\n王小明\n唐小雨,1,2,,\n".encode())
    assert sheet.frame.select("c0", "c1", "c2").rows()[1:] == [("王小明", None, None), ("唐小雨", "1", "2")]


def test_windows_line_ends(read_text):
    assert read_text(TEXT.replace("\n", "\r\n").encode()).frame.rows() == ROWS


@pytest.mark.parametrize("content", [b"\n\n", b" \n", b"\xef\xbb\xbf"])
def test_nothing_inside(read_text, content):
    with pytest.raises(InputError, match="E104"):
        read_text(content)


def test_a_csv_named_xlsx_is_read_and_said(read_text):
    sheet = read_text(TEXT.encode(), "residents.xlsx")
    assert sheet.frame.rows() == ROWS
    assert noted(sheet) == [("disguise", None)]


def test_numbers_that_lost_digits_in_a_csv(read_text):
    tables = normalise([read_text("姓名,身份证号\n王小明,4.30299E+17\n唐小雨,430299199003071239\n".encode())])
    assert tables.residents["id_number_cell"].to_list() == [True, False]


def test_parquet_rows_are_numbered_from_one(tmp_path, read_all):
    path = tmp_path / "residents.parquet"
    pl.DataFrame(
        {
            "姓名": ["王小明", "唐小雨"],
            "身份证号": ["430299199003071239", None],
            "年龄": [36, None],
            "有无": [True, False],
        }
    ).write_parquet(path)
    sheets, _ = read_all(path)
    sheet = sheets["residents.parquet", "residents"]
    assert sheet.frame.rows() == [
        ("姓名", "身份证号", "年龄", "有无"), ("王小明", "430299199003071239", "36", "true"),
        ("唐小雨", None, None, "false"),
    ]  # fmt: skip
    assert normalise([sheet]).residents["row"].to_list() == [1, 2]


def test_parquet_with_id_numbers_as_floats(tmp_path, read_all):
    path = tmp_path / "residents.parquet"
    pl.DataFrame({"姓名": ["王小明", "唐小雨"], "身份证号": [430299199003071239.0, 430299900307123.0]}).write_parquet(
        path
    )
    sheets, _ = read_all(path)
    assert normalise(sheets.values()).residents["id_number_cell"].to_list() == [True, False]


def test_a_cut_parquet_file(tmp_path, read_all):
    path = tmp_path / "residents.parquet"
    pl.DataFrame({"姓名": ["王小明"] * 100}).write_parquet(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match="E103"):
        read_all(path)
