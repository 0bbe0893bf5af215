"""Whether names and telephone numbers have the shape of one."""

from __future__ import annotations

import polars as pl

from gridaudit import schema

_MOBILE = r"(?:\+?86-?)?1[3-9][0-9]{9}"
_LANDLINE = r"(?:\(?0[0-9]{2,3}\)?-?)?[2-9][0-9]{6,7}(?:(?:-|转)[0-9]{1,6})?"
_SERVICE = r"[48]00-?[0-9]{3,4}-?[0-9]{3,4}"
_ABROAD = r"(?:\+|00)?(?:852|853|886)-?[0-9]{8,10}"
_FOREIGN = r"\+(?:[1-79][0-9]|8[124][0-9]|85[0146-9]|88[0-57-9])[0-9]{5,12}"
_PHONE = f"(?:{_MOBILE}|{_LANDLINE}|{_SERVICE}|{_ABROAD}|{_FOREIGN})"
_PHONES = f"^{_PHONE}(?:[;,、/|]+{_PHONE})*[;,、/|]*$"
# Of several numbers in a cell one good one will do; between blanks only one that cannot be a part of another.
_ONE_GOOD = f"(?:^|[;,、/|])\\s*{_PHONE}\\s*(?:[;,、/|]|$)"
_ONE_WHOLE = f"(?:^|[;,、/|\\s])(?:{_MOBILE}|0[0-9]{{2,3}}-?[2-9][0-9]{{6,7}})(?:[;,、/|\\s]|$)"
_NAME = r"^[\p{Han}·•・‧∙⋅･．.]+$"
# How two people of one name are told apart: 陈静（大）.
_WHICH_OF_TWO = r"[(（](?:大|小|老|男|女)[)）]$"
_REMARK = r"\([^()0-9]*\)"


def name_shape(frame: pl.DataFrame) -> pl.Series:
    """Return `name_shape_ok`: two or more Chinese characters; letters are right with a foreign document or a permit."""
    plain = frame["name"].str.contains(r"^\p{Han}{2,}$")
    rest = (~plain).fill_null(value=False)
    if not rest.any():
        return plain.alias("name_shape_ok")
    name = pl.col("name").str.replace_all(r"[\s\u3000]", "").str.replace(_WHICH_OF_TWO, "")
    is_chinese = name.str.contains(_NAME) & (name.str.len_chars() >= 2)
    has_letter = name.str.contains(r"^\p{Han}{1,3}[A-Za-z]$")
    may_be_foreign = pl.col("id_kind").is_in(["document", "undeclared"]) | pl.col("id_no").str.contains("^(?:8[123]|9)")
    verdict = (
        pl.when(is_chinese)
        .then(pl.lit(value=True))
        .when((has_letter | may_be_foreign.fill_null(value=False)) & ~name.str.contains("[0-9]"))
        .then(None)
        .otherwise(is_chinese)
    )
    return plain.scatter(rest.arg_true(), frame.filter(rest).select(verdict).to_series()).alias("name_shape_ok")


def phone_shape(phone: pl.Series) -> pl.Series:
    """Whether a cell holds a phone number that can be called. Most hold one mobile number: the rest is looked at."""
    plain = phone.str.contains(r"^1[3-9][0-9]{9}$")
    rest = (~plain).fill_null(value=False)
    if not rest.any():
        return plain
    cells = phone.filter(rest).to_frame("text")
    even = pl.col("text").str.normalize("NFKC").str.strip_chars().str.replace(r"\.0$", "")
    even = even.str.replace_all(_REMARK, "")
    says_none = pl.col("text").is_in(schema.words()["filled_if_none"]["words"])
    says_none |= pl.col("text").str.contains(schema.words()["phone_none_pattern"])
    joined = even.str.replace_all(r"[\s]", "").str.contains(_PHONES)
    split = even.str.replace_all(r"\s+", ";").str.contains(_PHONES)
    dashed = even.str.replace_all(r"[\s()-]", "").str.contains(f"^(?:{_MOBILE}|{_FOREIGN})$")
    one_good = even.str.contains(_ONE_GOOD) | even.str.contains(_ONE_WHOLE)
    verdict = cells.select(pl.when(~says_none).then(joined | split | dashed | one_good)).to_series()
    return plain.scatter(rest.arg_true(), verdict)
