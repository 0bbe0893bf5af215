"""A look at a piece of a worksheet's XML for what the reader in use erases.

Which cells are numbers of more than 15 digits, which hold an error, which are merged.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import polars as pl

from gridaudit.read.pieces import Piece
from gridaudit.read.sheet import NO_NUMBERS, Merge, column_index

# A number of 16 and more digits, plain or as 4.30299199003071E+17, or an error (#N/A).
_VALUE = r"<{0}v>(?:(#[^<]*)|[0-9](?:[0-9]{{15,}}(?:\.[0-9]*)?|(?:\.[0-9]+)?[eE]\+?(?:1[5-9]|[2-9][0-9])))</{0}v>"
# A cell with such a value; a formula may stand before it.
_CELL = r"<{0}c(?:\s[^<>]*)?>\s*(?:<{0}f\b[^<]*(?:</{0}f>)?\s*)?" + _VALUE
# What each of these values begins with, whatever the prefix: found three times as fast.
_BEGINS = r"v>(?:#|[0-9](?:[0-9]{15}|(?:\.[0-9]+)?[eE]))"
# Attributes of the first tag. XML allows blanks around the sign.
_REFERENCE = r"""^[^>]*?\sr\s*=\s*["']([A-Za-z]+)([0-9]+)["']"""
_ROW_NUMBER = r"""^[^>]*?\sr\s*=\s*["']([0-9]+)["']"""
_TYPE = r"""^[^>]*?\st\s*=\s*["']([^"']*)["']"""


class Look(NamedTuple):
    """What a look found: cells with a long number, and `errors` with their `text`.

    `row` as a person sees it, `column` counted from A = 0.
    """

    long_numbers: pl.DataFrame
    errors: pl.DataFrame


def look(piece: Piece) -> Look:
    """Return the cells of a piece with long numbers, and the cells with an error and its text."""
    found = _found(piece)
    is_number = pl.col("kind").fill_null("n") == "n"
    return Look(
        found.filter(is_number & pl.col("text").is_null()).select(NO_NUMBERS.columns),
        found.filter((pl.col("kind") == "e") & pl.col("text").is_not_null()).drop("kind"),
    )


def merges(piece: Piece) -> tuple[Merge, ...]:
    """Return the merged ranges, which stand behind the last row of a sheet."""
    found = re.findall(
        rb"<" + piece.prefix + rb"""mergeCell\b[^>]*?\sref=["']([A-Z]+)(\d+):([A-Z]+)(\d+)["']""", piece.tail
    )
    return tuple(
        Merge(int(row), column_index(first.decode()), int(last_row), column_index(last.decode()))
        for first, row, last, last_row in found
    )


def _found(piece: Piece) -> pl.DataFrame:
    """The cells with a long number or an error: `row`, `column`, `kind` (the type of the cell), `text` of an error."""
    prefix = piece.prefix.decode()
    blocks = piece.blocks.filter(piece.blocks.str.contains(_BEGINS))
    cells = blocks.str.extract_all(_CELL.format(prefix)).explode(empty_as_null=False)
    found = _told(pl.DataFrame({"cell": cells}), prefix)
    if not found["row"].null_count() and not found["column"].null_count():
        return found
    counted = _counted(piece, prefix)
    found = _told(counted, prefix)
    return found.with_columns(pl.coalesce(name, counted[f"nth_{name}"]) for name in ("row", "column"))


def _told(cells: pl.DataFrame, prefix: str) -> pl.DataFrame:
    """What a cell's own XML tells; `row` and `column` are null without a reference."""
    cell = pl.col("cell")
    letters = cell.str.extract(_REFERENCE, 1)
    index = {name: column_index(name) for name in cells.select(letters.unique().drop_nulls()).to_series()}
    return cells.select(
        row=cell.str.extract(_REFERENCE, 2).cast(pl.UInt32, strict=False),
        column=letters.replace_strict(index, default=None, return_dtype=pl.UInt16),
        kind=cell.str.extract(_TYPE, 1),
        text=cell.str.extract(_VALUE.format(prefix), 1),
    )


def _counted(piece: Piece, prefix: str) -> pl.DataFrame:
    """The same cells of a writer who leaves out references: `cell`, and where it stands by counting.

    `nth_row` is the number of the row, by its attribute where it has one; `nth_column` counts from 0.
    """
    row_tag, cell_tag = f"<{prefix}row", f"<{prefix}c"
    rows = pl.DataFrame({"row": piece.blocks.str.split(row_tag)}).explode("row")
    # What stands before the first row of a block is none.
    rows = rows.filter(pl.col("row").str.contains(r"^[\s/>]")).with_row_index("nth_row", offset=piece.first)
    number = pl.concat_str(pl.lit(row_tag), "row").str.extract(_ROW_NUMBER, 1).cast(pl.UInt32, strict=False)
    rows = rows.with_columns(nth_row=pl.coalesce(number, "nth_row")).filter(pl.col("row").str.contains(_BEGINS))
    cells = rows.select("nth_row", cell=pl.col("row").str.split(cell_tag)).with_row_index("of_row").explode("cell")
    nth = pl.int_range(pl.len(), dtype=pl.Int32).over("of_row") - 1
    cells = cells.select("nth_row", nth_column=nth, cell=pl.concat_str(pl.lit(cell_tag), "cell"))
    is_meant = (pl.col("nth_column") >= 0) & pl.col("cell").str.contains("^" + _CELL.format(prefix))
    return cells.filter(is_meant).with_columns(pl.col("nth_column").cast(pl.UInt16, strict=False))
