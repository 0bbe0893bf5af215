"""Masks: what may be shown of a cell. Fail-closed: a value that is not recognised is masked whole."""

from __future__ import annotations

import polars as pl

_ID = ("id_no", "head_id_no", "owner_id_no", "other_id")
_NAME = ("name", "head_name", "owner_name", "collector")
_PHONE = ("phone", "head_phone", "owner_phone")
_LONGEST = 20


def masked(values: pl.Series, field: str) -> pl.Series:
    """Return the masked cells of a canonical column: ID first 1 + last 2, name first character, phone 3 + 4."""
    text = values.cast(pl.String)
    whole = _stars(text, 0)
    shown: pl.Expr | None = None
    cell = pl.col("cell")
    if field in _ID:
        is_number = cell.str.contains(r"^(?:[0-9]{17}[0-9Xx]|[0-9]{15})$")
        shown = pl.when(is_number).then(
            cell.str.head(1) + pl.lit("*").repeat_by(cell.str.len_chars() - 3).list.join("") + cell.str.tail(2)
        )
    elif field in _NAME:
        shown = pl.when(cell.str.contains(r"^[\p{Han}·•.]{2,15}$")).then(cell.str.head(1) + "*")
    elif field in _PHONE:
        shown = pl.when(cell.str.contains(r"^1[3-9][0-9]{9}$")).then(cell.str.head(3) + "****" + cell.str.tail(4))
    if shown is None:
        return whole
    return pl.DataFrame({"cell": text, "whole": whole}).select(pl.coalesce(shown, "whole")).to_series()


def _stars(text: pl.Series, keep: int) -> pl.Series:
    length = pl.min_horizontal(pl.col("cell").str.len_chars() - keep, pl.lit(_LONGEST))
    stars = pl.when(pl.col("cell").is_not_null()).then(pl.lit("*").repeat_by(length).list.join(""))
    return pl.DataFrame({"cell": text}).select(stars).to_series()


def house_code(codes: pl.Series) -> pl.Series:
    """Return house codes that are codes; one that could be somebody's number or an address is not shown."""
    is_code = pl.col("code").str.contains(r"^[0-9A-Za-z][0-9A-Za-z_#-]{0,39}$")
    is_person = pl.col("code").str.contains(r"^(?:[1-9][0-9]{16}[0-9Xx]|1[3-9][0-9]{9})$")
    return pl.DataFrame({"code": codes}).select(pl.when(is_code & ~is_person).then("code")).to_series()
