"""Names: families share one, everybody has a given name, nobody shares name and birth date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gridaudit.sample.cases import case, either
from gridaudit.sample.words import surnames, text, words

if TYPE_CHECKING:
    from gridaudit.sample.draws import Draws

OWN_SURNAME = ("wife", "grandmother", "tenant")


def with_names(draws: Draws, people: pl.DataFrame) -> pl.DataFrame:
    """Name everybody.

    Args:
        draws: The streams of the seed.
        people: With row, household, role, male and birth.

    Returns:
        The same with `ethnic` and `name`; no two rows have the same name and birth date.
    """
    pool = surnames()
    luck = draws.share("ethnic", "household")
    groups = draws.pick("ethnic group", words("words", "ethnic_groups"), "household")
    ethnic = case((luck < 0.94, "汉族"), (luck < 0.943, "维吾尔族"), default=groups)
    family = draws.pick("surname", pool, "household")
    own = draws.pick("own surname", pool)
    has_own = pl.col("role").is_in(OWN_SURNAME)
    people = people.with_columns(ethnic=ethnic, surname=either(has_own, own, family))
    people = people.with_columns(name=_name(draws, 0))
    attempt = 1
    while True:
        again = ~pl.struct("name", "birth").is_first_distinct()
        if not people.select(again.any()).item():
            return people.drop("surname")
        people = people.with_columns(name=either(again, _name(draws, attempt), pl.col("name")))
        attempt += 1


def _name(draws: Draws, attempt: int) -> pl.Expr:
    """A full name; every attempt gives another one."""

    def pick(stream: str, *path: str) -> pl.Expr:
        letters = list(dict.fromkeys(text("given", *path)))
        return draws.pick(f"{stream} {attempt}", letters)

    male = pl.col("male")
    first = either(male, pick("first", "male"), pick("first", "female"))
    second = either(male, pick("second", "male"), pick("second", "female"))
    second = either(draws.chance("rare", 0.0015), pick("rare", "rare"), second)
    short = draws.chance(f"short {attempt}", 0.2)
    given = first + either(short, "", second)
    ethnic = words("given", "ethnic")
    long = pl.concat_str(draws.pick(f"own {attempt}", ethnic), draws.pick(f"father {attempt}", ethnic), separator="·")
    is_long = pl.col("ethnic") == "维吾尔族"
    return either(is_long, long, pl.col("surname") + given)
