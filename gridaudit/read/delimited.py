"""Text files (csv, tsv) → one sheet: encoding told strictly, separator from the first lines, every cell as text."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import polars as pl

from gridaudit.errors import InputError
from gridaudit.read.sheet import NO_NUMBERS, Note, Sheet

_SAMPLE_LINES = 40
BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def read_delimited(path: Path, *, in_disguise: bool) -> Sheet:
    """Read a text file.

    Args:
        path: The file.
        in_disguise: Its name promised a workbook; say so.

    Raises:
        InputError: E107 neither UTF-8 nor GB18030 (the first bad byte is named), E104 no rows, E103 not a table.
    """
    text, encoding = decode(path)
    notes = [Note("disguise", {"file": path.name})] if in_disguise else []
    if encoding != "utf-8":
        notes.append(Note("encoding", {"file": path.name, "encoding": encoding.upper()}))
    sheet = parsed(path, text.encode("utf-8", "replace"), layout_of(path, text), None)
    return replace(sheet, notes=tuple(notes))


class Layout(NamedTuple):
    """How the lines of a file are cut into cells."""

    separator: str
    width: int


def layout_of(path: Path, text: str) -> Layout:
    """Tell separator and width from the first lines.

    Raises:
        InputError: E104 no rows.
    """
    lines = list(io.StringIO(text[:200_000]))[:_SAMPLE_LINES]
    if not any(line.strip() for line in lines):
        raise InputError("E104", file=path.name, sheet=path.stem)
    separator = _separator(lines)
    return Layout(separator, max(len(fields) for fields in csv.reader(lines, delimiter=separator)))


def parsed(path: Path, content: bytes, layout: Layout, columns: Collection[int] | None) -> Sheet:
    """Cut the lines of a file, or of a piece of it, into cells.

    Args:
        path: The file.
        content: UTF-8.
        layout: How its lines are cut.
        columns: Which columns to read; all when None.

    Raises:
        InputError: E103 not a table.
    """
    try:
        frame = pl.read_csv(
            io.BytesIO(content),
            has_header=False,
            schema={f"c{index}": pl.String for index in range(layout.width)},
            columns=None if columns is None else sorted(columns),
            separator=layout.separator,
            truncate_ragged_lines=True,
            missing_columns="insert",
        )
    except pl.exceptions.PolarsError:
        raise InputError("E103", file=path.name, size=f"{path.stat().st_size / 1024:,.1f} KB") from None
    if b'="' in content:
        frame = frame.with_columns(pl.all().str.replace(r'^="(.*)"$', "$1"))
    return Sheet(source=path.name, path=path, sheet=path.stem, frame=frame, long_numbers=NO_NUMBERS)


def decode(path: Path) -> tuple[str, str]:
    """Return the text of a file and its encoding: BOM, else strict UTF-8, else strict GB18030.

    Raises:
        InputError: E107 with the offset and value of the first byte that fits neither.
    """
    content = path.read_bytes()
    for bom, encoding in BOMS:
        if content.startswith(bom):
            return _strict(path, content[len(bom) :], encoding, len(bom)), encoding
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _strict(path, content, "gb18030", 0), "gb18030"


def _strict(path: Path, content: bytes, encoding: str, offset: int) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        byte = f"0x{content[error.start]:02X}"
        raise InputError("E107", file=path.name, offset=error.start + offset, byte=byte) from None


def _separator(lines: list[str]) -> str:
    """The separator that splits the sample into the most fields."""
    counts = {separator: sum(line.count(separator) for line in lines) for separator in ",\t;|"}
    return max(counts, key=lambda separator: counts[separator]) if any(counts.values()) else ","
