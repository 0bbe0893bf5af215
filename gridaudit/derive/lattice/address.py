"""Where a room is in its building: building, unit, floor and position, from the columns, else from the address text.

Kept forms: 3栋2单元501室, 3幢, 3号楼, 3#, A座, 甲栋, 十二栋, 5-1-101 (building, unit, room), 3-501 (building, room),
501, 0501, 1203 (floor 12), 601-602 (one home on two positions), 负一楼, B1. The floor of 3A02 is 4: such labels stand
in for a number that people avoid. 桐山村5组12号 and 某某路12号 name no room of a building. See `notations`.
"""

from __future__ import annotations

import polars as pl

from gridaudit.derive.keys import even, evened
from gridaudit.derive.lattice import notations

_NUMBERS = (
    *("building_no", "unit_no", "floor_no", "stated_floor", "position", "last_floor", "last_position", "room_no"),
)
PARTS = ("compound", "building", "unit", "floor", "room", "address")
PARSED: dict[str, pl.DataType] = {
    "place": pl.String(), "building_no": pl.String(), "unit_no": pl.String(), "floor_no": pl.Int16(),
    "stated_floor": pl.Int16(), "position": pl.Int16(), "last_floor": pl.Int16(), "last_position": pl.Int16(),
    "room_no": pl.String(), "is_lattice_like": pl.Boolean(),
}  # fmt: skip

_NOTHING = ["", "无", "-", "/", "0", "00"]


