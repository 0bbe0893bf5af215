"""A table too long to hold: its records are found once, piece by piece, and read again where they are wanted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import polars as pl

from gridaudit.normalise.header import Heading
from gridaudit.normalise.rows import Found, records
from gridaudit.normalise.table import SheetInfo, sheet_info, table_frame
from gridaudit.read import LongSheet, Sheet


class LongTable:
    """A long sheet whose rows are gone through piece by piece: all of them once, in order, then any of them again."""

    def __init__(self, sheet: LongSheet, heading: Heading, wanted: Collection[str] | None) -> None:
        self.table = str(heading.table)
        self.order = sheet.order
        self.n_pieces = len(sheet.pieces)
        self._sheet = sheet
        self._heading = heading
        self._wanted = wanted
        self._found: list[Found] = []
        self._first_rows = [sheet.numbered_from]
        self._kept: list[pl.Series | None] = []

    @property
    def is_known(self) -> bool:
        """Whether every piece has been gone through once."""
        return len(self._found) == self.n_pieces

    def info(self) -> SheetInfo:
        """Return what became of the sheet, once every piece has been gone through."""
        return sheet_info(self._sheet, self._heading, self._found)

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
        return table_frame(sheet, self._heading, found.frame, self._among(wanted))

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
        sheet = self._read(piece, columns)
        kept = self._kept[piece]
        frame = sheet.frame.with_row_index("row", offset=sheet.numbered_from)[at if kept is None else kept.gather(at)]
        return table_frame(sheet, self._heading, frame, names, copies=False)

    def whole(self) -> tuple[SheetInfo, pl.DataFrame]:
        """Return all records, narrow as they are wanted."""
        frame = pl.concat(self.look(piece, None) for piece in range(self.n_pieces))
        return self.info(), frame

    def _read(self, piece: int, columns: Collection[int] | None) -> Sheet:
        sheet = self._sheet.pieces[piece](self._first_rows[piece], columns)
        return replace(sheet, order=self.order, top=self._sheet.frame if piece else None)

    def _among(self, wanted: Collection[str] | None) -> Collection[str] | None:
        if wanted is None or self._wanted is None:
            return wanted if self._wanted is None else self._wanted
        return set(wanted) & set(self._wanted)
