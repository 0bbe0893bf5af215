"""Where a room is in its building: building, unit, floor and position, from the columns, else from the address text.

Kept forms: 3栋2单元501室, 3幢, 3号楼, 3#, A座, 甲栋, 十二栋, 5-1-101 (building, unit, room), 3-501 (building, room),
501, 0501, 1203 (floor 12), 601-602 (one home on two positions), 负一楼, B1. The floor of 3A02 is 4: such labels stand
in for a number that people avoid. 桐山村5组12号 and 某某路12号 name no room of a building.
"""

from __future__ import annotations

import polars as pl

from gridaudit.derive.keys import even, evened

_NUMBERS = (
    *("building_no", "unit_no", "floor_no", "stated_floor", "position", "last_floor", "last_position", "room_no"),
)
PARTS = ("compound", "building", "unit", "floor", "room", "address")
PARSED: dict[str, pl.DataType] = {
    "place": pl.String(), "building_no": pl.String(), "unit_no": pl.String(), "floor_no": pl.Int16(),
    "stated_floor": pl.Int16(), "position": pl.Int16(), "last_floor": pl.Int16(), "last_position": pl.Int16(),
    "room_no": pl.String(), "is_lattice_like": pl.Boolean(),
}  # fmt: skip

_DIGIT = "一二三四五六七八九"
_TENS = ["", "十", *(f"{digit}十" for digit in _DIGIT[1:])]
_UPTO_99 = [f"{tens}{unit}" for tens in _TENS for unit in ("", *_DIGIT)]
_NUMERALS = {numeral: str(number) for number, numeral in enumerate(_UPTO_99) if numeral}
_NUMERAL = f"[{_DIGIT}十]{{1,3}}"
_NOTHING = ["", "无", "-", "/", "0", "00"]

_BUILDING = f"[A-Z]?[0-9]{{1,4}}[A-Z]?|[A-Z]|[甲乙丙丁戊己庚辛]|{_NUMERAL}"
_UNIT = f"[A-Z]?[0-9]{{1,2}}|[A-Z]|[甲乙丙丁]|{_NUMERAL}"
_BELOW = "负|地下|-|B"
_FLOOR = f"(?:{_BELOW})?(?:[0-9]{{1,2}}|{_NUMERAL})[A-H]?"
_ROOM = "[0-9]{3,4}|[0-9]{1,2}[A-H][0-9]{2}|[0-9]{1,2}"
_ROOM_AND_MORE = (
    f"(?P<below>{_BELOW})?(?P<room>{_ROOM})"
    "(?:[-/、+&,和至](?P<last>[0-9]{3,4}|[0-9]{2})|-[0-9]|[A-Z])?(?P<ending>室|号房|号|户|房)?$"
)
_TEXT = (
    f"(?:第?(?P<building>{_BUILDING})(?:栋|幢|座|号楼|#楼|#|-)-?)?"
    f"(?:第?(?P<unit>{_UNIT})(?:单元-?|-))?(?:第?(?P<floor>{_FLOOR})(?:层|楼)-?)?{_ROOM_AND_MORE}"
)
_ROOM_CELL = (
    f"^(?:(?P<building>{_BUILDING})(?:栋|幢|座|号楼|#|-)(?P<unit>{_UNIT})(?:单元-?|-)"
    f"|(?P<alone>{_BUILDING})(?:栋|幢|座|号楼|#)|(?P<before>{_UNIT})(?:单元-?|-))?"
    f"(?:(?P<floor>{_FLOOR})(?:层|楼)-?)?{_ROOM_AND_MORE}"
)
_UNIT_CELLS = {"unit": "^第?(.+?)(?:单元)?$", "building": f"({_UNIT})单元"}
# Behind these a number is a room though neither building nor unit is written.
_HOUSE = "(?:[0-9]号|厦|楼|公寓|宿舍)$"


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
    parsed = pl.concat([distinct, _cells(evened(distinct, cells))], how="horizontal")
    from_cells = houses.select(cells).join(parsed, on=cells, how="left", nulls_equal=True, maintain_order="left")
    compound = even(houses["compound"]).alias("place")
    ends = compound.str.ends_with("小区") & (compound.str.len_chars() > 2)
    compound = compound.scatter(ends.arg_true(), compound.filter(ends.fill_null(value=False)).str.head(-2))
    found = pl.concat([from_cells.drop(cells), compound.to_frame()], how="horizontal")
    in_part = pl.col("position").is_null() | pl.col("unit_no").is_null()
    asked = found.select(in_part).to_series().arg_true()
    told = _told(found[asked], _texts(even(houses["address"].gather(asked))))
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
    filled = [
        pl.when(pl.col(name).is_null() & agrees).then(f"text_{name}").otherwise(name).alias(name)
        for name in ("place", "building_no", "unit_no")
    ]
    has_room = pl.col("position").is_not_null()
    rooms = [pl.when(has_room).then(name).otherwise(f"text_{name}").alias(name) for name in _NUMBERS[2:]]
    return both.select(*filled, *rooms)


