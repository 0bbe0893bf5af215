"""Marks for homes: what each home of the frame is worth and what it loses.

    lost(h) = 1                                   no record, or lived in with nobody registered
            = min(1, house + min(0.2, relations) + Σ_person min(0.3, own) + 0.5 · people known but gone)

Losses are whole twentieths of a home and coefficients whole thousandths of a mark, so sums are exact and do not depend
on their order.
"""

from __future__ import annotations

import polars as pl

WHOLE = 20
MAJOR, MINOR = 4, 1
RELATIONS_CAP, OWN_CAP = 4, 6
GONE = 10
MARK = 1000

HOMES: dict[str, pl.DataType] = {
    "home": pl.String(), "street": pl.String(), "community": pl.String(), "grid": pl.String(),
    "collector": pl.String(), "coefficient": pl.Int64(), "coefficient_known": pl.Boolean(), "stratum": pl.String(),
    "checkable": pl.Boolean(), "recorded": pl.Boolean(), "n_gone": pl.Int64(),
}  # fmt: skip


def lost_units(homes: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """Add what every home loses.

    Args:
        homes: The frame, one row per home (columns of `HOMES`).
        findings: Scored findings: `home`, `person` (key of the row, null for house findings), `loss`, `counted_in`;
            and `whole` (Boolean) where the home is lost as a whole (nobody registered).

    Returns:
        `homes` with `lost` (Int64, twentieths of the home) and `n_scored` (scored findings).
    """
    units = pl.col("loss").replace_strict({"major": MAJOR, "minor": MINOR, "none": 0}, return_dtype=pl.Int64)
    counted = findings.with_columns(units=units)
    own = (
        counted.filter(pl.col("counted_in") == "own")
        .group_by("home", "person")
        .agg(pl.col("units").sum())
        .group_by("home")
        .agg(own=pl.min_horizontal("units", pl.lit(OWN_CAP)).sum())
    )
    rest = counted.group_by("home").agg(
        house=pl.col("units").filter(pl.col("counted_in") == "house").sum(),
        relations=pl.min_horizontal(
            pl.col("units").filter(pl.col("counted_in") == "relation").sum(), pl.lit(RELATIONS_CAP)
        ),
        whole=pl.col("whole").any(),
        n_scored=((pl.col("units") > 0) | pl.col("whole")).sum().cast(pl.Int64),
    )
    # The joins carry the key alone: there may be millions of homes.
    joined = (
        homes.select("home")
        .join(own, on="home", how="left", maintain_order="left")
        .join(rest, on="home", how="left", maintain_order="left")
        .drop("home")
    )
    parts = sum((pl.col(name).fill_null(0) for name in ("own", "house", "relations")), pl.col("n_gone") * GONE)
    is_whole = ~pl.col("recorded") | pl.col("whole").fill_null(value=False)
    return (
        pl.concat([homes, joined], how="horizontal")
        .with_columns(
            lost=pl.when(is_whole).then(WHOLE).otherwise(pl.min_horizontal(parts, pl.lit(WHOLE))).cast(pl.Int64),
            n_scored=pl.col("n_scored").fill_null(0),
        )
        .drop("own", "house", "relations", "whole")
    )


def marks_of(coefficient: pl.Expr, lost: pl.Expr) -> pl.Expr:
    """Marks kept, in thousandths of a mark times twentieths."""
    return coefficient * (WHOLE - lost)


def score(*, low: int, high: int) -> list[pl.Expr]:
    """Return the aggregations of an area from `coefficient`, `coefficient_known`, `lost` and `checkable` of its homes.

    Args:
        low: Coefficient (thousandths) that unknown homes have at one end.
        high: The same at the other end.
    """
    possible = pl.col("coefficient").sum()
    kept = marks_of(pl.col("coefficient"), pl.col("lost")).sum()
    ends = []
    for end in (low, high):
        at_end = pl.when("coefficient_known").then("coefficient").otherwise(end)
        ends.append(_percent(marks_of(at_end, pl.col("lost")).sum(), at_end.sum()))
    return [
        pl.len().cast(pl.UInt32).alias("n_homes"),
        (possible / MARK).alias("standard_households"),
        _percent(kept, possible).alias("score"),
        pl.min_horizontal(ends).alias("score_low"),
        pl.max_horizontal(ends).alias("score_high"),
        ((possible * WHOLE - kept) / (MARK * WHOLE)).alias("marks_lost"),
        (~pl.col("coefficient_known")).sum().cast(pl.UInt32).alias("n_unknown"),
        pl.col("checkable").mean().alias("checkable"),
        (pl.col("lost") > 0).sum().cast(pl.UInt32).alias("n_problem_homes"),
    ]


def _percent(kept: pl.Expr, possible: pl.Expr) -> pl.Expr:
    """100 × kept ÷ possible, null without any home."""
    return pl.when(possible > 0).then(100 * kept / (possible * WHOLE))
