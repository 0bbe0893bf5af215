"""Who lives where, seen from the house and from the grid."""

from __future__ import annotations

import polars as pl

_LIVED_IN = ("自住", "出租", "借住")
_DWELLING = ("住宅", "商住")


def add_occupants(houses: pl.DataFrame, residents: pl.DataFrame | None) -> pl.DataFrame:
    """Add `lived_in`, `vacant`, `n_residents` and `n_living_here` (null without a residents table).

    `n_residents` counts people present in the register of the home, `n_living_here` those not recorded as away.
    """
    is_dwelling = pl.col("use").fill_null("住宅").is_in(_DWELLING)
    lived_in = pl.col("occupancy").is_in(_LIVED_IN) | (
        pl.col("occupancy").is_null() & pl.col("occupancy_text").is_null() & pl.col("rented")
    )
    houses = houses.with_columns(
        lived_in=pl.when(pl.col("occupancy").is_not_null() | pl.col("rented").is_not_null()).then(
            (lived_in & is_dwelling).fill_null(value=False)
        ),
        vacant=pl.when(pl.col("occupancy").is_not_null()).then((pl.col("occupancy") == "空置") & is_dwelling),
    )
    if residents is None:
        nothing = pl.lit(None, dtype=pl.UInt32)
        return houses.with_columns(n_residents=nothing, n_living_here=nothing)
    away = (pl.col("status") == "外出").fill_null(value=False)
    counts = (
        residents.lazy()
        .filter(pl.col("present") & ~pl.col("is_copy") & pl.col("home").is_not_null())
        .group_by("home")
        .agg(n_residents=pl.len().cast(pl.UInt32), n_living_here=(~away).sum().cast(pl.UInt32))
        .collect()
    )
    houses = houses.join(counts, on="home", how="left", maintain_order="left")
    return houses.with_columns(pl.col("n_residents", "n_living_here").fill_null(0))


def homes_per_grid(homes: pl.DataFrame | None) -> pl.DataFrame:
    """Count homes: `grid`, `n_homes`. Those of parts add up when each home is in one part.

    Args:
        homes: `home` and `area_grid` of every record; None when there is no table of them.
    """
    if homes is None:
        return pl.DataFrame(schema={"grid": pl.String, "n_homes": pl.UInt32})
    first = (
        homes.lazy().select("home", "area_grid").drop_nulls("home").group_by("home").agg(grid=pl.col("area_grid").min())
    )
    return first.group_by("grid").agg(n_homes=pl.len().cast(pl.UInt32)).collect()


def add_grid_facts(roster: pl.DataFrame, homes: pl.DataFrame) -> pl.DataFrame:
    """Add `n_homes`, `street_present` and `first_of_street` to the roster.

    Args:
        roster: One row per grid.
        homes: What `homes_per_grid` gives.
    """
    grids = roster.join(homes, on="grid", how="left", maintain_order="left").with_columns(
        pl.col("n_homes").fill_null(0)
    )
    return grids.with_columns(
        street_present=(pl.col("n_homes").sum().over("street") > 0).fill_null(value=True),
        first_of_street=pl.col("street").is_first_distinct(),
    )
