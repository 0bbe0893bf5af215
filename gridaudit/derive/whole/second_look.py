"""A second look at the few rows of a large table that only other rows can explain: shared and nearly shared numbers."""

from __future__ import annotations

from datetime import date

import polars as pl

from gridaudit.derive.complete import complete
from gridaudit.derive.duplicates import people_to_compare
from gridaudit.derive.homes import LINK_COLUMNS
from gridaudit.derive.links import linked_places
from gridaudit.derive.of_whole import OfWhole
from gridaudit.derive.residents.identity import add_identity, clean_numbers
from gridaudit.derive.residents.near_doubles import with_a_right_one

# Canonical columns of people who share a number, and of those whose number is nearly another.
SHARING = frozenset((*LINK_COLUMNS, "id_no", "name", "phone", "updated_on", "collected_on", "status", "pop_type"))
NEAR = frozenset(("id_no", "id_type", "name", "birth_date"))


def comparable_people(
    residents: pl.DataFrame, houses: pl.DataFrame | None, roster: pl.DataFrame | None, of_whole: OfWhole, at: pl.Series
) -> pl.DataFrame:
    """Return what `compare_people` looks at.

    Args:
        residents: The columns of `SHARING`.
        houses: All houses with the facts of `derive_houses`.
        roster: What `roster_frame` gives.
        of_whole: What the whole table tells of these rows.
        at: Their rows in the whole table.
    """
    residents = complete(residents, "residents")
    number = clean_numbers(residents["id_no_raw"], residents["id_no_text"]).alias("id_no")
    links = linked_places(residents.select(LINK_COLUMNS), houses, roster, of_whole).select("home", "area_grid")
    narrow = residents.select("name", "phone", "updated_on", "collected_on", "status", "pop_type")
    narrow = narrow.with_columns(number, at.alias("_index"))
    return people_to_compare(pl.concat([narrow, links], how="horizontal").lazy()).collect()


def near_doubles(residents: pl.DataFrame, at: pl.Series, *, codes: pl.DataFrame, as_of: date) -> pl.Series:
    """Return which of some rows have a number that is nearly a right one of the same person among them.

    Args:
        residents: The columns of `NEAR`, of rows that are present and no copies.
        at: Their rows in the whole table.
        codes: The table of `load_area_codes`.
        as_of: The date the data speak of.
    """
    residents = add_identity(complete(residents, "residents"), codes=codes, as_of=as_of).with_columns(at.alias("at"))
    return with_a_right_one(residents.filter(~pl.col("id_valid")), residents.lazy())
