"""Frames of parts that are kept until the end, cut loose from the memory of what they were read from."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def compact(frame: pl.DataFrame) -> pl.DataFrame:
    """Copy the texts of a frame: a text taken from a column otherwise keeps all of that column in memory."""
    return frame.with_columns(_copied(column) for column in frame.get_columns() if column.dtype == pl.String)


def coded(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Copy the texts of a frame, and hold those of some columns, which are few, as numbers."""
    return compact(frame.with_columns(pl.col(columns).cast(pl.Categorical)))


def decoded(frame: pl.DataFrame) -> pl.DataFrame:
    """Give columns held as numbers their texts again."""
    return frame.with_columns(pl.col(pl.Categorical).cast(pl.String))


def _copied(texts: pl.Series) -> pl.Series:
    return pl.Series(texts.name, texts.to_arrow(compat_level=pl.CompatLevel.oldest()), dtype=pl.String)
