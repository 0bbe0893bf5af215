"""Keys by which records meet: house codes, addresses and unit names with their spelling evened out."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from gridaudit import schema

_PLAIN_CODE = r"^[0-9A-Z]*$"
# What evening out would change: blanks, dashes of other kinds, small or full-width letters, 502.0 of a number cell.
_UNEVEN = r"[\s_a-z\u00a0\u2010-\u2015\u3000\uff00-\uffef]|^[0-9]+\.0$"
# A house-level end: a number with 号, 室, 户, a room behind a dash, or a bare room number.
_HOUSE_LEVEL = r"(?:[0-9A-Z]+(?:号|室|户|房|门)?|[0-9]+-[0-9A-Z-]+)$"
# An ID number (with a possible date in it, some digits short or long) or a mobile number, where a code or the name of a
# place belongs; in groups 1 and 2 what stands before and behind it.
PERSONAL_NUMBER = (
    r"(^|[^0-9])(?:[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{2,5}[Xx]?"
    r"|(?:86)?1[3-9][0-9]{9})([^0-9]|$)"
)
# A mainland passport. Codes of houses and grids may look like permits of other kinds (H00001234), so these are left.
PASSPORT = r"^(?:[EG][0-9]{8}|E[A-Z][0-9]{7}|[DSP][0-9]{7,8})$"
# A room that says on which floor it is: 301, 0301, 3A02, 三〇二, 3楼左.
_TELLS_FLOOR = r"[0-9]{3}|[0-9][A-H][0-9]{2}|[一二三四五六七八九〇零○]{3}|[0-9]O[0-9]|层|楼"
_NONE = pl.Series([None], dtype=pl.UInt64)
_PARTS = ("compound", "building", "unit", "room")


def code_key(codes: pl.Series) -> pl.Series:
    """Even house codes out: width, case, blanks, `.0` of a number cell."""
    uneven = (~codes.str.contains(_PLAIN_CODE)).fill_null(value=False)
    if not uneven.any():
        return codes
    evened = (
        codes.filter(uneven)
        .str.normalize("NFKC")
        .str.replace_all(r"[\s'`\u200b\ufeff]", "")
        .str.replace(r"^([0-9]+)\.0$", "$1")
        .str.to_uppercase()
    )
    return codes.clone().scatter(uneven.arg_true(), evened)


def hashed(keys: pl.Series) -> pl.Series:
    """Return keys as hashes of eight bytes, which are compared faster and held where texts are too many."""
    return keys if keys.dtype == pl.UInt64 else keys.hash().zip_with(keys.is_not_null(), _NONE)


def zero_free(codes: pl.Series) -> pl.Series:
    """Drop leading zeros, which a number cell loses."""
    return codes.str.strip_chars_start("0")


def even(texts: pl.Series) -> pl.Series:
    """Even addresses or names out: width, blanks, case, dashes. Only the texts that need it are touched."""
    uneven = texts.str.contains(_UNEVEN).fill_null(value=False)
    if not uneven.any():
        return texts
    evened = (
        texts.filter(uneven)
        .str.normalize("NFKC")
        .str.replace_all(r"\s", "")
        .str.replace_all("[\u2010-\u2015\uff0d_]", "-")
        .str.to_uppercase()
        .str.replace(r"^([0-9]+)\.0$", "$1")
    )
    return texts.clone().scatter(uneven.arg_true(), evened)


def evened(frame: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """Return the columns named, evened out, under the same names."""
    return frame.select(even(frame[name]).alias(name) for name in names)


def unit_name(names: pl.Series) -> pl.Series:
    """Even names of streets, communities or grids out, without their ending (社区居委会, 街道办事处, ...)."""
    words = schema.words()
    texts = even(names)
    for variant, character in words["same_character"].items():
        texts = texts.str.replace_all(variant, character, literal=True)
    short = texts.str.replace(f"(?:{'|'.join(words['unit_endings'])})$", "")
    both = pl.DataFrame({"text": texts, "short": short})
    return both.select(pl.when(pl.col("short") != "").then("short").otherwise("text").alias("unit")).to_series()


def address_keys(frame: pl.DataFrame, address: str) -> pl.DataFrame:
    """Return the ways an address can be met by.

    Args:
        frame: With `community`, `compound`, `building`, `unit`, `floor`, `room` and the address text.
        address: Name of the column with the address text.

    Returns:
        `whole`: all parts and the text together; `by_text`: community and text; `by_room`: community, compound,
        building, unit and room; `by_floor`: these and the floor, where the room is a place on the floor (01, 左) and
        the floor is written, else null. `whole` has the floor in the same cases. Each is null where it does not name
        one home: it needs a room and something that says where the building is, or a text that ends in a number
        (桐山村5组 is the address of many homes).
    """
    text = pl.col(address).fill_null("")
    part = {name: pl.col(name).fill_null("") for name in ("community", *_PARTS)}
    ends_in_number = pl.col(address).str.contains(_HOUSE_LEVEL).fill_null(value=False)
    has_room = pl.col("room").is_not_null()
    placed = pl.col("compound").is_not_null() & pl.col("building").is_not_null()
    bare = {
        "building": part["building"].str.replace("(?:栋|幢|号楼|座)$", ""),
        "unit": part["unit"].str.replace("单元$", ""),
        "room": part["room"].str.replace("(?:室|号|房)$", ""),
    }
    room = pl.concat_str(part["community"], part["compound"], *bare.values(), separator="|")
    located = pl.col("compound").is_not_null() | pl.col(address).is_not_null()
    parts = evened(frame, ("community", *_PARTS, address))
    keys = parts.select(
        whole=pl.when((has_room & located) | ends_in_number).then(pl.concat_str(*part.values(), text, separator="|")),
        by_text=pl.when(ends_in_number).then(pl.concat_str(part["community"], text, separator="|")),
        by_room=pl.when(has_room & placed).then(room),
    )
    return _with_floors(keys, parts["room"], frame["floor"])


def _with_floors(keys: pl.DataFrame, rooms: pl.Series, floors: pl.Series) -> pl.DataFrame:
    """Add `by_floor`, and the floor to `whole`, for rooms that do not begin with it (301, 5A and 51 on 5 do)."""
    mere_places = (~rooms.str.contains(_TELLS_FLOOR) & floors.is_not_null()).fill_null(value=False).arg_true()
    named = pl.DataFrame(
        {"at": mere_places, "room": rooms.gather(mere_places), "floor": even(floors.gather(mere_places))}
    )
    floor = pl.col("floor").str.replace("^第", "").str.replace("(?:层|楼|F)$", "").str.replace("^0+([1-9])", "$1")
    begins = pl.col("room").str.starts_with(floor) & (pl.col("room").str.len_chars() > floor.str.len_chars())
    told = named.filter(~begins).select("at", end=pl.lit("|") + floor + pl.lit("楼"))
    nothing = pl.Series("by_floor", [None], dtype=pl.String).new_from_index(0, keys.height)
    at, end = told["at"], told["end"]
    return keys.with_columns(
        keys["whole"].scatter(at, keys["whole"].gather(at) + end),
        nothing.scatter(at, keys["by_room"].gather(at) + end),
    )


def spot(building: str, unit: str, floor: str, room: str) -> pl.Expr:
    """Return where a room is, in one spelling (`spot`), from the columns named, `area_community` and `place`."""
    where = pl.col("area_community", "place", building, unit).fill_null("")
    return pl.concat_str(where, floor, room, separator="|").alias("spot")
