"""Whatever is done to a file, the ending is a result or an E-code. The long run is `fuzz.py`."""

from __future__ import annotations

import random
import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutants import mutant, seeds

from gridaudit.config import Config
from gridaudit.errors import GridauditError
from gridaudit.pipeline import audit
from gridaudit.report import check_text

SEEDS = {name: content for name, content in seeds().items() if name != "a.ods"}


@pytest.fixture(scope="module")
def ending(tmp_path_factory):
    """Audit bytes as a file of a name; gives `result` or the E-code."""
    folder = tmp_path_factory.mktemp("mutants")

    def end(name, content):
        path = folder / name
        path.write_bytes(content)
        try:
            outcome = audit(
                [path], config=Config(), as_of=date(2026, 9, 1), started_at=datetime(2026, 9, 1, tzinfo=UTC),
                run_id="fuzz", secret=b"fuzz", lang="en",
            )  # fmt: skip
            check_text(outcome, "table", lang="en")
        except GridauditError as error:
            return error.code
        return "result"

    return end


@settings(max_examples=80)
@given(st.sampled_from(sorted(SEEDS)), st.integers(0, 10**9))
def test_a_mutant_ends_in_a_result_or_an_error_code(ending, name, number):
    content = mutant(SEEDS[name], f".{name.partition('.')[2]}", random.Random(number))
    assert re.fullmatch("result|E1..|E201", ending(name, content))


@settings(max_examples=40)
@given(st.sampled_from(["a.xlsx", "a.csv", "a.xls", "a.parquet"]), st.binary(max_size=400))
def test_bytes_of_no_meaning_too(ending, name, content):
    assert ending(name, content)[0] in "Er"


@settings(max_examples=40)
@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=6), min_size=1, max_size=8))
def test_any_text_in_the_cells_of_a_text_file(ending, rows):
    lines = ["姓名,身份证号码,房屋编码", *(",".join(cells) for cells in rows)]
    assert ending("a.csv", "\n".join(lines).encode("utf-8", "replace"))[0] in "Er"
