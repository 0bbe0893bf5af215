"""Workbooks → sheets: every cell as text, rows as a person numbers them, and what only the file knows."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from gridaudit.errors import InputError
from gridaudit.normalise import normalise
from gridaudit.read import Merge, column_letters
from gridaudit.read.package import Package
from gridaudit.read.pieces import pieces

DATA = Path(__file__).parent.parent / "data"
HEADING = ["姓名", "身份证号码", "房屋编码"]


@pytest.fixture
def workbook(tmp_path):
    """Write a workbook from rows per sheet and return its path."""

    def write(name="residents.xlsx", change=None, **sheets):
        book = Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        if change:
            change(book)
        path = tmp_path / name
        book.save(path)
        return path

    return write


def test_title_and_blank_rows_keep_the_row_numbers(workbook, read_all):
    rows = [["实有人口登记表"], [], HEADING, ["王小明", "430299199003071239", "0101"], [], ["唐小雨", None, "0102"]]
    sheets, _ = read_all(workbook(人口=rows))
    assert sheets["residents.xlsx", "人口"].frame.rows() == [
        ("实有人口登记表", None, None),
        (None, None, None),
        ("姓名", "身份证号码", "房屋编码"),
        ("王小明", "430299199003071239", "0101"),
        (None, None, None),
        ("唐小雨", None, "0102"),
    ]
    assert normalise(sheets.values()).residents["row"].to_list() == [4, 6]


def test_blank_rows_and_columns_in_front_keep_the_numbers(workbook, read_all):
    def fill(book):
        for row, cells in ((4, HEADING), (5, ["王小明", 430299199003071239, "0101"])):
            for column, cell in enumerate(cells, start=3):
                book["人口"].cell(row, column, cell)

    sheets, _ = read_all(workbook(人口=[], change=fill))
    tables = normalise(sheets.values())
    assert tables.residents.select("row", "name", "id_number_cell").rows() == [(5, "王小明", True)]
    assert tables.sheets[0].letters == {"name": "C", "id_no": "D", "house_id": "E"}
    assert tables.sheets[0].header_row == 4


def test_number_cells_in_the_id_column(workbook, read_all):
    rows = [HEADING, ["甲", 430299199003071239, 1], ["乙", 4.30299199003071e17, 2], ["丙", "430299199003071239", "03"],
            ["丁", 430299900307123, 4]]  # fmt: skip
    sheets, _ = read_all(workbook(人口=rows))
    sheet = sheets["residents.xlsx", "人口"]
    assert sheet.long_numbers.rows() == [(2, 1), (3, 1)]
    assert sheet.frame["c1"].to_list()[3:] == ["430299199003071239", "430299900307123"]
    assert sheet.frame["c2"].to_list() == ["房屋编码", "1", "2", "03", "4"]


def test_error_cells_keep_their_text(workbook, read_all):
    def fill(book):
        cell = book["人口"].cell(2, 2, "#N/A")
        cell.data_type = "e"

    sheets, _ = read_all(workbook(人口=[HEADING, ["王小明", None, "0101"]], change=fill))
    assert sheets["residents.xlsx", "人口"].frame.row(1) == ("王小明", "#N/A", "0101")


def test_merged_cells(workbook, read_all):
    rows = [["登记表"], HEADING, ["王小明", "a", "0101"], ["唐小雨", "b", None], ["李大海", "c", "0102"]]

    def merge(book):
        book["人口"].merge_cells("A1:C1")
        book["人口"].merge_cells("C3:C4")

    sheets, _ = read_all(workbook(人口=rows, change=merge))
    assert set(sheets["residents.xlsx", "人口"].merges) == {Merge(1, 0, 1, 2), Merge(3, 2, 4, 2)}
    assert normalise(sheets.values()).residents["house_id"].to_list() == ["0101", "0101", "0102"]


def test_merged_cells_before_thousands_of_blank_rows_with_a_format(workbook, read_all, tmp_path):
    """The ranges stand behind the last row of the XML, in a piece that holds nothing but formats."""
    homes = [[f"H{number}", f"甲路{number}号", "G1" if number == 1 else None] for number in range(1, 501)]
    whole = workbook(
        "few.xlsx",
        lambda book: book["房屋"].merge_cells("C2:C501"),
        房屋=[["房屋编码", "房屋地址", "网格编码"], *homes],
    )
    blank = "".join(
        f'<row r="{number}"><c r="A{number}" s="0"/><c r="B{number}" s="0"/><c r="C{number}" s="0"/></row>'
        for number in range(502, 100_502)
    )
    path = tmp_path / "houses.xlsx"
    with zipfile.ZipFile(whole) as few, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as many:
        for name in few.namelist():
            content = few.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = content.replace(b"</sheetData>", f"{blank}</sheetData>".encode())
            many.writestr(name, content)
    package = Package(path)
    last = list(pieces(package, package.worksheets[0], 0))[-1]
    assert last.first > 501
    sheets, _ = read_all(path)
    sheet = sheets["houses.xlsx", "房屋"]
    assert sheet.merges == (Merge(2, 2, 501, 2),)
    assert sheet.frame.height == 501
    houses = normalise(sheets.values()).houses
    assert houses["grid"].to_list() == ["G1"] * 500


@pytest.fixture
def three_sheets(workbook):
    def hide(book):
        book["旧表"].sheet_state = "hidden"

    return workbook(人口=[HEADING, ["甲", "1", "1"]], 人口二=[HEADING, ["乙", "2", "2"]], 旧表=[HEADING], change=hide)


def test_hidden_sheets_are_named_and_not_read(three_sheets, read_all):
    sheets, reading = read_all(three_sheets)
    assert [name for _, name in sheets] == ["人口", "人口二"]
    notes = [note for sheet in sheets.values() for note in sheet.notes] + list(reading.notes)
    assert [(note.key, note.params["sheet"]) for note in notes] == [("hidden_sheet", "旧表")]


def test_sheets_asked_for_are_read_even_if_hidden(three_sheets, read_all):
    sheets, _ = read_all(three_sheets, sheets=["旧表", "人口二"])
    assert {name for _, name in sheets} == {"旧表", "人口二"}


def test_a_sheet_that_is_not_there(three_sheets, read_all):
    with pytest.raises(InputError, match="E111") as caught:
        read_all(three_sheets, sheets=["人口3"])
    assert set(caught.value.near) == {"人口二", "人口"}


def test_a_wrong_suffix_does_not_matter(three_sheets, read_all):
    path = three_sheets.rename(three_sheets.with_suffix(".xls"))
    sheets, _ = read_all(path)
    assert [name for _, name in sheets] == ["人口", "人口二"]


def test_a_stray_cell_at_the_far_end_is_refused(workbook, read_all):
    path = workbook(人口=[HEADING], change=lambda book: book["人口"].cell(1048576, 16384, "x"))
    with pytest.raises(InputError, match="E109") as caught:
        read_all(path)
    assert (caught.value.params["rows"], caught.value.params["columns"]) == (1048576, 16384)


def rewritten(path, change):
    """The same workbook with the XML of its first sheet changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    part = "xl/worksheets/sheet1.xml"
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


