"""Days of the lunar calendar, by which many keep their birthday.

Source: the table of lunar years in `schema/lunar.toml`; the traditional calendar follows GB/T 33661-2017.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from itertools import accumulate

import polars as pl

from gridaudit import schema


def is_lunar_date(day: pl.Series, written: pl.Series) -> pl.Series:
    """Tell whether a date is the lunar date of a day, written as if it were of our calendar.

    Args:
        day: Dates, none of them null.
        written: The dates to compare; the days of a leap month are written like those of the month before.

    Returns:
        True where year, month and day are those of the lunar calendar; false for days before 1900-01-31 or after 2100.
    """
    months = _months()
    at = months["first"].search_sorted(day, side="right").cast(pl.Int64) - 1
    month = months[at.clip(0)]
    number = (day - month["first"]).dt.total_days() + 1
    same = (month["year"] == written.dt.year()) & (month["month"] == written.dt.month()) & (number == written.dt.day())
    return same.fill_null(value=False) & (at >= 0) & (number <= month["days"])


@cache
def _months() -> pl.DataFrame:
    """The first day of every lunar month, its year, number and length."""
    rows = [row for year, text in schema.lunar_years().items() for row in _months_of(int(year), text)]
    return pl.DataFrame(rows, schema=["first", "year", "month", "days"], orient="row")


def _months_of(year: int, text: str) -> list[tuple[date, int, int, int]]:
    first, leap, lengths = text.split()
    days = [29 + int(length) for length in lengths]
    starts = accumulate(
        days, lambda start, length: start + timedelta(length), initial=date.fromisoformat(f"{year}-{first}")
    )
    numbers = [number for number in range(1, 13) for _ in range(1 + (number == int(leap)))]
    return list(zip(starts, [year] * len(days), numbers, days, strict=False))
