"""The areas of one level as a report lists them: in order of marks lost, with the figures beside the score."""

from __future__ import annotations

from typing import Any

import polars as pl

from gridaudit.score import LEVELS

MIN_CELL = 5
# What names an area of a level on paper.
NAMES: dict[str, tuple[str, ...]] = {
    "district": (),
    "street": ("street",),
    "community": ("street", "community"),
    "grid": ("street", "grid"),
    "collector": ("collector",),
}


def area_rows(
    areas: pl.DataFrame,
    level: str,
    *,
    street: str | None = None,
    previous: pl.DataFrame | None = None,
    min_cell: int = MIN_CELL,
) -> pl.DataFrame:
    """Return the areas of a level, most marks lost first.

    Args:
        areas: One row per area of every level, as `score` gives them.
        level: `district`, `street`, `community`, `grid` or `collector`.
        street: Only the areas of this street.
        previous: Areas of the run before.
        min_cell: People below which figures about people are left out.

    Returns:
        The rows with `name` (of the grid or the collector as a person calls it), `n_findings`, `n_counted` (errors and
        warnings), `per_100_homes`, `per_100_persons`, `few_persons`, and with `previous` also `change` of the score.
    """
    rows = areas.filter(pl.col("level") == level)
    rows = in_street(rows, street) if "street" in LEVELS[level] else rows
    keys = list(LEVELS[level])
    name = (
        pl.coalesce("grid_name", "grid") if level == "grid" else pl.col(keys[-1]) if keys else pl.lit(None, pl.String)
    )
    rows = _with_change(_with_figures(rows, min_cell), keys, level, previous).with_columns(name=name)
    descending = [True, *[False] * len(keys)]
    return rows.sort("marks_lost", *keys, descending=descending, nulls_last=True, maintain_order=True)


def in_street(rows: pl.DataFrame, street: str | None, column: str = "street") -> pl.DataFrame:
    """Return the rows of a street; all of them when it is None."""
    return rows if street is None else rows.filter(pl.col(column) == street)


def known_grids(areas: pl.DataFrame) -> pl.DataFrame:
    """Return the grids that are no slip of the pen: those with a name from the roster, else all that have a code."""
    grids = areas.filter((pl.col("level") == "grid") & pl.col("grid").is_not_null())
    named = grids.filter(pl.col("grid_name").is_not_null())
    return named if named.height else grids


def total_row(
    areas: pl.DataFrame, *, street: str | None = None, previous: pl.DataFrame | None = None, min_cell: int = MIN_CELL
) -> dict[str, Any]:
    """Return the row that sums up a table: the district, or the street it is about."""
    level = "district" if street is None else "street"
    rows = area_rows(areas, level, street=street, previous=previous, min_cell=min_cell)
    return rows.row(0, named=True) if rows.height else dict.fromkeys(rows.columns)


def _with_figures(rows: pl.DataFrame, min_cell: int) -> pl.DataFrame:
    counted = pl.col("n_error") + pl.col("n_warning")
    persons = pl.col("n_persons")
    return rows.with_columns(
        n_findings=counted + pl.col("n_info"),
        n_counted=counted,
        per_100_homes=pl.when(pl.col("n_homes") > 0).then(100 * pl.col("n_problem_homes") / pl.col("n_homes")),
        per_100_persons=pl.when(persons >= max(min_cell, 1)).then(100 * counted / persons),
        few_persons=(persons > 0) & (persons < min_cell),
    )


def _with_change(rows: pl.DataFrame, keys: list[str], level: str, previous: pl.DataFrame | None) -> pl.DataFrame:
    if previous is None:
        return rows
    before = previous.filter(pl.col("level") == level)
    if not keys:
        last = before["score"].first() if before.height else None
        return rows.with_columns(change=pl.col("score") - pl.lit(last, dtype=pl.Float64))
    before = before.select(*keys, last_score="score").unique(keys, keep="first", maintain_order=True)
    joined = rows.join(before, on=keys, how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(change=pl.col("score") - pl.col("last_score")).drop("last_score")
