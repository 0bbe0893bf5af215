"""Comparing areas fairly: observed ÷ expected problem homes with over-dispersed limits, in three words.

Expected: each home at the district's rate for homes of its kind (indirect standardisation). Source of the method:
Spiegelhalter 2005; docs/methods.md, 7.
"""

from __future__ import annotations

import polars as pl

from gridaudit.derive.grids.dispersion import Z95, Z998
from gridaudit.derive.grids.dispersion import dispersion as of_z

_MIN_AREAS = 4
HIGHER, SAME, LOWER = "higher", "same", "lower"


def expected_rates(homes: pl.DataFrame) -> pl.DataFrame:
    """Add `expected`: the district's share of problem homes among homes of the same stratum."""
    return homes.with_columns(expected=(pl.col("lost") > 0).mean().over("stratum"))


def dispersion(grids: pl.DataFrame) -> float:
    """Return φ from the grids' `n_problem_homes` and `expected`; 1 when there are too few of them."""
    usable = grids.filter(pl.col("expected") > 0)
    z = 2 * (usable["n_problem_homes"].sqrt() - usable["expected"].sqrt())
    return of_z(z, at_least=_MIN_AREAS)


def with_verdicts(areas: pl.DataFrame, phi: float, *, strict: bool) -> pl.DataFrame:
    """Add `oe`, its 95 % interval `oe_low`–`oe_high` and `verdict` (null where nothing is expected).

    Args:
        areas: With `n_problem_homes` and `expected`.
        phi: Dispersion.
        strict: Judge by the 99.8 % limits (grids, communities, collectors) instead of the 95 % limits (streets).
    """
    observed, expected = pl.col("n_problem_homes").cast(pl.Float64), pl.col("expected")
    spread = phi**0.5 / 2
    root = observed.sqrt()
    z = (root - expected.sqrt()) / spread
    limit = Z998 if strict else Z95
    has = expected > 0
    return areas.with_columns(
        oe=pl.when(has).then(observed / expected),
        oe_low=pl.when(has).then(pl.max_horizontal(root - Z95 * spread, pl.lit(0.0)) ** 2 / expected),
        oe_high=pl.when(has).then((root + Z95 * spread) ** 2 / expected),
        verdict=pl.when(has).then(
            pl.when(z > limit).then(pl.lit(HIGHER)).when(z < -limit).then(pl.lit(LOWER)).otherwise(pl.lit(SAME))
        ),
    )
