"""Randomness that is the same on every machine and with every polars: splitmix64 over row numbers.

A draw depends on three things only: the seed, the name of its stream and the number of the row.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence


class Draws:
    """Streams of random numbers of one seed, as polars expressions."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def bits(self, stream: str, row: str = "row") -> pl.Expr:
        """64 random bits for each value of the column `row`."""
        start = sha256(f"{self.seed}/{stream}".encode()).digest()[:8]
        mixed = pl.col(row).cast(pl.UInt64) * _whole(0x9E3779B97F4A7C15)
        mixed = mixed + _whole(int.from_bytes(start, "little"))
        mixed = (mixed ^ (mixed // _whole(1 << 30))) * _whole(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed // _whole(1 << 27))) * _whole(0x94D049BB133111EB)
        return mixed ^ (mixed // _whole(1 << 31))

    def share(self, stream: str, row: str = "row") -> pl.Expr:
        """A number in [0, 1)."""
        return (self.bits(stream, row) // _whole(1 << 11)).cast(pl.Float64) / 2.0**53

    def chance(self, stream: str, share: float, row: str = "row") -> pl.Expr:
        """True for `share` of the rows."""
        return self.share(stream, row) < share

    def between(
        self,
        stream: str,
        low: int | pl.Expr,
        high: int | pl.Expr,
        row: str = "row",
    ) -> pl.Expr:
        """A whole number from `low` to `high`, both included, as Int64."""
        first = low if isinstance(low, pl.Expr) else pl.lit(low)
        last = high if isinstance(high, pl.Expr) else pl.lit(high)
        first, last = first.cast(pl.Int64), last.cast(pl.Int64)
        span = (last - first + 1).cast(pl.UInt64)
        return first + (self.bits(stream, row) % span).cast(pl.Int64)

    def pick(self, stream: str, values: Sequence[str], row: str = "row") -> pl.Expr:
        """One of `values`, all equally likely."""
        return one_of(values, self.bits(stream, row) % _whole(len(values)))


def one_of(values: Sequence[str], index: pl.Expr) -> pl.Expr:
    """The value at each index, as text."""
    return pl.lit(pl.Series(values, dtype=pl.String)).gather(index.cast(pl.UInt32))


def _whole(value: int) -> pl.Expr:
    return pl.lit(value, dtype=pl.UInt64)
