"""The ID number: what kind it is, and each link of the chain of checks as a fact.

Chain: document type → cleaning → length → characters → province → date → range → check digit → area code. A link is
null once an earlier one has failed, so one wrong number is one finding. The check digit is ISO 7064 MOD 11-2
(GB 11643-1999): the weights are powers of 2 and 13 ≡ 2 (mod 11), so 17 digits read in base 13 give the weighted sum
modulo 11 in one integer parse. `stdnum.cn.ric.validate` gives no verdict here: it rejects right numbers of people born
before their county's code began.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from gridaudit.derive.residents.area_codes import PROVINCES, YEARS_OF_GRACE

MAX_AGE = 120
_PLAIN = r"^[0-9]{17}[0-9X]$"
_INVISIBLE = "[\\s\u00a0\u3000\u200b-\u200f\ufeff'`´‘’\"“”]"
_LOOKS_LIKE_X = "[×ХхχΧ✕✖*]$"
_RESIDENT_TYPES = ("身份证", "临时身份证", "港澳台居民居住证")
_NUMBER_OR_DOCUMENT = ("户口簿", "永久居留证", "出生证")
_DOCUMENT_SHAPE = (
    r"^(?:[A-Z]{1,2}[0-9]{6,10}[A-Z]?|[A-Z]{3}[0-9]{12}|[0-9]{2}[A-Z]{2}[0-9]{5}|\p{Han}{1,3}字?第[0-9A-Z]{4,10}号?"
    r"|[A-Z]{1,2}[0-9]{6}\([0-9A]\)|[0-9]{7}\([0-9]\)|[0-9]{10}\([A-Z]\))$"
)
_SHAPES = {
    "户口簿": r"^[0-9A-Z]{4,18}$",
    "军官证": r"^(?:\p{Han}{1,3}字?第?[0-9A-Z]{4,10}号?|[0-9A-Z]{6,10})$",
    "警官证": r"^(?:\p{Han}{1,3}字?第?[0-9A-Z]{4,10}号?|[0-9A-Z]{6,10})$",
    "士兵证": r"^(?:\p{Han}{1,3}字?第?[0-9A-Z]{4,10}号?|[0-9A-Z]{6,10})$",
    "出生证": r"^[A-Z][0-9]{9}$",
    "护照": r"^[A-Z0-9]{5,17}$",
    "台湾居民来往大陆通行证": r"^(?:[0-9]{8}|[0-9]{10}(?:[A-Z]|\([A-Z]\))?)$",
    "往来港澳通行证": r"^[CW][0-9A-Z][0-9]{7}$",
    "港澳居民来往内地通行证": r"^[HM][0-9]{8}(?:[0-9]{2})?$",
    "香港身份证": r"^[A-Z]{1,2}[0-9]{6}(?:[0-9A]|\([0-9A]\))?$",
    "澳门身份证": r"^[0-9]/?[0-9]{6}(?:/?[0-9]|\([0-9]\))?$",
    "台湾身份证": r"^[A-Z][0-9]{9}$",
    "永久居留证": r"^(?:[A-Z]{3}[0-9]{12}|9[0-9]{16}[0-9X])$",
}


def clean_numbers(raw: pl.Series, text: pl.Series) -> pl.Series:
    """Return the numbers with width, blanks, quotes and look-alike X evened out.

    Args:
        raw: The cells as they stand.
        text: The same with blank cells null.
    """
    rest = ~raw.str.contains(_PLAIN).fill_null(value=True)
    cleaned = (
        text.filter(rest)
        .str.normalize("NFKC")
        .str.replace_all(_INVISIBLE, "")
        .str.to_uppercase()
        .str.replace(_LOOKS_LIKE_X, "X")
        .str.replace(r"^([0-9]{15,18})\.0$", "$1")
    )
    return text.scatter(rest.arg_true(), cleaned) if cleaned.len() else text


def add_identity(frame: pl.DataFrame, *, codes: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Add the facts of the ID chain.

    Args:
        frame: Residents with `id_no_text`, `id_no_raw`, `id_number_cell` and `id_type`.
        codes: The table of `load_area_codes`.
        as_of: The date the data speak of.

    Returns:
        `frame` with `id_no` cleaned and the facts `id_*` of `facts.toml`.
    """
    number = clean_numbers(frame["id_no_raw"], frame["id_no_text"]).alias("id_no")
    frame = frame.with_columns(number)
    frame = frame.with_columns(_kinds(frame))
    frame = frame.with_columns(_document_shapes(frame))
    is_resident = pl.col("id_kind") == "resident"
    chain = pl.when(is_resident).then(pl.col("id_no"))
    head = chain.str.slice(0, 17)
    last = chain.str.slice(17)
    length = chain.str.len_chars()
    frame = frame.with_columns(
        id_length=length,
        id_length_ok=length.is_in([15, 18]),
        id_characters_ok=pl.when(length.is_in([15, 18])).then(chain.str.contains(r"^(?:[0-9]{17}[0-9X]|[0-9]{15})$")),
        id_clean=pl.when(pl.col("id_kind") != "number_cell").then(pl.col("id_no_raw") == pl.col("id_no")),
        id_cell_ok=pl.when(pl.col("id_kind").is_not_null()).then(pl.col("id_kind") != "number_cell"),
        _digits=head.cast(pl.Int64, strict=False),
        _sum=head.str.to_integer(base=13, strict=False) % 11,
        _last=pl.when(last == "X").then(10).otherwise(last.cast(pl.Int64, strict=False)),
        _birth=pl.when(length == 18)
        .then(chain.str.slice(6, 8))
        .otherwise(pl.lit("19") + chain.str.slice(6, 6))
        .str.to_date("%Y%m%d", strict=False),
    )
    return _chain(frame, codes, as_of)


