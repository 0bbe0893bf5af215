"""A look at a piece of a worksheet's XML for what the reader in use erases.

Which cells are numbers of more than 15 digits, which hold an error, which are merged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import polars as pl

from gridaudit.read.pieces import Piece
from gridaudit.read.sheet import NO_NUMBERS, Merge, column_index

# A number of 16 and more digits, plain or as 4.30299199003071E+17, or an error (#N/A).
_VALUE = r"<{0}v>(?:(#[^<]*)|[0-9](?:[0-9]{{15,}}(?:\.[0-9]*)?|(?:\.[0-9]+)?[eE]\+?(?:1[5-9]|[2-9][0-9])))</{0}v>"
# What each of these begins with, whatever the prefix: found three times as fast.
_BEGINS = r"v>(?:#|[0-9](?:[0-9]{15}|(?:\.[0-9]+)?[eE]))"
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]+)([0-9]+)["']""")
_TYPE = re.compile(rb"""\bt\s*=\s*["']([^"']*)["']""")


class Look(NamedTuple):
    """What a look found. Rows as a person sees them, columns counted from A = 0."""

    long_numbers: pl.DataFrame
    errors: tuple[tuple[int, int, str], ...]


def look(piece: Piece) -> Look:
    """Return the cells of a piece with long numbers, and the cells with an error and its text."""
    numbers: list[tuple[int, int]] = []
    errors: list[tuple[int, int, str]] = []
    for kind, row, column, text in _found(piece, _value(piece.prefix.decode())):
        if kind == b"e":
            errors.append((row, column, text))
        elif kind == b"n" and not text:
            numbers.append((row, column))
    return Look(pl.DataFrame(numbers, schema=NO_NUMBERS.schema, orient="row"), tuple(errors))


def merges(piece: Piece) -> tuple[Merge, ...]:
    """Return the merged ranges, which stand behind the last row of a sheet."""
    found = re.findall(
        rb"<" + piece.prefix + rb"""mergeCell\b[^>]*?\sref=["']([A-Z]+)(\d+):([A-Z]+)(\d+)["']""", piece.tail
    )
    return tuple(
        Merge(int(row), column_index(first.decode()), int(last_row), column_index(last.decode()))
        for first, row, last, last_row in found
    )


@cache
def _value(prefix: str) -> re.Pattern[bytes]:
    return re.compile(_VALUE.format(prefix).encode())


def _found(piece: Piece, value: re.Pattern[bytes]) -> Iterator[tuple[bytes, int, int, str]]:
    """Type, row, column and error text of each cell with a long number or an error."""
    xml, cell = piece.rows, b"<" + piece.prefix + b"c"
    for match in _values(piece, value):
        start = xml.rfind(cell, 0, match.start())
        tag = xml[start : match.start()]
        kind, reference = _TYPE.search(tag), _REFERENCE.search(tag)
        if reference:
            row, column = int(reference.group(2)), column_index(reference.group(1).decode())
        else:
            row, column = _counted(piece, start)
        text = (match.group(1) or b"").decode("utf-8", "replace")
        yield kind.group(1) if kind else b"n", row, column, text


def _values(piece: Piece, value: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
    """Where such values stand; most blocks of rows have none, which is seen faster than where they are."""
    has_any = piece.blocks["text"].str.contains(_BEGINS).fill_null(value=True)
    blocks = piece.blocks.select("at", end=pl.col("at").shift(-1, fill_value=len(piece.rows)))
    for at, end in blocks.filter(has_any).iter_rows():
        yield from value.finditer(piece.rows, at, end)


def _counted(piece: Piece, at: int) -> tuple[int, int]:
    """Where a cell stands whose writer left out its reference: behind so many others."""
    row_tag, cell_tag = b"<" + piece.prefix + b"row", b"<" + piece.prefix + b"c"
    row_at = piece.rows.rfind(row_tag, 0, at)
    cells = re.findall(cell_tag + rb"[\s/>]", piece.rows[row_at:at])
    number = re.match(rb"""[^>]*?\sr=["'](\d+)["']""", piece.rows[row_at + len(row_tag) : row_at + 1024])
    row = int(number.group(1)) if number else piece.first + piece.rows.count(row_tag, 0, row_at)
    return row, len(cells)
