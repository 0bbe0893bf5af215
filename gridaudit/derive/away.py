"""Who is registered in one place and lives in another."""

from __future__ import annotations

import polars as pl

_BOOK_ALONE = pl.col("pop_type") == "户在人不在"


def away() -> pl.Expr:
    """Registered here and living elsewhere: the status says so, or the population type where there is no status."""
    return pl.coalesce(pl.col("status") == "外出", _BOOK_ALONE).fill_null(value=False)


def says_away() -> pl.Expr:
    """As `away`, also where a status beside the population type says no more than that the record is in force."""
    return away() | _BOOK_ALONE.fill_null(value=False)
