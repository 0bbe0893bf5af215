"""One house under two spellings of its address: 3栋2单元501室, 3幢02单元0501, 3-2-501.

The parsed rooms of the lattice are compared: community, compound, building, unit, floor and room must all be equal.
"""

from __future__ import annotations

import polars as pl

from gridaudit.derive.duplicates import later
from gridaudit.derive.keys import spot

_ENDING = "(?:室|号房|号|户|房)?"
# What the parse passes over: rooms of a shared flat (501A, 501-2, 501室-2) are homes of their own, and a remark
# (301室(阁楼)) may be one; 1单元-101 is the basement or 101.
_PART = (
    rf"[0-9０-９]{_ENDING}(?:[A-Za-zＡ-Ｚａ-ｚ]|[-－][0-9０-９]|室[-－][0-9]{{1,2}}){_ENDING}$"
    rf"|[)）\]】]$|内$|单元\s*[-－‐-―]\s*[1-3１-３][0-9０-９]{{2}}{_ENDING}$"
)
# A shop may bear the number of a flat in the same building.
_NO_HOME = ("商用", "办公", "仓储", "公共")


def add_spellings(houses: pl.DataFrame, rooms: pl.DataFrame, *, with_spots: bool = True) -> pl.DataFrame:
    """Add `address_respelled` and `spot` (the address in one spelling); fill `other_grid`, where the first one is.

    Args:
        houses: With the facts of `add_house_duplicates`.
        rooms: The rooms of the lattice, `at` being the row of `houses`.
        with_spots: Whether `spot` is wanted, which is a text per house.
    """
    is_one = (pl.col("last_floor") == pl.col("floor_no")) & (pl.col("last_position") == pl.col("position"))
    named = rooms.lazy().filter(is_one & (pl.col("place") != "") & pl.col("building_no").is_not_null())
    number = (pl.col("unit_id").cast(pl.UInt64) * 256 + pl.col("floor_no")) * 256 + pl.col("position")
    digits = pl.col("room_no").str.strip_chars_start("0")
    is_home = ~pl.col("use").cast(pl.String).is_in(_NO_HOME).fill_null(value=False)
    seats = named.select("at", number=number, room_digits=digits, is_home=is_home).collect()
    several = seats.filter(pl.col("number").is_duplicated())
    at = several["at"]
    rest = several.with_columns(houses.select("is_copy", "code_repeated", "address_repeated", "address", "room")[at])
    is_repeat = pl.any_horizontal(
        pl.col(name).fill_null(value=False) for name in ("is_copy", "code_repeated", "address_repeated")
    )
    is_part = pl.any_horizontal(pl.col("address", "room").str.contains(_PART).fill_null(value=False))
    keys = rest.filter(~is_repeat & ~is_part).select(_index="at", key=pl.struct("number", "room_digits", "is_home"))
    found = later(keys, "key", houses)
    told = pl.Series("address_respelled", [None], dtype=pl.Boolean).new_from_index(0, houses.height)
    told = told.scatter(seats["at"], values=False)
    grids = houses["other_grid"]
    if found.height:
        told = told.scatter(found["_index"], values=True)
        grids = grids.scatter(found["_index"], found["other_grid"])
    houses = houses.with_columns(told, grids)
    if not with_spots:
        return houses
    where = spot("building_no", "unit_no", "floor_no", "digits")
    spelled = named.with_columns(digits=digits).select(where).collect().to_series()
    parts, own = rest.filter(is_part)["at"], houses["address_key"]
    return houses.with_columns(own.alias("spot").scatter(seats["at"], spelled).scatter(parts, own.gather(parts)))
