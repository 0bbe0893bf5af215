"""Parquet → one sheet: every column as text; the first record is row 1 and the column names are the heading."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import polars as pl

from gridaudit.errors import InputError
from gridaudit.read.sheet import NO_NUMBERS, Sheet


def read_parquet(path: Path) -> Sheet:
    """Read a Parquet file; its column names become row 0 of the frame.

    Raises:
        InputError: E103, damaged.
    """
    return _sheet(path, _collected(path, lambda data: data), 0, None)


def parquet_sheet(path: Path, start: int, length: int, first_row: int, columns: Collection[int] | None) -> Sheet:
    """Read some rows of a Parquet file; the first ones have the column names above them.

    Args:
        path: The file.
        start: How many records come before.
        length: How many records to read.
        first_row: The number of the first row of the frame.
        columns: Which columns to read; all when None.

    Raises:
        InputError: E103, damaged.
    """
    names = _collected(path, lambda data: data.head(0)).columns
    wanted = range(len(names)) if columns is None else sorted(columns)
    data = _collected(path, lambda data: data.slice(start, length).select(names[index] for index in wanted))
    return _sheet(path, data, first_row, wanted, with_heading=start == 0)


def n_rows(path: Path) -> int:
    """Return how many records a Parquet file has.

    Raises:
        InputError: E103, damaged.
    """
    return int(_collected(path, lambda data: data.select(pl.len())).item())


def row_groups(path: Path) -> list[int]:
    """Return how many records each row group of a Parquet file has."""
    from pyarrow.parquet import ParquetFile

    with ParquetFile(path) as file:
        return [file.metadata.row_group(group).num_rows for group in range(file.metadata.num_row_groups)]


def _collected(path: Path, query: Callable[[pl.LazyFrame], pl.LazyFrame]) -> pl.DataFrame:
    try:
        return query(pl.scan_parquet(path, glob=False)).collect()
    except (pl.exceptions.PolarsError, OSError):
        raise InputError("E103", file=path.name, size=f"{path.stat().st_size / 1024:,.1f} KB") from None


def _sheet(
    path: Path, data: pl.DataFrame, first_row: int, columns: Sequence[int] | None, *, with_heading: bool = True
) -> Sheet:
    cells = dict(zip(range(data.width) if columns is None else columns, data.get_columns(), strict=True))
    numbers = [NO_NUMBERS]
    for index, column in cells.items():
        if column.dtype.is_float():
            at = (column.abs() >= 1e15).fill_null(value=False).arg_true().cast(pl.UInt32) + (first_row + with_heading)
            numbers.append(
                pl.DataFrame({"row": at, "column": pl.Series([index], dtype=pl.UInt16).new_from_index(0, at.len())})
            )
    text = data.select(_as_text(column).alias(f"c{index}") for index, column in cells.items())
    heading = pl.DataFrame({f"c{index}": [column.name] for index, column in cells.items()})
    frame = (pl.concat([heading, text]) if with_heading else text) if cells else pl.DataFrame()
    return Sheet(
        source=path.name,
        path=path,
        sheet=path.stem,
        frame=frame,
        long_numbers=pl.concat(numbers),
        numbered_from=first_row,
    )


def _as_text(column: pl.Series) -> pl.Series:
    if column.dtype.is_float():
        whole = column.cast(pl.Int64, strict=False)
        same = (whole.cast(pl.Float64) == column).fill_null(value=False)
        return pl.select(pl.when(same).then(whole.cast(pl.String)).otherwise(column.cast(pl.String))).to_series()
    if column.dtype.is_nested() or column.dtype == pl.Binary:
        return pl.Series([None], dtype=pl.String).new_from_index(0, column.len())
    return column.cast(pl.String)
