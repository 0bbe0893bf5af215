"""A first look at every row of a large table, from which the parts get what only the whole can tell (`Known`).

Of each row a few numbers are kept: which home it belongs to, which house it meets, hashes of its cells and its number.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from itertools import accumulate
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
from gridaudit.derive.household import LONG_NUMBER, elsewhere
from gridaudit.derive.identity import add_identity, clean_numbers
from gridaudit.derive.keys import hashed
from gridaudit.derive.known import Known
from gridaudit.derive.links import linked_places
from gridaudit.derive.near_doubles import people_seen, with_a_right_one
from gridaudit.derive.person import Habits, added_habits, habits, phone_shape, present
from gridaudit.derive.phones import homes_per_phone
from gridaudit.derive.places import resolved_places, written_places
from gridaudit.derive.rare import household_hash, split_numbers
from gridaudit.derive.shown import PLACES, added_words, words_counted

# Canonical columns of the first look, and of the second ones at people who share a number or nearly do.
FIRST_LOOK = frozenset(
    (*LINK_COLUMNS, "id_no", "id_type", "sex", "age", "status", "moved_out", "deceased", "cancelled", "moved_out_on",
     "deceased_on", "updated_on", "collected_on", "pop_type", "phone", "key_group", "collector", "head_id_no", "name",
     "birth_date")
)  # fmt: skip
SECOND_LOOK = frozenset((*LINK_COLUMNS, "id_no", "name", "phone", "updated_on", "collected_on"))
NEAR_LOOK = frozenset(("id_no", "id_type", "name", "birth_date"))


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


class Survey(NamedTuple):
    """What all rows together show.

    Attributes:
        habits: How each sheet writes sex and ages.
        meetings: What the meetings with houses count; None without a houses table.
        places: The area of every place written.
        words: How often each word for a place or a collector stands in the table.
        phones: In how many homes a number stands that is in several rows.
        split: Household numbers that stand in several homes.
        rows: Per row `key`, `house_no` and `is_copy`.
        sharing: Rows whose number stands in another row as well, with a hash of the number.
        alike: Wrong numbers and right ones of people of one name and birth date, by their hash, `who`.
    """

    habits: Habits
    meetings: pl.DataFrame | None
    places: pl.DataFrame
    words: pl.DataFrame
    phones: pl.DataFrame
    split: pl.Series
    rows: pl.DataFrame
    sharing: pl.DataFrame
    alike: pl.DataFrame

    def known(self, at: pl.Series, *, house_no: pl.Series, repeated: pl.DataFrame, nearly: pl.Series) -> Known:
        """Return what is known of some rows.

        Args:
            at: The rows.
            house_no: The house each of them meets, as the rows of the part's houses are numbered.
            repeated: What is known of rows that share a number, by `_index`, their row in the whole table.
            nearly: Rows of the whole table whose number is nearly a right one of the same person.
        """
        local = pl.DataFrame({"_index": at}).with_row_index("local").join(repeated, on="_index")
        return Known(
            habits=self.habits,
            places=self.places,
            meeting=None if self.meetings is None else Meeting(house_no, self.meetings),
            is_copy=self.rows["is_copy"].gather(at),
            repeated=local.drop("_index").rename({"local": "_index"}),
            nearly=at.is_in(nearly.implode()).arg_true(),
            words=self.words,
            phones=self.phones,
            split=self.split,
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


def surveyed(glances: Sequence[Glance], roster: pl.DataFrame | None, houses: pl.DataFrame | None) -> Survey:
    """Put together what all pieces show.

    Args:
        glances: What was seen of the pieces, in their order.
        roster: What `roster_frame` gives.
        houses: With the facts of `derive_houses`.
    """
    counts = [seen.alike for seen in glances if seen.alike is not None]
    alike = added_meetings(counts) if counts else None
    sheets = set() if alike is None else set(writing_alike(alike))
    words = added_words([seen.words for seen in glances])
    numbers = pl.concat(seen.numbers.select("household_no", home=_home(seen, sheets)) for seen in glances)
    rows = pl.concat(_settled(seen, sheets, has_houses=houses is not None) for seen in glances)
    rows = rows.with_columns(is_copy=pl.col("copy").is_not_null() & ~pl.col("copy").is_first_distinct()).drop("copy")
    near = _alike(glances, rows)
    rows = rows.drop("who")
    at_home = rows.filter(~pl.col("is_copy")).select("home", number="phone").drop_nulls()
    phones = homes_per_phone(at_home)
    numbered = rows.select("number", "is_copy").with_row_index("at").filter(~pl.col("is_copy")).drop_nulls("number")
    return Survey(
        habits=added_habits([seen.habits for seen in glances]),
        meetings=alike,
        places=resolved_places(pl.concat(seen.places for seen in glances).unique(), roster, words=words, known=houses),
        words=words,
        phones=phones,
        split=split_numbers(numbers),
        rows=_tied(rows.select("key", "house_no", "is_copy"), pl.concat(seen.ties for seen in glances)),
        sharing=numbered.filter(pl.col("number").is_duplicated()).drop("is_copy"),
        alike=near,
    )


def _alike(glances: Sequence[Glance], rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with a wrong number and rows with a right one of the same name and birth date: `at` and `who`."""
    starts = accumulate((seen.marks.height for seen in glances), initial=0)
    wrong = pl.concat(
        seen.wrong.with_columns(pl.col("at") + start) for seen, start in zip(glances, starts, strict=False)
    )
    wrong = wrong.filter(~rows["is_copy"].gather(wrong["at"]))
    right = (rows["who"].is_in(wrong["who"].unique().implode()) & ~rows["is_copy"]).arg_true()
    found = pl.DataFrame([right.alias("at"), rows["who"].gather(right)])
    return pl.concat([found, wrong.filter(pl.col("who").is_in(found["who"].unique().implode()))])


def _home(seen: Glance, alike: Collection[int]) -> str:
    return "home" if seen.sheet_no in alike else "sure_home"


def _settled(seen: Glance, alike: Collection[int], *, has_houses: bool) -> pl.DataFrame:
    """The marks of a piece with the home of each row, and with `key`: rows of equal keys belong in one part."""
    home = pl.col(_home(seen, alike))
    key = pl.coalesce(home, "group") if has_houses else pl.coalesce("group", home)
    return seen.marks.select("house_no", "copy", "who", "number", "phone", home=home, key=key)


def _tied(rows: pl.DataFrame, ties: pl.DataFrame) -> pl.DataFrame:
    """Give keys that belong together, directly or through others, one key."""
    if ties.is_empty():
        return rows
    ties = ties.unique().with_columns(one=pl.min_horizontal("home", "place"))
    while True:
        least = ties.with_columns(pl.col("one").min().over("home")).with_columns(pl.col("one").min().over("place"))
        if least["one"].equals(ties["one"]):
            break
        ties = least
    both = pl.concat(ties.select("one", key=name) for name in ("home", "place")).unique("key")
    joined = rows.join(both, on="key", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("one", "key").alias("key")).drop("one")


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


def near_doubles(residents: pl.DataFrame, at: pl.Series, *, codes: pl.DataFrame, as_of: date) -> pl.Series:
    """Return which of some rows have a number that is nearly a right one of the same person among them.

    Args:
        residents: The columns of `NEAR_LOOK`, of rows that are present and no copies.
        at: Their rows in the whole table.
        codes: The table of `load_area_codes`.
        as_of: The date the data speak of.
    """
    residents = add_identity(complete(residents, "residents"), codes=codes, as_of=as_of).with_columns(at.alias("at"))
    return with_a_right_one(residents.filter(~pl.col("id_valid")), residents.lazy())
