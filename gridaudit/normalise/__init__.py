"""Sheets → tables: heading found and mapped, records told from totals, text cleaned, codes and dates read.

Never raises for a cell. A column that no sheet of a table has is null throughout; `SheetInfo.has` says which
sheet has what, so that a rule whose column is missing is not evaluated instead of failing everywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from gridaudit import schema
from gridaudit.errors import InputError
from gridaudit.normalise.header import SEARCHED_ROWS, Heading, codes_of, find_heading, heading_of
from gridaudit.normalise.layout import Layouts, declared_layouts
from gridaudit.normalise.long import LongTable
from gridaudit.normalise.nearest import nearest_headings
from gridaudit.normalise.notes import bare_codes, not_read
from gridaudit.normalise.rows import records
from gridaudit.normalise.table import SheetInfo, sheet_info, table_frame
from gridaudit.read import LongSheet, Note, Sheet
from gridaudit.schema.profile import Codes

__all__ = [
    "Heading", "Layouts", "LongTable", "Normaliser", "SheetInfo", "Tables", "codes_of", "declared_layouts",
    "find_heading", "heading_of", "nearest_headings", "normalise",
]  # fmt: skip

_OTHERS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The tables of an input; None for a table that no sheet holds."""

    residents: pl.DataFrame | None
    houses: pl.DataFrame | None
    grids: pl.DataFrame | None
    compounds: pl.DataFrame | None
    dispositions: pl.DataFrame | None
    sheets: tuple[SheetInfo, ...]
    skipped: tuple[Note, ...] = ()

    def get(self, table: str) -> pl.DataFrame | None:
        """Return a table by its name."""
        frame: pl.DataFrame | None = getattr(self, table)
        return frame


class Normaliser:
    """Turns sheets into tables, one by one as they come, so that the raw cells of a sheet need not be kept.

    Long sheets are left in `long`, to be gone through in parts, or to be held.
    """

    def __init__(
        self,
        *,
        wanted: Mapping[str, Collection[str]] | None = None,
        header_row: int | None = None,
        declared: Mapping[str, Mapping[str, str]] | None = None,
        layouts: Layouts | None = None,
    ) -> None:
        """Say what is wanted.

        Args:
            wanted: Canonical columns to read per table; all when None.
            header_row: Row number of the heading, as a person sees it; searched for when None.
            declared: Headings given by the config, per table and canonical column.
            layouts: Profiles, codings and rows of the heading given by the config.
        """
        self._wanted = wanted
        self._header_row = header_row
        self._declared = declared
        self._layouts = layouts or Layouts()
        self._parts: dict[str, list[pl.DataFrame]] = {table: [] for table in schema.SHEET_TABLES}
        self._infos: list[SheetInfo] = []
        self._unrecognised: list[tuple[Sheet, Heading]] = []
        self.long: list[LongTable] = []

    def add(self, sheet: Sheet) -> str | None:
        """Normalise a sheet; returns the table it belongs to, None when it is no table of ours."""
        row = self._header_row if sheet.is_named else None
        heading = heading_of(sheet, self._layouts, row=row, declared=self._declared)
        if heading.table is None:
            self._unrecognised.append((replace(sheet, frame=sheet.frame.head(SEARCHED_ROWS)), heading))
            return None
        wanted = None if self._wanted is None else self._wanted.get(heading.table, ())
        codes = {**codes_of(heading), **self._layouts.codes.get(heading.table, {})}
        if isinstance(sheet, LongSheet):
            self.long.append(LongTable(sheet, heading, wanted, codes))
            return heading.table
        info, frame = _table(sheet, heading, wanted, codes)
        self._infos.append(info)
        self._parts[heading.table].append(frame)
        return heading.table

    def hold(self, tables: Collection[str]) -> None:
        """Read the long sheets of these tables into memory after all."""
        for long in [long for long in self.long if long.table in tables]:
            self.long.remove(long)
            info, frame = long.whole()
            self._infos.append(info)
            self._parts[long.table].append(frame)

    def tables(self) -> Tables:
        """Return the tables of the sheets added so far, in the order of the input."""
        infos = [*self._infos, *(long.info() for long in self.long if long.is_known)]
        infos.sort(key=lambda info: info.sheet_no)
        strangers = [(sheet, heading) for sheet, heading in self._unrecognised if sheet.frame.height]
        return Tables(
            **{table: _joined(parts) for table, parts in self._parts.items()},
            sheets=tuple(infos),
            skipped=(
                *(Note("no_rows", {"file": info.source, "sheet": info.sheet}) for info in infos if not info.n_rows),
                *(not_read(sheet, heading) for sheet, heading in strangers),
            ),
        )

    def refuse_nothing(self) -> None:
        """Refuse an input without any table, or without a single record.

        Raises:
            InputError: E201 no table recognised, E104 no records at all.
        """
        if not self._infos and not self.long:
            raise _unrecognised(self._unrecognised)
        of_people = [info for info in self.tables().sheets if info.table in {"residents", "houses"}]
        if of_people and not any(info.n_rows for info in of_people):
            raise InputError("E104", file=of_people[0].source, sheet=of_people[0].sheet, others=self._others())

    def _others(self) -> str:
        """The names of sheets that were not read, or not taken for a table."""
        hidden = [note.params["sheet"] for info in self._infos for note in info.notes if note.key == "hidden_sheet"]
        strangers = [sheet.sheet for sheet, _ in self._unrecognised if sheet.frame.height]
        return "、".join(map(str, [*hidden, *strangers][:_OTHERS_SHOWN]))


def normalise(sheets: Iterable[Sheet], **settings: Any) -> Tables:
    """Turn sheets into tables in one go; settings as for `Normaliser`.

    Raises:
        InputError: E201 no table recognised, E104 no records at all.
    """
    normaliser = Normaliser(**settings)
    for sheet in sheets:
        normaliser.add(sheet)
    normaliser.refuse_nothing()
    return normaliser.tables()


def _table(
    sheet: Sheet, heading: Heading, wanted: Collection[str] | None, codes: Codes
) -> tuple[SheetInfo, pl.DataFrame]:
    found = records(sheet, heading)
    frame = table_frame(sheet, heading, found.frame, wanted, codes)
    return sheet_info(sheet, heading, [found.found], codes, bare_codes(frame)), frame


def _joined(parts: list[pl.DataFrame]) -> pl.DataFrame | None:
    ordered = sorted(parts, key=lambda frame: frame.select(pl.col("sheet_no").min().fill_null(0)).item())
    return pl.concat(ordered, how="diagonal") if ordered else None


def _unrecognised(found: list[tuple[Sheet, Heading]]) -> InputError:
    """E104 when there is nothing in the sheets at all, else E201 with the nearest headings."""
    filled = [sheet for sheet, _ in found if sheet.frame.height]
    if not filled:
        sheet = found[0][0] if found else None
        return InputError("E104", file=sheet.source if sheet else "", sheet=sheet.sheet if sheet else "")
    return nearest_headings(filled[0])
