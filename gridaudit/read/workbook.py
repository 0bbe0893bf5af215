"""Workbooks (xlsx, xlsm, xlsb, xls, ods) → sheets, through fastexcel: every cell as text, blank rows kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl

from gridaudit.errors import InputError
from gridaudit.read.sheet import NO_NUMBERS, Note, Sheet
from gridaudit.read.sheet_xml import Look, declared_range, look, refuse_absurd_range, worksheets

# Number cells of other formats have no XML to look at; a column that could hold them is asked cell by cell.
_LONG_DIGITS = r"^[0-9]{16,}$"


def sheet_names(path: Path, kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the visible and of the hidden sheets."""
    if kind == "xlsx":
        entries = worksheets(path)
        return (
            tuple(entry.name for entry in entries if entry.visible),
            tuple(entry.name for entry in entries if not entry.visible),
        )
    reader = _guarded(path, lambda: _open(path, kind))
    seen = {name: _guarded(path, partial(_is_visible, reader, name)) for name in reader.sheet_names}
    return tuple(name for name in seen if seen[name]), tuple(name for name in seen if not seen[name])


def load(path: Path, kind: str, names: tuple[str, ...]) -> dict[str, pl.DataFrame]:
    """Load the sheets named; columns `c0`, `c1`, ..., all String, from row 1 on.

    Raises:
        InputError: E103 damaged, E109 an absurd used range.
    """
    if kind == "xlsx":
        for entry in worksheets(path):
            if entry.name in names:
                refuse_absurd_range(path, entry)
    reader = _guarded(path, lambda: _open(path, kind))
    return {name: _guarded(path, partial(_cells, reader, name)) for name in names}


def look_at(path: Path, kind: str, names: tuple[str, ...]) -> dict[str, Look]:
    """Look at the XML of the sheets named (xlsx only; others give an empty dict)."""
    if kind != "xlsx":
        return {}
    return {entry.name: look(path, entry.part) for entry in worksheets(path) if entry.name in names}


def assemble(
    path: Path, kind: str, name: str, frame: pl.DataFrame, seen: Look | None, notes: tuple[Note, ...]
) -> Sheet:
    """Put cells and look together: error cells get their text, long numbers their column in the frame."""
    if seen is None:
        return Sheet(
            source=path.name,
            path=path,
            sheet=name,
            frame=frame,
            long_numbers=_asked(path, kind, name, frame),
            notes=notes,
        )
    part = next(entry.part for entry in worksheets(path) if entry.name == name)
    declared = declared_range(path, part)
    first = declared.first_column if declared and frame.width == declared.last_column - declared.first_column + 1 else 0
    numbers = seen.long_numbers
    if first:
        numbers = numbers.with_columns(pl.col("column") - first)
    return Sheet(
        source=path.name,
        path=path,
        sheet=name,
        frame=_with_errors(frame, seen, first),
        long_numbers=numbers,
        merges=tuple(
            merge._replace(first_column=merge.first_column - first, last_column=merge.last_column - first)
            for merge in seen.merges
        ),
        first_column=first,
        notes=notes,
    )


def _open(path: Path, kind: str) -> fastexcel.ExcelReader:
    expected = {"xlsx": {".xlsx", ".xlsm"}, "xls": {".xls"}, "ods": {".ods"}, "xlsb": {".xlsb"}}[kind]
    return fastexcel.read_excel(path if path.suffix.lower() in expected else path.read_bytes())


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
        sheet = _guarded(path, partial(_as_booleans, path, kind, name, index))
        is_number = pl.DataFrame(sheet).to_series().is_not_null() & frame[f"c{index}"].str.contains(_LONG_DIGITS)
        rows = is_number.fill_null(value=False).arg_true().cast(pl.UInt32) + 1
        found.append(
            pl.DataFrame({"row": rows, "column": pl.Series([index], dtype=pl.UInt16).new_from_index(0, rows.len())})
        )
    return pl.concat(found)


def _as_booleans(path: Path, kind: str, name: str, index: int) -> fastexcel.ExcelSheet:
    dtypes: Any = {index: "boolean"}
    return _open(path, kind).load_sheet(name, header_row=None, skip_rows=0, use_columns=[index], dtypes=dtypes)


def _with_errors(frame: pl.DataFrame, seen: Look, first_column: int) -> pl.DataFrame:
    by_column: dict[int, tuple[list[int], list[str]]] = {}
    for row, column, value in seen.errors:
        rows, values = by_column.setdefault(column - first_column, ([], []))
        rows.append(row - 1)
        values.append(value)
    for column, (rows, values) in by_column.items():
        if 0 <= column < frame.width:
            cells = frame.to_series(column).cast(pl.String)
            inside = [(row, value) for row, value in zip(rows, values, strict=True) if row < cells.len()]
            cells = cells.scatter([row for row, _ in inside], [value for _, value in inside])
            frame = frame.with_columns(cells.alias(f"c{column}"))
    return frame


def _guarded(path: Path, work: Callable[[], Any]) -> Any:
    """Run a call of the reader; whatever it says of the file is E103, for its words may quote cells."""
    try:
        return work()
    except (KeyboardInterrupt, SystemExit, InputError, MemoryError):
        raise
    except BaseException as error:  # noqa: BLE001 - a panic of the reader is no Exception
        code = "E102" if "password" in str(error).lower() else "E103"
        raise InputError(code, file=path.name, size=f"{path.stat().st_size / 1024:,.1f} KB") from None
