"""Records of a sheet → columns of a table, and what became of the sheet."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from gridaudit import schema
from gridaudit.normalise.cells import read_columns
from gridaudit.normalise.header import Heading
from gridaudit.normalise.notes import Bare, layout_notes, undeclared
from gridaudit.normalise.rows import Found
from gridaudit.read import Note, Sheet, column_letters
from gridaudit.schema.profile import Codes

_COPIED = ("residents", "houses")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetInfo:
    """A sheet that became part of a table. `headings` gives the text of the heading per canonical column.

    `path` tells files of one name apart and is never shown; `source` is the name.
    """

    sheet_no: int
    path: Path
    source: str
    sheet: str
    table: str
    header_row: int
    headings: Mapping[str, str]
    letters: Mapping[str, str]
    unmapped: tuple[str, ...]
    n_rows: int
    n_left_out: int
    n_filled_down: int
    notes: tuple[Note, ...] = field(default=())

    @property
    def has(self) -> frozenset[str]:
        """Canonical columns the sheet has."""
        return frozenset(self.headings)


def table_frame(
    sheet: Sheet, heading: Heading, frame: pl.DataFrame, wanted: Collection[str] | None, codes: Codes, *,
    copies: bool = True,
) -> pl.DataFrame:  # fmt: skip
    """Return the columns of a table.

    Args:
        sheet: The sheet, or a piece of it.
        heading: Its heading.
        frame: The records, or some of them.
        wanted: Canonical columns to read; all when None.
        codes: What bare codes mean, per column whose coding is declared.
        copies: Also tell copies of whole rows.
    """
    table = str(heading.table)
    series: list[pl.Series] = [
        pl.Series("sheet_no", [sheet.order], dtype=pl.UInt16).new_from_index(0, frame.height),
        frame["row"],
    ]
    mapping = {name: indexes for name, indexes in heading.mapping.items() if wanted is None or name in wanted}
    series += read_columns(frame, mapping, schema.columns(table), codes)
    if table == "residents" and "id_no" in mapping:
        series += _id_cells(sheet, frame, mapping["id_no"][0])
        series += [item.alias("id_no_text") for item in series if item.name == "id_no"]
    if table in _COPIED:
        series.append(_out_of_step(sheet, frame))
    if table in _COPIED and copies:
        series.append(_copy_hash(frame, heading))
    return pl.DataFrame(series)


def sheet_info(
    sheet: Sheet, heading: Heading, found: Sequence[Found], codes: Codes, bare: Mapping[str, Bare]
) -> SheetInfo:
    """Return what became of a sheet, whose records were found in one piece or several.

    Args:
        sheet: The sheet.
        heading: Its heading.
        found: What was found in each piece.
        codes: What bare codes mean.
        bare: What `bare_codes` gave for all its records.
    """
    table = str(heading.table)
    return SheetInfo(
        sheet_no=sheet.order,
        path=sheet.path,
        source=sheet.source,
        sheet=sheet.sheet,
        table=table,
        header_row=heading.last_row + sheet.numbered_from,
        headings={name: heading.texts[indexes[0]] for name, indexes in heading.mapping.items()},
        letters={name: column_letters(indexes[0]) for name, indexes in heading.mapping.items()},
        unmapped=_unmapped(heading),
        n_rows=sum(part.n_rows for part in found),
        n_left_out=sum(part.n_left_out for part in found),
        n_filled_down=sum(part.n_filled_down for part in found),
        notes=(*sheet.notes, *layout_notes(sheet, heading, codes), *undeclared(sheet, table, bare)),
    )


def _id_cells(sheet: Sheet, frame: pl.DataFrame, index: int) -> list[pl.Series]:
    """The ID cell as it stands, and whether it is a number that lost digits (a cell type, or text like 4.3E+17)."""
    raw = frame[f"c{index}"].alias("id_no_raw")
    rows = sheet.long_numbers.filter(pl.col("column") == index)["row"]
    is_number = frame["row"].is_in(rows.implode()) if rows.len() else pl.Series([False]).new_from_index(0, frame.height)
    if raw.str.contains("E+", literal=True).any():
        is_number = is_number | raw.str.contains(r"^\s*[0-9](?:\.[0-9]+)?[eE]\+?1[4-9]\s*$").fill_null(value=False)
    return [raw, is_number.alias("id_number_cell")]


def _out_of_step(sheet: Sheet, frame: pl.DataFrame) -> pl.Series:
    """Whether the line has more or fewer cells than is usual in its text file; null in a file without lines."""
    if not sheet.out_of_step:
        return pl.Series("out_of_step", [None], dtype=pl.Boolean).new_from_index(0, frame.height)
    rows = pl.Series(sheet.out_of_step, dtype=pl.UInt32)
    return frame["row"].is_in(rows.implode()).alias("out_of_step")


def _copy_hash(frame: pl.DataFrame, heading: Heading) -> pl.Series:
    """A hash of the whole row but its serial number."""
    serial = schema.words()["serial_headings"]
    cells = [f"c{index}" for index, text in enumerate(heading.texts) if text and schema.code_form(text) not in serial]
    return frame.select(cells).hash_rows(seed=0).alias("copy_hash")


def _unmapped(heading: Heading) -> tuple[str, ...]:
    used = {index for indexes in heading.mapping.values() for index in indexes}
    serial = schema.words()["serial_headings"]
    return tuple(
        text
        for index, text in enumerate(heading.texts)
        if text and index not in used and schema.code_form(text) not in serial
    )