@pytest.mark.parametrize("declared", [b"", b'<dimension ref="A1:C2"/>', b'<dimension ref="A1"/>'])
def test_a_stray_cell_that_the_used_range_hides_is_refused(workbook, read_all, declared):
    path = workbook(人口=[HEADING], change=lambda book: book["人口"].cell(1048576, 16384, "x"))
    rewritten(path, lambda xml: xml.replace(b'<dimension ref="A1:XFD1048576"/>', declared))
    with pytest.raises(InputError, match="E109"):
        read_all(path)


def test_a_sheet_whose_xml_is_not_utf8_but_says_so(workbook, read_all):
    path = workbook(人口=[HEADING, ["王小明", "x", "0101"]])

    def changed(xml):
        text = xml.decode().replace('<c r="A2" t="s"><v>3</v>', '<c r="A2" t="str"><v>王小明</v>')
        return ('<?xml version="1.0" encoding="GBK"?>' + text).encode("gbk")

    rewritten(path, changed)
    sheets, _ = read_all(path)
    assert sheets["residents.xlsx", "人口"].frame.row(1) == ("王小明", "x", "0101")


def test_a_damaged_list_of_sheets(workbook, read_all):
    path = workbook(人口=[HEADING])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/workbook.xml"] = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(InputError, match="E103"):
        read_all(path)


@pytest.mark.parametrize("name", ["residents.xls", "residents.ods"])
def test_old_and_open_formats(name, read_all):
    sheets, _ = read_all(DATA / name)
    sheet = sheets[name, "实有人口"]
    assert sheet.frame["c0"].to_list() == ["实有人口登记表", "姓名", "王小明", "唐小雨", None, "李大海"]
    assert sheet.frame["c2"].to_list() == [None, "房屋编码", "0101", "0102", None, "103"]
    assert sheet.frame["c1"][2] == "430299199003071239"
    assert sheet.long_numbers.rows() == [(4, 1)]
    tables = normalise(sheets.values())
    assert tables.residents.select("row", "id_number_cell").rows() == [(3, False), (4, True), (6, False)]


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (16383, "XFD")])
def test_column_letters(index, letters):
    assert column_letters(index) == letters
