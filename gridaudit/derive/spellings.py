"""One house under two spellings of its address: 3栋2单元501室, 3幢02单元0501, 3-2-501.

The parsed rooms of the lattice are compared: community, compound, building, unit, floor and room must all be equal.
"""

from __future__ import annotations

import polars as pl

from gridaudit.derive.duplicates import RANK, later
from gridaudit.derive.keys import spot

# A part of a room that the parse passes over: rooms of a shared flat (501A, 501-2) are homes of their own.
_PART = r"[0-9０-９](?:[A-Za-zＡ-Ｚａ-ｚ]|[-－][0-9０-９])(?:室|号房|号|户|房)?$"


def add_spellings(houses: pl.DataFrame, rooms: pl.DataFrame) -> pl.DataFrame:
    """Add `address_respelled` and `spot` (the address in one spelling); fill `other_grid`, where the first one is.

    Args:
        houses: With the facts of `add_house_duplicates`.
        rooms: The rooms of the lattice, `at` being the row of `houses`.
    """
    is_one = (pl.col("last_floor") == pl.col("floor_no")) & (pl.col("last_position") == pl.col("position"))
    named = rooms.filter(is_one & (pl.col("place") != "") & pl.col("building_no").is_not_null())
    number = (pl.col("unit_id").cast(pl.UInt64) * 256 + pl.col("floor_no")) * 256 + pl.col("position")
    digits = pl.col("room_no").str.strip_chars_start("0")
    seats = named.with_columns(digits=digits).select(
        "at", spot("building_no", "unit_no", "floor_no", "digits"), number=number, room_digits="digits"
    )
    several = seats.filter(pl.col("number").is_duplicated())
    at = several["at"]
    rest = several.with_columns(houses[at].select("is_copy", "code_repeated", "address_repeated", "address", "room"))
    is_repeat = pl.any_horizontal(
        pl.col(name).fill_null(value=False) for name in ("is_copy", "code_repeated", "address_repeated")
    )
    is_part = pl.any_horizontal(pl.col("address", "room").str.contains(_PART).fill_null(value=False))
    parts = rest.filter(is_part)["at"]
    rest = rest.filter(~is_repeat & ~is_part).select("at", key=pl.struct("number", "room_digits"))
    ranked = pl.concat([rest.rename({"at": "_index"}), houses[rest["at"]].select(RANK)], how="horizontal")
    found = later(ranked, "key")
    told = pl.Series("address_respelled", [None], dtype=pl.Boolean).new_from_index(0, houses.height)
    told = told.scatter(seats["at"], values=False)
    grids = houses["other_grid"]
    if found.height:
        told = told.scatter(found["_index"], values=True)
        grids = grids.scatter(found["_index"], found["other_grid"])
    keys = houses["address_key"]
    spots = keys.alias("spot").scatter(seats["at"], seats["spot"]).scatter(parts, keys.gather(parts))
    return houses.with_columns(told, grids, spots)
