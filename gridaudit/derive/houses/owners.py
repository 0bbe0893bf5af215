"""Owners against the people of their homes: whether the owner lives there, and whether a let home has a tenant."""

from __future__ import annotations

import polars as pl

from gridaudit import schema
from gridaudit.derive.households.relation import Part, parts


def add_owner_facts(houses: pl.DataFrame, residents: pl.DataFrame | None) -> pl.DataFrame:
    """Add `owner_lives_here` (L155) and `tenant_registered` (L154), null where they cannot be told.

    The owner may be written with other names in the cell, or be known by number or phone; the dead and gone count, for
    the deed often still bears their name.

    Args:
        houses: With the columns of the owner, `occupancy`, `n_residents` and `is_copy`.
        residents: With `house_no`, `present` and their own columns; None without a residents table.
    """
    nothing = pl.lit(None, dtype=pl.Boolean)
    if residents is None:
        return houses.with_columns(owner_lives_here=nothing, tenant_registered=nothing)
    house_no = residents["house_no"]
    exact = (residents["name"] == houses["owner_name"].gather(house_no)).fill_null(value=False).arg_true()
    known = house_no.gather(exact)
    asked = (pl.col("n_residents") > 0) & pl.col("owner_name").is_not_null() & ~pl.col("is_copy")
    lived_in = houses.select((asked & (pl.col("occupancy") == "自住")).arg_true()).to_series()
    let = houses.select((asked & (pl.col("occupancy") == "出租")).arg_true()).to_series()
    facts = [
        pl.Series(name, [None], dtype=pl.Boolean).new_from_index(0, houses.height).scatter(asked_of, value)
        for name, asked_of, value in (("owner_lives_here", lived_in, False), ("tenant_registered", let, True))
    ]
    owned = facts[0].scatter(known.filter(known.is_in(lived_in.implode())), True)
    doubtful = (~owned).fill_null(value=False).arg_true()
    firms = doubtful.filter(houses["owner_name"].gather(doubtful).str.contains(schema.words()["firm_pattern"]))
    owned = owned.scatter(_known_otherwise(residents, houses, doubtful), True).scatter(firms, None)
    return houses.with_columns(owned, facts[1].scatter(_without_tenants(residents, let, known), False))


def _known_otherwise(residents: pl.DataFrame, houses: pl.DataFrame, doubtful: pl.Series) -> pl.Series:
    """Which of the homes in doubt have their owner among several names, or by number or phone."""
    asked = residents.lazy().select("house_no", "name", "id_no", "phone")
    people = asked.filter(pl.col("house_no").is_in(doubtful.implode())).collect()
    deeds = houses.select("owner_name", "owner_id_no", "owner_phone")[people["house_no"]]
    several = pl.col("owner_name").str.contains(pl.col("name"), literal=True)
    several |= pl.col("name").str.contains(pl.col("owner_name"), literal=True)
    same = several | (pl.col("owner_id_no") == pl.col("id_no")) | (pl.col("owner_phone") == pl.col("phone"))
    return pl.concat([people, deeds], how="horizontal").filter(same.fill_null(value=False))["house_no"].unique()


def _without_tenants(residents: pl.DataFrame, let: pl.Series, known: pl.Series) -> pl.Series:
    """The let homes in which the owner is recorded with nobody but the owner's own relatives."""
    suspects = known.filter(known.is_in(let.implode())).unique()
    asked = residents.lazy().select("house_no", "relation", "present", "household_no")
    people = asked.filter(pl.col("house_no").is_in(suspects.implode()) & pl.col("present")).collect()
    people = pl.concat([people, parts(people["relation"]).select("part")], how="horizontal")
    stranger = pl.col("part").is_in([Part.NON_RELATIVE, Part.NONE])
    heads = pl.col("part").is_in([Part.HEAD, Part.SELF]).sum()
    homes = people.group_by("house_no").agg(
        others=stranger.any() | (heads > 1) | (pl.col("household_no").drop_nulls().n_unique() > 1)
    )
    return homes.filter(~pl.col("others"))["house_no"]
