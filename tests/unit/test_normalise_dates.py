"""Dates in every form seen in registers."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from gridaudit.normalise.dates import read_dates


def read(text):
    return read_dates(pl.Series([text], dtype=pl.String))[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1990-03-07", date(1990, 3, 7)),
        ("1990/3/7", date(1990, 3, 7)),
        ("1990.5.1", date(1990, 5, 1)),
        ("1990\\3\\7", date(1990, 3, 7)),
        ("1990年3月7日", date(1990, 3, 7)),
        ("1990年 3月 7日", date(1990, 3, 7)),
        ("１９９０－０３－０７", date(1990, 3, 7)),
        ("19900307", date(1990, 3, 7)),
        ("19900307000000", date(1990, 3, 7)),
        ("1990-03-07 00:00:00", date(1990, 3, 7)),
        ("1990-03-07T08:15:00", date(1990, 3, 7)),
        ("2026/8/31 9:05", date(2026, 8, 31)),
        ("32874", date(1990, 1, 1)),
        ("43942.96", date(2020, 4, 21)),
        ("1990年5月", date(1990, 5, 1)),
        ("1990-05", date(1990, 5, 1)),
        ("1990.05", date(1990, 5, 1)),
        ("199005", date(1990, 5, 1)),
        ("90-05-01", date(1990, 5, 1)),
        ("25-05-01", date(2025, 5, 1)),
        ("30.1.2", date(2030, 1, 2)),
        ("31.1.2", date(1931, 1, 2)),
        ("2000-02-29", date(2000, 2, 29)),
        (" 1990-03-07 ", date(1990, 3, 7)),
    ],
)
def test_forms(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    ["1990-02-30", "2001-02-29", "1990-13-01", "19901301", "03/07/1990", "1990", "1.5", "199013", "不详", "",
     "0000-00-00", "19900000",
     "1990-00-01", "12345678901", "-32874", "1990--03-07", "九零年三月", "1990-03-07~08", None],
)  # fmt: skip
def test_what_is_no_date(text):
    assert read(text) is None


def test_no_rows():
    assert read_dates(pl.Series([], dtype=pl.String)).to_list() == []
