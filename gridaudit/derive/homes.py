"""Which home a row belongs to. Equal keys are one home: the house code, else the address."""

from __future__ import annotations

import polars as pl

from gridaudit.derive.keys import address_keys, code_key, zero_free

# Below this share of residents who meet a house by address the two files write addresses differently.
_MEET_BY_ADDRESS = 0.9
# More records than this at one address without room numbers: it is the address of a building.
_CROWD = 3


def add_house_keys(houses: pl.DataFrame) -> pl.DataFrame:
    """Add `home` (null without code and address), `code_key`, `address_key`, `by_text`, `by_room`, `has_address`."""
    keys = address_keys(houses, "address").rename({"whole": "address_key"})
    houses = pl.concat([houses, keys], how="horizontal").with_columns(code_key(houses["house_id"]).alias("code_key"))
    no_room = pl.col("room").is_null() & pl.col("address_key").is_not_null()
    crowded = houses.filter(no_room).group_by("address_key").len().filter(pl.col("len") > _CROWD)["address_key"]
    placed = pl.col("building").is_not_null() | pl.col("compound").is_not_null()
    return houses.with_columns(
        home=pl.coalesce("code_key", "address_key"),
        address_key=pl.when(~(no_room & pl.col("address_key").is_in(crowded.implode()))).then("address_key"),
        has_address=pl.col("address").is_not_null() | (pl.col("room").is_not_null() & placed),
        present=pl.lit(value=True),
    )


LINK_COLUMNS = (
    *("sheet_no", "house_id", "live_address", "compound", "building", "unit", "room", "household_no"),
    *("street", "community", "grid", "grid_name"),
)


def link_residents(residents: pl.DataFrame, houses: pl.DataFrame | None) -> pl.DataFrame:
    """Find the home of each resident.

    Codes meet as written, then without leading zeros, then addresses that name one house each. A code that meets
    nothing names a home nobody recorded. An address that meets nothing does so only in a file whose addresses meet
    nearly always: elsewhere they are just written differently.

    Args:
        residents: `LINK_COLUMNS`.
        houses: With the facts of `add_house_keys` and `add_house_duplicates`; None when there is no houses table.

    Returns:
        `code_key`, `home`, `home_found`, `house_exists` (C101), `has_home_reference` and `house_no`, the row of
        `houses` that was met.
    """
    placed = pl.col("building").is_not_null() & pl.col("room").is_not_null()
    refers = pl.col("house_id").is_not_null() | pl.col("live_address").is_not_null() | placed
    links = residents.select(code_key(residents["house_id"]).alias("code_key"), has_home_reference=refers)
    if houses is None:
        return links.with_columns(_own_words(residents, links["code_key"]))
    counts = ~(houses["is_copy"] | houses["code_repeated"].fill_null(value=False))
    counting = houses.select(pl.when(counts).then("code_key")).to_series()
    house_no = _looked_up(links["code_key"], counting)
    unmet = (house_no.is_null() & links["has_home_reference"]).arg_true()
    rest = _meet_otherwise(residents[unmet].with_columns(links["code_key"].gather(unmet)), houses)
    house_no = house_no.scatter(unmet, rest["house_no"])
    found = house_no.is_not_null()
    exists = pl.DataFrame([found.alias("found")]).select(pl.when("found").then(pl.lit(value=True))).to_series()
    return links.with_columns(
        houses["home"].gather(house_no).scatter(unmet, rest["home"]).alias("home"),
        house_no.alias("house_no"),
        found.alias("home_found"),
        exists.scatter(unmet, rest["exists"]).alias("house_exists"),
    )


def _meet_otherwise(unmet: pl.DataFrame, houses: pl.DataFrame) -> pl.DataFrame:
    """Meet by code without leading zeros, then by address; say what the rest names.

    Returns:
        `house_no`, `home`, `exists` (false: names a home nobody recorded; null: cannot be told).
    """
    keys = address_keys(unmet, "live_address")
    met = pl.DataFrame(
        [
            _looked_up(zero_free(unmet["code_key"]), zero_free(houses["code_key"]), single=houses["home"]),
            _looked_up(keys["by_text"], houses["by_text"], single=houses["home"]).alias("by_text"),
            _looked_up(keys["by_room"], houses["by_room"], single=houses["home"]).alias("by_room"),
        ]
    ).select(house_no=pl.coalesce(pl.all()))
    named = keys.select(named=pl.coalesce("by_text", "by_room"))
    told = pl.concat([unmet.select("sheet_no", "code_key"), met, named], how="horizontal")
    by_address = pl.col("code_key").is_null() & pl.col("named").is_not_null()
    alike = (
        told.filter(by_address)
        .group_by("sheet_no")
        .agg(writes_alike=pl.col("house_no").is_not_null().mean() >= _MEET_BY_ADDRESS)
    )
    told = told.join(alike, on="sheet_no", how="left", maintain_order="left")
    names_missing = pl.col("code_key").is_not_null() | (by_address & pl.col("writes_alike"))
    is_met = pl.col("house_no").is_not_null()
    return told.select(
        "house_no",
        home=pl.when(is_met)
        .then(houses["home"].gather(met["house_no"]))
        .otherwise(pl.when(names_missing).then(pl.coalesce("code_key", "named"))),
        exists=pl.when(is_met).then(pl.lit(value=True)).when(names_missing).then(pl.lit(value=False)),
    )


def _looked_up(keys: pl.Series, known: pl.Series, *, single: pl.Series | None = None) -> pl.Series:
    """Return for each key the first row of `known` that has it.

    With `single`, the homes of the rows, keys that stand for several homes meet nothing.
    """
    table = pl.DataFrame({"key": known}).with_row_index("house_no")
    if single is not None:
        asked = keys.drop_nulls().unique()
        table = table.with_columns(single.alias("home")).filter(pl.col("key").is_in(asked.implode()))
        table = table.filter(pl.col("home").n_unique().over("key") == 1)
    table = table.drop_nulls("key").unique("key", keep="first", maintain_order=True).select("key", "house_no")
    return pl.DataFrame({"key": keys}).join(table, on="key", how="left", maintain_order="left")["house_no"]


def _own_words(residents: pl.DataFrame, code: pl.Series) -> list[pl.Expr]:
    """Without a houses table a home is what residents name: code, address, else household number."""
    keys = address_keys(residents, "live_address")
    community = residents["community"].fill_null("")
    household = pl.concat_str(pl.lit("户"), community, residents["household_no"], separator="|")
    return [
        pl.coalesce(code, keys["by_room"], keys["by_text"], household).alias("home"),
        pl.lit(None, dtype=pl.UInt32).alias("house_no"),
        pl.lit(value=False).alias("home_found"),
        pl.lit(None, dtype=pl.Boolean).alias("house_exists"),
    ]
