"""Households: who lives under one head, and what the head, spouse, children and parents say of each other.

One narrow frame (a key per household, the part each person plays, birth, sex), one `group_by` with all its sums, joined
back once. What few households can fail is looked at among those alone (`rare.py`).

The key is the household number (else the head's number or name) within the home, else the home. People who died or
moved out, whole copies and older records of a person in the same house do not count as members; the dead and gone
still count as the head or spouse that others are related to. Relations are weighed only where one head is meant: two
heads in a home that numbers nobody are two families, and nothing is said of either.
"""

from __future__ import annotations

import polars as pl

from gridaudit import schema
from gridaudit.derive.away import away
from gridaudit.derive.households.family import households
from gridaudit.derive.households.kinship import kinship_facts
from gridaudit.derive.households.rare import add_rare_facts
from gridaudit.derive.households.relation import KIN, Part, parts

_ADULT = 18
LONG_NUMBER = 6
HOUSEHOLD_COLUMNS = (
    *(
        "home",
        "has_home_reference",
        "community",
        "household_no",
        "head_id_no",
        "head_name",
        "relation",
        "marital",
        "name",
        "sex",
        "id_sex",
    ),
    *("sex_matches_id", "id_birth_date", "birth_date", "age_years", "present", "is_copy", "id_repeated_in_house"),
    *("id_repeated_elsewhere", "status", "pop_type", "is_migrant"),
)
_MARRIED = ("已婚", "初婚", "再婚", "复婚")
# Somebody who was married before may have children who are not the spouse's, or a spouse's who is gone.
_BEFORE = ("再婚", "丧偶", "离婚")


def add_household(residents: pl.DataFrame, houses: pl.DataFrame | None, split: pl.Series | None = None) -> pl.DataFrame:
    """Add the facts of households to residents.

    Args:
        residents: With `HOUSEHOLD_COLUMNS` and `house_no`, the row of `houses` each lives in.
        houses: For what is rented; None without a houses table.
        split: Hashes of the household numbers that stand in several homes, when this is a part of the table.

    Returns:
        `residents` with the household facts of `facts.toml`. A fact stands on the row its finding belongs to (the
        child, the spouse, the head) and is null on others, so that what was checked can be counted. Besides, for
        those who weigh the findings of a household: its key (`household`) and `part`.
    """
    people = _people(residents)
    people = people.join(households(people), on="household", how="left", maintain_order="left")
    facts = people.select(*kinship_facts(), *_membership_facts())
    keys = people.select("household", "part")
    return pl.concat([residents, keys, add_rare_facts(people, facts, residents, houses, split)], how="horizontal")


def _people(residents: pl.DataFrame) -> pl.DataFrame:
    """The narrow frame, row by row: keys null for rows that are not looked at."""
    members = pl.concat([residents.select(HOUSEHOLD_COLUMNS), parts(residents["relation"])], how="horizontal")
    sex = pl.when(pl.col("sex_matches_id").fill_null(value=True)).then(pl.coalesce("sex", "id_sex"))
    people = members.select(
        "part", "word_male", "is_migrant",
        shown_male=pl.coalesce("sex", "id_sex") == "男",
        male=sex == "男",
        here=pl.col("present"),
        away=away(),
        born=pl.coalesce("id_birth_date", "birth_date").cast(pl.Int32),
        is_elsewhere=pl.col("id_repeated_elsewhere").fill_null(value=False),
        age="age_years",
        married=pl.col("marital").is_in(_MARRIED).fill_null(value=False),
        was_married=pl.col("marital").is_in(_BEFORE).fill_null(value=False),
    )  # fmt: skip
    fits = (pl.col("word_male") == pl.col("male")).fill_null(value=True)
    return people.with_columns(*_keys(members), male=pl.when(fits).then("male"))


def elsewhere() -> pl.Expr:
    """Return what keeps people without a home together: a number long enough to be a household's, else the head's."""
    long = pl.col("household_no").str.len_chars() >= LONG_NUMBER
    number = pl.coalesce(pl.when(long).then("household_no"), "head_id_no")
    return pl.when(number.is_not_null()).then(pl.col("community").fill_null("").hash(1) ^ number.hash(2))


def _keys(members: pl.DataFrame) -> list[pl.Series]:
    """`place`, the home; `household`, the number within it; `is_numbered`. Null for rows that are not looked at."""
    says_none = pl.col("household_no").is_in(schema.words()["filled_if_none"]["words"])
    within = members.select(
        pl.coalesce(pl.when(~says_none).then("household_no"), "head_id_no", "head_name").alias("within")
    ).to_series()
    # Without a code or an address the home is the household number itself, which may be a mere 1, 2, 3.
    housed = pl.col("home").is_not_null() & pl.col("has_home_reference")
    place = members.select(pl.when(housed).then(pl.col("home").hash(3)).alias("place")).to_series()
    homeless = place.is_null().arg_true()
    place = place.scatter(homeless, members[homeless].select(elsewhere()).to_series())
    looked_at = ~members["is_copy"] & ~members["id_repeated_in_house"].fill_null(value=False)
    place = place.zip_with(looked_at, pl.Series([None], dtype=pl.UInt64).new_from_index(0, members.height))
    household = place ^ within.hash(4).zip_with(within.is_not_null(), pl.Series([0], dtype=pl.UInt64))
    return [place, household.alias("household"), within.is_not_null().alias("is_numbered")]


def _membership_facts() -> list[pl.Expr]:
    """Counts, on the row of the head; where several heads are registered, on the youngest one's."""
    part, here = pl.col("part"), pl.col("here")
    is_head = here & (part == Part.HEAD)
    lead = is_head & ((pl.col("heads") == 1) | (pl.col("born") == pl.col("last_head_born")))
    spouse = here & (part == Part.SPOUSE) & pl.col("one_head")
    last_spouse = (pl.col("spouses") == 1) | (pl.col("born") == pl.col("last_spouse_born"))
    settled = pl.col("only_kin") & ~pl.col("is_migrant").fill_null(value=False)
    one = is_head & pl.col("one_head")
    yes = pl.lit(value=True)
    return [
        pl.when(lead & pl.col("is_family")).then(yes).alias("household_has_head"),
        pl.when(lead & pl.col("is_numbered") & pl.col("one_family")).then("heads").alias("n_heads"),
        pl.when(spouse & last_spouse).then("spouses").alias("n_spouses"),
        pl.when(one).then("parents").alias("n_parents"),
        pl.when(one).then("grandparents").alias("n_grandparents"),
        pl.when(one & pl.col("married") & settled).then("has_spouse").alias("spouse_registered"),
        pl.when(one & pl.col("is_family")).then(yes).alias("head_still_here"),
        pl.when(is_head).then("adult_kin").alias("n_adult_relatives"),
        pl.when(lead).then("n").alias("n_in_household"),
        pl.when(is_head).then(yes).alias("home_has_adult"),
        (pl.when(here & ~pl.col("is_elsewhere")).then("adults_at_home") - _counted_self()).alias("n_other_adults"),
    ]


def _counted_self() -> pl.Expr:
    """1 where the person is one of `adults_at_home`."""
    in_family = pl.col("part").is_between(Part.HEAD, KIN[-1])
    adult = (pl.col("age") >= _ADULT).fill_null(value=False)
    return (in_family & adult & ~pl.col("away")).cast(pl.UInt32)
