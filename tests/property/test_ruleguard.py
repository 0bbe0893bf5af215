"""The guard, whatever the text: it never raises, and accepted text reaches no file."""

from __future__ import annotations

import re

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from gridaudit.ruleguard import FUNCTIONS, refusal

STRING = re.compile(r"'(?:[^']|'')*'")
PIECES = st.sampled_from(
    "name age ( ) , ' '' \" = <> < + - * -- /* ; : . IN FROM SELECT read_csv scan_parquet read_parquet ( ) 'a.csv' "
    "EXTRACT YEAR AND NOT OR CASE WHEN THEN END lower count coalesce now WITH TABLE VALUES UNION E x 1 2.5 \\ \n".split(
        " "
    )
)
FILE_CALL = re.compile(r"\b(?:read|scan)_\w+\s*\(", re.IGNORECASE)
FROM = re.compile(r"(?<!\w)from(?!\w)", re.IGNORECASE)


@given(st.text(max_size=60))
def test_any_text_is_answered(text):
    assert refusal(text) is None or refusal(text)


@given(st.lists(PIECES, max_size=14).map(" ".join))
def test_accepted_text_has_no_query_and_calls_only_known_functions(text):
    if refusal(text) is not None:
        return
    outside = STRING.sub("''", text)
    assert not FILE_CALL.search(outside)
    assert not re.search(r"\bselect\b|;|--|/\*", outside, re.IGNORECASE)
    assert len(FROM.findall(outside)) <= len(re.findall(r"extract\s*\(\s*\w+\s+from", outside, re.IGNORECASE))
    called = {word.lower() for word in re.findall(r"(\w+)\s*\(", outside)}
    assert called <= FUNCTIONS | set("in and or not between like ilike is when then else".split())


@given(st.lists(PIECES, max_size=14).map(" ".join))
def test_accepted_text_opens_no_file(tmp_path_factory, text):
    """A file that were opened would be told by its columns: no expression may know them."""
    path = tmp_path_factory.getbasetemp() / "people.csv"
    if not path.exists():
        path.write_text("secret_column\n1\n", "utf-8")
    aimed = text.replace("'a.csv'", f"'{path}'")
    if refusal(aimed) is not None:
        return
    try:
        expression = pl.sql_expr(aimed)
    except pl.exceptions.PolarsError:
        return
    assert "secret_column" not in expression.meta.root_names()
