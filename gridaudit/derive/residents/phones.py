"""Telephone numbers that stand in many homes: a landlord's, a property office's, a collector's own."""

from __future__ import annotations

import polars as pl

_FEW = 4


# Rows whose phone is counted.
ASKED = pl.col("phone_shape_ok") & pl.col("present") & ~pl.col("is_copy") & pl.col("home").is_not_null()


def phone_facts(
    residents: pl.DataFrame, roster: pl.DataFrame | None, of_whole: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return `n_phone_homes` (in how many homes the phone stands; 1 below four rows) and `is_collectors_phone`.

    Args:
        residents: With `name`, `phone`, `phone_shape_ok`, `present`, `is_copy` and `home`.
        roster: With `collector` and `collector_phone`; None without one.
        of_whole: What `homes_per_phone` gave for the whole table when `residents` is a part of it.
    """
    rows = residents.select("phone", "home", asked=ASKED.fill_null(value=False)).with_row_index("at").filter("asked")
    hashes = rows.select(phone_hash())["number"]
    if of_whole is None:
        common = hashes.value_counts(name="n").filter(pl.col("n") >= _FEW)["number"]
        shared = rows.filter(hashes.is_in(common.implode())) if common.len() else rows.clear()
        shared = shared.with_columns(n=pl.col("home").n_unique().over("phone").cast(pl.UInt32))
    else:
        shared = pl.DataFrame([rows["at"], hashes]).join(of_whole, on="number", how="inner")
    fact = pl.Series("n_phone_homes", [None], dtype=pl.UInt32).new_from_index(0, residents.height)
    return residents.select(fact.scatter(rows["at"], 1).scatter(shared["at"], shared["n"]), _of_collectors(roster))


def phone_hash() -> pl.Expr:
    """Return the hash by which phones are told apart, `number`."""
    return pl.col("phone").hash(0).alias("number")


def homes_per_phone(rows: pl.DataFrame) -> pl.DataFrame:
    """Count the homes of every number that stands in four rows or more: `number`, `n`.

    Args:
        rows: Hashes `number` and `home` of the rows that are asked.
    """
    common = rows["number"].value_counts(name="n_rows").filter(pl.col("n_rows") >= _FEW)["number"]
    shared = rows.filter(pl.col("number").is_in(common.implode()))
    return shared.group_by("number").agg(n=pl.col("home").n_unique().cast(pl.UInt32))


def _of_collectors(roster: pl.DataFrame | None) -> pl.Expr:
    """A collector who lives in the district may give a number of their own."""
    told = None if roster is None else roster.select("collector", "collector_phone").drop_nulls()
    if told is None or told.is_empty():
        return pl.lit(value=False).alias("is_collectors_phone")
    own = pl.col("name").is_in(told["collector"].implode()).fill_null(value=False)
    is_theirs = pl.col("phone").is_in(told["collector_phone"].implode()) & ~own
    return is_theirs.fill_null(value=False).alias("is_collectors_phone")
