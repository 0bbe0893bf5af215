"""The look at a worksheet's XML: long numbers and errors, wherever a writer says a cell stands."""

from __future__ import annotations

import pytest

from gridaudit.read.pieces import Piece
from gridaudit.read.sheet_xml import look

LONG = "<v>430299199003071239</v>"


def piece(rows, *, first=1, prefix=""):
    xml = rows.replace("<row", f"<{prefix}row").replace("</row", f"</{prefix}row")
    for name in ("c", "v", "f", "is", "t"):
        for end in " />":
            xml = xml.replace(f"<{name}{end}", f"<{prefix}{name}{end}").replace(
                f"</{name}{end}", f"</{prefix}{name}{end}"
            )
    return Piece(first=first, last=first + 9, prefix=prefix.encode(), head=b"", rows=xml.encode())


@pytest.mark.parametrize("prefix", ["", "x:"])
@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        (f'<c r="B7">{LONG}</c>', [(7, 1)]),
        (f'<c r="AB7" s="4">{LONG}</c>', [(7, 27)]),
        (f'<c r="ab7" t="n">{LONG}</c>', [(7, 27)]),
        (f"<c s='4' r = 'B7'>\n {LONG}\n</c>", [(7, 1)]),
        ('<c r="B7"><v>4.30299199003071E+17</v></c>', [(7, 1)]),
        ('<c r="B7"><v>4E17</v></c>', [(7, 1)]),
        ('<c r="B7"><v>1234567890123456</v></c>', [(7, 1)]),
        (f'<c r="B7"><f t="shared" si="0"/>{LONG}</c>', [(7, 1)]),
        (f'<c r="B7"><f>A7&amp;"#N/A"</f>{LONG}</c>', [(7, 1)]),
        ('<c r="B7"><v>123456789012345</v></c>', []),
        ('<c r="B7"><v>1.5E3</v></c>', []),
        (f'<c r="B7" t="s">{LONG}</c>', []),
        (f'<c r="B7" t="str"><f>"x"</f>{LONG}</c>', []),
        ('<c r="B7" t="inlineStr"><is><t>430299199003071239</t></is></c>', []),
    ],
)
def test_long_numbers_are_those_of_number_cells(cell, numbers, prefix):
    seen = look(piece(f'<row r="7"><c r="A7"><v>1</v></c>{cell}<c r="AC7"/></row>', first=7, prefix=prefix))
    assert seen.long_numbers.rows() == numbers
    assert seen.errors.is_empty()


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_errors_keep_their_text(prefix):
    rows = '<row r="3"><c r="A3" t="e"><v>#N/A</v></c><c r="C3" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    seen = look(piece(rows, first=3, prefix=prefix))
    assert seen.errors.rows(named=True) == [
        {"row": 3, "column": 0, "text": "#N/A"}, {"row": 3, "column": 2, "text": "#DIV/0!"}
    ]  # fmt: skip
    assert seen.long_numbers.is_empty()


def test_text_that_looks_like_an_error_is_none():
    seen = look(piece('<row r="3"><c r="A3" t="str"><v>#5</v></c></row>', first=3))
    assert seen.errors.is_empty()
    assert seen.long_numbers.is_empty()


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_cells_and_rows_without_references_are_counted(prefix):
    rows = f"<row><c/><c>{LONG}</c></row><row/><row><c><v>1</v></c><c/><c>{LONG}</c><c t='e'><v>#REF!</v></c></row>"
    seen = look(piece(rows, first=5, prefix=prefix))
    assert seen.long_numbers.rows() == [(5, 1), (7, 2)]
    assert seen.errors.rows() == [(7, 3, "#REF!")]


def test_cells_without_references_stand_in_the_row_that_is_numbered():
    seen = look(piece(f'<row r="5"><c>{LONG}</c></row><row r="9"><c/><c>{LONG}</c></row>', first=5))
    assert seen.long_numbers.rows() == [(5, 0), (9, 1)]


def test_long_pieces_are_looked_through_in_blocks():
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="s"><v>{row}</v></c><c r="B{row}">{LONG}</c></row>' for row in range(1, 9000)
    )
    seen = look(piece(rows))
    assert seen.long_numbers.rows() == [(row, 1) for row in range(1, 9000)]
    bare = rows.replace(' r="B', ' s="B')
    assert look(piece(bare)).long_numbers.rows() == [(row, 1) for row in range(1, 9000)]


def test_bytes_that_are_no_utf8_are_looked_through_too():
    raw = piece(f'<row r="1"><c r="A1" t="inlineStr"><is><t>X</t></is></c><c r="B1">{LONG}</c></row>')
    raw = Piece(first=1, last=1, prefix=b"", head=b"", rows=raw.rows.replace(b"X", "王".encode("gb18030")))
    assert look(raw).long_numbers.rows() == [(1, 1)]
