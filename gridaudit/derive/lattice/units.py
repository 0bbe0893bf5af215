"""The room lattice: floors by positions of every unit that has a pattern, and the rooms nobody recorded in it.

Source of the method: numbering by floor and two-digit position (docs/methods.md, 4). Every record of a room counts as
seen, whatever its use; only floors above ground and units that are mostly homes are looked at.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from gridaudit import schema
from gridaudit.derive.homes import DWELLING
from gridaudit.derive.lattice.address import parse_addresses

_KEY = ["area_community", "place", "building_no", "unit_no"]
_BUILDING = _KEY[:3]
_CARRIED = ("sheet_no", "area_street", "area_community", "area_grid", "compound", "use", "area_m2")


class Lattice(NamedTuple):
    """The lattice of an input.

    `rooms`: the houses that name a room above ground, with `unit_id`, `building_id`, `floor_no`, `position`;
    `others`: homes whose room cannot be read, with their building, or without any address;
    `units`: one row per unit, `is_lattice` for those with a pattern; `cells`: what is seen (`unit_id`, `floor_no`,
    `position`); `in_lattice`: for every house whether its unit has a pattern, so that a missing neighbour would show.
    """

    rooms: pl.DataFrame
    others: pl.DataFrame
    units: pl.DataFrame
    cells: pl.DataFrame
    in_lattice: pl.Series


def build_lattice(houses: pl.DataFrame) -> Lattice:
    """Parse every address and lay the rooms out, unit by unit.

    Args:
        houses: With the columns of `address.PARTS`, the area columns, `sheet_no`, `use` and `area_m2`.
    """
    rows = pl.concat([houses.select(_CARRIED).with_row_index("at"), parse_addresses(houses)], how="horizontal")
    rows = _with_wings(rows.with_columns(pl.col("place", "area_community").fill_null("")))
    is_room = pl.col("is_lattice_like") & (pl.col("floor_no") >= 1)
    has_nothing = houses.select(pl.col("address").is_null() & pl.col("room").is_null()).to_series()
    is_unread = pl.col("building_no").is_not_null() | (pl.col("place") != "") | has_nothing
    n_houses = houses.height
    # What has been read is let go of: of millions of houses it is a gigabyte.
    del houses
    others = rows.filter(~pl.col("is_lattice_like") & is_unread & _is_dwelling())
    rooms = rows.filter(is_room)
    del rows
    rooms = _plainly_numbered(_with_short(_with_ids(_without_echoes(rooms))))
    units = _units(rooms)
    cells = _cells(rooms, units)
    units = _with_pattern(units, cells)
    ids = units.filter("is_lattice")["unit_id"]
    at = rooms.filter(pl.col("unit_id").is_in(ids.implode()))["at"]
    nowhere = pl.Series("in_lattice", [False]).new_from_index(0, n_houses)
    return Lattice(rooms, others, units, cells, nowhere.scatter(at, values=True))


def _with_wings(rows: pl.DataFrame) -> pl.DataFrame:
    """B202 is below ground; in a building that has wings (A202), or one of its own beside it, it is on floor 2 of B."""
    is_below = (pl.col("floor_no") < 0) & pl.col("room_no").str.starts_with("B") & pl.col("unit_no").is_null()
    below = rows.select(is_below).to_series().arg_true()
    if below.is_empty():
        return rows
    winged = rows.filter(pl.col("unit_no").is_in(["A", "B"]) & pl.col("is_lattice_like")).select(_BUILDING).unique()
    asked = rows[below].select("at", *_BUILDING).join(winged, on=_BUILDING, how="semi", nulls_equal=True)
    is_wing = pl.col("at").is_in(asked["at"].implode())
    return rows.with_columns(
        unit_no=pl.when(is_wing).then(pl.lit("B")).otherwise("unit_no"),
        floor_no=pl.when(is_wing).then(-pl.col("floor_no")).otherwise("floor_no"),
        last_floor=pl.when(is_wing).then(-pl.col("last_floor")).otherwise("last_floor"),
        room_no=pl.when(is_wing).then(pl.col("room_no").str.tail(-1)).otherwise("room_no"),
    )


def _is_dwelling() -> pl.Expr:
    return pl.col("use").is_null() | pl.col("use").is_in(DWELLING)


def _with_ids(rooms: pl.DataFrame) -> pl.DataFrame:
    """Number units and buildings."""
    units = rooms.select(_KEY).unique(maintain_order=True)
    buildings = units.select(_BUILDING).unique(maintain_order=True).with_row_index("building_id")
    units = units.join(buildings, on=_BUILDING, how="left", nulls_equal=True, maintain_order="left")
    units = units.with_row_index("unit_id")
    ids = rooms.select(_KEY).join(units, on=_KEY, how="left", nulls_equal=True, maintain_order="left").drop(_KEY)
    return pl.concat([rooms, ids], how="horizontal")


def _without_echoes(rooms: pl.DataFrame) -> pl.DataFrame:
    """Drop units of a place where each is the number of its building (2-302 in building 2): there are no units."""
    is_echo = pl.col("unit_no") == pl.col("building_no")
    places = rooms.lazy().select(_KEY).unique().group_by(_KEY[:2]).agg(
        is_echo=(pl.col("unit_no").is_null() | is_echo.fill_null(value=False)).all(),
        n=pl.col("building_no").filter(is_echo).n_unique(),
    )  # fmt: skip
    echoing = places.filter(pl.col("is_echo") & (pl.col("n") > 1) & (pl.col("place") != "")).drop("n").collect()
    if echoing.is_empty():
        return rooms
    rooms = rooms.join(echoing, on=_KEY[:2], how="left", maintain_order="left")
    return rooms.with_columns(unit_no=pl.when(pl.col("is_echo").is_null()).then("unit_no")).drop("is_echo")


def _plainly_numbered(rooms: pl.DataFrame) -> pl.DataFrame:
    """Numbers of four digits are floor and position; in some buildings they say otherwise, all of them.

    The unit before the floor (unit 2, 2301: floor 3) is taken off and kept in `before`. A building without
    units where it stands before the floor of every room (1301 and 2301 on floor 3) has these units. Three digits for
    the position (1201 on floor 1) are no lattice.
    """
    unit = pl.col("unit_no").cast(pl.Int16, strict=False)
    four = pl.col("room_no").str.len_bytes() == 4
    first, second = pl.col("floor_no") // 10, pl.col("floor_no") % 10
    stated, is_unit = pl.col("stated_floor"), four & (first == unit)
    odd = rooms.group_by("building_id").agg(
        n=pl.len(),
        plain=(stated == pl.col("floor_no")).sum(),
        after_unit=(is_unit & (stated == second)).sum(),
        wide=(four & (stated == first)).sum(),
        unstated=stated.null_count(),
        unit_first=(is_unit & (second > 0)).sum(),
        n_units=pl.col("unit_no").n_unique(),
        named=pl.col("unit_no").count(),
        n_floors=stated.n_unique(),
        n_first=first.n_unique(),
        glued=(four & (stated == second) & (first > 0)).sum(),
    )
    most, little = 0.8 * pl.col("n"), 0.2 * pl.col("n")
    silent = (pl.col("unstated") == pl.col("n")) & (pl.col("unit_first") == pl.col("n")) & (pl.col("n_units") > 1)
    is_glued = (pl.col("glued") == pl.col("n")) & (pl.col("named") == 0) & (pl.col("n_floors") > 1)
    is_glued &= (pl.col("plain") < little) & (pl.col("n_first") > 1)
    glued = odd.filter(is_glued)["building_id"]
    if glued.len():
        is_in = pl.col("building_id").is_in(glued.implode())
        named = rooms.with_columns(unit_no=pl.when(is_in).then(first.cast(pl.String)).otherwise("unit_no"))
        return _plainly_numbered(_with_ids(named.drop("building_id", "unit_id")))
    odd = odd.select(
        "building_id",
        unit_first=silent | ((pl.col("after_unit") >= most) & (pl.col("plain") < little)),
        wide=(pl.col("wide") >= most) & (pl.col("plain") < little) & (pl.col("after_unit") < most),
    ).filter(pl.col("unit_first") | pl.col("wide"))
    if odd.is_empty():
        return rooms.with_columns(before=pl.lit(""))
    joined = rooms.join(odd, on="building_id", how="left", maintain_order="left")
    taken = (pl.col("unit_first") & is_unit).fill_null(value=False)
    return joined.filter(~pl.col("wide").fill_null(value=False)).with_columns(
        floor_no=pl.when(taken).then(second).otherwise("floor_no"),
        last_floor=pl.when(taken).then(pl.col("last_floor") % 10).otherwise("last_floor"),
        before=pl.when(taken).then("unit_no").otherwise(pl.lit("")),
    )


def _with_short(rooms: pl.DataFrame) -> pl.DataFrame:
    """Take the floor off rooms of two digits (52 on floor 5) in buildings where it stands before all of them."""
    first, second = pl.col("position") // 10, pl.col("position") % 10
    is_two = (pl.col("room_no").str.len_bytes() == 2) & (first == pl.col("stated_floor")) & (second > 0)
    if not rooms.select((is_two & (first > 1)).any()).item():
        return rooms.with_columns(is_short=pl.lit(value=False))
    is_short = is_two.all().over("building_id") & (pl.col("floor_no").n_unique().over("building_id") > 1)
    ends = pl.col("last_position") - pl.col("position")
    return rooms.with_columns(is_short=is_short.fill_null(value=False)).with_columns(
        position=pl.when("is_short").then(second).otherwise("position"),
        last_position=pl.when("is_short").then(second + ends).otherwise("last_position"),
    )


def _units(rooms: pl.DataFrame) -> pl.DataFrame:
    units = rooms.group_by("unit_id").agg(
        *(pl.col(name).first() for name in ("building_id", *_KEY)),
        pl.col("before").max(),
        pl.col("sheet_no", "compound").min(),
        pl.col("is_short").any(),
        is_padded=(pl.col("room_no").str.starts_with("0") & (pl.col("room_no").str.len_bytes() > 2)).any(),
        dwellings=_is_dwelling().mean(),
    )
    # Homes of a building that has units, without their unit: any unit may be theirs.
    several = pl.len().over("building_id") > 1
    return units.with_columns(is_unitless=pl.col("unit_no").is_null() & several)


def _cells(rooms: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Every place on a floor that some record covers."""
    key = ["unit_id", "floor_no", "position"]
    several = (pl.col("last_position") > pl.col("position")) | (pl.col("last_floor") > pl.col("floor_no"))
    wide = rooms.filter(several).with_columns(
        position=pl.int_ranges("position", pl.col("last_position") + 1, dtype=pl.Int16),
        floor_no=pl.int_ranges("floor_no", pl.col("last_floor") + 1, dtype=pl.Int16),
    )
    parts = [rooms.select(key), wide.select(key).explode("position").explode("floor_no")]
    stray = units.filter("is_unitless").select("building_id", stray="unit_id")
    if stray.height:
        siblings = units.filter(~pl.col("is_unitless")).join(stray, on="building_id").select("unit_id", "stray")
        parts.append(siblings.join(pl.concat(parts), left_on="stray", right_on="unit_id").select(key))
    # One number per place is told apart faster than three, and with less memory.
    unit, floor, position = (pl.col(name).cast(pl.UInt64) for name in key)
    packed = pl.concat(part.select(place=(unit * 2**16 + floor) * 2**16 + position) for part in parts).unique()
    place = pl.col("place")
    return packed.select(
        unit_id=(place // 2**32).cast(pl.UInt32),
        floor_no=(place // 2**16 % 2**16).cast(pl.Int16),
        position=(place % 2**16).cast(pl.Int16),
    )


def _with_pattern(units: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Add `n_rooms`, `n_floors`, `n_positions`, `lowest`, `highest` and `is_lattice`."""
    known = schema.lattice()
    size = cells.group_by("unit_id").agg(
        n_rooms=pl.len(),
        n_floors=pl.col("floor_no").n_unique(),
        n_positions=pl.col("position").n_unique(),
        lowest=pl.col("floor_no").min(),
        highest=pl.col("floor_no").max(),
        last_position=pl.col("position").max(),
    )
    return units.join(size, on="unit_id").with_columns(
        is_lattice=~pl.col("is_unitless")
        & (pl.col("n_rooms") >= known["min_rooms"])
        & (pl.col("n_floors") >= known["min_floors"])
        & (pl.col("highest") <= known["max_floors"])
        & (pl.col("last_position") <= known["max_positions"])
        & (pl.col("dwellings") >= known["min_dwellings"])
    )
