"""Grids held against homes of their kind elsewhere: how many are vacant, how many people the others hold.

Every home is expected to be as homes of its kind are in the whole input, on average (indirect standardisation), and
limits are widened by how far the grids lie apart anyway (docs/methods.md, 8). Information, never a mark.
"""

from __future__ import annotations

import polars as pl

from gridaudit import schema
from gridaudit.derive.grids.dispersion import Z95, dispersion
from gridaudit.derive.homes import DWELLING
from gridaudit.derive.places import AREA

_HOUSED = 10  # more people than this in a home are no household
_MIN_GRIDS, _MIN_HOMES = 20, 30
_KIND = ("is_managed", "in_lattice", "occupancy")
KINDS = (*AREA, *_KIND)


def count_kinds(houses: pl.DataFrame | None) -> pl.DataFrame:
    """Count dwellings by grid and kind; those of parts add up when each home is in one part.

    Args:
        houses: With occupants; None when there is no such table.

    Returns:
        The area, `is_managed`, `in_lattice`, `occupancy`, `n` dwellings, of them `n_lived` lived in by a household on
        record, with `people` and `squares`, the sum of the squares of their numbers.
    """
    if houses is None:
        return pl.DataFrame(schema={**dict.fromkeys(KINDS, pl.String), "n": pl.Int64})
    is_one = ~pl.col("is_copy") & ~pl.col("code_repeated").fill_null(value=False) & pl.col("home").is_not_null()
    is_dwelling = pl.col("use").fill_null("住宅").is_in(DWELLING) & pl.col("vacant").is_not_null()
    people = pl.col("n_residents").cast(pl.Int64).fill_null(0)
    is_housed = people.is_between(1, _HOUSED) & pl.col("lived_in").fill_null(value=False)
    narrow = houses.lazy().filter(is_one & is_dwelling & pl.col("area_grid").is_not_null())
    of_home = narrow.select(*AREA, *_KIND, n_lived=is_housed.cast(pl.Int64), people=pl.when(is_housed).then(people))
    squares = (pl.col("people") ** 2).sum().alias("squares")
    figures = [pl.len().cast(pl.Int64).alias("n"), pl.col("n_lived", "people").sum(), squares]
    return of_home.group_by(KINDS).agg(*figures).collect()


def grid_figures(kinds: pl.DataFrame) -> pl.DataFrame | None:
    """Return one row per grid (the facts of `grid_figures` in `facts.toml`); None where no occupancy is known.

    Args:
        kinds: What `count_kinds` gives, summed up.
    """
    if kinds.is_empty():
        return None
    figures = _vacancy(kinds).join(_households(kinds), on=AREA, how="left", nulls_equal=True, maintain_order="left")
    facts = [pl.col(name).cast(fact.dtype) for name, fact in schema.facts("grid_figures").items()]
    return figures.select(*AREA, *facts, pl.lit(None, pl.UInt16).alias("sheet_no"))


def _vacancy(kinds: pl.DataFrame) -> pl.DataFrame:
    """Vacant dwellings against the share of their kind; over-dispersed limits on the roots, which evens Poisson out."""
    kind = ("is_managed", "in_lattice")
    counted = kinds.with_columns(vacant=pl.when(pl.col("occupancy") == "空置").then("n").otherwise(0))
    rate = pl.col("vacant").sum().over(kind) / pl.col("n").sum().over(kind)
    grids = (
        counted.with_columns(expected=rate * pl.col("n"))
        .group_by(AREA)
        .agg(pl.col("n", "vacant", "expected").sum())
        .sort(AREA, nulls_last=True)
    )
    z = 2 * (pl.col("vacant").sqrt() - pl.col("expected").sqrt())
    comparable = grids.filter((pl.col("n") >= _MIN_HOMES) & (pl.col("expected") > 0))
    phi, enough = dispersion(comparable.select(z).to_series(), at_least=_MIN_GRIDS), comparable.height >= _MIN_GRIDS
    reach, root = Z95 * phi**0.5 / 2, pl.col("expected").sqrt()
    return grids.select(
        *AREA,
        n_dwellings="n",
        n_vacant="vacant",
        vacant_share=(100 * pl.col("vacant") / pl.col("n")).round(),
        usual_low=(100 * pl.max_horizontal(root - reach, 0.0) ** 2 / pl.col("n")).round(),
        usual_high=(100 * pl.min_horizontal((root + reach) ** 2 / pl.col("n"), 1.0)).round(),
        vacancy_z=pl.when(enough & (pl.col("expected") > 0)).then(z / phi**0.5),
    )


def _households(kinds: pl.DataFrame) -> pl.DataFrame:
    """People of homes that hold anybody, against the mean of homes of their kind."""
    kind = ("is_managed", "occupancy")
    lived = kinds.filter(pl.col("n_lived") > 0)
    of_kind = pl.col("n_lived").sum().over(kind)
    mean = pl.col("people").sum().over(kind) / of_kind
    variance = (pl.col("squares").sum().over(kind) / of_kind - mean**2).clip(0)
    grids = (
        lived.with_columns(expected=mean * pl.col("n_lived"), variance=variance * pl.col("n_lived"))
        .group_by(AREA)
        .agg(pl.col("n_lived", "people", "expected", "variance").sum())
    )
    z = (pl.col("people") - pl.col("expected")) / pl.col("variance").sqrt()
    comparable = grids.filter((pl.col("n_lived") >= _MIN_HOMES) & (pl.col("variance") > 0))
    phi, enough = dispersion(comparable.select(z).to_series(), at_least=_MIN_GRIDS), comparable.height >= _MIN_GRIDS
    reach = Z95 * (phi * pl.col("variance")).sqrt()
    return grids.select(
        *AREA, "n_lived",
        n_people="people",
        people_low=pl.max_horizontal(pl.col("expected") - reach, pl.col("n_lived")).round(),
        people_high=(pl.col("expected") + reach).round(),
        people_z=pl.when(enough & (pl.col("variance") > 0)).then(z / phi**0.5),
    )  # fmt: skip
