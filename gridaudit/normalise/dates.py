"""Dates in every form seen in registers → Date. What cannot be read, or leaves a choice, is null; nothing raises.

Forms: 1990-03-07, 1990/3/7, 1990.3.7, 1990年3月7日, 19900307, each with a time of day behind it; the spreadsheet's
serial (32874, 43942.96); a month alone (1990-03, 1990年3月, 199003) is its first day; a year of two digits is taken as
the latest that is not after 2030.
"""

from __future__ import annotations

import polars as pl

_SEPARATED = r"^([0-9]{4}|[0-9]{2})[-/.年\\]([0-9]{1,2})[-/.月\\]([0-9]{1,2})日?(?:[T ]?[0-9]{1,2}[:时].*)?$"
_MONTH = r"^([0-9]{4})[-/.年]([0-9]{1,2})月?份?$"
_PACKED = r"^([0-9]{4})([0-9]{2})([0-9]{2})(?:[0-9]{6})?$"
_PACKED_MONTH = r"^((?:19|20)[0-9]{2})(0[1-9]|1[0-2])$"
_SERIAL = r"^([1-9][0-9]{3,4})(?:\.[0-9]+)?$"
_SERIAL_RANGE = (3_000, 60_000)


def read_dates(values: pl.Series) -> pl.Series:
    """Read texts as dates.

    Args:
        values: String.

    Returns:
        Date, null where the text is no date or a date that does not exist.
    """
    plain = values.str.to_date("%Y-%m-%d", strict=False)
    rest = (values.str.len_bytes() != 10) | plain.is_null()  # "1990-3-7" is left to the patterns
    return plain.scatter(rest.arg_true(), _by_pattern(values.filter(rest))) if rest.any() else plain


def _by_pattern(values: pl.Series) -> pl.Series:
    text = pl.col("text")
    even = pl.Series("text", [None if value is None else _even(value) for value in values.to_list()], dtype=pl.String)
    parts = [text.str.extract_groups(pattern) for pattern in (_SEPARATED, _PACKED, _MONTH, _PACKED_MONTH)]
    year = pl.coalesce(part.struct.field("1") for part in parts)
    month = pl.coalesce(part.struct.field("2") for part in parts)
    day = pl.coalesce(*(part.struct.field("3") for part in parts[:2]), pl.lit("1"))
    serial = text.str.extract(_SERIAL, 1).cast(pl.Int64, strict=False)
    frame = even.to_frame().select(
        calendar=pl.concat_str(_full_year(year), month.str.zfill(2), day.str.zfill(2), separator="-").str.to_date(
            "%Y-%m-%d", strict=False
        ),
        serial=pl.when(serial.is_between(*_SERIAL_RANGE)).then(
            pl.lit("1899-12-30").str.to_date() + pl.duration(days=serial)
        ),
    )
    return frame.select(pl.coalesce("calendar", "serial")).to_series()


def _even(value: str) -> str:
    return value.translate(_EVEN).replace("年 ", "年").replace("月 ", "月").strip()


_EVEN = str.maketrans("０１２３４５６７８９／．－：", "0123456789/.-:")


def _full_year(year: pl.Expr) -> pl.Expr:
    short = year.cast(pl.Int32, strict=False)
    full = pl.when(year.str.len_bytes() == 4).then(short).when(short <= 30).then(short + 2000).otherwise(short + 1900)
    return full.cast(pl.String)
