"""ID numbers: area, birth date, order, check digit. Every area code is fictional or a permit's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gridaudit.sample.cases import either
from gridaudit.sample.places import padded

if TYPE_CHECKING:
    from gridaudit.sample.draws import Draws

# Orders 001 to 998 hold this many people of one sex born on one day.
ORDERS = 499
TEN = 10  # written X
# Days to keep the numbers of days before 1970 positive.
BEFORE_1970 = 100_000


def with_numbers(draws: Draws, people: pl.DataFrame) -> pl.DataFrame:
    """Give everybody an ID number of their own.

    Args:
        draws: The streams of the seed.
        people: With area (6 digits), birth (Date) and male (Boolean).

    Returns:
        The same with `id_number`, 18 characters.
    """
    turn = pl.int_range(pl.len()).over("birth", "male")
    people = people.with_columns(day=pl.col("birth").dt.epoch("d") + BEFORE_1970, turn=turn)
    if people.select((pl.col("turn") >= ORDERS).any()).item():
        msg = "too many households: one birth date has more people than order codes"
        raise ValueError(msg)
    start = draws.between("order", 0, ORDERS - 1, "day")
    order = (start + pl.col("turn")) % ORDERS * 2 + 2 - pl.col("male").cast(pl.Int64)
    people = people.with_columns(
        body=pl.concat_str("area", pl.col("birth").dt.strftime("%Y%m%d"), padded(order, 3)),
    )
    return people.with_columns(id_number=checked(pl.col("body"))).drop("day", "turn", "body")


def checked(body: pl.Expr) -> pl.Expr:
    """17 digits with their check digit (ISO 7064 MOD 11-2).

    The weights are powers of 2 and 13 is 2 modulo 11, so the digits read in base 13
    are the weighted sum.
    """
    rest = body.str.to_integer(base=13) % 11 * 2 % 11
    check = (12 - rest) % 11
    return body + either(check == TEN, "X", check.cast(pl.String))
