"""Which home a row belongs to. Equal keys are one home: the house code, else the address."""

from __future__ import annotations

import polars as pl

from gridaudit.derive.keys import address_key, code_key, room_key, text_address_key, zero_free

# Below this share of residents who meet a house by address the two files write addresses differently.
_MEET_BY_ADDRESS = 0.9


def add_house_keys(houses: pl.DataFrame) -> pl.DataFrame:
    """Add `home` (String, the key of the home; null without code and address) and `code_key`, `address_key`."""
    code = code_key(houses["house_id"]).alias("code_key")
    houses = houses.with_columns(code, address_key=address_key())
    crowd = pl.len().over("address_key") > 3
    named = pl.col("address_key").is_not_null()
    no_room = pl.col("room").is_null()
    return houses.with_columns(
        home=pl.coalesce("code_key", "address_key"),
        address_key=pl.when(~(named & crowd & no_room)).then(pl.col("address_key")),
        has_address=pl.col("address").is_not_null() | (pl.col("building").is_not_null() & pl.col("room").is_not_null())
        | (pl.col("compound").is_not_null() & pl.col("room").is_not_null()),
        present=pl.lit(value=True),
    )  # fmt: skip


def link_residents(residents: pl.DataFrame, houses: pl.DataFrame | None) -> pl.DataFrame:
    """Find the home of each resident.

    Codes meet as written, then without leading zeros, then addresses that name one house each. A code that meets
    nothing names a home nobody recorded. An address that meets nothing does so only in a file whose addresses meet
    nearly always: elsewhere they are just written differently.

    Returns:
        `residents` with `home`, `home_found` (Boolean), `house_exists` (C101) and `has_home_reference`.
    """
    code = code_key(residents["house_id"]).alias("code_key")
    residents = residents.with_columns(
        code,
        has_home_reference=pl.col("house_id").is_not_null()
        | pl.col("live_address").is_not_null()
        | (pl.col("building").is_not_null() & pl.col("room").is_not_null()),
    )
    if houses is None:
        return _by_own_words(residents)
    found = _meet(residents, houses)
    by_address = found.is_not_null() & residents["code_key"].is_null()
    without_code = residents["code_key"].is_null() & residents["has_home_reference"]
    meets = residents.select("sheet_no", a=by_address, b=without_code).group_by("sheet_no").agg(
        writes_alike=pl.col("a").sum() >= _MEET_BY_ADDRESS * pl.col("b").sum()
    )
    residents = residents.with_columns(home_found=found.is_not_null(), home=found)
    residents = residents.join(meets, on="sheet_no", how="left", maintain_order="left")
    missing = pl.coalesce(pl.col("code_key"), text_address_key("live_address"))
    unmet = pl.col("code_key").is_not_null() | (pl.col("writes_alike") & missing.is_not_null())
    return residents.with_columns(
        house_exists=pl.when(pl.col("has_home_reference")).then(
            pl.when("home_found").then(pl.lit(value=True)).when(unmet).then(pl.lit(value=False))
        ),
        home=pl.coalesce("home", pl.when(unmet).then(missing)),
    ).drop("writes_alike")


def _meet(residents: pl.DataFrame, houses: pl.DataFrame) -> pl.Series:
    """The home each resident meets, by the first key that meets."""
    found = _looked_up(residents["code_key"], houses["code_key"], houses["home"])
    if found.is_null().any():
        open_codes = pl.select(pl.when(found.is_null()).then(residents["code_key"])).to_series()
        stripped = _looked_up(zero_free(open_codes), zero_free(houses["code_key"]), houses["home"], only_single=True)
        found = pl.select(pl.coalesce(found, stripped)).to_series()
    open_rows = found.is_null() & residents["has_home_reference"]
    if open_rows.any():
        rest = residents.filter(open_rows)
        by_text = _looked_up(
            rest.select(text_address_key("live_address")).to_series(),
            houses.select(text_address_key("address")).to_series(), houses["home"], only_single=True,
        )  # fmt: skip
        by_room = _looked_up(
            rest.select(room_key()).to_series(), houses.select(room_key()).to_series(), houses["home"], only_single=True
        )
        met = pl.select(pl.coalesce(by_text, by_room)).to_series()
        found = found.scatter(open_rows.arg_true(), met)
    return found.alias("home")


def _looked_up(keys: pl.Series, known: pl.Series, values: pl.Series, *, only_single: bool = False) -> pl.Series:
    """Look keys up; with `only_single`, keys that stand for several homes meet nothing."""
    table = pl.DataFrame({"key": known, "value": values}).drop_nulls()
    if only_single:
        table = table.unique().filter(pl.len().over("key") == 1)
    table = table.unique("key")
    return pl.DataFrame({"key": keys}).join(table, on="key", how="left", maintain_order="left")["value"]


def _by_own_words(residents: pl.DataFrame) -> pl.DataFrame:
    """Without a houses table a home is what residents name: code, address, else household number."""
    by_room = room_key()
    household = pl.when(pl.col("household_no").is_not_null()).then(
        pl.concat_str(pl.lit("户"), pl.col("community").fill_null(""), pl.col("household_no"), separator="|")
    )
    return residents.with_columns(
        home=pl.coalesce("code_key", text_address_key("live_address"), by_room, household),
        home_found=pl.lit(value=False),
        house_exists=pl.lit(None, dtype=pl.Boolean),
    )
