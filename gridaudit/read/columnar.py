"""Parquet → one sheet: every column as text; the first record is row 1 and the column names are the heading."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from gridaudit.errors import InputError
from gridaudit.read.sheet import NO_NUMBERS, Sheet


def read_parquet(path: Path) -> Sheet:
    """Read a Parquet file; its column names become row 0 of the frame.

    Raises:
        InputError: E103, damaged.
    """
    try:
        data = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError):
        raise InputError("E103", file=path.name, size=f"{path.stat().st_size / 1024:,.1f} KB") from None
    names = data.columns
    numbers = [NO_NUMBERS]
    for index, column in enumerate(data.get_columns()):
        if column.dtype.is_float():
            rows = (column.abs() >= 1e15).fill_null(value=False).arg_true().cast(pl.UInt32) + 1
            numbers.append(
                pl.DataFrame({"row": rows, "column": pl.Series([index], dtype=pl.UInt16).new_from_index(0, rows.len())})
            )
    text = data.select(_as_text(column).alias(f"c{index}") for index, column in enumerate(data.get_columns()))
    heading = pl.DataFrame({f"c{index}": [name] for index, name in enumerate(names)})
    frame = pl.concat([heading, text]) if names else pl.DataFrame()
    return Sheet(
        source=path.name, path=path, sheet=path.stem, frame=frame, long_numbers=pl.concat(numbers), numbered_from=0
    )


def _as_text(column: pl.Series) -> pl.Series:
    if column.dtype.is_float():
        whole = column.cast(pl.Int64, strict=False)
        same = (whole.cast(pl.Float64) == column).fill_null(value=False)
        return pl.select(pl.when(same).then(whole.cast(pl.String)).otherwise(column.cast(pl.String))).to_series()
    if column.dtype.is_nested() or column.dtype == pl.Binary:
        return pl.Series([None], dtype=pl.String).new_from_index(0, column.len())
    return column.cast(pl.String)
