"""Other workbooks (xlsb, xls, ods) → sheets, through fastexcel: every cell as text, blank rows kept."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl

from gridaudit.read.guard import guarded
from gridaudit.read.sheet import NO_NUMBERS, Note, Sheet

# Number cells of these formats have no XML to look at; a column that could hold them is asked cell by cell.
_LONG_DIGITS = r"^[0-9]{16,}$"


def sheet_names(path: Path, kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the visible and of the hidden sheets."""
    reader = guarded(path, lambda: _open(path, kind))
    seen = {name: guarded(path, partial(_is_visible, reader, name)) for name in reader.sheet_names}
    return tuple(name for name in seen if seen[name]), tuple(name for name in seen if not seen[name])


def read_workbook(path: Path, kind: str, names: tuple[str, ...], notes: tuple[Note, ...]) -> list[Sheet]:
    """Read the sheets named; columns `c0`, `c1`, ..., all String, from row 1 on.

    Raises:
        InputError: E103 damaged.
    """
    reader = guarded(path, lambda: _open(path, kind))
    frames = {name: guarded(path, partial(_cells, reader, name)) for name in names}
    return [
        Sheet(
            source=path.name,
            path=path,
            sheet=name,
            frame=frame,
            long_numbers=_asked(path, kind, name, frame),
            notes=notes if number == 0 else (),
        )
        for number, (name, frame) in enumerate(frames.items())
    ]


def _open(path: Path, kind: str) -> fastexcel.ExcelReader:
    return fastexcel.read_excel(path if path.suffix.lower() == f".{kind}" else path.read_bytes())


def _is_visible(reader: fastexcel.ExcelReader, name: str) -> bool:
    return bool(reader.load_sheet(name, header_row=None, n_rows=0).visible == "visible")


def _cells(reader: fastexcel.ExcelReader, name: str) -> pl.DataFrame:
    batch = reader.load_sheet_eager(name, header_row=None, skip_rows=0, dtypes="string")
    frame = pl.DataFrame(batch)
    return frame.rename({old: f"c{index}" for index, old in enumerate(frame.columns)})


def _asked(path: Path, kind: str, name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Ask the reader which cells of a column are numbers: read as Boolean, a text is null and a number is not."""
    columns = [
        index
        for index, column in enumerate(frame.get_columns())
        if column.dtype == pl.String and column.str.contains(_LONG_DIGITS).any()
    ]
    found = [NO_NUMBERS]
    for index in columns:
        sheet = guarded(path, partial(_as_booleans, path, kind, name, index))
        is_number = pl.DataFrame(sheet).to_series().is_not_null() & frame[f"c{index}"].str.contains(_LONG_DIGITS)
        rows = is_number.fill_null(value=False).arg_true().cast(pl.UInt32) + 1
        found.append(
            pl.DataFrame({"row": rows, "column": pl.Series([index], dtype=pl.UInt16).new_from_index(0, rows.len())})
        )
    return pl.concat(found)


def _as_booleans(path: Path, kind: str, name: str, index: int) -> fastexcel.ExcelSheet:
    dtypes: Any = {index: "boolean"}
    return _open(path, kind).load_sheet(name, header_row=None, skip_rows=0, use_columns=[index], dtypes=dtypes)
