"""Keys by which records meet: house codes, addresses and unit names with their spelling evened out."""

from __future__ import annotations

import polars as pl

_NOT_PLAIN_CODE = r"[^0-9A-Z]"
# A house-level end: a number with 号, 室, 户, a room behind a dash, or a bare room number.
HOUSE_LEVEL = r"(?:[0-9A-Z]+(?:号|室|户|房|门)?|[0-9]+-[0-9A-Z-]+)$"
_UNIT_ENDING = r"(?:社区居民委员会|社区居委会|居民委员会|村民委员会|社区村委会|居委会|村委会|街道办事处|办事处|社区|街道|村|镇|乡)$"
_SAME_CHARACTER = {"段": "塅", "嘉": "家"}


def code_key(codes: pl.Series) -> pl.Series:
    """Even house codes out: width, case, blanks, `.0` of a number cell."""
    if not codes.str.contains(_NOT_PLAIN_CODE).any():
        return codes
    return codes.str.normalize("NFKC").str.replace_all(r"[\s'`\u200b\ufeff]", "").str.replace(r"^([0-9]+)\.0$", "$1").str.to_uppercase()


def zero_free(codes: pl.Series) -> pl.Series:
    """Drop leading zeros, which a number cell loses."""
    return codes.str.strip_chars_start("0")


def even_text(text: pl.Expr) -> pl.Expr:
    """Even an address or a name out: width, blanks, case, dashes."""
    return text.str.normalize("NFKC").str.replace_all(r"\s", "").str.replace_all("[—–－_]", "-").str.to_uppercase()


def unit_name(name: pl.Expr) -> pl.Expr:
    """Even the name of a street, community or grid out, without its ending (社区居委会, 街道办事处, ...)."""
    even = even_text(name)
    for variant, character in _SAME_CHARACTER.items():
        even = even.str.replace_all(variant, character, literal=True)
    short = even.str.replace(_UNIT_ENDING, "")
    return pl.when(short.str.len_chars() > 0).then(short).otherwise(even)


def address_key() -> pl.Expr:
    """The whole address of a row as one text, null where it does not name one home.

    It needs a room with something that says where the building is, or an address text that ends in a number:
    桐山村5组 is the address of many homes.
    """
    part = {name: even_text(pl.col(name)).fill_null("") for name in ("community", "compound", "building", "unit", "room")}
    address = even_text(pl.col("address")).fill_null("")
    by_room = (part["room"] != "") & ((part["compound"] != "") | (address != ""))
    by_text = address.str.contains(HOUSE_LEVEL)
    joined = pl.concat_str(
        part["community"], part["compound"], part["building"], part["unit"], part["room"], address, separator="|"
    )
    return pl.when(by_room | by_text).then(joined)


def text_address_key(address: str) -> pl.Expr:
    """Community and address text, for meeting across tables; null where the text does not end in a number."""
    even = even_text(pl.col(address))
    return pl.when(even.str.contains(HOUSE_LEVEL)).then(
        pl.concat_str(even_text(pl.col("community")).fill_null(""), even, separator="|")
    )


def room_key() -> pl.Expr:
    """Community, compound, building, unit and room, for meeting across tables; null without a room and a place."""
    part = {name: even_text(pl.col(name)).fill_null("") for name in ("community", "compound", "building", "unit", "room")}
    place = (part["compound"] != "") & (part["building"] != "")
    key = pl.concat_str(
        part["community"], part["compound"],
        part["building"].str.replace("(?:栋|幢|号楼|座)$", ""), part["unit"].str.replace("单元$", ""),
        part["room"].str.replace("(?:室|号|房)$", ""), separator="|",
    )  # fmt: skip
    return pl.when((part["room"] != "") & place).then(key)
