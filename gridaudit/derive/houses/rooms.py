"""What a house says of itself and its neighbours: room against floor, property management within a compound."""

from __future__ import annotations

import polars as pl

from gridaudit import schema
from gridaudit.derive.keys import evened

_MIN_NEIGHBOURS = 5
_AGREEING = 0.9
_PLACE = ("community", "compound", "building")


def add_room_facts(houses: pl.DataFrame) -> pl.DataFrame:
    """Add `room_fits_floor` (L151).

    Args:
        houses: With `community`, `compound`, `building`, `floor` and `room` as text.

    Returns:
        True where the room number begins with the floor, or with one that numbering explains (one floor up or down for
        a mezzanine, floors left out, a unit before the floor); false where it does not, in a building where nearly all
        the others do; null where there is no such building or no such number.
    """
    room, floor = _whole(houses["room"]), _whole(houses["floor"])
    numbers = pl.DataFrame({"room": room, "floor": floor})
    told = pl.col("room").is_between(101, 9999) & pl.col("floor").is_between(1, 99)
    label = pl.col("room") // 100
    # Where 13 and 14 are left out, a room 1501 stands on the 13th floor.
    left_out = pl.sum_horizontal((label >= number).cast(pl.Int32) for number in schema.lattice()["taboo_floors"])
    after_unit = pl.col("room") // 100 % 10
    fits = pl.col("floor").is_between(label - left_out - 1, label + 1) | (after_unit == pl.col("floor"))
    verdict = numbers.select(pl.when(told).then(fits)).to_series().alias("room_fits_floor")
    suspects = (~verdict).fill_null(value=False).arg_true()
    if suspects.is_empty():
        return houses.with_columns(verdict)
    places = pl.concat([evened(houses, _PLACE), verdict.to_frame()], how="horizontal").with_row_index("at")
    suspicious = places[suspects].select(_PLACE).unique()
    neighbours = places.join(suspicious, on=_PLACE, how="semi", nulls_equal=True)
    fits = pl.col("room_fits_floor")
    agreeing = neighbours.group_by(_PLACE).agg(
        is_sure=(fits.sum() >= _MIN_NEIGHBOURS) & ((fits.mean() >= _AGREEING) | ((~fits).sum() == 1))
    )
    sure = places[suspects].join(agreeing, on=_PLACE, how="left", nulls_equal=True, maintain_order="left")["is_sure"]
    return houses.with_columns(verdict.scatter(suspects.filter(~sure), None))


def _whole(texts: pl.Series) -> pl.Series:
    """The number in 5, 05, 5层, 5楼, 501室; null for anything else (负一, 5-6, 跃层)."""
    numbers = texts.cast(pl.Int32, strict=False)
    rest = (numbers.is_null() & texts.is_not_null()).arg_true()
    if rest.is_empty():
        return numbers
    digits = texts.gather(rest).str.extract(r"^第?([0-9]{1,4})(?:层|楼|F|室|号|房)?$", 1).cast(pl.Int32)
    return numbers.scatter(rest, digits)


def add_management_agreement(houses: pl.DataFrame) -> pl.DataFrame:
    """Add `management_agrees` (L153): true or false once a compound, on its first house in the order of the homes.

    False where one and the same building has homes with and homes without property management. Whole buildings that
    differ are the phases of an estate. In doubt the finding stands on a home of the smaller group.

    Args:
        houses: With `says_managed`, what each row says itself, and `home`.
    """
    estate = pl.col("community").fill_null("").hash(1) ^ pl.col("compound").hash(2)
    keys = {
        "estate": pl.when(pl.col("compound").is_not_null()).then(estate),
        "block": pl.when(pl.col("building").is_not_null()).then(estate ^ pl.col("building").hash(3)),
    }
    asked = houses.lazy().select("says_managed", "home", **keys).with_row_index("at")
    told = asked.filter(pl.col("estate").is_not_null() & pl.col("says_managed").is_not_null()).collect()
    mixed = (
        told.filter(pl.col("block").is_not_null())
        .group_by("block")
        .agg(share=pl.col("says_managed").mean())
        .filter(pl.col("share").is_between(0, 1, closed="none"))
        .select("block", smaller=pl.col("share") <= 0.5)
    )
    rows = told.join(mixed, on="block", how="inner").filter(pl.col("says_managed") == pl.col("smaller"))
    failing = rows.sort("home", "at").unique("estate", keep="first", maintain_order=True)
    passing = told.filter(pl.col("estate").is_first_distinct()).join(failing, on="estate", how="anti")
    fact = pl.Series("management_agrees", [None], dtype=pl.Boolean).new_from_index(0, houses.height)
    return houses.with_columns(fact.scatter(passing["at"], True).scatter(failing["at"], False))
