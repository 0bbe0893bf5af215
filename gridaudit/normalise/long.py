"""A table too long to hold: its records are found once, piece by piece, and read again where they are wanted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import polars as pl

from gridaudit import schema
from gridaudit.normalise.cells import has_contested_code, joined_cells
from gridaudit.normalise.header import Heading
from gridaudit.normalise.notes import Bare, added_codes, bare_codes
from gridaudit.normalise.rows import Found, records
from gridaudit.normalise.table import SheetInfo, sheet_info, table_frame
from gridaudit.read import LongSheet, Sheet
from gridaudit.schema.profile import Codes


class LongTable:
    """A long sheet whose rows are gone through piece by piece: all of them once, in order, then any of them again.

    One column has one coding: columns in which systems differ are read the second time only, when all codes are known.
    """

    def __init__(self, sheet: LongSheet, heading: Heading, wanted: Collection[str] | None, codes: Codes) -> None:
        self.table = str(heading.table)
        self.order = sheet.order
        self.n_pieces = len(sheet.pieces)
        self._sheet = sheet
        self._heading = heading
        self._wanted = wanted
        self._declared = codes
        self._codes = dict(codes)
        self._bare: dict[str, Bare] = {}
        self._out_of_step: list[tuple[int, ...]] = []
        self._found: list[Found] = []
        self._first_rows = [sheet.numbered_from]
        self._kept: list[pl.Series | None] = []

    @property
    def is_known(self) -> bool:
        """Whether every piece has been gone through once."""
        return len(self._found) == self.n_pieces

    def info(self) -> SheetInfo:
        """Return what became of the sheet, once every piece has been gone through."""
        return sheet_info(self._sheet, self._heading, self._found, self._declared, self._bare)

    def look(self, piece: int, wanted: Collection[str] | None) -> pl.DataFrame:
        """Return the records of the next piece, with what tells copies of whole rows.

        Args:
            piece: Its number.
            wanted: Canonical columns to read, of those wanted at all; all of these when None.
        """
        sheet = self._read(piece, None)
        found = records(sheet, self._heading)
        self._found.append(found.found)
        self._first_rows.append(sheet.numbered_from + sheet.frame.height)
        rows = found.frame["row"]
        self._kept.append(None if rows.len() == sheet.frame.height else rows - sheet.numbered_from)
        self._out_of_step.append(sheet.out_of_step)
        self._see_codes(found.frame)
        return table_frame(sheet, self._heading, found.frame, self._among(wanted), self._codes)

    def again(self, piece: int, at: pl.Series, wanted: Collection[str] | None) -> pl.DataFrame:
        """Return records of a piece that was looked at.

        Args:
            piece: Its number.
            at: Which of its records, by number from 0.
            wanted: Canonical columns to read, of those wanted at all; all of these when None.
        """
        names = self._among(wanted)
        mapping = self._heading.mapping.items()
        columns = {index for name, indexes in mapping if names is None or name in names for index in indexes}
        sheet = replace(self._read(piece, columns), out_of_step=self._out_of_step[piece])
        kept = self._kept[piece]
        frame = sheet.frame.with_row_index("row", offset=sheet.numbered_from)[at if kept is None else kept.gather(at)]
        table = self._in_step(table_frame(sheet, self._heading, frame, names, self._codes, copies=False))
        if wanted is None:
            self._bare = added_codes(self._bare, bare_codes(table))
        return table

    def whole(self) -> tuple[SheetInfo, pl.DataFrame]:
        """Return all records, narrow as they are wanted; of a table without columns in which codings differ."""
        frame = self._in_step(pl.concat(self.look(piece, None) for piece in range(self.n_pieces)))
        self._bare = bare_codes(frame)
        return self.info(), frame

    def _see_codes(self, frame: pl.DataFrame) -> None:
        """Note the columns with a code that systems use in different ways: no code of theirs is read."""
        for name, indexes in self._heading.mapping.items():
            is_open = name in schema.words()["contested_codes"] and name not in self._codes
            if is_open and has_contested_code(joined_cells(frame, indexes), name):
                self._codes[name] = {}

    def _in_step(self, table: pl.DataFrame) -> pl.DataFrame:
        """Where any line of the file is out of step, all others are said to be in step."""
        if not any(self._out_of_step) or "out_of_step" not in table.columns:
            return table
        return table.with_columns(pl.col("out_of_step").fill_null(value=False))

    def _read(self, piece: int, columns: Collection[int] | None) -> Sheet:
        sheet = self._sheet.pieces[piece](self._first_rows[piece], columns)
        return replace(sheet, order=self.order, top=self._sheet.frame if piece else None)

    def _among(self, wanted: Collection[str] | None) -> Collection[str] | None:
        if wanted is None or self._wanted is None:
            return wanted if self._wanted is None else self._wanted
        return set(wanted) & set(self._wanted)
