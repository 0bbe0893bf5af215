"""Small pieces both workbooks are made of: texts, dates, telephone numbers, collectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gridaudit.sample.families import AS_OF
from gridaudit.sample.places import padded
from gridaudit.sample.words import surnames, text

if TYPE_CHECKING:
    from datetime import date

    from gridaudit.sample.draws import Draws

FRESH_DAYS = 200


def with_collectors(draws: Draws, grids: pl.DataFrame) -> pl.DataFrame:
    """Grids with the name of their collector."""
    given = text("given", "female")
    name = draws.pick("collector", surnames()) + draws.pick("collector given", list(given))
    return grids.with_columns(collector=name + draws.pick("collector second", list(given)))


def mobile(draws: Draws, stream: str) -> pl.Expr:
    """An invented mobile number."""
    return pl.lit("199") + padded(draws.between(stream, 0, 99_999_999), 8)


def day_text(day: date | pl.Expr) -> pl.Expr:
    """A date as the export writes it."""
    return (day if isinstance(day, pl.Expr) else pl.lit(day)).dt.strftime("%Y-%m-%d")


def text_cell(heading: str, value: pl.Expr) -> pl.Expr:
    """A column of cells: text, blank where there is nothing."""
    return value.cast(pl.String).fill_null("").alias(heading)


def visit_dates(draws: Draws, table: str) -> list[pl.Expr]:
    """Updated in the last 200 days, collected up to 60 days before."""
    updated = draws.between(f"{table} updated", 0, FRESH_DAYS - 1)
    collected = updated + draws.between(f"{table} collected", -20, 60).clip(0)
    return [
        (pl.lit(AS_OF) - pl.duration(days=updated)).alias("updated"),
        (pl.lit(AS_OF) - pl.duration(days=collected)).alias("collected"),
    ]