def _cells(parts: pl.DataFrame) -> pl.DataFrame:
    """What distinct cells of the columns say."""
    cell = pl.col("cell").struct
    groups = parts.with_columns(cell=pl.col("room").str.extract_groups(_ROOM_CELL))
    building = pl.col("building").str.replace(f"第?(?:{_UNIT})单元.*$", "")
    building = building.str.extract("^第?(.+?)(?:栋|幢|座|号楼|#楼|#|号|楼)?$")
    unit, in_building = (pl.col(name).str.extract(pattern) for name, pattern in _UNIT_CELLS.items())
    named = groups.select(
        building_no=pl.coalesce(_bare(building), _bare(cell.field("building")), _bare(cell.field("alone"))),
        unit_no=pl.coalesce(_bare(unit), _bare(in_building), _bare(cell.field("unit")), _bare(cell.field("before"))),
        stated_floor=_floor(pl.coalesce("floor", cell.field("floor"))),
        **{name: cell.field(name) for name in ("below", "room", "last")},
    )
    return _with_room(named)


def _texts(texts: pl.Series) -> pl.DataFrame:
    """What address texts say: the part that names the room is split off and parsed once for each way it is written."""
    found = texts.str.find(_TEXT)
    hits = found.is_not_null().arg_true()
    raw, at = pl.col("text").cast(pl.Binary), pl.col("at")
    split = pl.DataFrame({"text": texts.gather(hits), "at": found.gather(hits)}).select(
        place=raw.bin.slice(0, at).cast(pl.String).str.replace("^.*(?:街道|社区|居委会)", ""),
        tail=raw.bin.slice(at).cast(pl.String),
    )
    tails = split.select("tail").unique(maintain_order=True)
    tail = pl.col("groups").struct
    groups = tails.with_columns(groups=pl.col("tail").str.extract_groups(f"^{_TEXT}"))
    named = groups.select(
        building_no=_bare(tail.field("building")),
        unit_no=_bare(tail.field("unit")),
        stated_floor=_floor(tail.field("floor")),
        **{name: tail.field(name) for name in ("below", "room", "last", "ending")},
        marked=pl.any_horizontal(tail.field(name).is_not_null() for name in ("building", "unit", "floor")),
    )
    parsed = pl.concat([tails, _with_room(named), named.select("ending", "marked")], how="horizontal")
    met = split.join(parsed, on="tail", how="left", maintain_order="left")
    met = met.select(pl.when(_is_room()).then(name).alias(name) for name in ("place", *_NUMBERS))
    nothing = {name: pl.Series(name, [None], dtype=PARSED[name]).new_from_index(0, texts.len()) for name in met.columns}
    return pl.DataFrame([nothing[name].scatter(hits, met[name]) for name in met.columns])


def _is_room() -> pl.Expr:
    """A number at the end of a text is a room where building, unit or floor go before it, or a house that has rooms."""
    is_village = pl.col("place").str.contains("组[0-9]*号?$").fill_null(value=False)
    is_house = pl.col("ending").is_null() & pl.col("place").str.contains(_HOUSE)
    ends_as_room = pl.col("ending").is_in(["室", "房"]) | is_house
    return pl.col("marked") | (ends_as_room.fill_null(value=False) & ~is_village)


def _with_room(named: pl.DataFrame) -> pl.DataFrame:
    """Floor and position from the number of the room; one of a single or two digits is a position on a stated floor."""
    number = pl.col("room").str.replace("[A-H]", "")
    is_short = number.str.len_bytes() <= 2
    letter = pl.col("room").str.extract("([A-H])")
    sign = pl.when(pl.col("below").is_null()).then(1).otherwise(-1)
    floor = pl.when(~is_short).then((number.str.head(-2).cast(pl.Int16, strict=False) + _after(letter)) * sign)
    position = number.str.tail(2).cast(pl.Int16, strict=False)
    found = named.with_columns(
        room_no="room",
        floor_no=pl.coalesce(floor, pl.when(is_short).then("stated_floor")).cast(pl.Int16),
        position=pl.when(position > 0).then(position),
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
    digits = token.replace(_NUMERALS)
    bare = pl.when(digits.str.contains("^0+[1-9]")).then(digits.str.strip_chars_start("0")).otherwise(digits)
    return pl.when(~bare.is_in(_NOTHING)).then(bare)


def _floor(text: pl.Expr) -> pl.Expr:
    """负一楼 is -1, 3A is 4, 5层 is 5."""
    number = text.str.extract(f"^第?(?:{_BELOW})?([0-9]{{1,2}}|{_NUMERAL})[A-H]?(?:层|楼|F)?$")
    digits = number.replace(_NUMERALS).cast(pl.Int16, strict=False)
    letter = text.str.extract("[0-9]([A-H])")
    sign = pl.when(text.str.contains(f"^第?(?:{_BELOW})")).then(-1).otherwise(1)
    return (digits + _after(letter)) * sign


def _after(letter: pl.Expr) -> pl.Expr:
    steps = {"A": 1, "B": 2, "C": 3, "D": 4}
    return letter.replace_strict(steps, default=0, return_dtype=pl.Int16).fill_null(0)
