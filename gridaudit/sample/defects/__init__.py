"""Plants defects: a clean district goes in, the district with its list of defects comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from gridaudit.sample.defects.contradictions import plant_contradictions
from gridaudit.sample.defects.coverage import plant_coverage, reserve_size
from gridaudit.sample.defects.doubles import plant_doubles
from gridaudit.sample.defects.fields import blank_cells
from gridaudit.sample.defects.kin import plant_kin
from gridaudit.sample.defects.numbers import wrong_documents, wrong_numbers
from gridaudit.sample.defects.omissions import plant_omissions
from gridaudit.sample.defects.planter import Planter
from gridaudit.sample.defects.row_defects import plant_rows
from gridaudit.sample.defects.values import wrong_times, wrong_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridaudit.sample.draws import Draws

__all__ = ["Planted", "plant", "reserve_size"]


class Planted(NamedTuple):
    """The tables as they are to be written, marks (rule, table, row, role), and what is missing from them.

    `omitted` has rule, table, role and subject: grid/compound/building/unit/room.
    """

    tables: dict[str, pl.DataFrame]
    marks: pl.DataFrame
    omitted: pl.DataFrame


def plant(
    draws: Draws,
    tables: Mapping[str, pl.DataFrame],
    reserve: pl.DataFrame,
    rates: Mapping[str, float],
) -> Planted:
    """Plant every defect of `rates`: the rare ones first, then those between rows.

    Args:
        draws: The streams of the seed.
        tables: residents, houses and grids of a clean district.
        reserve: Residents to be added where a defect needs somebody new.
        rates: Share of the eligible rows by rule code.
    """
    planter = Planter(draws, tables, reserve, rates)
    plant_rows(planter, [*blank_cells(rare=True), *wrong_documents(draws)])
    plant_omissions(planter)
    plant_coverage(planter)
    plant_doubles(planter)
    plant_kin(planter)
    plant_contradictions(planter)
    plant_rows(planter, blank_cells(rare=False))
    plant_rows(planter, [*wrong_numbers(draws), *wrong_values(draws), *wrong_times(draws)])
    finished = {name: _finish(planter, name) for name in tables}
    nothing = pl.DataFrame(schema=dict.fromkeys(("rule", "table", "role", "subject"), pl.String))
    return Planted(finished, pl.concat(planter.marks), pl.concat([nothing, *planter.omitted]))


def _finish(planter: Planter, name: str) -> pl.DataFrame:
    """Apply edits, take out, put in, number, copy: the rows in the order of the file."""
    frame = planter.tables[name]
    edits = [rows for rows in planter.edits[name] if rows.height]
    if edits:
        frame = _edited(frame, pl.concat(edits, how="diagonal_relaxed"))
    if planter.removed[name]:
        removed = pl.concat(planter.removed[name])
        frame = frame.filter(~pl.col("row").is_in(removed.implode()))
    added = [rows.select(frame.columns) for rows in planter.added[name] if rows.height]
    frame = pl.concat([frame, *added], how="vertical_relaxed")
    frame = frame.sort("grid" if name == "grids" else "place", "row")
    if name == "residents":
        serial = pl.int_range(1, pl.len() + 1).cast(pl.String)
        frame = frame.with_columns(serial.alias("序号"))
    copies = [rows for rows in planter.copies[name] if rows.height]
    if copies:
        pairs = pl.concat(copies)
        again = pairs.join(frame, left_on="original", right_on="row", how="left", maintain_order="left")
        frame = pl.concat([frame, again.select(frame.columns)], how="vertical_relaxed")
    return frame


def _edited(frame: pl.DataFrame, edits: pl.DataFrame) -> pl.DataFrame:
    """Cells of `edits` in place of those of `frame`; null leaves a cell as it is."""
    headings = [name for name in edits.columns if name != "row"]
    edits = edits.select("row", pl.col(headings).name.suffix("_new"))
    joined = frame.join(edits, on="row", how="left", maintain_order="left", validate="m:1")
    return joined.with_columns(pl.coalesce(f"{name}_new", name).alias(name) for name in headings).select(frame.columns)
