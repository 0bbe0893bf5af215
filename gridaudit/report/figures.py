"""The cells of the screens about areas: columns, names and figures as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from gridaudit.report import cells
from gridaudit.report.area_rows import MIN_CELL
from gridaudit.report.lines import Cell, Column, Styled
from gridaudit.text import Lang, has, say

_KINDS = {
    "score": "score", "change": "change", "oe": "two", "standard_households": "one", "per_100_homes": "one",
    "per_100_persons": "one",
}  # fmt: skip
_TAIL = 6
VERDICT_STYLE = {"higher": "red", "lower": "green"}


def name_column(name: str, lang: Lang) -> Column:
    """Return the column of a name, which may be cut to fit."""
    return Column(say(f"heading.{name}", lang), may_cut=True)


def figure_column(name: str, lang: Lang, *, is_short: bool = False) -> Column:
    """Return the column of a figure, under its short heading in the wide table."""
    short = f"short.{name.removeprefix('family_')}"
    return Column(say(short if is_short and has(short) else f"heading.{name}", lang), right=name != "verdict")


def short_names(rows: pl.DataFrame, lang: Lang) -> pl.DataFrame:
    """Return areas with names that fit.

    Grids that are all called something-grid go by the something; one without a name by the end of its code, which
    tells community and grid; one without a code by its community.
    """
    suffix = say("report.grid_suffix", lang)
    named = rows["grid_name"].drop_nulls()
    if named.len() and named.str.ends_with(suffix).all():
        rows = rows.with_columns(pl.col("name").str.strip_suffix(suffix))
    is_long = pl.col("grid_name").is_null() & (pl.col("name").str.len_chars() > _TAIL + 2)
    rows = rows.with_columns(
        name=pl.when(is_long).then(pl.lit("..") + pl.col("name").str.tail(_TAIL)).otherwise("name")
    )
    nobody = pl.col("community").fill_null("") + say("report.no_name", lang)
    return rows.with_columns(pl.col("name").fill_null(nobody))


def names_of(row: Mapping[str, Any], names: Sequence[str], lang: Lang) -> list[Cell]:
    """Return where an area is and what it is called."""
    return [row["name" if name == "grid" else name] or say("report.no_name", lang) for name in names]


def figures_of(
    row: Mapping[str, Any], figures: Sequence[str], lang: Lang, min_cell: int = MIN_CELL, limit: float = 0
) -> list[Cell]:
    """Return the figures of an area as text.

    Args:
        row: The area, a row of `area_rows`.
        figures: Which ones.
        lang: Language.
        min_cell: People below which figures about people are left out.
        limit: Findings per 100 people above which the cell is red; 0 for none.
    """
    return [_figure(row, name, lang, min_cell, limit) for name in figures]


def _figure(row: Mapping[str, Any], name: str, lang: Lang, min_cell: int, limit: float) -> Cell:
    value = row.get(name)
    if name == "interval":
        return cells.interval(row["oe_low"], row["oe_high"])
    if name == "verdict":
        return Styled(cells.word("verdict", value, lang), VERDICT_STYLE.get(str(value), ""))
    if name == "n_persons" and row["few_persons"]:
        return f"<{min_cell}"
    text = cells.FORMATS[_KINDS.get(name, "count")](value)
    is_far = name == "per_100_persons" and limit > 0 and value is not None and value > limit
    return Styled(text, "red") if is_far else text
