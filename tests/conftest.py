"""Arrangements that several tests share. Everybody in them is invented; the area code 430299 is nobody's."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import settings
from stdnum.iso7064 import mod_11_2

from gridaudit.config import Config
from gridaudit.derive import Circumstances, derive, load_area_codes
from gridaudit.judge import judge
from gridaudit.normalise import normalise
from gridaudit.pipeline import audit, prepare_rules
from gridaudit.read import Reading
from gridaudit.read.sheet import NO_NUMBERS, Sheet
from gridaudit.rulebook import builtin_folder

AS_OF = date(2026, 9, 1)
SECRET = b"a secret of the tests"

settings.register_profile("gridaudit", deadline=None, derandomize=True)
settings.load_profile("gridaudit")


@pytest.fixture(scope="session")
def extra_codes(tmp_path_factory):
    """A CSV that declares the area code of invented numbers."""
    path = tmp_path_factory.mktemp("codes") / "codes.csv"
    path.write_text("code,name,first_year,last_year\n430299,样例区,,\n", "utf-8")
    return path


@pytest.fixture(scope="session")
def compiled():
    return prepare_rules(Config())


@pytest.fixture(scope="session")
def make_id():
    """Build a number of 18 characters from area, birth date and order; the check digit is stdnum's."""

    def build(area="430299", born="19900307", order="123"):
        digits = f"{area}{born}{order}"
        return digits + mod_11_2.calc_check_digit(digits)

    return build


@pytest.fixture(scope="session")
def sheet_of():
    """Build a sheet from rows of cells, ragged rows padded with null."""

    def build(rows, *, name="表1", source="a.xlsx", merges=(), numbers=(), order=0):
        width = max((len(row) for row in rows), default=0)
        padded = [[*row, *[None] * (width - len(row))] for row in rows]
        frame = pl.DataFrame(padded, schema=[(f"c{index}", pl.String) for index in range(width)], orient="row")
        long_numbers = pl.DataFrame(list(numbers), schema=NO_NUMBERS.schema, orient="row")
        return Sheet(
            source=source, path=Path(source), sheet=name, frame=frame, long_numbers=long_numbers, merges=merges,
            order=order,
        )  # fmt: skip

    return build


@pytest.fixture(scope="session")
def sheets_of(sheet_of):
    """Build one sheet per table from rows given as dicts of canonical columns."""

    def build(**tables):
        sheets = []
        for order, (table, rows) in enumerate(tables.items()):
            names = list(dict.fromkeys(name for row in rows for name in row))
            cells = [names, *([row.get(name) for name in names] for row in rows)]
            sheets.append(sheet_of(cells, name=table, source=f"{table}.xlsx", order=order))
        return sheets

    return build


@pytest.fixture(scope="session")
def facts_of(sheets_of, extra_codes):
    """Normalise and derive tables given as `facts_of(residents=[{...}], houses=[...])`."""
    codes = load_area_codes(builtin_folder(), extra_codes)

    def build(*, managed=0.4, unmanaged=1.0, unknown=1.0, **tables):
        circumstances = Circumstances(
            as_of=AS_OF, area_codes=codes, managed=managed, unmanaged=unmanaged, unknown=unknown
        )
        return derive(normalise(sheets_of(**tables)), circumstances)

    return build


@pytest.fixture(scope="session")
def findings_of(facts_of, compiled):
    """Judge tables given like those of `facts_of`."""

    def build(*, secret=SECRET, lang="zh", **tables):
        return judge(facts_of(**tables), compiled, lang=lang, secret=secret)

    return build


@pytest.fixture(scope="session")
def read_all():
    """Read files to the end: the sheets by (file, sheet), and the reading with its files and notes."""

    def build(*paths, sheets=()):
        reading = Reading(list(paths), sheets=sheets)
        return {(sheet.source, sheet.sheet): sheet for sheet in reading}, reading

    return build


@pytest.fixture
def audit_files(extra_codes, tmp_path):
    """Audit tables written as CSV files, one file per keyword, in the order given."""

    def build(*, managed=0.4, unmanaged=1.0, unknown=1.0, folder="input", **tables):
        target = tmp_path / folder
        target.mkdir(exist_ok=True)
        paths = []
        for name, rows in tables.items():
            columns = list(dict.fromkeys(column for row in rows for column in row))
            data = {column: [row.get(column) for row in rows] for column in columns}
            path = target / f"{name}.csv"
            pl.DataFrame(data, schema=dict.fromkeys(columns, pl.String)).write_csv(path)
            paths.append(path)
        config = Config(extra_area_codes=extra_codes, managed=managed, unmanaged=unmanaged, unknown=unknown)
        return audit(
            paths, config=config, as_of=AS_OF, started_at=datetime(2026, 9, 1, tzinfo=UTC), run_id="r1", secret=SECRET
        )

    return build