def parse_addresses(houses: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of `PARSED`, row by row.

    Args:
        houses: With the columns of `PARTS`.

    Returns:
        `place` (compound, else what the text says before the building), `building_no` and `unit_no` (bare: 3, A, 甲;
        null where there is none), `floor_no` (as the room's number says, negative below ground), `stated_floor` (as
        the column says), `position` on the floor, `last_floor` and `last_position` of a home on several (601-602,
        601/701), `room_no` (as written),
        `is_lattice_like` (floor, position and something that names the building are known; false otherwise).
    """
    cells = ["building", "unit", "floor", "room"]
    distinct = houses.select(cells).unique(maintain_order=True)
    parsed = pl.concat([distinct, _cells(_plain_rooms(evened(distinct, cells)))], how="horizontal")
    from_cells = houses.select(cells).join(parsed, on=cells, how="left", nulls_equal=True, maintain_order="left")
    compound = even(houses["compound"]).alias("place")
    ends = compound.str.ends_with("小区") & (compound.str.len_chars() > 2)
    compound = compound.scatter(ends.arg_true(), compound.filter(ends.fill_null(value=False)).str.head(-2))
    found = pl.concat([from_cells.drop(cells), compound.to_frame()], how="horizontal")
    in_part = pl.col("position").is_null() | pl.col("unit_no").is_null()
    asked = found.select(in_part).to_series().arg_true()
    told = _told(found[asked], _texts(notations.plain(even(houses["address"].gather(asked)))))
    found = found.with_columns(found[name].scatter(asked, told[name]) for name in ("place", *_NUMBERS))
    del told
    placed = pl.any_horizontal(pl.col("place", "building_no", "unit_no").fill_null("") != "")
    has_floor = pl.col("floor_no").is_not_null() & (pl.col("floor_no") != 0)
    known = found.with_columns(is_lattice_like=placed & has_floor & pl.col("position").is_not_null())
    return known.select(list(PARSED))


def _told(found: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """Fill what the columns leave open with what the text says, where it does not speak of another building."""
    both = pl.concat([found, texts.select(pl.all().name.prefix("text_"))], how="horizontal")
    agrees = pl.col("building_no").eq(pl.col("text_building_no")).fill_null(value=True)
    # A text of which only the building is understood says nothing of the unit: it adds nothing to a room.
    tells = pl.col("text_position").is_not_null() | pl.col("position").is_null()
    filled = [
        pl.when(pl.col(name).is_null() & agrees & tells).then(f"text_{name}").otherwise(name).alias(name)
        for name in ("place", "building_no", "unit_no")
    ]
    has_room = pl.col("position").is_not_null()
    rooms = [pl.when(has_room).then(name).otherwise(f"text_{name}").alias(name) for name in _NUMBERS[2:]]
    return both.select(*filled, *rooms)


def _plain_rooms(parts: pl.DataFrame) -> pl.DataFrame:
    return parts.with_columns(notations.plain(parts["room"]).alias("room"))


def _cells(parts: pl.DataFrame) -> pl.DataFrame:
    """What distinct cells of the columns say."""
    cell = pl.col("cell").struct
    groups = parts.with_columns(cell=pl.col("room").str.extract_groups(notations.ROOM_CELL))
    building = pl.col("building").str.replace(f"{notations.UNIT_OF_BUILDING_CELL}.*$", "")
    building = building.str.extract(notations.BUILDING_CELL)
    unit = pl.col("unit").str.extract(notations.UNIT_CELL)
    in_building = pl.col("building").str.extract(notations.UNIT_OF_BUILDING_CELL)
    own_unit, before = _bare(pl.coalesce(_bare(unit), _bare(in_building))), _bare(cell.field("before"))
    is_short = cell.field("room").str.len_bytes() <= 2
    named = groups.select(
        building_no=pl.coalesce(_bare(building), _bare(cell.field("building")), _bare(cell.field("alone"))),
        unit_no=pl.coalesce(own_unit, _bare(cell.field("unit")), before),
        # Beside a unit of its own, 5-1 is floor 5.
        stated_floor=_floor(
            pl.coalesce("floor", cell.field("floor"), pl.when(is_short & own_unit.is_not_null()).then(before))
        ),
        **{name: cell.field(name) for name in ("below", "wing", "room", "last", "part", "side")},
    )
    return _with_room(named)


def _texts(texts: pl.Series) -> pl.DataFrame:
    """What address texts say: the part that names the room is split off and parsed once for each way it is written."""
    found = texts.str.find(notations.TEXT)
    hits = found.is_not_null().arg_true()
    raw, at = pl.col("text").cast(pl.Binary), pl.col("at")
    split = pl.DataFrame({"text": texts.gather(hits), "at": found.gather(hits)}).select(
        place=raw.bin.slice(0, at).cast(pl.String).str.replace(notations.AREA, ""),
        tail=raw.bin.slice(at).cast(pl.String),
    )
    tails = split.select("tail").unique(maintain_order=True)
    parsed = pl.concat([tails, _tails(tails)], how="horizontal")
    met = split.join(parsed, on="tail", how="left", maintain_order="left")
    met = met.select(pl.when(_is_room()).then(name).alias(name) for name in ("place", *_NUMBERS))
    nothing = {name: pl.Series(name, [None], dtype=PARSED[name]).new_from_index(0, texts.len()) for name in met.columns}
    told = pl.DataFrame([nothing[name].scatter(hits, met[name]) for name in met.columns])
    return _with_buildings(told, texts)


def _tails(tails: pl.DataFrame) -> pl.DataFrame:
    """What distinct ends of texts say, with `ending` and `marked`."""
    tail = pl.col("groups").struct
    groups = tails.with_columns(groups=pl.col("tail").str.extract_groups(f"^{notations.TEXT}"))
    in_unit = pl.any_horizontal(tail.field(name).is_not_null() for name in ("unit", "gate"))
    named = groups.select(
        building_no=_bare(tail.field("building")),
        unit_no=_bare(pl.coalesce(tail.field(name) for name in ("unit", "gate", "dash"))),
        # Behind a unit, 5-1 and 5A are on floor 5.
        stated_floor=_floor(
            pl.coalesce(
                *(tail.field(name) for name in ("floor", "storey")),
                pl.when(tail.field("gate").is_not_null()).then(tail.field("dash")),
                pl.when(in_unit & tail.field("part").is_not_null()).then(tail.field("room")),
            )
        ),
        **{name: tail.field(name) for name in ("below", "wing", "room", "last", "part", "side", "ending")},
        marked=pl.any_horizontal(tail.field(name).is_not_null() for name in ("building", "unit", "dash"))
        | (tail.field("floor").is_not_null() & tail.field("side").is_null()),
    )
    return pl.concat([_with_room(named), named.select("ending", "marked")], how="horizontal")


def _with_buildings(told: pl.DataFrame, texts: pl.Series) -> pl.DataFrame:
    """Where the room cannot be read, the building may be: one of its homes is there, whichever."""
    names_building = texts.str.contains(f"{notations.BUILDING_WORD}|-").fill_null(value=False)
    unread = (told["position"].is_null() & names_building).arg_true()
    if unread.is_empty():
        return told
    groups = texts.gather(unread).to_frame("text").select(pl.col("text").str.extract_groups(notations.BUILDING_IN_TEXT))
    place, building = (pl.col("text").struct[at] for at in range(2))
    named = groups.select(place=place.str.replace(notations.AREA, ""), building_no=_bare(building))
    is_new = told["building_no"].gather(unread).is_null() & named["building_no"].is_not_null()
    at, named = unread.filter(is_new), named.filter(is_new)
    return told.with_columns(told[name].scatter(at, named[name]) for name in named.columns)


def _is_room() -> pl.Expr:
    """A number at the end of a text is a room where building, unit or floor go before it, or a house that has rooms."""
    is_village = pl.col("place").str.contains("组[0-9]*号?$").fill_null(value=False)
    is_house = (
        pl.col("ending").is_null() & pl.col("position").is_not_null() & pl.col("place").str.contains(notations.HOUSE)
    )
    ends_as_room = pl.col("ending").is_in(["室", "房"]) | is_house
    return pl.col("marked") | (ends_as_room.fill_null(value=False) & ~is_village)


def _with_room(named: pl.DataFrame) -> pl.DataFrame:
    """Floor and position from the number of the room; one of a single or two digits is a position on a stated floor."""
    # Each step is worked out once.
    named = named.with_columns(
        number=pl.col("room").str.replace("[A-H]", ""), letter=pl.col("room").str.extract("([A-H])")
    )
    number, stated, is_short = pl.col("number"), pl.col("stated_floor"), pl.col("is_short")
    named = named.with_columns(
        is_short=(number.str.len_bytes() <= 2).fill_null(value=True),
        label=number.str.head(-2).cast(pl.Int16, strict=False) + _after(pl.col("letter")),
        digits=number.str.tail(2).cast(pl.Int16, strict=False),
    )
    # B202 is below ground, unless the floor is written otherwise or is too deep: then B is a wing like A.
    is_b = (pl.col("below") == "B") & ((stated > 0) | (pl.col("label") > 3))
    is_wing = ~is_short & (pl.col("wing").is_not_null() | is_b) & pl.col("building_no").is_not_null()
    # 2A on floor 2 is its place A.
    is_lettered = is_short & pl.col("part").is_not_null() & (pl.col("digits") == stated)
    named = named.with_columns(
        is_wing=is_wing.fill_null(value=False), side=pl.coalesce("side", pl.when(is_lettered).then("part"))
    )
    is_wing, side = pl.col("is_wing"), pl.col("side")
    sign = pl.when(pl.col("below").is_null() | is_wing).then(1).otherwise(-1)
    floor = pl.when((stated < 0) & (sign > 0)).then(stated).otherwise(pl.col("label") * sign)
    position = pl.coalesce(side.replace_strict(notations.SIDES, default=None, return_dtype=pl.Int16), "digits")
    is_unplaced = (pl.col("wing").is_not_null() & ~is_wing) | (side.is_not_null() & stated.is_null())
    is_basement = ~is_wing & (pl.col("below") == "B")
    label = pl.when(is_basement).then(pl.lit("B") + pl.col("room")).otherwise(pl.coalesce("side", "room"))
    found = named.with_columns(
        unit_no=pl.when(is_wing).then(pl.coalesce("unit_no", "wing", "below")).otherwise("unit_no"),
        room_no=label,
        floor_no=pl.when(is_short).then(stated).otherwise(floor).cast(pl.Int16),
        position=pl.when((position > 0) & ~is_unplaced).then(position),
    )
    return _with_last(found).select(pl.col(name).cast(PARSED[name]) for name in _NUMBERS)


def _with_last(found: pl.DataFrame) -> pl.DataFrame:
    """One home on several positions (601-602, 601-02) or on two floors (601/701) ends there; others are one room."""
    last = pl.col("last")
    floor = pl.when(last.str.len_bytes() > 2).then(last.str.head(-2).cast(pl.Int16, strict=False))
    found = found.with_columns(
        last_floor=pl.coalesce(floor, "floor_no"), last_position=last.str.tail(2).cast(pl.Int16, strict=False)
    )
    more_floors, more = pl.col("last_floor") - pl.col("floor_no"), pl.col("last_position") - pl.col("position")
    is_run = ((more_floors == 0) & more.is_between(1, 4)) | ((more_floors == 1) & (more == 0))
    return found.with_columns(
        last_floor=pl.when(is_run).then("last_floor").otherwise("floor_no"),
        last_position=pl.when(is_run).then("last_position").otherwise("position"),
    )


def _bare(token: pl.Expr) -> pl.Expr:
    """A building or unit without its word: 十二 is 12, 03 is 3; words for nothing are null."""
    digits = token.replace(notations.NUMERALS)
    bare = pl.when(digits.str.contains("^0+[1-9]")).then(digits.str.strip_chars_start("0")).otherwise(digits)
    return pl.when(~bare.is_in(_NOTHING)).then(bare)


def _floor(text: pl.Expr) -> pl.Expr:
    """负一楼 is -1, 3A is 4, 5层 is 5."""
    number = text.str.extract(notations.FLOOR_CELL)
    digits = number.replace(notations.NUMERALS).cast(pl.Int16, strict=False)
    letter = text.str.extract("[0-9]([A-H])")
    sign = pl.when(text.str.contains(f"^第?(?:{notations.BELOW})")).then(-1).otherwise(1)
    return (digits + _after(letter)) * sign


def _after(letter: pl.Expr) -> pl.Expr:
    steps = {"A": 1, "B": 2, "C": 3, "D": 4}
    return letter.replace_strict(steps, default=0, return_dtype=pl.Int16).fill_null(0)
