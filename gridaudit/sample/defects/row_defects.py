"""Defects of one row: which rows are eligible and which cells change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gridaudit.sample.defects.planter import Planter

PRESENT = pl.col("present")
ADULT = PRESENT & pl.col("has_id") & (pl.col("age") >= 18)
FOLLOWER = PRESENT & (pl.col("relation") != "户主")
HOME = pl.col("occupancy") != "经营"
VACANT = pl.col("occupancy") == "空置"
LIVED_IN = HOME & ~VACANT


@dataclass(frozen=True)
class RowDefect:
    """One defect of one row.

    Attributes:
        code: The rule that finds it.
        table: residents or houses.
        eligible: Rows that can carry it.
        changes: New content of the cells, by heading.
    """

    code: str
    table: str
    eligible: pl.Expr
    changes: Mapping[str, pl.Expr]


def plant_rows(planter: Planter, defects: Iterable[RowDefect]) -> None:
    """Plant each defect where it is eligible."""
    for defect in defects:
        rows = planter.choose(defect.code, defect.table, defect.eligible)
        if rows.height:
            planter.edit(defect.table, rows.select("row", **defect.changes))
            planter.mark(defect.code, defect.table, rows)
