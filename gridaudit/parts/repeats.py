"""People who share a number, or nearly do, compared over the whole table: few rows, read again."""

from __future__ import annotations

import polars as pl

from gridaudit.derive import Circumstances, HouseSide
from gridaudit.derive.duplicates import REPEATS, compare_people
from gridaudit.derive.whole.second_look import NEAR, SHARING, comparable_people, near_doubles
from gridaudit.derive.whole.survey import Survey
from gridaudit.parts.rows import Rows


def compared(rows: Rows, survey: Survey, side: HouseSide, size: int) -> pl.DataFrame:
    """Return what is to be said of rows that share a number, by `_index`, their row in the whole table.

    Where they are many, as many as a part holds are compared at a time.

    Args:
        rows: All rows.
        survey: What was seen of them.
        side: What `derive_houses` gave.
        size: About how many rows to compare at a time.
    """
    sharing = survey.sharing
    n_groups = -(-sharing.height // size)
    found = [pl.DataFrame(schema={"_index": pl.UInt32, **dict.fromkeys(REPEATS, pl.Boolean)})]
    for group in range(n_groups):
        at = sharing.filter(pl.col("number") % n_groups == group)["at"]
        of_whole = survey.of_rows(at, house_no=survey.rows["house_no"].gather(at), repeated=found[0], nearly=at.clear())
        people = comparable_people(rows.take(at, SHARING), side.houses, side.roster, of_whole, at)
        found.append(compare_people(people))
    return pl.concat(found)


def nearly_repeated(rows: Rows, survey: Survey, given: Circumstances, size: int) -> pl.Series:
    """Return the rows whose wrong number is nearly a right one of the same name and birth date.

    Args:
        rows: All rows.
        survey: What was seen of them.
        given: Area codes and date.
        size: About how many rows to compare at a time.
    """
    alike = survey.alike
    n_groups = -(-alike.height // size)
    found = [alike["at"].clear()]
    for group in range(n_groups):
        at = alike.filter(pl.col("who") % n_groups == group)["at"].unique().sort()
        people = rows.take(at, NEAR)
        found.append(near_doubles(people, at, codes=given.area_codes, as_of=given.as_of))
    return pl.concat(found).unique()
