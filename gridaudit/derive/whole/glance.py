"""A look at one piece of a large table: what adds up with other pieces to a `Survey`.

Of each row a few numbers are kept: which home it belongs to, which house it meets, hashes of its cells and its number.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import polars as pl

from gridaudit.derive.complete import complete
from gridaudit.derive.homes import LINK_COLUMNS, HouseIndex, Meeting, link_residents
from gridaudit.derive.households.facts import LONG_NUMBER, elsewhere
from gridaudit.derive.households.rare import household_hash
from gridaudit.derive.keys import hashed
from gridaudit.derive.places import written_places
from gridaudit.derive.residents.identity import add_identity
from gridaudit.derive.residents.near_doubles import people_seen
from gridaudit.derive.residents.person import Habits, habits, present
from gridaudit.derive.residents.shapes import phone_shape
from gridaudit.derive.shown import PLACES, words_counted

# Canonical columns that are looked at.
FIRST_LOOK = frozenset(
    (*LINK_COLUMNS, "id_no", "id_type", "sex", "age", "status", "moved_out", "deceased", "cancelled", "moved_out_on",
     "deceased_on", "updated_on", "collected_on", "pop_type", "phone", "key_group", "collector", "head_id_no", "name",
     "birth_date")
)  # fmt: skip


class Glance(NamedTuple):
    """What one piece of a sheet shows.

    `marks` has hashes per row: `home` and `sure_home`, the home if the sheet writes addresses as the houses do and if
    it does not; `group`, what keeps people without a home together; `copy` of the whole row, `number` when valid,
    `phone` when it counts, `who` for name and birth date of a right number; and `house_no`. `wrong` has `who` for
    wrong numbers, by `at`, their row in the piece; `numbers` hashes of household numbers with their homes; `ties` the
    homes and groups (`place`) that belong in one part.
    """

    sheet_no: int
    habits: Habits
    alike: pl.DataFrame | None
    places: pl.DataFrame
    words: pl.DataFrame
    marks: pl.DataFrame
    wrong: pl.DataFrame
    numbers: pl.DataFrame
    ties: pl.DataFrame


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
    residents = residents.with_columns(present=present(as_of))
    sheet_no = int(residents["sheet_no"][0]) if residents.height else -1
    always = pl.DataFrame({"sheet_no": [sheet_no], "n": [1], "n_met": [1]})
    met = index.meet(residents) if index is not None else None
    links = link_residents(residents, houses, met and Meeting(met.house_no, always))
    own = links["house_no"].is_null()
    if houses is not None:
        own = own | houses["area_grid"].gather(links["house_no"]).is_null()
    marks = _keys(links, residents, has_houses=houses is not None)
    number = pl.when(pl.col("id_valid") & pl.col("present")).then(pl.col("id_no").hash()).alias("number")
    is_shaped = phone_shape(residents["phone"]).fill_null(value=False)
    phone = pl.when(pl.col("present") & is_shaped).then(pl.col("phone").hash(0)).alias("phone")
    who, wrong = people_seen(residents)
    numbers = pl.concat([residents.select(household_hash()), marks.select("home", "sure_home")], how="horizontal")
    return Glance(
        sheet_no,
        habits(residents, as_of=as_of),
        None if met is None else met.alike,
        written_places(residents.filter(own)),
        words_counted(residents, (*PLACES, "collector")),
        marks.drop("is_tied").with_columns(
            residents["copy_hash"].alias("copy"), who.alias("who"), *residents.select(number, phone).get_columns()
        ),
        wrong,
        numbers.drop_nulls("household_no").unique(),
        marks.filter("is_tied").select("home", place="group").unique(),
    )


def _keys(links: pl.DataFrame, residents: pl.DataFrame, *, has_houses: bool) -> pl.DataFrame:
    """What keeps rows together: the home, and the household of people without one.

    Without a houses table a home may be no more than a household number: people then go by the household, and where
    the number is a mere 1, 2, 3 both are tied.
    """
    home = pl.lit(hashed(links["home"]))
    is_met = pl.col("house_no").is_not_null() | pl.col("code_key").is_not_null()
    is_unnamed = pl.lit(value=not has_houses) & pl.col("home").is_not_null() & ~pl.col("has_home_reference")
    short = pl.col("household_no").str.len_chars() < LONG_NUMBER
    households = residents.select("household_no", elsewhere().alias("group"))
    return pl.concat([links, households], how="horizontal").select(
        "house_no",
        home=home,
        sure_home=pl.when(is_met).then(home) if has_houses else home,
        group="group" if has_houses else pl.when(pl.col("home").is_null() | is_unnamed).then("group"),
        is_tied=(is_unnamed & short & pl.col("group").is_not_null()).fill_null(value=False),
    )
