"""The same person recorded again with a mistyped number: equal name and birth date, numbers two characters apart.

Blocked by name and birth date, and only wrong numbers look for a right one, so the cost grows with the wrong numbers.
Two right numbers are two people. Source of the method: methods.md 1.3 (S10).
"""

from __future__ import annotations

import polars as pl

_FAR = 3


def add_near_doubles(residents: pl.DataFrame) -> pl.DataFrame:
    """Add `id_nearly_repeated`: the number is wrong, and a right one of the same person stands on another record.

    Args:
        residents: With `id_valid`, `id_no`, `id_birth_date`, `birth_date`, `name`, `present`, `is_copy`.

    Returns:
        `residents` with the fact, true or false, never null.
    """
    judged = residents.select(
        is_wrong=pl.col("present") & ~pl.col("is_copy") & ~pl.col("id_valid") & pl.col("name").is_not_null()
    ).to_series()
    at = judged.fill_null(value=False).arg_true()
    wrong = residents[at].select("name", "id_no", "birth_date").with_columns(at.alias("at"))
    found = _with_a_right_one(wrong, residents) if wrong.height else at.clear()
    nobody = pl.Series("id_nearly_repeated", [False]).new_from_index(0, residents.height)
    return residents.with_columns(nobody.scatter(found, values=True) if found.len() else nobody)


def _with_a_right_one(wrong: pl.DataFrame, residents: pl.DataFrame) -> pl.Series:
    """Return `at` of the wrong numbers near a right one of the same name and birth date, as written or as numbered."""
    name = pl.col("name").str.replace_all(r"[\s\u3000]", "")
    wrong = wrong.with_columns(name)
    written = wrong.select("at", "name", "id_no", born="birth_date")
    numbered = wrong.select(
        "at", "name", "id_no", born=pl.col("id_no").str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    )
    right = (
        residents.lazy()
        .filter(pl.col("id_valid") & pl.col("present") & ~pl.col("is_copy"))
        .select("name", "id_no", born="id_birth_date")
        .filter(pl.col("born").is_in(pl.concat([written["born"], numbered["born"]]).drop_nulls().unique().implode()))
        .with_columns(name)
        .collect()
    )
    pairs = pl.concat([written, numbered]).join(right, on=["name", "born"], suffix="_right").unique()
    return pairs.filter(characters_apart(pl.col("id_no"), pl.col("id_no_right")) < _FAR)["at"].unique()


def characters_apart(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Return how many of 18 characters differ, 1 where one is missing or too many, `_FAR` for other lengths."""
    long, other_long = one.str.len_chars().cast(pl.Int32), other.str.len_chars().cast(pl.Int32)
    differing = pl.sum_horizontal((one.str.slice(at, 1) != other.str.slice(at, 1)).cast(pl.Int32) for at in range(18))
    alike_before = pl.sum_horizontal(
        (one.str.head(length) == other.str.head(length)).cast(pl.Int32) for length in range(1, 19)
    )
    alike_behind = pl.sum_horizontal(
        (one.str.tail(length) == other.str.tail(length)).cast(pl.Int32) for length in range(1, 19)
    )
    shorter = pl.min_horizontal(long, other_long)
    is_one_more = ((long - other_long).abs() == 1) & (alike_before + alike_behind >= shorter)
    same_length = (long == other_long) & (long == 18)
    return pl.when(same_length).then(differing).when(is_one_more).then(1).otherwise(_FAR)
