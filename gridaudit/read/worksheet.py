"""Pieces of a worksheet → its cells, through fastexcel: every piece is given to it as a small workbook of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import fastexcel
import polars as pl

from gridaudit.errors import InputError
from gridaudit.read.extent import NOWHERE, WIDEST, extent
from gridaudit.read.guard import guarded
from gridaudit.read.package import Package, Worksheet
from gridaudit.read.pieces import Piece
from gridaudit.read.shared_strings import numbered, numbered_anyhow, resolved
from gridaudit.read.sheet import NO_NUMBERS, Merge, Note, Sheet
from gridaudit.read.sheet_xml import look, merges
from gridaudit.read.stored_zip import stored_zip

_MAX_CELLS_OF_PIECE = 30_000_000
MAX_CELLS = 150_000_000
_MARK = "|"


class Part(NamedTuple):
    """The cells of a piece: `frame` begins at row `first` and has the columns from A on.

    `is_numbered` is true while cells with a shared string have its number.
    """

    first: int
    frame: pl.DataFrame
    long_numbers: pl.DataFrame
    merges: tuple[Merge, ...]
    is_numbered: bool


def read_piece(package: Package, sheet: Worksheet, shared: dict[str, bytes], piece: Piece) -> Part:
    """Read the cells of a piece; those with a shared string as `shared_strings.numbered` has them.

    Args:
        package: The workbook.
        sheet: The worksheet.
        shared: What `Package.shared_parts` gave.
        piece: Some of its rows.

    Raises:
        InputError: E103 damaged, E109 so few cells so far apart that no memory holds what is between them.
    """
    guarded(package.path, lambda: _refuse_absurd(package, sheet, piece))
    numbers = numbered(piece) if package.strings else piece.rows
    is_numbered = numbers is not piece.rows
    try:
        frame = _cells(package, sheet, shared, piece, numbers)
    except InputError:
        if not is_numbered:
            raise
        frame = _cells(package, sheet, shared, piece, numbered_anyhow(piece))
    n_marks = 1 if piece.first == 1 else 2
    if frame.height < n_marks or frame["c0"][-1] != _MARK or (n_marks == 2 and frame["c0"][0] != _MARK):
        raise package.damaged()
    frame = frame.slice(n_marks - 1, frame.height - n_marks)
    seen = look(piece)
    frame = _with_errors(frame, piece.first, seen.errors)
    return Part(piece.first, frame, seen.long_numbers, merges(piece), is_numbered)


def with_strings(package: Package, part: Part, strings: pl.Series) -> Part:
    """Put the shared strings in the place of their numbers.

    Raises:
        InputError: E103, one that is not there.
    """
    if not part.is_numbered:
        return part
    return part._replace(frame=resolved(package, part.frame, strings), is_numbered=False)


def assemble(
    package: Package, sheet: Worksheet, parts: Sequence[Part], strings: pl.Series | None, notes: tuple[Note, ...]
) -> Sheet:
    """Put the pieces of a sheet together, blank rows between them included, blank rows behind them dropped.

    Args:
        package: The workbook.
        sheet: The worksheet.
        parts: What `read_piece` gave of its pieces, in any order.
        strings: The shared strings of the workbook, if it has any.
        notes: What is to be said of the sheet.

    Raises:
        InputError: E103 a shared string that is not there, E109 a used range that no memory holds.
    """
    parts = sorted(parts, key=lambda part: part.first)
    if strings is not None:
        parts = [with_strings(package, part, strings) for part in parts]
    # They stand behind the last row, which may be blank and go.
    merged = tuple(merge for part in parts for merge in part.merges)
    while parts and (last := _filled(parts[-1].frame)).is_empty():
        parts = parts[:-1]
    frames = [*(part.frame for part in parts[:-1]), last] if parts else []
    n_columns = max((frame.width for frame in frames), default=0)
    n_rows = parts[-1].first - 1 + frames[-1].height if parts else 0
    if n_rows * n_columns > MAX_CELLS:
        raise InputError("E109", file=package.path.name, sheet=sheet.name, columns=n_columns, rows=n_rows)
    following = [1, *(part.first + part.frame.height for part in parts)]
    between = [_blank_rows(part.first - follows) for part, follows in zip(parts, following, strict=False)]
    whole = [frame for pair in zip(between, frames, strict=True) for frame in pair if frame.height]
    return Sheet(
        source=package.path.name,
        path=package.path,
        sheet=sheet.name,
        frame=pl.concat(whole, how="diagonal") if whole else pl.DataFrame(),
        long_numbers=pl.concat([NO_NUMBERS, *(part.long_numbers for part in parts)]),
        merges=merged,
        notes=notes,
    )


def _refuse_absurd(package: Package, sheet: Worksheet, piece: Piece) -> None:
    """A reference far away, or a row of ten thousand cells among ten thousand rows, fills the memory."""
    n_rows, n_columns = extent(piece, _MAX_CELLS_OF_PIECE)
    if n_rows >= NOWHERE:
        raise package.damaged()
    if n_columns > WIDEST or n_rows * n_columns > _MAX_CELLS_OF_PIECE:
        rows = max(piece.last, piece.first + n_rows - 1)
        raise InputError("E109", file=package.path.name, sheet=sheet.name, columns=n_columns, rows=rows)


def _workbook(sheet: Worksheet, shared: dict[str, bytes], piece: Piece, cells: bytes) -> bytes:
    """A workbook of one piece. Marks in column A before and behind the rows keep their numbers and their columns."""
    prefix = piece.prefix.decode()
    cell = f'<{prefix}c t="str"><{prefix}v>{_MARK}</{prefix}v></{prefix}c></{prefix}row>'
    before = f'<{prefix}row r="{piece.first - 1}">{cell}' if piece.first > 1 else ""
    behind = f"<{prefix}row>{cell}</{prefix}sheetData></{prefix}worksheet>"
    rows = (piece.head, before.encode(), cells, behind.encode())
    return stored_zip({**{name: (part,) for name, part in shared.items()}, sheet.part: rows})


def _cells(package: Package, sheet: Worksheet, shared: dict[str, bytes], piece: Piece, rows: bytes) -> pl.DataFrame:
    workbook, skip = _workbook(sheet, shared, piece, rows), 0 if piece.first == 1 else None
    frame = pl.DataFrame(
        guarded(
            package.path,
            lambda: fastexcel.read_excel(workbook).load_sheet_eager(
                sheet.name, header_row=None, skip_rows=skip, dtypes="string"
            ),
        )
    )
    return frame.select(pl.col(old).cast(pl.String).alias(f"c{index}") for index, old in enumerate(frame.columns))


def _with_errors(frame: pl.DataFrame, first: int, errors: pl.DataFrame) -> pl.DataFrame:
    inside = pl.col("row").is_between(first, first + frame.height - 1) & (pl.col("column") < frame.width)
    for (column,), of_column in errors.filter(inside).partition_by("column", as_dict=True).items():
        frame = frame.with_columns(frame[f"c{column}"].scatter(of_column["row"] - first, of_column["text"]))
    return frame


def _filled(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows up to the last filled one: those behind it are formats without a value."""
    if not frame.height or frame["c0"][-1] is not None:
        return frame
    last = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series().arg_true().last()
    return frame.head(0 if last is None else int(str(last)) + 1)


def _blank_rows(count: int) -> pl.DataFrame:
    return pl.DataFrame([pl.Series("c0", [None], dtype=pl.String).new_from_index(0, count)])
