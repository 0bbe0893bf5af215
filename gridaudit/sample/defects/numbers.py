"""Family I 身份证错误: ID numbers that are wrong in one way each, and columns that contradict them.

A number fails exactly the check it is planted for: the date stays right where only the check
digit is to be wrong, and the check digit is made anew where the area code changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gridaudit.sample.cases import either
from gridaudit.sample.cells import day_text
from gridaudit.sample.defects.row_defects import ADULT, PRESENT, RowDefect
from gridaudit.sample.identity import checked
from gridaudit.sample.places import padded

if TYPE_CHECKING:
    from gridaudit.sample.draws import Draws

NUMBER = "身份证号码"
IMPOSSIBLE_DAYS = ("1301", "0431", "0631", "0931", "1131", "0230", "0732")
UNKNOWN_PROVINCE, UNKNOWN_AREA, OLD_AREA = "19", "430298", "230122"
FULL_WIDTH = dict(zip("0123456789", "０１２３４５６７８９", strict=True))


def wrong_numbers(draws: Draws) -> list[RowDefect]:
    """The defects of the family but for those of other documents."""
    number = pl.col(NUMBER)
    birth, male, age = pl.col("birth"), pl.col("male"), pl.col("age")
    ends_in_x = number.str.ends_with("X")
    plain_day = birth.dt.strftime("%m%d") != "0229"
    body = number.str.head(17)
    changed: list[tuple[str, pl.Expr, pl.Expr]] = [
        ("I101", ADULT, _without_one(draws, number)),
        ("I102", ADULT, _with_letter(draws, number)),
        ("I103", ADULT, _wrong_check(draws, number)),
        ("I104", ADULT, _with(number, 10, 4, draws.pick("I104", IMPOSSIBLE_DAYS))),
        ("I105", ADULT & plain_day, _with(number, 6, 4, _far_year(draws))),
        ("I106", ADULT, _with(number, 0, 2, pl.lit(UNKNOWN_PROVINCE))),
        ("I107", ADULT, checked(_with(body, 0, 6, pl.lit(UNKNOWN_AREA)))),
        ("I108", ADULT & (birth.dt.year() >= 1995), checked(_with(body, 0, 6, pl.lit(OLD_AREA)))),
        ("I111", ADULT & (birth.dt.year() < 2000), _cut(number, 6, 2).str.head(15)),
        ("I112", ADULT, _to_be_cleaned(draws, number)),
    ]
    sex = either(male, "女", "男")
    off = either(draws.chance("I115", 0.5), pl.lit(7), pl.lit(-7))
    shifted = birth + pl.duration(days=draws.between("I109", 1, 25))
    # A head's relation says nothing of the sex, and few groups of people to be cared for do.
    head = ADULT & (pl.col("relation") == "户主") & (pl.col("关爱对象") != "孕产妇")
    as_number = {NUMBER: _scientific(number), "as_number": pl.lit(value=True)}
    return [
        *(RowDefect(code, "residents", rows, {NUMBER: new}) for code, rows, new in changed),
        RowDefect("I109", "residents", ADULT, {"出生日期": day_text(shifted)}),
        RowDefect("I110", "residents", head, {"性别": sex}),
        RowDefect("I113", "residents", ADULT & ~ends_in_x, as_number),
        RowDefect("I115", "residents", ADULT & (age >= 30), {"年龄": (age + off).cast(pl.String)}),
    ]


def wrong_documents(draws: Draws) -> list[RowDefect]:
    """I114: passport numbers that are too short; few people have a passport."""
    short = pl.lit("E") + padded(draws.between("I114", 0, 999), 3)
    has_passport = PRESENT & (pl.col("paper") == "护照")
    return [RowDefect("I114", "residents", has_passport, {NUMBER: short})]


def _with(number: pl.Expr, at: int, length: int, new: pl.Expr) -> pl.Expr:
    return pl.concat_str(number.str.head(at), new, number.str.slice(at + length))


def _cut(number: pl.Expr, at: int, length: int) -> pl.Expr:
    return number.str.head(at) + number.str.slice(at + length)


def _without_one(draws: Draws, number: pl.Expr) -> pl.Expr:
    at = draws.between("I101", 6, 16)
    return number.str.slice(0, at) + number.str.slice(at + 1)


def _with_letter(draws: Draws, number: pl.Expr) -> pl.Expr:
    at = draws.between("I102", 6, 16)
    letter = draws.pick("I102 letter", ["A", "F", "H", "K", "W"])
    return pl.concat_str(number.str.slice(0, at), letter, number.str.slice(at + 1))


def _wrong_check(draws: Draws, number: pl.Expr) -> pl.Expr:
    """Another check digit, or another digit of the order."""
    step = draws.between("I103", 1, 9)
    last = number.str.tail(1).replace("X", "0").cast(pl.Int64)
    other = number.str.head(17) + ((last + step) % 10).cast(pl.String)
    order = number.str.slice(15, 1).cast(pl.Int64)
    moved = _with(number, 15, 1, ((order + step) % 10).cast(pl.String))
    return either(draws.chance("I103 kind", 0.5), other, moved)


def mistyped(draws: Draws, number: pl.Expr) -> pl.Expr:
    """A digit of the order mistyped, or left out."""
    step = draws.between("D107", 1, 9)
    order = number.str.slice(15, 1).cast(pl.Int64)
    moved = _with(number, 15, 1, ((order + step) % 10).cast(pl.String))
    return either(draws.chance("D107 kind", 0.7), moved, _cut(number, 15, 1))


def _far_year(draws: Draws) -> pl.Expr:
    """A year to come, or one more than 120 years ago."""
    future, past = draws.between("I105", 2031, 2069), draws.between("I105", 1881, 1899)
    return either(draws.chance("I105 kind", 0.6), future, past).cast(pl.String)


def _to_be_cleaned(draws: Draws, number: pl.Expr) -> pl.Expr:
    """The right number, written so that it needs cleaning."""
    wide = number.str.replace_many(FULL_WIDTH)
    blank = number + "\u00a0"
    other = either(draws.chance("I112", 0.4), wide, blank)
    return either(number.str.ends_with("X"), number.str.to_lowercase(), other)


def _scientific(number: pl.Expr) -> pl.Expr:
    """What a spreadsheet keeps of a number typed as a number: 15 digits."""
    digits = number.str.slice(1, 14).str.strip_chars_end("0")
    return pl.concat_str(number.str.head(1), pl.lit("."), digits, pl.lit("E+17"))
