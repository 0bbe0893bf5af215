"""Cells → values: text cleaned, codes mapped, numbers and dates read. Never raises; what cannot be read is null.

Columns with few distinct values (codes, dates, numbers) are read once per value, not once per row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from gridaudit import schema
from gridaudit.normalise.dates import read_dates

_WHITE = " \t\r\n\u00a0\u3000\u200b\ufeff"
_CODE_LABEL = re.compile(r"^[0-9A-Z]{1,6}[-_:.、|/—]+(.+)$")
_LABEL_CODE = re.compile(r"^(.+?)[(（]([0-9A-Z]{1,6})[)）]$")
_BARE_CODE = re.compile(r"^[0-9]{1,2}$|^[A-Z]$")
_NUMBER = r"^([0-9]+(?:\.[0-9]+)?)(?:岁|周岁|㎡|M2|平方米|平米|平方|人|户|套|个)?$"


def read_columns(
    frame: pl.DataFrame, sources: Mapping[str, pl.Expr], columns: Mapping[str, schema.Column]
) -> pl.DataFrame:
    """Read the canonical columns of a table.

    Args:
        frame: The records, as text.
        sources: Where each canonical column is read from.
        columns: What each is.

    Returns:
        The canonical columns with their companions: `x_text` beside what is parsed, `x_undeclared` beside codes.
    """
    parsed = [name for name in sources if columns[name].kind != "text"]
    distinct = frame.select(sources[name].unique().drop_nulls().implode().alias(name) for name in parsed)
    expressions: list[pl.Expr] = []
    for name, source in sources.items():
        if name in parsed:
            expressions += _by_value(distinct[name][0], columns[name], source)
        else:
            expressions.append(_cleaned(source, name).alias(name))
    return frame.select(expressions)


def clean_text(cells: pl.Series, column: str) -> pl.Series:
    """Strip blanks of every kind; blank cells and words that say nothing (不详, 测试) become null."""
    return cells.to_frame("cell").select(_cleaned(pl.col("cell"), column).alias(column)).to_series()


def _cleaned(source: pl.Expr, column: str) -> pl.Expr:
    words = schema.words()
    blank = [*words["blank_everywhere"]]
    if column in words["blank_if_none"]["columns"]:
        blank += words["blank_if_none"]["words"]
    text = source.str.strip_chars(_WHITE)
    says_nothing = text.is_in(["", *blank, *(word.upper() for word in blank), *(word.title() for word in blank)])
    if column == "name":
        says_nothing = says_nothing | text.str.contains(words["blank_name_pattern"])
    return pl.when(~says_nothing).then(text)


def _by_value(values: pl.Series, column: schema.Column, source: pl.Expr) -> list[pl.Expr]:
    """Read the distinct values of a column and put the results back row by row."""
    name = column.name
    text = clean_text(values, name)
    unchanged = text.null_count() == 0 and bool((text == values).all())
    text_of_row = source if unchanged else _replaced(source, values, text)
    if column.kind == "date":
        parsed = read_dates(text)
    elif column.kind == "number":
        parsed = _numbers(text)
    elif column.kind == "yesno":
        parsed = _yes_or_no(text)
    else:
        parsed = _labels(text, name)
    result = [_replaced(source, values, parsed).alias(name), text_of_row.alias(f"{name}_text")]
    if column.kind == "code":
        undeclared = values.filter((parsed.is_null() & text.str.contains(_BARE_CODE.pattern)).fill_null(value=False))
        is_undeclared = (
            source.is_in(undeclared.implode()).fill_null(value=False) if undeclared.len() else pl.lit(value=False)
        )
        result.append(is_undeclared.alias(f"{name}_undeclared"))
    return result


def _replaced(source: pl.Expr, values: pl.Series, results: pl.Series) -> pl.Expr:
    if values.is_empty():
        return pl.lit(None, dtype=results.dtype)
    return source.replace_strict(values, results, default=None, return_dtype=results.dtype)


def _labels(values: pl.Series, column: str) -> pl.Series:
    known = schema.code_list(column).by_word
    return pl.Series([_label(value, known) for value in values.to_list()], dtype=pl.String)


def _label(value: str | None, known: dict[str, str]) -> str | None:
    """The label of a word, a code, or both in one cell (`01-汉族`, `汉族(01)`)."""
    if value is None:
        return None
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
            meaning[label] if label else bare.get(schema.code_form(value or ""))
            for value, label in zip(values.to_list(), labels, strict=True)
        ],
        dtype=pl.Boolean,
    )


def _numbers(values: pl.Series) -> pl.Series:
    even = pl.Series([schema.code_form(value or "").replace(",", "") for value in values.to_list()], dtype=pl.String)
    return even.str.extract(_NUMBER, 1).cast(pl.Float64, strict=False)
