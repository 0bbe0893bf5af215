"""The shared strings of a workbook, read once: until its pieces are put together, cells carry numbers of strings.

The reader in use reads all shared strings again with every workbook it is given, and every piece of a sheet is given to
it as one. So pieces are given without them: a cell of type `s` becomes text, a mark and the number of its string.
"""

from __future__ import annotations

import re
from functools import partial

import fastexcel
import polars as pl

from gridaudit.read.guard import guarded
from gridaudit.read.package import Package, Worksheet
from gridaudit.read.pieces import Piece, as_text
from gridaudit.read.stored_zip import stored_zip

# Characters that XML allows, every encoding has, and nobody types.
_MARK = "\x7f\x7f"
# So many strings are read at once: XML is written for each.
_AT_ONCE = 4_000_000
_STRING = r"[<:]si[\s/>]"
_HAS_ANY = r"""["']s["']"""
# Most writers end the tag of a cell of type s with the type, some with the style.
_STYLE_LAST = r"""t="s"( s="[0-9]+")><{0}v>"""
_ANY = r"""(<{0}c\b[^<>]*?\st\s*=\s*["'])s(["'][^<>]*>\s*<{0}v[^<>]*>)"""


def read_strings(package: Package, sheet: Worksheet, parts: dict[str, bytes], strings: bytes) -> pl.Series:
    """Read all shared strings, in their order.

    Args:
        package: The workbook.
        sheet: Any of its worksheets.
        parts: What `Package.shared_parts` gave.
        strings: The part with the shared strings.

    Raises:
        InputError: E103, damaged.
    """
    count = as_text([strings]).str.count_matches(_STRING).item()
    every = {**{name: (part,) for name, part in parts.items()}, package.strings: (strings,)}
    found = [pl.Series([], dtype=pl.String)]
    for first in range(0, count, _AT_ONCE):
        numbers = pl.int_range(first, min(first + _AT_ONCE, count), eager=True).cast(pl.String)
        workbook = stored_zip({**every, sheet.part: _listing(numbers)})
        cells = guarded(package.path, partial(_column, workbook, sheet.name))
        if cells.len() != numbers.len():
            raise package.damaged()
        found.append(cells)
    return pl.concat(found)


def _listing(numbers: pl.Series) -> tuple[bytes, ...]:
    """The XML of a worksheet with one column, the strings of these numbers."""
    rows = pl.select(pl.concat_str(pl.lit('<row><c t="s"><v>'), numbers, pl.lit("</v></c></row>")).str.join("")).item()
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return head.encode(), rows.encode(), b"</sheetData></worksheet>"


def _column(workbook: bytes, name: str) -> pl.Series:
    reader = fastexcel.read_excel(workbook)
    return pl.DataFrame(reader.load_sheet_eager(name, header_row=None, skip_rows=0, dtypes="string")).to_series()


def numbered(piece: Piece) -> bytes:
    """Return the rows of a piece with cells of type `s` as text, as most writers put them; itself without any."""
    if not piece.blocks.str.contains(_HAS_ANY).any():
        return piece.rows
    if not piece.is_utf8:
        return numbered_anyhow(piece)
    prefix = piece.prefix.decode()
    rows = piece.blocks.str.replace_all(f't="s"><{prefix}v>', f't="str"><{prefix}v>{_MARK}', literal=True)
    style_last = _STYLE_LAST.format(prefix)
    if rows.str.contains(style_last).any():
        rows = rows.str.replace_all(style_last, f't="str"${{1}}><{prefix}v>{_MARK}')
    return str(rows.str.join("").item()).encode()


def numbered_anyhow(piece: Piece) -> bytes:
    """As `numbered`, of cells of type `s` in whatever way they are written, in any encoding; slow."""
    return re.sub(_ANY.format(piece.prefix.decode()).encode(), rb"\1str\2" + _MARK.encode(), piece.rows)


def resolved(package: Package, frame: pl.DataFrame, strings: pl.Series) -> pl.DataFrame:
    """Put the strings in the place of their numbers.

    Args:
        package: The workbook.
        frame: Cells as text.
        strings: What `read_strings` gave.

    Raises:
        InputError: E103, a number that no string has.
    """
    # The last one stands for cells of type s without a value.
    texts, blank = pl.concat([strings, pl.Series([None], dtype=pl.String)]), strings.len()
    told = pl.all().str.strip_prefix(_MARK).str.strip_chars()
    asked = told.cast(pl.UInt32, strict=False)
    number = pl.when(asked < blank).then(asked).when(told == "").then(blank).otherwise(blank + 1)
    numbers = frame.select(pl.when(pl.all().str.starts_with(_MARK)).then(number))
    last = numbers.select(pl.max_horizontal(pl.all().max())).item() if numbers.width else None
    if last is None:
        return frame
    if last > blank:
        raise package.damaged()
    return frame.select(
        pl.when(number.is_not_null())
        .then(pl.lit(texts).gather(number))
        .otherwise(pl.col(number.name))
        .alias(number.name)
        for number in numbers.get_columns()
    )
