"""The difficulty coefficient of each home: marks it is worth, 1 without property management and 0.4 with.

It belongs to the compound. Order: the compound table of the config as it stood at `as_of`, the house's own columns, the
other houses of the compound when they agree; else unknown, counted as the config says (1.0) and labelled 未定义.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from gridaudit import schema
from gridaudit.derive.keys import even, evened


def add_coefficients(
    houses: pl.DataFrame,
    compounds: pl.DataFrame | None,
    *,
    as_of: date,
    managed: float,
    unmanaged: float,
    unknown: float,
) -> pl.DataFrame:
    """Add `management_known`, `says_managed`, `is_managed`, `coefficient` and `coefficient_known`.

    Args:
        houses: With community, compound and the columns about property management.
        compounds: The compound table of the config, if any; several rows of a compound tell its history.
        as_of: The day that decides which row of a compound counts.
        managed: What a home with property management is worth.
        unmanaged: What one without is worth.
        unknown: What one counts for which nobody knows.
    """
    names = evened(houses, ("community", "compound"))
    place = pl.concat_str(names["community"].fill_null(""), names["compound"], separator="|")
    houses = houses.with_columns(_own=_management(houses), _compound=names["compound"], _place=place)
    houses = _from_table(houses, compounds, as_of)
    told = houses.select("_place", "_own").drop_nulls().group_by("_place")
    agreed = told.agg(_others=pl.when(pl.col("_own").n_unique() == 1).then(pl.col("_own").first()))
    houses = houses.join(agreed, on="_place", how="left", maintain_order="left")
    houses = houses.with_columns(
        is_managed=pl.coalesce("_table", "_own", "_others"),
        management_known=pl.col("_own").is_not_null(),
        says_managed=pl.col("_own"),
    )
    return houses.with_columns(
        coefficient_known=pl.col("is_managed").is_not_null(),
        coefficient=pl.when("is_managed").then(managed).when(~pl.col("is_managed")).then(unmanaged).otherwise(unknown),
    ).drop("_own", "_compound", "_place", "_table", "_others")


def _management(frame: pl.DataFrame) -> pl.Series:
    """What a row says itself: 有无物业, else whether a company is named."""
    company = even(frame["property_company"])
    yes, no = pl.lit(value=True), pl.lit(value=False)
    named = pl.col("property_company")
    return frame.select("managed", company).select(
        pl.coalesce(
            pl.when(pl.col("managed") == "有").then(yes).when(pl.col("managed") == "无").then(no),
            pl.when(named.is_in(schema.words()["unmanaged_words"])).then(no).when(named.is_not_null()).then(yes),
        ).alias("says")
    )["says"]


def _from_table(houses: pl.DataFrame, compounds: pl.DataFrame | None, as_of: date) -> pl.DataFrame:
    """The compound table's word, by community and name, else by a name that stands in one community only."""
    if compounds is None:
        return houses.with_columns(_table=pl.lit(None, dtype=pl.Boolean))
    names = evened(compounds, ("community", "compound"))
    place = pl.concat_str(names["community"].fill_null(""), names["compound"], separator="|")
    counts = _in_force(compounds, as_of)
    table = names.select(place.alias("place"), _management(compounds), since=compounds["since"], name="compound")
    table = table.filter(counts).filter(pl.col("says").is_not_null() & pl.col("name").is_not_null())
    since = pl.col("since").fill_null(date.min)
    table = table.filter(since == since.max().over("place"))
    agreed = table.group_by("place").agg(by_place=pl.col("says").first(), n=pl.col("says").n_unique())
    single = table.group_by("name").agg(by_name=pl.col("says").first(), n=pl.col("place").n_unique() + _disagree())
    return (
        houses.join(_only_one(agreed), left_on="_place", right_on="place", how="left", maintain_order="left")
        .join(_only_one(single), left_on="_compound", right_on="name", how="left", maintain_order="left")
        .with_columns(_table=pl.coalesce("by_place", "by_name"))
        .drop("by_place", "by_name")
    )


def _disagree() -> pl.Expr:
    """1 where the rows of a group contradict each other, else 0."""
    return (pl.col("says").n_unique() > 1).cast(pl.UInt32)


def _in_force(compounds: pl.DataFrame, as_of: date) -> pl.Series:
    """Rows that say how things stand on a day. A date that is filled in but cannot be read decides nothing."""
    begun = (pl.col("since") <= as_of).fill_null(pl.col("since_text").is_null())
    not_over = (pl.col("until") >= as_of).fill_null(value=True)
    return compounds.select(begun & not_over).to_series()


def _only_one(table: pl.DataFrame) -> pl.DataFrame:
    return table.filter(pl.col("n") == 1).drop("n")
