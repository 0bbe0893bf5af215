"""Columns that no sheet has."""

from __future__ import annotations

from typing import overload

import polars as pl

from gridaudit import schema


@overload
def complete(frame: pl.DataFrame, table: str) -> pl.DataFrame: ...


@overload
def complete(frame: None, table: str) -> None: ...


@overload
def complete(frame: pl.DataFrame | None, table: str) -> pl.DataFrame | None: ...


def complete(frame: pl.DataFrame | None, table: str) -> pl.DataFrame | None:
    """Add the columns that no sheet has, null throughout."""
    if frame is None:
        return None
    dtypes = dict(schema.normalised_dtypes(table))
    if table == "residents":
        dtypes |= {"id_no_raw": pl.String(), "id_number_cell": pl.Boolean()}
    if table in {"residents", "houses"}:
        dtypes |= {"copy_hash": pl.UInt64(), "out_of_step": pl.Boolean()}
    missing = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in dtypes.items() if name not in frame.columns]
    return frame.with_columns(missing)
