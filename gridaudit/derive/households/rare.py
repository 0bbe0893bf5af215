"""What few households can fail: looked for among those few only, and put on the row the finding belongs to.

A household without a head, one whose head is gone, a home of children only, a married head without a spouse: each
is looked at again in the whole home (and under the same household number elsewhere) before it is said.
"""

from __future__ import annotations

import polars as pl

from gridaudit.derive.households.births import birth_facts
from gridaudit.derive.households.relation import KIN, Part

_OLD = 60


def add_rare_facts(
    people: pl.DataFrame, facts: pl.DataFrame, residents: pl.DataFrame, houses: pl.DataFrame | None,
    split: pl.Series | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Return `facts` with what only a second look can tell.

    Args:
        people: The narrow frame joined with its households.
        facts: The facts of kinship and membership, row by row.
        residents: The table, for numbers, names and `house_no`.
        houses: For what is rented.
        split: Hashes of the household numbers that stand in several homes, when this is a part of the table.
    """
    people = people.with_row_index("at")
    headless = _headless(people, residents, houses, split)
    orphaned = _head_gone(people)
    children = _children_only(people)
    unsure = _spouse_may_be_elsewhere(people, facts, residents, split)
    return facts.with_columns(
        facts["household_has_head"].scatter(headless, False),
        facts["head_still_here"].scatter(orphaned, False),
        facts["home_has_adult"].scatter(children, False),
        facts["spouse_registered"].scatter(unsure, None),
        _n_in_home(people),
        *birth_facts(people, residents),
    )


def _first(rows: pl.DataFrame, *order: pl.Expr) -> pl.Series:
    """One row per household, the first in an order that does not depend on the file."""
    return rows.sort(*order, nulls_last=True, maintain_order=True).unique("household", maintain_order=True)["at"]


def _in_places(people: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Everybody in the homes of these rows."""
    return people.filter(pl.col("place").is_in(rows["place"].unique().implode()))


def _headless(
    people: pl.DataFrame, residents: pl.DataFrame, houses: pl.DataFrame | None, split: pl.Series | None
) -> pl.Series:
    """L101: the head's spouse is there and nobody in the home is the head.

    Not said of tenants and migrants, whose relations are those of a register elsewhere; of households with strangers
    or unread relations; where the row names its head; where the household number is found in another home as well.
    """
    spouse = people.filter(pl.col("here") & pl.col("headless") & (pl.col("part") == Part.SPOUSE))
    if spouse.is_empty():
        return spouse["at"]
    heads = _in_places(people, spouse).filter(pl.col("part").is_in([Part.HEAD, Part.SELF]))["place"]
    named = residents.select(pl.coalesce("head_id_no", "head_name")).to_series()[spouse["at"]].is_not_null()
    spouse = spouse.filter(~named & ~pl.col("place").is_in(heads.implode()))
    spouse = spouse.filter(~_rented(spouse["at"], residents, houses) & ~_split(spouse["at"], residents, split))
    return _first(spouse, pl.col("born"))


def _rented(at: pl.Series, residents: pl.DataFrame, houses: pl.DataFrame | None) -> pl.Series:
    if houses is None:
        return pl.Series([False]).new_from_index(0, at.len())
    house_no = residents["house_no"].gather(at)
    is_let = houses["occupancy"].gather(house_no).is_in(["出租", "借住"])
    return is_let.fill_null(value=False) | houses["rented"].gather(house_no).fill_null(value=False)


def _split(at: pl.Series, residents: pl.DataFrame, of_whole: pl.Series | None) -> pl.Series:
    """Whether the household number of these rows stands in another home as well."""
    own = residents.select("household_no", "home")[at]
    if of_whole is not None:
        return own.select(household_hash().is_in(of_whole.implode()).fill_null(value=False)).to_series()
    numbers = own["household_no"].drop_nulls().unique()
    homes = (
        residents.select("household_no", "home")
        .filter(pl.col("household_no").is_in(numbers.implode()))
        .group_by("household_no")
        .agg(is_split=pl.col("home").n_unique() > 1)
    )
    return own.join(homes, on="household_no", how="left", maintain_order="left")["is_split"].fill_null(value=False)


def household_hash() -> pl.Expr:
    """Return the hash of the household number, null without one."""
    number = pl.col("household_no")
    return pl.when(number.is_not_null()).then(number.hash(5)).alias("household_no")


def split_numbers(rows: pl.DataFrame) -> pl.Series:
    """Return the household numbers that stand in several homes, or in a home and nowhere.

    Args:
        rows: Hashes `household_no` and `home`, null for a row without a home.
    """
    pairs = rows.select("household_no", "home").unique()
    return pairs.filter(pl.col("household_no").is_duplicated())["household_no"].unique()


def _head_gone(people: pl.DataFrame) -> pl.Series:
    """L120: the head died or left and nobody in the home took the place; said once, of the spouse or the eldest."""
    kin = pl.col("part").is_between(KIN[0], KIN[-1])
    rows = people.filter(pl.col("head_gone") & pl.col("here") & kin)
    heads = _in_places(people, rows).filter(pl.col("here") & pl.col("part").is_in([Part.HEAD, Part.SELF]))["place"]
    return _first(rows.filter(~pl.col("place").is_in(heads.implode())), pl.col("part") != Part.SPOUSE, pl.col("born"))


def _children_only(people: pl.DataFrame) -> pl.Series:
    """L121: nobody of 16 or more, and nobody of unknown age, in the whole home; said of the eldest."""
    rows = people.filter(pl.col("here") & pl.col("children_only"))
    grown = _in_places(people, rows).filter(pl.col("here") & ~pl.col("children_only"))["place"]
    rows = rows.filter(~pl.col("place").is_in(grown.implode())).with_columns(household="place")
    return _first(rows, pl.col("born"))


def _spouse_may_be_elsewhere(
    people: pl.DataFrame, facts: pl.DataFrame, residents: pl.DataFrame, split: pl.Series | None
) -> pl.Series:
    """L116: heads without a spouse whose home holds other households, or whose number stands in another home."""
    missing = people.filter((~facts["spouse_registered"]).fill_null(value=False))
    others = _in_places(people, missing).group_by("place").agg(n_households=pl.col("household").n_unique())
    shared = missing.join(others.filter(pl.col("n_households") > 1), on="place", how="semi")["at"]
    return pl.concat([shared, missing["at"].filter(_split(missing["at"], residents, split))]).unique()


def _n_in_home(people: pl.DataFrame) -> pl.Series:
    """How many live in the home of somebody old, counted over the whole home where the household is one person."""
    old = people.select(pl.when(pl.col("here") & (pl.col("age") >= _OLD)).then("n").alias("n_in_home")).to_series()
    alone = people.select("at", "place").filter((old == 1).fill_null(value=False))
    present = people.lazy().select("place", "here").filter("here").collect()
    counts = _in_places(present, alone).group_by("place").agg(n_here=pl.len().cast(pl.UInt32))
    found = alone.join(counts, on="place", how="left", maintain_order="left")["n_here"]
    return old.scatter(alone["at"], found)
