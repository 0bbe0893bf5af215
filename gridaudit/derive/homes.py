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


def link_residents(residents: pl.DataFrame, houses: pl.DataFrame | None) -> pl.DataFrame:
    """Find the home of each resident.

    Codes meet as written, then without leading zeros, then addresses that name one house each. A code that meets
    nothing names a home nobody recorded. An address that meets nothing does so only in a file whose addresses meet
    nearly always: elsewhere they are just written differently.

    Returns:
        `residents` with `home`, `home_found` (Boolean), `house_exists` (C101) and `has_home_reference`.
    """
    residents = residents.with_columns(
        code_key(residents["house_id"]).alias("code_key"),
        has_home_reference=pl.col("house_id").is_not_null()
        | pl.col("live_address").is_not_null()
        | (pl.col("building").is_not_null() & pl.col("room").is_not_null()),
    )
    if houses is None:
        return _by_own_words(residents)
    home = _looked_up(residents["code_key"], houses["code_key"], houses["home"])
    residents = residents.with_columns(home.alias("home"), home_found=home.is_not_null())
    house_exists = residents.select(pl.when("home_found").then(pl.lit(value=True))).to_series()
    unmet = residents.with_row_index("_index").filter(~pl.col("home_found") & pl.col("has_home_reference"))
    if unmet.is_empty():
        return residents.with_columns(house_exists.alias("house_exists"))
    rest = _meet_otherwise(unmet, houses)
    at = rest["_index"]
    return residents.with_columns(
        home.scatter(at, rest["home"]).alias("home"),
        residents["home_found"].scatter(at, rest["found"]).alias("home_found"),
        house_exists.scatter(at, rest["exists"]).alias("house_exists"),
    )


def _meet_otherwise(unmet: pl.DataFrame, houses: pl.DataFrame) -> pl.DataFrame:
    """Meet by code without leading zeros, then by address; say what the rest names.

    Returns:
        `_index`, `home`, `found`, `exists` (false: names a home nobody recorded; null: cannot be told).
    """
    keys = address_keys(unmet, "live_address")
    met = pl.DataFrame(
        [
            _looked_up(zero_free(unmet["code_key"]), zero_free(houses["code_key"]), houses["home"], single=True),
            _looked_up(keys["by_text"], houses["by_text"], houses["home"], single=True).alias("by_text"),
            _looked_up(keys["by_room"], houses["by_room"], houses["home"], single=True).alias("by_room"),
        ]
    ).select(pl.coalesce(pl.all()).alias("met"))["met"]
    without_code = unmet["code_key"].is_null()
    names_one = keys.select(pl.coalesce("by_text", "by_room").alias("named"))["named"]
    told = pl.DataFrame([unmet["sheet_no"], without_code.alias("no_code"), met, names_one])
    alike = (
        told.filter(pl.col("no_code") & pl.col("named").is_not_null())
        .group_by("sheet_no")
        .agg(writes_alike=pl.col("met").is_not_null().mean() >= _MEET_BY_ADDRESS)
    )
    told = told.join(alike, on="sheet_no", how="left", maintain_order="left")
    names_missing = ~pl.col("no_code") | (pl.col("writes_alike").fill_null(value=False) & pl.col("named").is_not_null())
    own = pl.coalesce(unmet["code_key"], pl.col("named"))
    return told.select(
        unmet["_index"],
        home=pl.coalesce("met", pl.when(names_missing).then(own)),
        found=pl.col("met").is_not_null(),
        exists=pl.when(pl.col("met").is_not_null())
        .then(pl.lit(value=True))
        .when(names_missing)
        .then(pl.lit(value=False)),
    )


def _looked_up(keys: pl.Series, known: pl.Series, values: pl.Series, *, single: bool = False) -> pl.Series:
    """Look keys up; with `single`, keys that stand for several homes meet nothing."""
    table = pl.DataFrame({"key": known, "value": values}).drop_nulls()
    if single:
        table = table.unique()
        table = table.filter(~pl.col("key").is_duplicated())
    table = table.unique("key", keep="first", maintain_order=True)
    return pl.DataFrame({"key": keys}).join(table, on="key", how="left", maintain_order="left")["value"]


def _by_own_words(residents: pl.DataFrame) -> pl.DataFrame:
    """Without a houses table a home is what residents name: code, address, else household number."""
    keys = address_keys(residents, "live_address")
    household = pl.when(pl.col("household_no").is_not_null()).then(
        pl.concat_str(pl.lit("户"), pl.col("community").fill_null(""), pl.col("household_no"), separator="|")
    )
    return residents.with_columns(
        home=pl.coalesce("code_key", keys["by_room"], keys["by_text"], household),
        home_found=pl.lit(value=False),
        house_exists=pl.lit(None, dtype=pl.Boolean),
    )
