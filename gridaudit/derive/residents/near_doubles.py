"""The same person recorded again with a mistyped number: equal name and birth date, numbers two characters apart.

Blocked by name and birth date, and only wrong numbers look for a right one, so the cost grows with the wrong numbers.
Two right numbers are two people. Source of the method: docs/methods.md, 5.
"""

from __future__ import annotations

import polars as pl

from gridaudit.derive.keys import hashed

_FAR = 3
_NAME = pl.col("name").str.replace_all(r"[\s\u3000]", "")
_WRITTEN = pl.col("birth_date")
_NUMBERED = pl.col("id_no").str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
_IS_WRONG = (~pl.col("id_valid") & pl.col("name").is_not_null()).fill_null(value=False)
_IS_JUDGED = (pl.col("present") & ~pl.col("is_copy")).fill_null(value=False)


def add_near_doubles(residents: pl.DataFrame, of_whole: pl.Series | None = None) -> pl.DataFrame:
    """Add `id_nearly_repeated`: the number is wrong, and a right one of the same person stands on another record.

    Args:
        residents: With `id_valid`, `id_no`, `id_birth_date`, `birth_date`, `name`, `present`, `is_copy`.
        of_whole: The rows of which it is true when `residents` is a part of the table.

    Returns:
        `residents` with the fact, true or false, never null.
    """
    found = _nearly_repeated(residents) if of_whole is None else of_whole
    nobody = pl.Series("id_nearly_repeated", [False]).new_from_index(0, residents.height)
    return residents.with_columns(nobody.scatter(found, values=True) if found.len() else nobody)


def _nearly_repeated(residents: pl.DataFrame) -> pl.Series:
    at = residents.select((_IS_WRONG & _IS_JUDGED).alias("at")).to_series().arg_true()
    wrong = residents[at].select("name", "id_no", "birth_date").with_columns(at.alias("at"))
    return with_a_right_one(wrong, residents.lazy().filter(_IS_JUDGED)) if wrong.height else at.clear()


def with_a_right_one(wrong: pl.DataFrame, judged: pl.LazyFrame) -> pl.Series:
    """Return `at` of the wrong numbers near a right one of the same name and birth date, as written or as numbered.

    Args:
        wrong: `at`, `name`, `id_no` and `birth_date` of rows with wrong numbers.
        judged: Rows present and no copies, with `name`, `id_no`, `id_valid` and `id_birth_date`.
    """
    wrong = wrong.with_columns(_NAME)
    pairs = pl.concat(wrong.select("at", "name", "id_no", born=born) for born in (_WRITTEN, _NUMBERED))
    right = (
        judged.filter("id_valid")
        .select("name", "id_no", born="id_birth_date")
        .filter(pl.col("born").is_in(pairs["born"].drop_nulls().unique().implode()))
        .with_columns(_NAME)
        .collect()
    )
    pairs = pairs.join(right, on=["name", "born"], suffix="_right").unique()
    return pairs.filter(characters_apart(pl.col("id_no"), pl.col("id_no_right")) < _FAR)["at"].unique()


def people_seen(residents: pl.DataFrame) -> tuple[pl.Series, pl.DataFrame]:
    """Return hashes of name and birth date by which wrong numbers of one piece find right ones of another.

    Args:
        residents: A piece of the table with the facts of `identity` and `present`.

    Returns:
        Of each row with a right number the hash, else null; of wrong ones `at`, their row, and up to two hashes, `who`.
    """
    right = residents.select(who=pl.when(pl.col("id_valid") & pl.col("present")).then(_who(pl.col("id_birth_date"))))
    at = residents.select((_IS_WRONG & pl.col("present").fill_null(value=False)).alias("at")).to_series().arg_true()
    wrong = residents[at].select("name", "id_no", "birth_date").with_columns(at.alias("at"))
    seen = pl.concat(wrong.select("at", who=_who(born)) for born in (_WRITTEN, _NUMBERED))
    return hashed(right["who"]), seen.with_columns(hashed(seen["who"])).drop_nulls().unique()


def _who(born: pl.Expr) -> pl.Expr:
    return pl.concat_str(_NAME, born.cast(pl.Int32).cast(pl.String), separator="|")


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