def _chain(frame: pl.DataFrame, codes: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Each link only where the one before it holds."""
    is_18 = pl.col("id_length") == 18
    first = pl.when(is_18).then(pl.col("_digits") // 10**16).otherwise(pl.col("_digits") // 10**14)
    is_foreign = is_18 & (first == 9)
    province = (
        pl.when(is_foreign)
        .then(pl.col("_digits") // 10**14 % 100)
        .when(is_18)
        .then(pl.col("_digits") // 10**15)
        .otherwise(pl.col("_digits") // 10**13)
    )
    area = pl.when(~is_foreign).then(
        pl.when(is_18).then(pl.col("_digits") // 10**11).otherwise(pl.col("_digits") // 10**9)
    )
    oldest = date(as_of.year - MAX_AGE - 1, as_of.month, min(as_of.day, 28))
    frame = frame.with_columns(
        id_province_ok=pl.when("id_characters_ok").then(province.is_in(list(PROVINCES))),
        _area=area,
    )
    frame = frame.with_columns(id_date_ok=pl.when("id_province_ok").then(pl.col("_birth").is_not_null()))
    frame = frame.with_columns(
        id_date_in_range=pl.when("id_date_ok").then((pl.col("_birth") <= as_of) & (pl.col("_birth") > oldest))
    )
    frame = frame.with_columns(
        id_check_digit_ok=pl.when(pl.col("id_date_in_range") & is_18).then(
            (pl.col("_sum") * 2 + pl.col("_last")) % 11 == 1
        )
    )
    valid = pl.when(is_18).then(pl.col("id_check_digit_ok")).otherwise(pl.col("id_date_in_range"))
    frame = frame.with_columns(id_valid=pl.when(pl.col("id_kind") == "resident").then(valid.fill_null(value=False)))
    frame = frame.with_columns(
        id_is_18=pl.when("id_valid").then(is_18),
        id_birth_date=pl.when("id_valid").then(pl.col("_birth")),
        id_sex=pl.when("id_valid").then(pl.when(pl.col("_digits") % 2 == 1).then(pl.lit("男")).otherwise(pl.lit("女"))),
    )
    frame = frame.join(codes, left_on="_area", right_on="area", how="left", maintain_order="left")
    known = pl.col("_area").is_in(codes["area"].implode()) | (pl.col("_area") % 100).is_in([0, 1, 20])
    alive = pl.col("area_ended").is_null() | (pl.col("_birth").dt.year() <= pl.col("area_ended") + YEARS_OF_GRACE)
    return frame.with_columns(
        id_area_known=pl.when("id_valid").then(known), id_area_alive=pl.when(pl.col("id_valid") & known).then(alive)
    ).drop("_digits", "_sum", "_last", "_birth", "_area", "area_ended")


def _kinds(frame: pl.DataFrame) -> pl.Series:
    """`id_kind`: most cells hold a number of 18 under the type of an ID card; the rest is looked at closely."""
    plain = frame.select(
        (pl.col("id_no").str.contains(_PLAIN) & ~pl.col("id_number_cell") & pl.col("id_type").is_in(_RESIDENT_TYPES))
        .fill_null(value=False)
        .alias("plain")
    ).to_series()
    rest = (~plain).arg_true()
    kinds = pl.Series("id_kind", ["resident"], dtype=pl.String).new_from_index(0, frame.height)
    return kinds.scatter(rest, frame[rest].select(_kind()).to_series())


def _document_shapes(frame: pl.DataFrame) -> pl.Series:
    """`id_document_shape_ok`, null where the number is no document's."""
    documents = (frame["id_kind"] == "document").fill_null(value=False).arg_true()
    shapes = pl.Series("id_document_shape_ok", [None], dtype=pl.Boolean).new_from_index(0, frame.height)
    return shapes.scatter(documents, frame[documents].select(_document_shape()).to_series())


def _kind() -> pl.Expr:
    """Which kind of number stands in the cell, by the declared type, else by its shape."""
    number, declared = pl.col("id_no"), pl.col("id_type")
    looks_resident = number.str.contains(r"^(?:[0-9]{17}[0-9X]|[0-9]{15})$")
    looks_document = number.str.contains(_DOCUMENT_SHAPE)
    # A type that is not known here may number its holders as it likes: only what is no accident is an ID number.
    is_other = (declared == "其他") | (
        declared.is_null() & pl.col("id_type_text").is_not_null() & ~pl.col("id_type_undeclared").fill_null(value=False)
    )
    by_shape = (
        pl.when(looks_document)
        .then(pl.when(pl.col("id_type_text").is_null()).then(pl.lit("undeclared")).otherwise(pl.lit("document")))
        .otherwise(pl.lit("resident"))
    )
    return (
        pl.when(number.is_null())
        .then(None)
        .when(pl.col("id_number_cell"))
        .then(pl.lit("number_cell"))
        .when(declared.is_in(_RESIDENT_TYPES))
        .then(pl.lit("resident"))
        .when(declared.is_in(_NUMBER_OR_DOCUMENT))
        .then(pl.when(looks_resident).then(pl.lit("resident")).otherwise(pl.lit("document")))
        .when(is_other.fill_null(value=False))
        .then(pl.when(_is_id_number(number)).then(pl.lit("resident")).otherwise(pl.lit("document")))
        .when(declared.is_not_null())
        .then(pl.lit("document"))
        .when(looks_resident)
        .then(pl.lit("resident"))
        .otherwise(by_shape)
    )


def _is_id_number(number: pl.Expr) -> pl.Expr:
    """18 characters with a date of our times and the right check digit."""
    last = pl.when(number.str.ends_with("X")).then(10).otherwise(number.str.slice(17).cast(pl.Int64, strict=False))
    is_summed = (number.str.slice(0, 17).str.to_integer(base=13, strict=False) % 11 * 2 + last) % 11 == 1
    born = number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    return (number.str.contains(r"^[0-9]{6}(?:19|20)[0-9]{9}[0-9X]$") & is_summed & born.is_not_null()).fill_null(
        value=False
    )


def _document_shape() -> pl.Expr:
    shape = pl.lit(None, dtype=pl.Boolean)
    for label, pattern in _SHAPES.items():
        shape = pl.when(pl.col("id_type") == label).then(pl.col("id_no").str.contains(pattern)).otherwise(shape)
    return shape
