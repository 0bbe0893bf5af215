"""A first look at every row of a large table, from which the parts get what only the whole can tell (`Known`).

Of each row a few numbers are kept: which home it belongs to, which house it meets, hashes of its cells and its number.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from gridaudit.derive.complete import complete
from gridaudit.derive.duplicates import people_to_compare
from gridaudit.derive.homes import (
    LINK_COLUMNS,
    HouseIndex,
    Meeting,
    added_meetings,
    link_residents,
    writing_alike,
)
from gridaudit.derive.identity import add_identity, clean_numbers
from gridaudit.derive.keys import hashed
from gridaudit.derive.known import Known
from gridaudit.derive.links import linked_places
from gridaudit.derive.person import Habits, added_habits, habits, present
from gridaudit.derive.places import resolved_places, written_places

# Canonical columns of the first look, and of the second one at people who share a number.
FIRST_LOOK = frozenset(
    (*LINK_COLUMNS, "id_no", "id_type", "sex", "age", "status", "moved_out", "deceased", "cancelled", "moved_out_on",
     "deceased_on", "head_id_no")
)  # fmt: skip
SECOND_LOOK = frozenset((*LINK_COLUMNS, "id_no", "name", "phone", "updated_on", "collected_on"))
_LONG_NUMBER = 6


class Glance(NamedTuple):
    """What one piece of a sheet shows.

    `marks` has per row `key` and `apart` (equal keys belong in one part, if the sheet writes addresses as the houses do
    and if it does not), `house_no`, `copy` and `number` (hashes of the whole row and of a valid number).
    """

    sheet_no: int
    habits: Habits
    alike: pl.DataFrame | None
    places: pl.DataFrame
    marks: pl.DataFrame


class Survey(NamedTuple):
    """What all rows together show.

    Attributes:
        habits: How each sheet writes sex and ages.
        alike: What the meetings with houses count; None without a houses table.
        places: The area of every place written.
        rows: Per row `key`, `house_no` and `is_copy`.
        sharing: Rows whose number stands in another row as well, with a hash of the number.
    """

    habits: Habits
    alike: pl.DataFrame | None
    places: pl.DataFrame
    rows: pl.DataFrame
    sharing: pl.DataFrame

    def known(self, at: pl.Series, *, house_no: pl.Series, repeated: pl.DataFrame) -> Known:
        """Return what is known of some rows.

        Args:
            at: The rows.
            house_no: The house each of them meets, as the rows of the part's houses are numbered.
            repeated: What is known of rows that share a number, by `_index`, their row in the whole table.
        """
        local = pl.DataFrame({"_index": at}).with_row_index("local").join(repeated, on="_index")
        return Known(
            habits=self.habits,
            places=self.places,
            meeting=None if self.alike is None else Meeting(house_no, self.alike),
            is_copy=self.rows["is_copy"].gather(at),
            repeated=local.drop("_index").rename({"local": "_index"}),
        )


def glance(
    residents: pl.DataFrame, index: HouseIndex | None, houses: pl.DataFrame | None, *, codes: pl.DataFrame, as_of: date
) -> Glance:
    """Look at a piece of a sheet.

    Args:
        residents: The columns of `FIRST_LOOK` that the sheet has, with what tells copies of whole rows.
        index: Of all houses.
        houses: With the facts of `derive_houses`.
        codes: The table of `load_area_codes`.
        as_of: The date the data speak of.
    """
    residents = add_identity(complete(residents, "residents"), codes=codes, as_of=as_of)
    sheet_no = int(residents["sheet_no"][0]) if residents.height else -1
    always = pl.DataFrame({"sheet_no": [sheet_no], "n": [1], "n_met": [1]})
    met = index.meet(residents) if index is not None else None
    links = link_residents(residents, houses, met and Meeting(met.house_no, always))
    own = links["house_no"].is_null()
    if houses is not None:
        own = own | houses["area_grid"].gather(links["house_no"]).is_null()
    has_home = pl.col("home").is_not_null()
    is_sure = has_home & (pl.col("house_no").is_not_null() | pl.col("code_key").is_not_null() | pl.lit(houses is None))
    hash_of_home = pl.lit(hashed(links["home"]))
    marks = pl.concat([links, residents.select(_household())], how="horizontal").select(
        "house_no",
        key=pl.when(has_home).then(hash_of_home).otherwise("household"),
        apart=pl.when(is_sure).then(hash_of_home).otherwise("household"),
    )
    number = pl.when(pl.col("id_valid") & present(as_of)).then(pl.col("id_no").hash()).alias("number")
    return Glance(
        sheet_no,
        habits(residents, as_of=as_of),
        None if met is None else met.alike,
        written_places(residents.filter(own)),
        marks.with_columns(residents["copy_hash"].alias("copy"), residents.select(number).to_series()),
    )


def _household() -> pl.Expr:
    """What keeps people without a home together: a household number long enough to be one, else the head's number."""
    long = pl.col("household_no").str.len_chars() >= _LONG_NUMBER
    number = pl.coalesce(pl.when(long).then("household_no"), "head_id_no")
    key = pl.col("community").fill_null("").hash(1) ^ number.hash(2)
    return pl.when(number.is_not_null()).then(key).alias("household")


def surveyed(glances: Sequence[Glance], roster: pl.DataFrame | None) -> Survey:
    """Put together what all pieces show."""
    counts = [seen.alike for seen in glances if seen.alike is not None]
    alike = added_meetings(counts) if counts else None
    sheets = [] if alike is None else writing_alike(alike).to_list()
    rows = pl.concat(
        seen.marks.with_columns(key="key" if seen.sheet_no in sheets or alike is None else "apart").drop("apart")
        for seen in glances
    )
    rows = rows.with_columns(is_copy=pl.col("copy").is_not_null() & ~pl.col("copy").is_first_distinct()).drop("copy")
    numbers = rows.select("number", "is_copy").with_row_index("at").filter(~pl.col("is_copy")).drop_nulls("number")
    return Survey(
        habits=added_habits([seen.habits for seen in glances]),
        alike=alike,
        places=resolved_places(pl.concat(seen.places for seen in glances).unique(), roster),
        rows=rows.drop("number"),
        sharing=numbers.filter(pl.col("number").is_duplicated()).drop("is_copy"),
    )


def comparable_people(
    residents: pl.DataFrame, houses: pl.DataFrame | None, roster: pl.DataFrame | None, known: Known, at: pl.Series
) -> pl.DataFrame:
    """Return what `compare_people` looks at.

    Args:
        residents: The columns of `SECOND_LOOK`.
        houses: All houses with the facts of `derive_houses`.
        roster: What `roster_frame` gives.
        known: What is known of these rows.
        at: Their rows in the whole table.
    """
    residents = complete(residents, "residents")
    number = clean_numbers(residents["id_no_raw"], residents["id_no_text"]).alias("id_no")
    links = linked_places(residents.select(LINK_COLUMNS), houses, roster, known).select("home", "area_grid")
    narrow = residents.select("name", "phone", "updated_on", "collected_on").with_columns(number, at.alias("_index"))
    return people_to_compare(pl.concat([narrow, links], how="horizontal").lazy()).collect()
