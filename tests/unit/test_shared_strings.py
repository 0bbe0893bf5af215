"""Shared strings are read once, and every cell that names one gets it, however its writer puts it."""

from __future__ import annotations

import pytest
from workbooks import SHEET, packed, parts, row, shared_strings, worksheet

from gridaudit.errors import InputError

TEXTS = ("张三", "李四", "")
STRINGS = "".join(f"<si><t>{text}</t></si>" for text in TEXTS)


@pytest.fixture
def cells(tmp_path, read_all):
    """The second row of a sheet, with the shared strings given."""

    def read(xml, *, strings=STRINGS, change=str):
        content = parts(
            worksheet(row(1, ("甲", "乙", "丙")) + f'<row r="2">{xml}</row>'), shared=shared_strings(strings)
        )
        content[SHEET] = change(content[SHEET])
        path = tmp_path / "a.xlsx"
        path.write_bytes(packed(content))
        sheets, _ = read_all(path)
        return sheets["a.xlsx", "人口"].frame.row(1)

    return read


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A2" t="s"><v>1</v></c>',
        '<c r="A2" s="4" t="s"><v>1</v></c>',
        '<c r="A2" t="s" s="4"><v>1</v></c>',
        "<c r='A2' t='s'><v>1</v></c>",
        '<c r="A2" t = "s" >\n <v>1</v>\n</c>',
        '<c t="s" r="A2"><v xml:space="preserve">1</v></c>',
        '<c r="A2" t="s"><v> 1 </v></c>',
    ],
)
def test_a_cell_names_its_string_in_any_spelling(cells, cell):
    assert cells(f'{cell}<c r="B2"><v>1</v></c><c r="C2" t="str"><v>1</v></c>') == ("李四", "1", "1")


def test_spellings_may_differ_within_a_sheet(cells):
    xml = '<c r="A2" t="s"><v>0</v></c><c r="B2" t="s" s="1"><v>1</v></c><c r="C2" s="1" t="s"><v>0</v></c>'
    assert cells(xml) == ("张三", "李四", "张三")
    assert cells(xml.replace('t="s" s="1"', "s='1' t='s'")) == ("张三", "李四", "张三")


@pytest.mark.parametrize("cell", ['<c r="A2" t="s"/>', '<c r="A2" t="s"></c>', '<c r="A2" t="s"><v></v></c>'])
def test_cells_of_the_type_without_a_value_are_blank(cells, cell):
    assert cells(f'{cell}<c r="B2" t="s"><v>1</v></c><c r="C2" t="s"><v>0</v></c>') == (None, "李四", "张三")


def test_text_with_parts_and_readings_is_put_together(cells):
    strings = (
        "<si><r><t>张</t></r><r><t>三</t></r></si>"
        '<si><t>李四</t><rPh sb="0" eb="1"><t>lǐ</t></rPh></si>'
        '<si><t xml:space="preserve"> 王五 </t></si>'
    )
    xml = "".join(f'<c r="{name}2" t="s"><v>{number}</v></c>' for number, name in enumerate("ABC"))
    assert cells(xml, strings=strings) == ("张三", "李四", " 王五 ")


def test_text_that_is_not_shared_stays_what_it_is(cells):
    xml = '<c r="A2" t="str"><v>\x7f1</v></c><c r="B2" t="inlineStr"><is><t>t="s"</t></is></c><c r="C2"><v>0</v></c>'
    assert cells(xml) == ("\x7f1", 't="s"', "0")


def test_a_prefix_before_the_names(cells):
    def prefixed(xml):
        for name in ("worksheet", "sheetData", "row", "c", "v", "is", "t"):
            for end in " >/":
                xml = xml.replace(f"<{name}{end}", f"<x:{name}{end}").replace(f"</{name}{end}", f"</x:{name}{end}")
        return xml.replace("xmlns=", "xmlns:x=")

    assert cells('<c r="A2" t="s"><v>1</v></c><c r="B2" t="s" s="0"><v>0</v></c>', change=prefixed)[:2] == (
        "李四",
        "张三",
    )


@pytest.mark.parametrize("number", ["3", "4294967296", "-1", "x"])
def test_a_number_that_no_string_has_is_a_damaged_file(cells, number):
    with pytest.raises(InputError, match="E103"):
        cells(f'<c r="A2" t="s"><v>{number}</v></c>')


def test_strings_are_read_in_parts_when_there_are_many(cells, monkeypatch):
    monkeypatch.setattr("gridaudit.read.shared_strings._AT_ONCE", 2)
    assert cells('<c r="A2" t="s"><v>1</v></c><c r="B2" t="s"><v>2</v></c><c r="C2" t="s"><v>0</v></c>') == (
        "李四", "", "张三",
    )  # fmt: skip


def test_a_sheet_in_another_encoding_keeps_its_own_text(tmp_path, read_all):
    sheet = worksheet(
        row(1, ("姓名", "房屋")) + '<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" t="str"><v>甲楼</v></c></row>'
    )
    content = parts(sheet, shared=shared_strings(STRINGS))
    content[SHEET] = sheet.replace("UTF-8", "GBK").encode("gbk")
    path = tmp_path / "a.xlsx"
    path.write_bytes(packed(content))
    sheets, _ = read_all(path)
    assert sheets["a.xlsx", "人口"].frame.row(1) == ("李四", "甲楼")
