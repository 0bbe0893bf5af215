"""The lunar calendar, by days that are known from elsewhere."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from gridaudit import schema
from gridaudit.derive.residents.lunar import is_lunar_date


def lunar(day, written):
    return is_lunar_date(pl.Series([date.fromisoformat(day)]), pl.Series([date.fromisoformat(written)]))[0]


@pytest.mark.parametrize(
    ("day", "written"),
    [
        # New Year's days
        ("1900-01-31", "1900-01-01"), ("1949-01-29", "1949-01-01"), ("1954-02-03", "1954-01-01"),
        ("1962-02-05", "1962-01-01"), ("1985-02-20", "1985-01-01"), ("2000-02-05", "2000-01-01"),
        ("2007-02-18", "2007-01-01"), ("2026-02-17", "2026-01-01"), ("2100-02-09", "2100-01-01"),
        # the day before belongs to the year before
        ("2000-02-04", "1999-12-29"), ("1975-02-03", "1974-12-23"),
        # Mid-Autumn
        ("1949-10-06", "1949-08-15"), ("2023-09-29", "2023-08-15"), ("2025-10-06", "2025-08-15"),
        # in a leap month, and behind it
        ("2023-03-22", "2023-02-01"), ("2023-04-20", "2023-03-01"), ("1987-07-26", "1987-06-01"),
        ("1975-03-03", "1975-01-21"), ("1970-06-04", "1970-05-01"), ("1958-12-30", "1958-11-20"),
    ],
)  # fmt: skip
def test_known_days(day, written):
    assert lunar(day, written)


@pytest.mark.parametrize(
    ("day", "written"),
    [("1975-03-03", "1975-01-20"), ("1975-03-03", "1974-01-21"), ("1975-03-03", "1975-02-21"),
     ("1899-12-31", "1899-11-29"), ("2101-03-01", "2101-02-01")],
)  # fmt: skip
def test_other_days(day, written):
    assert not lunar(day, written)


def test_each_year_ends_where_the_next_begins():
    years = {int(year): text.split() for year, text in schema.lunar_years().items()}
    assert list(years) == list(range(1900, 2101))
    for year, (first, leap, lengths) in years.items():
        assert len(lengths) == 12 + (leap != "0")
        after = date.fromisoformat(f"{year}-{first}") + timedelta(29 * len(lengths) + lengths.count("1"))
        assert after.isoformat() == f"{year + 1}-{years.get(year + 1, ['01-29'])[0]}"
