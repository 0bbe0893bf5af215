"""The difficulty coefficient of each home: marks it is worth, 1 without property management and 0.4 with.

It belongs to the compound. Order: the compound table of the config, the house's own columns, the other houses of the
compound when they agree; else unknown, counted as the config says (1.0) and labelled 未定义.
"""

from __future__ import annotations

import polars as pl

from gridaudit.derive.keys import even_text

UNMANAGED_WORDS = ("无", "没有", "无物业", "无物业公司")


def add_coefficients(
    houses: pl.DataFrame, compounds: pl.DataFrame | None, *, managed: float, unmanaged: float, unknown: float
) -> pl.DataFrame:
    """Add `management_known`, `is_managed`, `coefficient` and `coefficient_known`."""
    compound = even_text(pl.col("compound"))
    place = pl.concat_str(even_text(pl.col("community")).fill_null(""), compound, separator="|")
    houses = houses.with_columns(_own=_management(), _compound=compound, _place=place)
    houses = _from_table(houses, compounds)
    unanimous = pl.when(pl.col("_own").drop_nulls().n_unique().over("_place") == 1).then(
        pl.col("_own").drop_nulls().first().over("_place")
    )
    houses = houses.with_columns(
        is_managed=pl.coalesce("_table", "_own", pl.when(pl.col("_place").is_not_null()).then(unanimous)),
        management_known=pl.col("_own").is_not_null(),
    )
    return houses.with_columns(
        coefficient_known=pl.col("is_managed").is_not_null(),
        coefficient=pl.when("is_managed").then(managed).when(~pl.col("is_managed")).then(unmanaged).otherwise(unknown),
    ).drop("_own", "_compound", "_place", "_table")


def _management() -> pl.Expr:
    """What a row says itself: 有无物业, else whether a company is named."""
    company = even_text(pl.col("property_company"))
    return pl.coalesce(
        pl.when(pl.col("managed") == "有").then(pl.lit(value=True)).when(pl.col("managed") == "无").then(pl.lit(value=False)),
        pl.when(company.is_in(UNMANAGED_WORDS)).then(pl.lit(value=False)).when(company.is_not_null()).then(pl.lit(value=True)),
    )


def _from_table(houses: pl.DataFrame, compounds: pl.DataFrame | None) -> pl.DataFrame:
    """The compound table's word, by community and name, else by a name that stands there once."""
    if compounds is None:
        return houses.with_columns(_table=pl.lit(None, dtype=pl.Boolean))
    name, community = even_text(pl.col("compound")), even_text(pl.col("community")).fill_null("")
    table = compounds.select(name=name, place=pl.concat_str(community, name, separator="|"), says=_management()).drop_nulls()
    agreed = table.group_by("place").agg(pl.col("says").first(), n=pl.col("says").n_unique()).filter(pl.col("n") == 1)
    by_name = table.group_by("name").agg(pl.col("says").first(), n=pl.len()).filter(pl.col("n") == 1)
    return (
        houses.join(agreed.select("place", by_place="says"), left_on="_place", right_on="place", how="left", maintain_order="left")
        .join(by_name.select("name", by_name="says"), left_on="_compound", right_on="name", how="left", maintain_order="left")
        .with_columns(_table=pl.coalesce("by_place", "by_name"))
        .drop("by_place", "by_name")
    )
