"""Telephone numbers that stand in many homes: a landlord's, a property office's, a collector's own."""

from __future__ import annotations

import polars as pl

_FEW = 4


def add_phone_facts(residents: pl.DataFrame, roster: pl.DataFrame | None) -> pl.DataFrame:
    """Add `n_phone_homes` (in how many homes the phone of the row stands; 1 below four rows) and `is_collectors_phone`.

    Args:
        residents: With `name`, `phone`, `phone_shape_ok`, `present`, `is_copy` and `home`.
        roster: With `collector` and `collector_phone`; None without one.
    """
    asked = pl.col("phone_shape_ok") & pl.col("present") & ~pl.col("is_copy") & pl.col("home").is_not_null()
    rows = residents.select("phone", "home", asked=asked.fill_null(value=False)).with_row_index("at").filter("asked")
    hashes = rows.select(pl.col("phone").hash(0).alias("number"))
    common = hashes.group_by("number").len().filter(pl.col("len") >= _FEW)["number"]
    shared = rows.filter(hashes["number"].is_in(common.implode())) if common.len() else rows.clear()
    shared = shared.with_columns(n=pl.col("home").n_unique().over("phone").cast(pl.UInt32))
    fact = pl.Series("n_phone_homes", [None], dtype=pl.UInt32).new_from_index(0, residents.height)
    return residents.with_columns(
        fact.scatter(rows["at"], 1).scatter(shared["at"], shared["n"]), _of_collectors(roster)
    )


def _of_collectors(roster: pl.DataFrame | None) -> pl.Expr:
    """A collector who lives in the district may give a number of their own."""
    told = None if roster is None else roster.select("collector", "collector_phone").drop_nulls()
    if told is None or told.is_empty():
        return pl.lit(value=False).alias("is_collectors_phone")
    own = pl.col("name").is_in(told["collector"].implode()).fill_null(value=False)
    is_theirs = pl.col("phone").is_in(told["collector_phone"].implode()) & ~own
    return is_theirs.fill_null(value=False).alias("is_collectors_phone")
