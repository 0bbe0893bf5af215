"""Large workbooks quickly: xlsxwriter makes the skeleton, vectorised XML fills in the rows.

Cells are inline text as exports of the platforms have it; blank cells are left out. The same
frame gives the same bytes: every date in the file is fixed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import IO, TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import polars as pl
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

from gridaudit.sample.cases import either

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

FIRST_ROW = 3  # below the title and the headings
ROWS_AT_ONCE = 20_000
SHEET = "xl/worksheets/sheet1.xml"
LONG_AGO = (1980, 1, 1, 0, 0, 0)
UNIX = 3


def write_workbook(
    path: Path,
    frame: pl.DataFrame,
    *,
    sheet: str,
    title: str,
    required: Sequence[str],
    numbers: Mapping[str, pl.Expr],
    widths: Mapping[str, int],
) -> None:
    """Write one sheet: title, headings, rows.

    Args:
        path: Where to.
        frame: Cells as text, one column per heading; further columns that `numbers` uses.
        sheet: Name of the sheet.
        title: Text of the merged first row.
        required: Headings that get a "*".
        numbers: For headings with number cells, which rows have them.
        widths: Columns in the order of the sheet, with their widths in characters.
    """
    headings = [f"{name}*" if name in required else name for name in widths]
    skeleton = _skeleton(sheet, title, headings, list(widths.values()))
    last = f"{xl_col_to_name(len(widths) - 1)}{frame.height + FIRST_ROW - 1}"
    with ZipFile(skeleton) as source, ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            with target.open(_entry(name), "w", force_zip64=True) as out:
                if name == SHEET:
                    _fill(
                        out,
                        skeleton=content,
                        frame=frame,
                        headings=list(widths),
                        numbers=numbers,
                        last=last,
                    )
                else:
                    out.write(content)


def _skeleton(sheet: str, title: str, headings: Sequence[str], widths: Sequence[int]) -> BytesIO:
    buffer = BytesIO()
    workbook = Workbook(buffer, {"in_memory": True})
    workbook.set_properties({"created": datetime(2026, 9, 1, tzinfo=UTC), "title": title})
    page = workbook.add_worksheet(sheet)
    big = workbook.add_format({"bold": True, "font_size": 14, "align": "center"})
    bold = workbook.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1})
    page.merge_range(0, 0, 0, len(headings) - 1, title, big)
    page.write_row(1, 0, headings, bold)
    for column, width in enumerate(widths):
        page.set_column(column, column, width)
    page.freeze_panes(2, 0)
    workbook.close()
    return buffer


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, LONG_AGO)
    entry.compress_type = ZIP_DEFLATED
    entry.create_system = UNIX
    entry.external_attr = 0o600 << 16
    return entry


def _fill(
    out: IO[bytes],
    *,
    skeleton: bytes,
    frame: pl.DataFrame,
    headings: Sequence[str],
    numbers: Mapping[str, pl.Expr],
    last: str,
) -> None:
    """Write the sheet's XML with all rows in it, some thousands at a time."""
    before, after = skeleton.split(b"</sheetData>")
    start = before.index(b'<dimension ref="')
    end = before.index(b"/>", start)
    out.write(before[:start] + f'<dimension ref="A1:{last}"'.encode() + before[end:])
    frame = frame.with_columns(pl.int_range(FIRST_ROW, FIRST_ROW + pl.len()).cast(pl.String).alias("sheet_row"))
    for part in frame.iter_slices(ROWS_AT_ONCE):
        out.write(_rows(part, headings, numbers))
    out.write(b"</sheetData>" + after)


def _rows(part: pl.DataFrame, headings: Sequence[str], numbers: Mapping[str, pl.Expr]) -> bytes:
    cells = [
        _cell(part.get_column(heading), xl_col_to_name(column), numbers.get(heading))
        for column, heading in enumerate(headings)
    ]
    row = pl.concat_str(pl.lit('<row r="'), "sheet_row", pl.lit('">'), *cells, pl.lit("</row>"))
    return str(part.select(row.str.join("")).item()).encode()


def _cell(values: pl.Series, column: str, is_number: pl.Expr | None) -> pl.Expr:
    value = pl.col(values.name)
    if values.str.contains("[&<>]").any():
        for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            value = value.str.replace_all(sign, entity, literal=True)
    keep = ' xml:space="preserve"' if values.str.contains(r"^\s|\s$").any() else ""
    start = pl.concat_str(pl.lit(f'<c r="{column}'), "sheet_row")
    inline = pl.lit(f'" t="inlineStr"><is><t{keep}>')
    text = pl.concat_str(start, inline, value, pl.lit("</t></is></c>"))
    if is_number is not None:
        number = pl.concat_str(start, pl.lit('"><v>'), value, pl.lit("</v></c>"))
        text = either(is_number, number, text)
    return either(pl.col(values.name) == "", "", text)
