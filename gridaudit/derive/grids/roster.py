"""The homes of a grid against what the roster says of it."""

from __future__ import annotations

import polars as pl

from gridaudit.derive.grids.dispersion import Z998, dispersion

_MIN_GRIDS = 20


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
    """Add `n_homes`, `homes_expected`, `homes_low`, `street_present` and `first_of_street` to the roster.

    Args:
        roster: One row per grid.
        homes: What `homes_per_grid` gives.
    """
    grids = roster.join(homes, on="grid", how="left", maintain_order="left").with_columns(
        pl.col("n_homes").fill_null(0)
    )
    return grids.with_columns(
        *_expectation(grids),
        street_present=(pl.col("n_homes").sum().over("street") > 0).fill_null(value=True),
        first_of_street=pl.col("street").is_first_distinct(),
    )


def _expectation(grids: pl.DataFrame) -> list[pl.Expr]:
    """How many homes a grid would have (`homes_expected`), and how few before that is unusual (`homes_low`).

    A roster is an estimate: where all grids have fewer than it says, that much is its own; and the limit is as wide as
    the grids lie apart from it anyway (docs/methods.md, 8).
    """
    n, stated = pl.col("n_homes"), pl.col("expected_households")
    known = grids.filter((n > 0) & (stated > 0))
    enough = known.height >= _MIN_GRIDS
    share = min(1.0, float(known.select((n / stated).median()).item())) if enough else 1.0
    z = known.select(2 * (n.sqrt() - (share * stated).sqrt())).to_series()
    reach = Z998 * dispersion(z, at_least=_MIN_GRIDS) ** 0.5 / 2
    low = pl.max_horizontal((share * stated).sqrt() - reach, 0.0) ** 2
    figures = {"homes_expected": (share * stated).round(), "homes_low": low.ceil()}
    return [pl.when(stated > 0).then(figure).cast(pl.UInt32).alias(name) for name, figure in figures.items()]
