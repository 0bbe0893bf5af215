"""Long files: where their pieces end, and that together they are the file."""

from __future__ import annotations

import polars as pl
import pytest

from gridaudit.errors import InputError
from gridaudit.pipeline import audit
from gridaudit.read import Limits, LongSheet, Reading, Sheet
from gridaudit.read.long import long_sheet
from gridaudit.read.scan import is_regular

SMALL = Limits(rows=100, size=1000, piece_rows=80, piece_size=2000)
HEADING = "姓名,身份证号,房屋编码\n"


def lines(n, cell="王小明"):
    return "".join(f"{cell},{number},H{number}\n" for number in range(n))


def rows_of(sheet):
    """All rows of a long sheet, piece by piece, with the number a person sees."""
    number, found = sheet.numbered_from, []
    for read in sheet.pieces:
        piece = read(number, None)
        assert piece.numbered_from == number
        found += [(number + at, *row) for at, row in enumerate(piece.frame.rows())]
        number += piece.frame.height
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_pieces_of_text_are_the_file_whole(tmp_path, read_all, encoding):
    path = tmp_path / "residents.csv"
    quoted = '"唐\n""小""\n雨",7,H7\n,,\n'
    path.write_bytes((HEADING + lines(90) + quoted * 30 + lines(200)).encode(encoding))
    sheet = long_sheet(path, "text", SMALL, in_disguise=False)
    (whole,) = read_all(path)[0].values()
    assert len(sheet.pieces) > 2
    assert rows_of(sheet) == [(at, *row) for at, row in enumerate(whole.frame.rows(), start=1)]
    assert sheet.frame.height == SMALL.head_rows
    assert sheet.notes == whole.notes


def test_pieces_of_parquet_are_the_file_whole(tmp_path, read_all):
    path = tmp_path / "residents.parquet"
    pl.DataFrame({"姓名": [f"甲{n}" for n in range(500)], "证件": [1e17 if n == 300 else 5.0 for n in range(500)]}
                 ).write_parquet(path, row_group_size=70)  # fmt: skip
    sheet = long_sheet(path, "parquet", SMALL, in_disguise=False)
    (whole,) = read_all(path)[0].values()
    assert rows_of(sheet) == [(at, *row) for at, row in enumerate(whole.frame.rows())]
    numbers = [piece.long_numbers.rows() for piece in (read(81, None) for read in sheet.pieces[:1])]
    assert whole.long_numbers.rows() == [(301, 1)]
    assert numbers == [[]]
    third = [read(start, [1]) for read, start in zip(sheet.pieces, range(0, 10**6, 70), strict=False)][4]
    assert (third.frame.columns, third.long_numbers.rows()) == (["c1"], [(300, 1)])


def test_small_row_groups_are_put_together_until_they_hold_the_head(tmp_path):
    path = tmp_path / "residents.parquet"
    pl.DataFrame({"姓名": ["甲"] * 300}).write_parquet(path, row_group_size=30)
    sheet = long_sheet(path, "parquet", SMALL._replace(head_rows=100), in_disguise=False)
    assert [read(0, None).frame.height for read in sheet.pieces] == [101, 100, 100]
    assert sheet.frame.height == 101


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ('"a","b"\n', True),
        ('"a","b"', True),
        ('"a"\r\n"b"\r\n', True),
        ('"a\nb,c",d\n', True),
        ('"a""b"\n', True),
        ('="430299",a\n', True),
        ('甲"乙"丙,a\n', True),
        ('"a"b,c\n', False),
        ('"a" ,c\n', False),
        ('a"b,c"d\n', False),
        ('a"b\nc"d\n', False),
        ('"a\n', False),
    ],
)
def test_quotes_are_regular_where_they_cannot_be_taken_in_two_ways(cells, expected):
    assert is_regular(cells.encode(), ",") == expected
    assert is_regular((lines(50) + cells).encode(), ",") == expected


def test_marks_that_are_no_quotes_leave_the_file_whole(tmp_path, read_all):
    """Two marks with a quoted line end between them: an even number, and still no place to cut is sure."""
    path = tmp_path / "residents.csv"
    path.write_text(HEADING + lines(90) + '5"管,1,2\n' + '"唐\n雨",7,H7\n' * 40 + '5"管,1,2\n' + lines(90), "utf-8")
    assert long_sheet(path, "text", SMALL, in_disguise=False) is None
    (whole,) = read_all(path)[0].values()
    assert [type(sheet) for sheet in Reading([path], long=SMALL)] == [Sheet]
    assert whole.frame.height > 180


@pytest.mark.parametrize(
    ("content", "offset", "byte"),
    [
        (HEADING.encode() + b"\xff," * 900, 33, "0xFF"),
        (b"\xef\xbb\xbf" + HEADING.encode() + b"a,b,c\n" * 400 + b"\xce,1,2\n", 2436, "0xCE"),
        ((HEADING + "丁,1,2\n" * 400).encode("gb18030") + b"\x81", 2823, "0x81"),
    ],
)
def test_a_bad_byte_is_named_as_in_a_short_file(tmp_path, content, offset, byte):
    path = tmp_path / "residents.csv"
    path.write_bytes(content)
    for limits in (None, SMALL):
        with pytest.raises(InputError) as caught:
            list(Reading([path], long=limits))
        assert (caught.value.code, caught.value.params["offset"], caught.value.params["byte"]) == ("E107", offset, byte)


def test_what_is_not_long_or_cannot_be_cut_is_read_whole(tmp_path):
    short, wide = tmp_path / "short.csv", tmp_path / "wide.csv"
    short.write_text(HEADING + lines(10), "utf-8")
    wide.write_text(HEADING + lines(90), "utf-16")
    few = tmp_path / "few.csv"
    few.write_text(HEADING + lines(90, cell="王" * 200), "utf-8")
    for path in (short, wide, few):
        assert long_sheet(path, "text", SMALL, in_disguise=False) is None
        assert [type(sheet) for sheet in Reading([path], long=SMALL)] != [LongSheet]


def test_a_file_changed_between_two_looks_is_refused(tmp_path, monkeypatch, extra_codes):
    from datetime import UTC, datetime

    from gridaudit import parts
    from gridaudit.config import Config

    path = tmp_path / "residents.csv"
    path.write_text(HEADING + lines(300), "utf-8")
    looked = parts.look

    def look_and_change(given):
        seen = looked(given)
        path.write_text(path.read_text("utf-8") + lines(1), "utf-8")
        return seen

    monkeypatch.setattr(parts, "look", look_and_change)
    at = datetime(2026, 9, 1, tzinfo=UTC)
    with pytest.raises(InputError) as caught:
        audit(
            [path], config=Config(extra_area_codes=extra_codes), as_of=at.date(), started_at=at, run_id="r1",
            secret=b"s", limits=SMALL,
        )  # fmt: skip
    assert caught.value.code == "E115"
