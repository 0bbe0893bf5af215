"""Cells → values: text cleaned, codes mapped, numbers and dates read. Never raises; what cannot be read is null.

Columns with few distinct values (codes, dates, numbers) are read once per value, not once per row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import polars as pl

from gridaudit import schema
from gridaudit.normalise.dates import read_dates

_WHITE = " \t\r\n\u00a0\u3000\u200b\ufeff"
_EDGE = r"^[\s\u200b\ufeff]|[\s\u200b\ufeff]$"
_THREADS = 3
_CODE_LABEL = re.compile(r"^(?:[0-9A-Z]{1,6}[-_:.、|/—]+|[0-9]{1,6}(?=[\u4e00-\u9fff]))(.+)$")
_LABEL_CODE = re.compile(r"^(.+?)[(（]([0-9A-Z]{1,6})[)）]$")
_WORD_REMARK = re.compile(r"^([^()]*[^()0-9A-Z])\(([^()]+)\)$")
_DIGITS = re.compile(r"^[0-9]+$")
_BARE_CODE = re.compile(r"^[0-9]{1,2}$|^[A-Z]$")
_NUMBER = r"^([0-9]+(?:\.[0-9]+)?)(?:岁|周岁|㎡|M2|平方米|平米|平方|人|户|套|个)?$"


def read_columns(
    frame: pl.DataFrame,
    mapping: Mapping[str, tuple[int, ...]],
    columns: Mapping[str, schema.Column],
    codes: Mapping[str, Mapping[str, str]] | None = None,
) -> list[pl.Series]:
    """Read the canonical columns of a table, a few at a time.

    Args:
        frame: The records, as text.
        mapping: The frame columns each canonical column is read from, first choice first.
        columns: What each canonical column is.
        codes: What bare codes mean, for the columns whose coding is declared.

    Returns:
        The canonical columns with their companions: `x_text` beside what is parsed, `x_undeclared` beside codes.
    """
    declared = codes or {}

    def read_one(name: str) -> list[pl.Series]:
        return _read_column(joined_cells(frame, mapping[name]), columns[name], declared.get(name))

    with ThreadPoolExecutor(_THREADS) as pool:
        read = pool.map(read_one, mapping)
        return [series for group in read for series in group]


def joined_cells(frame: pl.DataFrame, indexes: tuple[int, ...]) -> pl.Series:
    """Return the cell of the first heading whose cell is filled, when several headings mean one column."""
    cells = frame[f"c{indexes[0]}"]
    for index in indexes[1:]:
        filled = (cells.str.strip_chars() != "").fill_null(value=False)
        cells = cells.zip_with(filled, frame[f"c{index}"])
    return cells


def _read_column(cells: pl.Series, column: schema.Column, codes: Mapping[str, str] | None) -> list[pl.Series]:
    if column.kind == "text":
        return [clean_text(cells, column.name)]
    return _by_value(cells, column, codes)


def clean_text(cells: pl.Series, column: str) -> pl.Series:
    """Strip blanks of every kind; blank cells and words that say nothing (不详, 测试) become null.

    Most columns need nothing done, so what a cell would need is looked for first.
    """
    text = cells.alias(column)
    if text.str.contains(_EDGE).any():
        text = text.str.strip_chars(_WHITE)
    says_nothing = text.is_in(_blank_words(column))
    if column == "name":
        says_nothing |= text.str.contains(schema.words()["blank_name_pattern"])
    return text.scatter(says_nothing.arg_true(), None) if says_nothing.any() else text


@cache
def _blank_words(column: str) -> pl.Series:
    words = schema.words()
    blank = ["", *words["blank_everywhere"]]
    if column in words["blank_if_none"]["columns"]:
        blank += words["blank_if_none"]["words"]
    return pl.Series(sorted({form for word in blank for form in (word, word.upper(), word.title())})).implode()


def _by_value(cells: pl.Series, column: schema.Column, codes: Mapping[str, str] | None) -> list[pl.Series]:
    """Read the distinct values of a column and put the results back row by row."""
    name = column.name
    values = cells.unique().drop_nulls()
    text = clean_text(values, name)
    if codes and "" in codes.values():
        text = _without_empty_codes(text, codes)
    unchanged = text.null_count() == 0 and bool((text == values).all())
    if column.kind == "date":
        parsed = read_dates(text)
    elif column.kind == "number":
        parsed = _numbers(text)
    elif column.kind == "yesno":
        parsed = _yes_or_no(text, name, codes)
    else:
        parsed = _labels(text, name, codes)
    result = [
        _replaced(cells, values, parsed).alias(name),
        (cells if unchanged else _replaced(cells, values, text)).alias(f"{name}_text"),
    ]
    if column.kind == "code":
        undeclared = values.filter((parsed.is_null() & text.str.contains(_BARE_CODE.pattern)).fill_null(value=False))
        is_undeclared = cells.is_in(undeclared.implode()).fill_null(value=False)
        result.append(is_undeclared.alias(f"{name}_undeclared"))
    return result


def _replaced(cells: pl.Series, values: pl.Series, results: pl.Series) -> pl.Series:
    if values.is_empty():
        return pl.Series(cells.name, [None], dtype=results.dtype).new_from_index(0, cells.len())
    return cells.replace_strict(values, results, default=None, return_dtype=results.dtype)


def _without_empty_codes(values: pl.Series, codes: Mapping[str, str]) -> pl.Series:
    """A code that says nothing (`9` for a sex not stated) is a blank cell."""
    empty = [value for value in values.drop_nulls().to_list() if codes.get(schema.code_form(value)) == ""]
    return values.scatter(values.is_in(pl.Series(empty, dtype=pl.String).implode()).arg_true(), None)


def has_contested_code(cells: pl.Series, column: str) -> bool:
    """Tell whether a cell holds a code that systems use in different ways: its column is then read otherwise."""
    contested = schema.words()["contested_codes"].get(column, ())
    values = clean_text(cells.unique().drop_nulls(), column) if contested else cells.clear()
    return any(schema.code_form(value) in contested for value in values.drop_nulls().to_list())


def _labels(values: pl.Series, column: str, codes: Mapping[str, str] | None) -> pl.Series:
    """Labels of words and codes. One column has one coding: declared, else the standard's unless systems differ."""
    known: Mapping[str, str] = schema.code_list(column).by_word
    contested = schema.words()["contested_codes"].get(column, ())
    forms = [schema.code_form(value) for value in values.drop_nulls().to_list()]
    if codes is not None or any(form in contested for form in forms):
        known = {word: label for word, label in known.items() if not _DIGITS.match(word)} | dict(codes or {})
    narrower = schema.words()["narrower"].get(column, {})
    labels = [_label(value, known) or _remarked(value, known, narrower) for value in values.to_list()]
    return pl.Series(labels, dtype=pl.String)


def _label(value: str | None, known: Mapping[str, str]) -> str | None:
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


def _remarked(value: str | None, known: Mapping[str, str], narrower: Mapping[str, list[str]]) -> str | None:
    """The label of a word with a remark behind it (`妻子（再婚）`); a remark that contradicts or doubts leaves none."""
    match = _WORD_REMARK.match(schema.code_form(value or ""))
    label = known.get(match.group(1)) if match else None
    if match is None or label is None:
        return None
    remark = match.group(2)
    if remark in known:
        return known[remark] if known[remark] in (label, *narrower.get(label, ())) else None
    contradicts = any(known[word] != label for word in known if len(word) > 1 and word in remark)
    return None if contradicts or re.search(schema.words()["doubting_remark"], remark) else label


def _yes_or_no(values: pl.Series, column: str, codes: Mapping[str, str] | None) -> pl.Series:
    known = {**schema.yesno_words(column), **(codes or {})}
    meaning = {"是": True, "否": False}
    labels = [_label(value, known) for value in values.to_list()]
    bare = {} if codes else {"1": True, "0": False}
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
