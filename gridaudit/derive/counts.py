"""What other rooms need of the rows as a whole: small counts that add up over the parts of a large table."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import polars as pl

from gridaudit import schema
from gridaudit.derive.grids.roster import homes_per_grid
from gridaudit.derive.grids.similar import KINDS, count_kinds
from gridaudit.derive.places import AREA
from gridaudit.normalise import SheetInfo

_FILE_COUNTS = ("n_left_out", "n_filled_down")


class Counts(NamedTuple):
    """Frames of counts; None for a table that is not there.

    `residents` and `houses` have one row per `sheet_no`, `homes` one per grid, `codes` one per `table` and `length` of
    house codes, `lattice` one per `sheet_no` and area: homes in units with a pattern of rooms, `kinds` one per grid and
    kind of dwelling.
    """

    residents: pl.DataFrame | None
    houses: pl.DataFrame | None
    lattice: pl.DataFrame | None
    homes: pl.DataFrame
    codes: pl.DataFrame
    kinds: pl.DataFrame

    def usual_length(self, table: str) -> int:
        """Return the most frequent length of a house code, 0 when there is none."""
        of_table = self.codes.filter(pl.col("table") == table)
        return int(of_table.filter(pl.col("n") == of_table["n"].max())["length"].max() or 0)  # type: ignore[arg-type]


def count(residents: pl.DataFrame | None, houses: pl.DataFrame | None) -> Counts:
    """Count the rows of both tables with their facts."""
    with ThreadPoolExecutor(1) as beside:
        lengths = beside.submit(_code_lengths, residents, houses)
        homes = beside.submit(homes_per_grid, houses if houses is not None else residents)
        return Counts(
            None if residents is None else _of_residents(residents),
            None if houses is None else _of_houses(houses),
            None if houses is None else _in_lattice(houses),
            codes=lengths.result(),
            kinds=count_kinds(houses),
            homes=homes.result(),
        )


def added_counts(parts: Sequence[Counts]) -> Counts:
    """Add up the counts of parts, each of which holds whole homes."""
    residents, houses, lattice = (
        [frame for part in parts if (frame := getattr(part, name)) is not None] for name in Counts._fields[:3]
    )
    return Counts(
        _added(residents, "sheet_no") if residents else None,
        _added(houses, "sheet_no") if houses else None,
        _added(lattice, "sheet_no", *AREA) if lattice else None,
        _added([part.homes for part in parts], "grid"),
        _added([part.codes for part in parts], "table", "length"),
        _added([part.kinds for part in parts], *KINDS),
    )


def files_frame(sheets: Sequence[SheetInfo], counts: Counts) -> pl.DataFrame:
    """Return one row per sheet with what the rules on files ask."""
    files = pl.DataFrame(
        [(sheet.sheet_no, sheet.table, sheet.n_rows, sheet.n_left_out, sheet.n_filled_down) for sheet in sheets],
        schema={"sheet_no": pl.UInt16, "kind": pl.String, **dict.fromkeys(("n_rows", *_FILE_COUNTS), pl.UInt32)},
        orient="row",
    )
    share = pl.col("n_id_number_cells") / pl.col("n_id_cells")
    if counts.residents is not None:
        files = files.join(counts.residents, on="sheet_no", how="left", maintain_order="left").with_columns(
            traditional_age_share=(pl.col("n_traditional") / pl.col("n_ages")).fill_nan(None),
            id_number_share=share.fill_nan(None),
        )
    if counts.houses is not None:
        files = files.join(counts.houses, on="sheet_no", how="left", maintain_order="left").with_columns(
            coefficient_unknown_share=(pl.col("n_coefficient_unknown") / pl.col("n_houses")).fill_nan(None)
        )
    missing = [
        pl.lit(None, dtype=fact.dtype).alias(fact.name)
        for fact in schema.facts("files").values()
        if fact.name not in files.columns
    ]
    return files.with_columns(missing).drop("n_traditional", "n_houses", strict=False)


def _of_residents(residents: pl.DataFrame) -> pl.DataFrame:
    counts = {
        "n_id_cells": pl.col("id_no_text").count(),
        "n_id_number_cells": pl.col("id_number_cell").fill_null(value=False).sum(),
        "n_traditional": pl.col("age_gap").is_between(1, 2).sum(),
        "n_ages": pl.col("age_gap").count(),
    }
    return residents.group_by("sheet_no").agg(
        *(number.cast(pl.UInt32).alias(name) for name, number in counts.items()),
        pl.col("sex_coding_reversed").first(),
    )


def _of_houses(houses: pl.DataFrame) -> pl.DataFrame:
    return houses.group_by("sheet_no").agg(
        n_coefficient_unknown=(~pl.col("coefficient_known")).sum().cast(pl.UInt32), n_houses=pl.len().cast(pl.UInt32)
    )


def _in_lattice(houses: pl.DataFrame) -> pl.DataFrame:
    return houses.filter("in_lattice").group_by("sheet_no", *AREA).agg(n=pl.len().cast(pl.UInt32))


def _code_lengths(residents: pl.DataFrame | None, houses: pl.DataFrame | None) -> pl.DataFrame:
    tables = {"residents": residents, "houses": houses}
    return pl.concat(
        [
            pl.DataFrame(schema={"table": pl.String, "length": pl.UInt32, "n": pl.UInt32}),
            *(
                frame.lazy()
                .select(table=pl.lit(table), length=pl.col("code_key").str.len_chars())
                .drop_nulls()
                .group_by("table", "length")
                .agg(n=pl.len().cast(pl.UInt32))
                .collect()
                for table, frame in tables.items()
                if frame is not None
            ),
        ]
    )


def _added(parts: Sequence[pl.DataFrame], *keys: str) -> pl.DataFrame:
    """Numbers are added; what is no number is the same in every part."""
    every = pl.concat(parts)
    numbers = [name for name in every.columns if name not in keys and every.schema[name].is_numeric()]
    others = [name for name in every.columns if name not in {*keys, *numbers}]
    return every.group_by(keys).agg(pl.col(numbers).sum(), pl.col(others).first())
