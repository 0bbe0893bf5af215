"""Masks: what may be shown of a cell. Fail-closed: a value that is not recognised is masked whole."""

from __future__ import annotations

import polars as pl

_ID = ("id_no", "head_id_no", "owner_id_no", "other_id")
_NAME = ("name", "head_name", "owner_name", "collector")
_PHONE = ("phone", "head_phone", "owner_phone")
_WHOLE = "***"


def masked(values: pl.Series, field: str) -> pl.Series:
    """Return the masked cells of a canonical column: ID first 1 + last 2, name first character, phone 3 + 4."""
    cell = pl.col("cell")
    whole = pl.when(cell.is_not_null()).then(pl.lit(_WHOLE))
    if field in _ID:
        is_number = cell.str.contains(r"^(?:[0-9]{17}[0-9Xx]|[0-9]{15})$")
        stars = pl.when(cell.str.len_bytes() == 18).then(pl.lit("*" * 15)).otherwise(pl.lit("*" * 12))
        shown = pl.when(is_number).then(cell.str.head(1) + stars + cell.str.tail(2)).otherwise(whole)
    elif field in _NAME:
        is_name = cell.str.contains(r"^[\p{Han}·•.]{2,15}$")
        shown = pl.when(is_name).then(cell.str.head(1) + "*").otherwise(whole)
    elif field in _PHONE:
        is_mobile = cell.str.contains(r"^1[3-9][0-9]{9}$")
        shown = pl.when(is_mobile).then(cell.str.head(3) + "****" + cell.str.tail(4)).otherwise(whole)
    else:
        shown = whole
    return values.cast(pl.String).to_frame("cell").select(shown).to_series()
