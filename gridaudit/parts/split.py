"""Which part each row belongs to: homes in the order in which they first appear, cut where a part is full.

Neighbours in the file stay neighbours, so that a part is read from few pieces of it.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl


class Split(NamedTuple):
    """The part of every resident and of every house; `n_parts` is how many there are."""

    residents: pl.Series
    houses: pl.Series | None
    n_parts: int


def split(keys: pl.Series, homes: pl.Series | None, size: int) -> Split:
    """Split residents and houses so that equal keys, and a home with all its houses, are in one part.

    Args:
        keys: Of the residents; those without a key belong to nobody.
        homes: The same keys of houses; None without a houses table.
        size: About how many residents a part has.
    """
    alone = pl.int_range(keys.len(), dtype=pl.UInt64, eager=True)
    rows = pl.DataFrame({"key": keys.zip_with(keys.is_not_null(), alone)})
    groups = rows.with_row_index("at").group_by("key").agg(first=pl.col("at").min(), n=pl.len()).sort("first")
    before = pl.col("n").cast(pl.UInt64).cum_sum() - pl.col("n")
    groups = groups.select("key", part=(before // size).cast(pl.UInt32))
    residents = rows.join(groups, on="key", how="left", maintain_order="left")["part"]
    n_parts = int(groups["part"].max() or 0) + 1  # type: ignore[arg-type]
    if homes is None:
        return Split(residents, None, n_parts)
    evenly = pl.int_range(homes.len(), dtype=pl.UInt64, eager=True) * n_parts // max(1, homes.len())
    met = pl.DataFrame({"key": homes}).join(groups, on="key", how="left", maintain_order="left")["part"]
    twins = pl.DataFrame({"key": homes, "part": evenly.cast(pl.UInt32)})
    first = twins.select(pl.when(pl.col("key").is_null()).then("part").otherwise(pl.col("part").first().over("key")))
    return Split(residents, met.zip_with(met.is_not_null(), first.to_series()), n_parts)
