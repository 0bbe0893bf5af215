"""Sheets → tables: heading found and mapped, records told from totals, text cleaned, codes and dates read.

Never raises for a cell. A column that no sheet of a table has is null throughout; `SheetInfo.has` says which
sheet has what, so that a rule whose column is missing is not evaluated instead of failing everywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from gridaudit import schema
from gridaudit.errors import InputError
from gridaudit.normalise.cells import read_columns
from gridaudit.normalise.header import SEARCHED_ROWS, Heading, codes_of, find_heading, heading_of
from gridaudit.normalise.layout import Layouts, declared_layouts
from gridaudit.normalise.nearest import nearest_headings
from gridaudit.normalise.notes import layout_notes, not_read, undeclared
from gridaudit.normalise.rows import records
from gridaudit.read import Note, Sheet, column_letters
from gridaudit.schema.profile import Codes

__all__ = [
    "Heading", "Layouts", "Normaliser", "SheetInfo", "Tables", "codes_of", "declared_layouts", "find_heading",
    "heading_of", "nearest_headings", "normalise",
]  # fmt: skip

# Besides the columns of the table itself: a cell's own number, and what tells copies of whole rows.
_EXTRA: schema.Dtypes = {"id_no_raw": pl.String(), "id_number_cell": pl.Boolean(), "copy_hash": pl.UInt64(),
                         "out_of_step": pl.Boolean()}  # fmt: skip
_OTHERS_SHOWN = 5
_COPIED = ("residents", "houses")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetInfo:
    """A sheet that became part of a table. `headings` gives the text of the heading per canonical column."""

    sheet_no: int
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
    """Turns sheets into tables, one by one as they come, so that the raw cells of a sheet need not be kept."""

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

    def add(self, sheet: Sheet) -> str | None:
        """Normalise a sheet; returns the table it belongs to, None when it is no table of ours."""
        row = self._header_row if sheet.is_named else None
        heading = heading_of(sheet, self._layouts, row=row, declared=self._declared)
        if heading.table is None:
            self._unrecognised.append((replace(sheet, frame=sheet.frame.head(SEARCHED_ROWS)), heading))
            return None
        wanted = None if self._wanted is None else self._wanted.get(heading.table, ())
        info, frame = _table(sheet, heading, wanted, self._layouts.codes.get(heading.table, {}))
        self._infos.append(info)
        self._parts[heading.table].append(frame)
        return heading.table

    def tables(self) -> Tables:
        """Return the tables of the sheets added so far, in the order of the input."""
        infos = sorted(self._infos, key=lambda info: info.sheet_no)
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
        if not self._infos:
            raise _unrecognised(self._unrecognised)
        of_people = [info for info in self._infos if info.table in {"residents", "houses"}]
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
    sheet: Sheet, heading: Heading, wanted: Collection[str] | None, declared: Codes
) -> tuple[SheetInfo, pl.DataFrame]:
    table = str(heading.table)
    codes = {**codes_of(heading), **declared}
    found = records(sheet, heading)
    columns = schema.columns(table)
    series: list[pl.Series] = [
        pl.Series("sheet_no", [sheet.order], dtype=pl.UInt16).new_from_index(0, found.frame.height),
        found.frame["row"],
    ]
    mapping = {name: indexes for name, indexes in heading.mapping.items() if wanted is None or name in wanted}
    read = read_columns(found.frame, mapping, columns, codes)
    series += read
    if table == "residents" and "id_no" in heading.mapping:
        series += _id_cells(sheet, found.frame, heading.mapping["id_no"][0])
        series += [item.alias("id_no_text") for item in series if item.name == "id_no"]
    if table in _COPIED:
        series.append(_out_of_step(sheet, found.frame))
        series.append(_copy_hash(found.frame, heading))
    info = SheetInfo(
        sheet_no=sheet.order,
        source=sheet.source,
        sheet=sheet.sheet,
        table=table,
        header_row=heading.last_row + sheet.numbered_from,
        headings={name: heading.texts[indexes[0]] for name, indexes in heading.mapping.items()},
        letters={name: column_letters(indexes[0]) for name, indexes in heading.mapping.items()},
        unmapped=_unmapped(heading),
        n_rows=found.frame.height,
        n_left_out=found.n_left_out,
        n_filled_down=found.n_filled_down,
        notes=(*sheet.notes, *layout_notes(sheet, heading, codes), *undeclared(sheet, table, read)),
    )
    return info, pl.DataFrame(series)


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
