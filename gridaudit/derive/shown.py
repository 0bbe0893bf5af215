"""What may be shown of the columns for places and collectors: somebody's name or number may stand in them.

Areas are shown in clear everywhere, so these columns are the one way past the masks of the cells.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from gridaudit import schema
from gridaudit.derive.keys import PASSPORT, PERSONAL_NUMBER, even, unit_name

HIDDEN = "***"
PLACES = ("street", "community", "grid", "grid_name")
# A word that stands in at least so many rows is a place; a slip of the pen is rarer.
_FEW = 5
_CODE = r"^[0-9A-Z][0-9A-Z_#/.-]*$"
# A landline, or six digits in a row among words.
_NUMBER = r"^0[0-9]{2,3}-?[0-9]{7,8}$|[^0-9A-Z_#/.-].*[0-9]{6}|[0-9]{6}.*[^0-9A-Z_#/.-]"
_COUNTED_ON = r"[第0-9一二三四五六七八九十百甲乙丙丁东南西北A-Z()#号*-]*$"


def without_numbers(text: pl.Expr) -> pl.Expr:
    """Replace a person's number within a text."""
    return text.str.replace_all(PERSONAL_NUMBER, f"${{1}}{HIDDEN}${{2}}")


def words_counted(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Count how often each word stands in each column: `column`, `text`, `n`; the counts of parts add up."""
    counts = (
        frame[name].drop_nulls().value_counts(name="n").select(column=pl.lit(name), text=name, n="n")
        for name in columns
    )
    return pl.concat(counts)


def added_words(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Add up what `words_counted` gave for parts."""
    return pl.concat(parts).group_by("column", "text").agg(pl.col("n").sum())


def doubtful(
    found: Sequence[pl.Series], counted: Sequence[pl.Series], known: pl.Series, words: pl.DataFrame | None = None
) -> pl.Series:
    """Return the words that may be somebody's name: rare, not known, neither a code nor ending like a place.

    Args:
        found: Columns with the words in question.
        counted: Columns in which they are counted, each for itself.
        known: Words that are places, whatever they look like: those of the roster.
        words: What `words_counted` gave for the whole table, when the columns are not all of it.
    """
    texts = pl.concat([column.alias("text") for column in found]).drop_nulls().unique()
    evened = even(texts)
    code = evened.str.contains(_CODE) & (evened.str.contains("[0-9]") | (evened.str.len_chars() <= 3))
    endings = "|".join(schema.words()["place_endings"])
    is_place = evened.str.contains(f"(?:{endings}){_COUNTED_ON}") | (evened.str.len_chars() == 1)
    is_known = unit_name(texts).is_in(unit_name(known.drop_nulls()).implode())
    texts = texts.filter(~((code | is_place) & ~evened.str.contains(f"{_NUMBER}|{PASSPORT}") | is_known))
    if texts.is_empty():
        return texts
    if words is not None:
        frequent = words.filter((pl.col("n") >= _FEW) & pl.col("column").is_in(PLACES))["text"]
        return texts.filter(~texts.is_in(frequent.implode()))
    for column in counted:
        counts = column.filter(column.is_in(texts.implode())).value_counts(name="n")
        frequent = counts.filter(pl.col("n") >= _FEW)[column.name]
        texts = texts.filter(~texts.is_in(frequent.implode()))
    return texts


def shown(name: str, hidden: pl.Series) -> pl.Expr:
    """Return a column with the words of `hidden` and all persons' numbers replaced."""
    column = without_numbers(pl.col(name))
    if hidden.is_empty():
        return column
    return pl.when(pl.col(name).is_in(hidden.implode())).then(pl.lit(HIDDEN)).otherwise(column).alias(name)


def show_collectors(
    frame: pl.DataFrame, roster: pl.DataFrame | None, words: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Show `collector`: collectors are staff; a rare name that the roster does not list may be a resident's.

    Args:
        frame: With `collector`.
        roster: With `collector`; None without one.
        words: What `words_counted` gave for the whole table, when `frame` is a part of it.
    """
    known = pl.Series([], dtype=pl.String) if roster is None else roster["collector"]
    texts = frame["collector"]
    if texts.null_count() == texts.len():
        return frame
    if words is None:
        counts = texts.drop_nulls().value_counts(name="n")
    else:
        counts = words.filter(pl.col("column") == "collector").select("n", collector="text")
    rare = counts.filter(pl.col("n") < _FEW)["collector"]
    hidden = rare.filter(~even(rare).is_in(even(known.drop_nulls()).implode()))
    if hidden.is_empty() and not counts["collector"].str.contains(PERSONAL_NUMBER).any():
        return frame
    return frame.with_columns(shown("collector", hidden))
