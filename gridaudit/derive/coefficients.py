"""The difficulty coefficient of each home: marks it is worth, 1 without property management and 0.4 with.

It belongs to the compound. Order: the compound table of the config, the house's own columns, the other houses of the
compound when they agree; else unknown, counted as the config says (1.0) and labelled 未定义.
"""

from __future__ import annotations

import polars as pl

from gridaudit.derive.keys import even, evened

UNMANAGED_WORDS = ("无", "没有", "无物业", "无物业公司")


def add_coefficients(
    houses: pl.DataFrame, compounds: pl.DataFrame | None, *, managed: float, unmanaged: float, unknown: float
) -> pl.DataFrame:
    """Add `management_known`, `says_managed`, `is_managed`, `coefficient` and `coefficient_known`."""
    names = evened(houses, ("community", "compound"))
    place = pl.concat_str(names["community"].fill_null(""), names["compound"], separator="|")
    houses = houses.with_columns(_own=_management(houses), _compound=names["compound"], _place=place)
    houses = _from_table(houses, compounds)
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
            pl.when(named.is_in(UNMANAGED_WORDS)).then(no).when(named.is_not_null()).then(yes),
        ).alias("says")
    )["says"]


def _from_table(houses: pl.DataFrame, compounds: pl.DataFrame | None) -> pl.DataFrame:
    """The compound table's word, by community and name, else by a name that stands there once."""
    if compounds is None:
        return houses.with_columns(_table=pl.lit(None, dtype=pl.Boolean))
    names = evened(compounds, ("community", "compound"))
    place = pl.concat_str(names["community"].fill_null(""), names["compound"], separator="|")
    table = names.select(place.alias("place"), _management(compounds), name="compound").drop_nulls()
    agreed = table.group_by("place").agg(by_place=pl.col("says").first(), n=pl.col("says").n_unique())
    single = table.group_by("name").agg(by_name=pl.col("says").first(), n=pl.len())
    return (
        houses.join(_only_one(agreed), left_on="_place", right_on="place", how="left", maintain_order="left")
        .join(_only_one(single), left_on="_compound", right_on="name", how="left", maintain_order="left")
        .with_columns(_table=pl.coalesce("by_place", "by_name"))
        .drop("by_place", "by_name")
    )


def _only_one(table: pl.DataFrame) -> pl.DataFrame:
    return table.filter(pl.col("n") == 1).drop("n")
