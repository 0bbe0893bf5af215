"""What may be shown of a heading: where a file has none, its first row is about a person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from gridaudit import schema

_DIGITS = re.compile(r"[0-9０-９][0-9０-９ -]{4,}[0-9０-９Xx]")
_LONGEST = 24
_CUT = ".."
HIDDEN = "***"


def shown_heading(text: str) -> str:
    """Return a heading without long numbers and cut to the length of a heading."""
    plain = _DIGITS.sub(HIDDEN, text)
    return plain if len(plain) <= _LONGEST else plain[:_LONGEST] + _CUT


def shown_headings(texts: Sequence[str], *, n_known: int = 0) -> list[str]:
    """Return texts of a row that may be a heading: hidden when it looks more like somebody's data.

    Args:
        texts: The cells that no known heading says.
        n_known: How many other cells are known headings. The row is data when at least half as many cells are long
            numbers, dates or values of a code list.
    """
    n_values = sum(_is_value(text) for text in texts)
    if n_values and 2 * n_values >= n_known:
        return [HIDDEN if text else "" for text in texts]
    return [shown_heading(text) for text in texts]


def _is_value(text: str) -> bool:
    if _DIGITS.search(text):
        return True
    form = schema.code_form(text)
    return form in _code_words() and form not in _headings()


@cache
def _code_words() -> frozenset[str]:
    """Every word of every code list; bare codes are left out."""
    columns = [column for table in schema.SHEET_TABLES for column in schema.columns(table).values()]
    names = {column.name for column in columns if column.kind == "code"}
    words = {word for name in names for word in schema.code_list(name).by_word}
    return frozenset(word for word in words if not word.isdigit())


@cache
def _headings() -> frozenset[str]:
    columns = [column for table in schema.SHEET_TABLES for column in schema.columns(table).values()]
    return frozenset(
        schema.code_form(alias) for column in columns for alias in (column.name, column.zh, *column.aliases)
    )
