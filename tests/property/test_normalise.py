"""Whatever the cells: normalising never raises, and dates agree with the calendar."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from gridaudit import schema
from gridaudit.errors import InputError
from gridaudit.normalise import normalise
from gridaudit.normalise.cells import clean_text
from gridaudit.normalise.dates import read_dates
from gridaudit.read.sheet import NO_NUMBERS, Sheet

FORMATS = [
    "{0:04}-{1:02}-{2:02}",
    "{0}/{1}/{2}",
    "{0}.{1}.{2}",
    "{0}年{1}月{2}日",
    "{0:04}{1:02}{2:02}",
    "{0:04}-{1:02}-{2:02} 08:30:00",
]
CELLS = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.text(alphabet="0123456789-/.年月日Xx×合计姓名无某() \u3000\u00a0\u200b", max_size=20),
)


def real(year, month, day):
    try:
        return date(year, month, day)
    except ValueError:
        return None


def sheet_from(frame):
    return Sheet(source="a.xlsx", path=Path("a.xlsx"), sheet="s", frame=frame, long_numbers=NO_NUMBERS)


@given(st.lists(st.text(max_size=24) | st.none(), max_size=8))
def test_any_text_is_a_date_or_none(texts):
    assert read_dates(pl.Series(texts, dtype=pl.String)).len() == len(texts)


@given(st.integers(1000, 2200), st.integers(1, 14), st.integers(1, 33), st.sampled_from(FORMATS))
def test_dates_agree_with_the_calendar(year, month, day, form):
    text = form.format(year, month, day)
    assert read_dates(pl.Series([text]))[0] == real(year, month, day)


@given(st.data())
def test_any_cells_are_read(data):
    table = data.draw(st.sampled_from(["residents", "houses", "grids"]))
    columns = list(schema.columns(table))
    heading = data.draw(st.permutations(columns))
    rows = data.draw(st.lists(st.lists(CELLS, min_size=len(columns), max_size=len(columns)), min_size=1, max_size=4))
    frame = pl.DataFrame([heading, *rows], schema=[(f"c{i}", pl.String) for i in range(len(columns))], orient="row")
    try:
        tables = normalise([sheet_from(frame)], header_row=1)
    except InputError as error:
        assert error.code == "E104"  # noqa: PT017 - nothing but blank rows
        return
    found = tables.get(table)
    assert found.height + tables.sheets[0].n_left_out <= len(rows)
    assert dict(found.schema).items() >= {name: column.dtype for name, column in schema.columns(table).items()}.items()


@given(st.lists(CELLS, max_size=6), st.sampled_from(["name", "phone", "address"]))
def test_cleaning_twice_is_cleaning_once(cells, column):
    once = clean_text(pl.Series(cells, dtype=pl.String), column)
    assert clean_text(once, column).equals(once)
