"""Cells → values: text cleaned, codes mapped, numbers and dates read. Never raises; what cannot be read is null.

Columns with few distinct values (codes, dates, numbers) are read once per value, not once per row.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl

from gridaudit import schema
from gridaudit.normalise.dates import read_dates

_WHITE = " \t\r\n\u00a0\u3000\u200b\ufeff"
_CODE_LABEL = re.compile(r"^[0-9A-Z]{1,6}[-_:.、|/—]+(.+)$")
_LABEL_CODE = re.compile(r"^(.+?)[(（]([0-9A-Z]{1,6})[)）]$")
_BARE_CODE = re.compile(r"^[0-9]{1,2}$|^[A-Z]$")
_NUMBER = r"^([0-9]+(?:\.[0-9]+)?)(?:岁|周岁|㎡|M2|平方米|平米|平方|人|户|套|个)?$"


def clean_text(cells: pl.Series, column: str) -> pl.Series:
    """Strip blanks of every kind; blank cells and words that say nothing (不详, 测试) become null."""
    words = schema.words()
    blank = set(words["blank_everywhere"])
    if column in words["blank_if_none"]["columns"]:
        blank.update(words["blank_if_none"]["words"])
    text = cells.str.strip_chars(_WHITE)
    says_nothing = text.is_in(pl.Series(["", *blank]).implode())
    if column == "name":
        says_nothing = says_nothing | text.str.contains(words["blank_name_pattern"])
    elif text.str.contains("^[A-Za-z/]{2,9}$").any():
        says_nothing = says_nothing | text.str.to_lowercase().is_in(pl.Series(list(blank)).implode())
    return pl.select(pl.when(~says_nothing).then(text)).to_series().alias(column)


def read_column(cells: pl.Series, column: schema.Column) -> list[pl.Series]:
    """Return the canonical column and its companions (`x_text`, for codes `x_undeclared`)."""
    text = clean_text(cells, column.name)
    if column.kind == "text":
        return [text, text.alias("id_no_text")] if column.name == "id_no" else [text]
    companions = [text.alias(f"{column.name}_text")]
    if column.kind == "date":
        return [by_value(text, read_dates, pl.Date()).alias(column.name), *companions]
    if column.kind == "number":
        return [by_value(text, _numbers, pl.Float64()).alias(column.name), *companions]
    if column.kind == "yesno":
        return [by_value(text, _yes_or_no, pl.Boolean()).alias(column.name), *companions]
    labels = by_value(text, lambda values: _labels(values, column.name), pl.String())
    undeclared = (labels.is_null() & text.str.contains(_BARE_CODE.pattern)).fill_null(value=False)
    return [labels.alias(column.name), *companions, undeclared.alias(f"{column.name}_undeclared")]


def by_value(text: pl.Series, read: Callable[[pl.Series], pl.Series], dtype: pl.DataType) -> pl.Series:
    """Apply `read` to the distinct values of `text` and put the results back row by row."""
    values = text.drop_nulls().unique()
    if values.is_empty():
        return pl.Series(text.name, [None], dtype=dtype).new_from_index(0, text.len())
    return text.replace_strict(values, read(values).cast(dtype), default=None, return_dtype=dtype)


def _labels(values: pl.Series, column: str) -> pl.Series:
    known = schema.code_list(column).by_word
    return pl.Series([_label(value, known) for value in values.to_list()], dtype=pl.String)


def _label(value: str, known: dict[str, str]) -> str | None:
    """The label of a word, a code, or both in one cell (`01-汉族`, `汉族(01)`)."""
    form = schema.code_form(value)
    if form in known:
        return known[form]
    for pattern in (_CODE_LABEL, _LABEL_CODE):
        if (match := pattern.match(form)) and match.group(1) in known:
            return known[match.group(1)]
    return None


def _yes_or_no(values: pl.Series) -> pl.Series:
    known = schema.code_list("yesno").by_word
    meaning = {"是": True, "否": False}
    labels = [_label(value, known) for value in values.to_list()]
    bare = {"1": True, "0": False}
    return pl.Series(
        [
            meaning[label] if label else bare.get(schema.code_form(value))
            for value, label in zip(values.to_list(), labels, strict=True)
        ],
        dtype=pl.Boolean,
    )


def _numbers(values: pl.Series) -> pl.Series:
    even = pl.Series([schema.code_form(value).replace(",", "") for value in values.to_list()], dtype=pl.String)
    return even.str.extract(_NUMBER, 1).cast(pl.Float64, strict=False)
