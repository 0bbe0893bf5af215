"""What the process of `apart` does with a workbook (xlsb, xls, ods): names of sheets, and cells, through fastexcel."""

from __future__ import annotations

import io
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl

from gridaudit.errors import InputError
from gridaudit.read.apart import EXIT_CODES
from gridaudit.read.guard import guarded
from gridaudit.read.sheet import NO_NUMBERS

# Number cells of these formats have no XML to look at; a column that could hold them is asked cell by cell.
_LONG_DIGITS = r"^[0-9]{16,}$"


def visible_sheets(path: Path, kind: str) -> dict[str, bool]:
    """Return the names of the sheets, and whether a person sees them.

    Raises:
        InputError: E102 a password, E103 damaged.
    """
    reader = guarded(path, lambda: _open(path, kind))
    return {name: guarded(path, partial(_is_visible, reader, name)) for name in reader.sheet_names}


def read(path: Path, kind: str, names: tuple[str, ...]) -> dict[str, tuple[pl.DataFrame, pl.DataFrame]]:
    """Read the sheets named.

    Returns:
        Per sheet the cells (`c0`, `c1`, ..., from row 1 on) and the cells with long numbers (`row`, `column`).

    Raises:
        InputError: E102 a password, E103 damaged.
    """
    reader = guarded(path, lambda: _open(path, kind))
    frames = {name: guarded(path, partial(_cells, reader, name)) for name in names}
    return {name: (frame, _asked(path, kind, name, frame)) for name, frame in frames.items()}


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


def _sent(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_ipc(buffer)
    return len(buffer.getbuffer()).to_bytes(8) + buffer.getvalue()


def _main(path: Path, kind: str, asked: str, *names: str) -> int:
    """Write what was asked for to standard output."""
    try:
        if asked == "names":
            answer = json.dumps(visible_sheets(path, kind)).encode()
        else:
            sheets = read(path, kind, names)
            answer = b"".join(_sent(frame) for name in names for frame in sheets[name])
    except InputError as error:
        return next(number for number, code in EXIT_CODES.items() if code == error.code)
    sys.stdout.buffer.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(_main(Path(sys.argv[1]), *sys.argv[2:]))
