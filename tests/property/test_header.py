"""Headings, however they are typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridaudit import schema
from gridaudit.normalise.header import map_columns, meanings

ALIASES = [
    (table, column.name, alias)
    for table in schema.SHEET_TABLES
    for column in schema.columns(table).values()
    for alias in column.aliases
]
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
dressings = st.sampled_from(
    ["{}*", "*{}", "{}：", "{}（必填）", "{}(选填)", "{}【必填】", "1.{}", "12、{}", "{}\n", "\u3000{}\u00a0"]
)


@pytest.mark.parametrize("table", schema.SHEET_TABLES)
def test_every_alias_means_its_column(table):
    wrong = [(name, alias) for of, name, alias in ALIASES if of == table and name not in dict(meanings(alias, table))]
    assert wrong == []


@pytest.mark.parametrize("table", schema.SHEET_TABLES)
def test_an_alias_alone_is_read_as_its_column(table):
    """Where two columns share a heading, the first of them takes it."""
    shared = {"证件号码", "证件号"}
    read = [(name, alias, map_columns((alias,), table, {})) for of, name, alias in ALIASES if of == table]
    wrong = [(name, alias, found) for name, alias, found in read if set(found) != {name} and alias not in shared]
    assert wrong == []


@given(st.sampled_from(ALIASES), dressings, st.booleans(), st.booleans(), st.booleans())
def test_width_case_blanks_and_marks_do_not_matter(entry, dressing, wide, small, spaced):
    table, _, alias = entry
    text = alias.lower() if small else alias
    text = " ".join(text) if spaced else text
    text = text.translate(WIDE) if wide else text
    assert meanings(dressing.format(text), table) == meanings(alias, table)


@given(
    st.lists(st.sampled_from([alias for table, _, alias in ALIASES if table == "residents"]), unique=True, max_size=12)
)
def test_a_heading_serves_one_column(headings):
    mapping = map_columns(tuple(headings), "residents", {})
    used = [index for indexes in mapping.values() for index in indexes]
    assert len(used) == len(set(used))
