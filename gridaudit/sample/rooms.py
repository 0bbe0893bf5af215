"""The rooms of each building as it was built: not every building has every room its numbers could name.

Towers without floors 4, 13 and 14; shops below the homes; a single flat at the top; a unit with fewer flats a floor
than the others; two flats made one. The shares follow the simulations behind the room lattice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gridaudit.sample.cases import either
from gridaudit.sample.places import padded

if TYPE_CHECKING:
    from gridaudit.sample.draws import Draws

GRID = ("street", "community", "grid", "grid_name")
HOME = ("kind", "kind_order", "block", "place_in_block", "compound", "building", "unit", "floor", "room")
# Which homes stand above each other (`stack`), how many flats a home takes, and whether its absence would show.
STRUCTURE = ("stack", "flats", "shows", "shows_floor", "shows_unit")

OVER_SHOPS, NO_FOUR, SINGLE_TOP, DIFFERING, JOINED = 0.35, 0.3, 0.15, 0.1, 0.006
TOWER, PLAIN = 8, 5


def build_rooms(draws: Draws, buildings: pl.DataFrame) -> pl.DataFrame:
    """Every home of the buildings, unit by unit and floor by floor.

    Args:
        draws: The streams of the seed.
        buildings: One row per building: seat (its number), kind, floors, units, rooms (a floor) and size.

    Returns:
        `GRID`, `HOME`, address and `STRUCTURE`.
    """
    traits = buildings.with_columns(
        over_shops=draws.chance("over shops", OVER_SHOPS, "seat") & (pl.col("floors") >= PLAIN),
        no_four=draws.chance("no four", NO_FOUR, "seat") & (pl.col("floors") >= TOWER),
        single_top=draws.chance("single top", SINGLE_TOP, "seat") & (pl.col("floors") >= PLAIN),
        differing=draws.chance("differing", DIFFERING, "seat") & (pl.col("units") > 1) & (pl.col("rooms") > 2),
    )
    rooms = traits.with_columns(place_in_block=pl.int_ranges(0, "size")).explode("place_in_block")
    in_unit = pl.col("place_in_block") % (pl.col("floors") * pl.col("rooms"))
    rooms = rooms.with_columns(
        at=in_unit // pl.col("rooms") + 1,
        unit_number=pl.col("place_in_block") // (pl.col("floors") * pl.col("rooms")) + 1,
        position=in_unit % pl.col("rooms") + 1,
        cell=pl.col("seat") * 1000 + pl.col("place_in_block"),
    )
    is_top_extra = pl.col("single_top") & (pl.col("at") == pl.col("floors")) & (pl.col("position") > 1)
    is_last = (pl.col("unit_number") == pl.col("units")) & (pl.col("position") == pl.col("rooms"))
    rooms = rooms.filter(~is_top_extra & ~(pl.col("differing") & is_last))
    return _written(_joined(draws, rooms))


def _joined(draws: Draws, rooms: pl.DataFrame) -> pl.DataFrame:
    """A few flats are one with the next: written as both, half of them, or as the first and twice as large."""
    place = ["seat", "unit_number", "at"]
    rooms = rooms.with_columns(
        joins=draws.chance("joined", JOINED, "cell") & (pl.col("position") % 2 == 1)
        & (pl.col("position") < pl.col("position").max().over(place)) & (pl.col("floors") >= PLAIN),
        writes_both=draws.chance("written as both", 0.5, "cell"),
    )  # fmt: skip
    second = rooms.filter("joins").select(*place, position=pl.col("position") + 1)
    return rooms.join(second, on=[*place, "position"], how="anti", maintain_order="left")


def _written(rooms: pl.DataFrame) -> pl.DataFrame:
    """Numbers and addresses; and where an omission would show in the rest of its building."""
    floor = pl.col("at") + pl.col("over_shops").cast(pl.Int64)
    floor = either(pl.col("no_four") & (floor >= 4), floor + 1, floor)
    rooms = rooms.with_columns(label=either(pl.col("no_four") & (floor >= 13), floor + 2, floor))
    first = pl.format("{}{}", "label", padded(pl.col("position"), 2))
    both = pl.format("{}-{}{}", first, "label", padded(pl.col("position") + 1, 2))
    rooms = rooms.with_columns(
        building=pl.format("{}栋", "block"),
        unit=pl.format("{}单元", "unit_number"),
        floor=pl.col("label").cast(pl.String),
        room=either(pl.col("joins") & pl.col("writes_both"), both, first),
        kind_order=(pl.col("kind") != "managed").cast(pl.Int64),
        stack=pl.col("seat") * 100 + pl.col("unit_number") * 10 + pl.col("position"),
        flats=1 + pl.col("joins").cast(pl.Int64),
    )
    inside = (pl.col("at") > 2) & (pl.col("at") < pl.col("floors") - 1)
    plain = (pl.col("floors") >= PLAIN + 1) & ~pl.col("joins").any().over("seat")
    around = ~pl.col("no_four") & ~pl.col("label").is_in([4, 13, 14, 18])
    address = pl.concat_str("street", "community", "compound", "building", "unit", "room")
    return rooms.select(
        *GRID, *HOME, "stack", "flats", "size",
        shows=plain & inside,
        shows_floor=plain & inside & around & (pl.col("floors") >= TOWER),
        shows_unit=plain & ~pl.col("differing") & (pl.col("units") > 2) & (pl.col("unit_number") == 2),
        address=address + "室",
    )  # fmt: skip
