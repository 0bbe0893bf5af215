"""Which home a row belongs to. Equal keys are one home: the house code, else the address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from gridaudit.derive.keys import address_keys, code_key, hashed, zero_free

# Uses of a house that are homes.
DWELLING = ("住宅", "商住")
# Below this share of residents who meet a house by address the two files write addresses differently.
_MEET_BY_ADDRESS = 0.9
# More records than this at one address without room numbers: it is the address of a building.
_CROWD = 3
# So many times fewer keys asked for than known make it worth while to look for them by hash first.
_FEW = 4


def add_house_keys(houses: pl.DataFrame) -> pl.DataFrame:
    """Add `home` (null without code and address), `code_key`, `address_key` with its like, and `has_address`."""
    keys = address_keys(houses, "address").rename({"whole": "address_key"})
    houses = pl.concat([houses, keys], how="horizontal").with_columns(code_key(houses["house_id"]).alias("code_key"))
    placed = pl.col("building").is_not_null() | pl.col("compound").is_not_null()
    return houses.with_columns(
        home=pl.coalesce("code_key", "address_key"),
        has_address=pl.col("address").is_not_null() | (pl.col("room").is_not_null() & placed),
        present=pl.lit(value=True),
    )


def without_crowds(houses: pl.DataFrame) -> pl.DataFrame:
    """Take `address_key` from houses without a room where many share it: it is the address of a building."""
    no_room = pl.col("room").is_null() & pl.col("address_key").is_not_null()
    crowded = houses.filter(no_room).group_by("address_key").len().filter(pl.col("len") > _CROWD)["address_key"]
    is_crowded = no_room & pl.col("address_key").is_in(crowded.implode())
    return houses.with_columns(address_key=pl.when(~is_crowded).then("address_key"))


LINK_COLUMNS = (
    *("sheet_no", "house_id", "live_address", "compound", "building", "unit", "floor", "room", "household_no"),
    *("street", "community", "grid", "grid_name"),
)


class Meeting(NamedTuple):
    """Which row of `houses` each resident meets, null for none.

    `alike` counts per `sheet_no` the residents known by an address alone (`n`) and those of them who meet a house
    (`n_met`), so that the counts of parts add up.
    """

    house_no: pl.Series
    alike: pl.DataFrame


class HouseIndex:
    """The keys by which houses are met. Made once, they may be asked for one part of the residents after another.

    Codes meet as written, then without leading zeros, then addresses that name one house each.
    """

    def __init__(self, houses: pl.DataFrame, *, by_hash: bool = False) -> None:
        """Take houses with their keys and whether they are copies or repeats.

        Args:
            houses: `home`, `code_key`, `by_text`, `by_room`, `by_floor`, `is_copy` and `code_repeated`.
            by_hash: Keep hashes of the keys only; those of addresses may be hashes already.
        """
        counts = ~(houses["is_copy"] | houses["code_repeated"].fill_null(value=False))
        counting = houses.select(pl.when(counts).then("code_key")).to_series()
        keys = [counting, zero_free(houses["code_key"]), houses["by_text"], houses["by_room"], houses["home"]]
        keys += [_nearest(houses)] if houses["by_floor"].null_count() < houses.height else []
        if by_hash:
            keys = [hashed(key) for key in keys]
        self._counting, self._zero_free, self._by_text, self._by_room = (_KeysOfHouses(key) for key in keys[:4])
        self._homes = keys[4]
        self._by_floor = _KeysOfHouses(keys[5]) if len(keys) > 5 else None

    def meet(self, residents: pl.DataFrame) -> Meeting:
        """Find the house of each resident.

        Args:
            residents: `LINK_COLUMNS`.
        """
        code = code_key(residents["house_id"])
        house_no = self._counting.first_row(code)
        unmet = (house_no.is_null() & residents.select(_refers()).to_series()).arg_true()
        rest, rest_code = residents[unmet], code.gather(unmet)
        keys = address_keys(rest, "live_address")
        steps = (
            self._zero_free.first_row(zero_free(rest_code), single=self._homes),
            self._by_text.first_row(keys["by_text"], single=self._homes).alias("by_text"),
            *self._by_place(keys),
        )
        met = pl.DataFrame(steps).select(house_no=pl.coalesce(pl.all()))["house_no"]
        named = (keys["by_text"].is_not_null() | keys["by_room"].is_not_null()) & rest_code.is_null()
        alike = (
            pl.DataFrame([rest["sheet_no"], met])
            .filter(named)
            .group_by("sheet_no")
            .agg(n=pl.len(), n_met=pl.col("house_no").count())
        )
        return Meeting(house_no.scatter(unmet, met), alike)

    def _by_place(self, keys: pl.DataFrame) -> list[pl.Series]:
        """Meet by room; where rooms are places on a floor (01, 左), floors must agree if both write them."""
        if self._by_floor is None:
            return [self._by_room.first_row(keys["by_room"], single=self._homes).alias("by_room")]
        floorless = keys.select(pl.when(pl.col("by_floor").is_null()).then("by_room"))["by_room"]
        return [
            self._by_floor.first_row(_nearest(keys), single=self._homes).alias("by_floor"),
            self._by_floor.first_row(keys["by_room"], single=self._homes).alias("without_floor"),
            self._by_room.first_row(floorless, single=self._homes).alias("by_room"),
        ]


def _nearest(keys: pl.DataFrame) -> pl.Series:
    """The room with its floor, where that is needed to tell it."""
    return keys.select(pl.coalesce("by_floor", "by_room")).to_series()


class _KeysOfHouses:
    """Keys of houses, found by hash first where few of many are asked for."""

    def __init__(self, keys: pl.Series) -> None:
        self._keys = keys.alias("key")
        self._hashes: pl.Series | None = None

    def first_row(self, keys: pl.Series, *, single: pl.Series | None = None) -> pl.Series:
        """Return for each key the first row that has it.

        With `single`, the homes of the rows, keys that stand for several homes meet nothing.
        """
        keys = hashed(keys) if self._keys.dtype == pl.UInt64 else keys
        asked = keys.drop_nulls().unique()
        table = self._near(asked)
        if single is not None:
            table = table.with_columns(single.gather(table["house_no"]).alias("home"))
            table = table.filter(pl.col("key").is_in(asked.implode()))
            table = table.filter(pl.col("home").n_unique().over("key") == 1)
        table = table.drop_nulls("key").unique("key", keep="first", maintain_order=True).select("key", "house_no")
        return pl.DataFrame({"key": keys}).join(table, on="key", how="left", maintain_order="left")["house_no"]

    def _near(self, asked: pl.Series) -> pl.DataFrame:
        """The rows that may have one of the keys."""
        table = pl.DataFrame(self._keys).with_row_index("house_no")
        if asked.len() * _FEW > self._keys.len():
            return table
        if self._hashes is None:
            self._hashes = hashed(self._keys)
        return table[self._hashes.is_in(hashed(asked).implode()).arg_true()]


def added_meetings(alike: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Add up what the meetings of parts count."""
    return pl.concat(alike).group_by("sheet_no").agg(pl.col("n", "n_met").sum())


def writing_alike(alike: pl.DataFrame) -> pl.Series:
    """Return the sheets whose addresses meet nearly always."""
    return alike.filter(pl.col("n_met") / pl.col("n") >= _MEET_BY_ADDRESS)["sheet_no"]


def link_residents(
    residents: pl.DataFrame, houses: pl.DataFrame | None, meeting: Meeting | None = None
) -> pl.DataFrame:
    """Find the home of each resident.

    A code that meets nothing names a home nobody recorded. An address that meets nothing does so only in a file whose
    addresses meet nearly always: elsewhere they are just written differently.

    Args:
        residents: `LINK_COLUMNS`.
        houses: With the facts of `add_house_keys` and `add_house_duplicates`; None when there is no houses table.
        meeting: What these residents meet, with the counts of the whole table, when `residents` is a part of it.

    Returns:
        `code_key`, `home`, `home_found`, `house_exists` (C101), `has_home_reference` and `house_no`, the row of
        `houses` that was met.
    """
    links = residents.select(code_key(residents["house_id"]).alias("code_key"), has_home_reference=_refers())
    if houses is None:
        return links.with_columns(_own_words(residents, links["code_key"]))
    house_no, alike = meeting or HouseIndex(houses).meet(residents)
    found = house_no.is_not_null()
    unmet = (~found & links["has_home_reference"]).arg_true()
    rest = _named(residents[unmet].with_columns(links["code_key"].gather(unmet)), alike)
    exists = pl.DataFrame([found.alias("found")]).select(pl.when("found").then(pl.lit(value=True))).to_series()
    return links.with_columns(
        houses["home"].gather(house_no).scatter(unmet, rest["home"]).alias("home"),
        house_no.alias("house_no"),
        found.alias("home_found"),
        exists.scatter(unmet, rest["exists"]).alias("house_exists"),
    )


def _refers() -> pl.Expr:
    placed = pl.col("building").is_not_null() & pl.col("room").is_not_null()
    return pl.col("house_id").is_not_null() | pl.col("live_address").is_not_null() | placed


def _named(unmet: pl.DataFrame, alike: pl.DataFrame) -> pl.DataFrame:
    """What residents who meet no house name: `home`, and `exists`, false where nobody recorded it, else null."""
    named = address_keys(unmet, "live_address").select(named=pl.coalesce("by_text", "by_floor", "by_room"))
    told = pl.concat([unmet.select("sheet_no", "code_key"), named], how="horizontal")
    by_address = pl.col("named").is_not_null() & pl.col("sheet_no").is_in(writing_alike(alike).implode())
    names_missing = pl.col("code_key").is_not_null() | by_address
    return told.select(
        home=pl.when(names_missing).then(pl.coalesce("code_key", "named")),
        exists=pl.when(names_missing).then(pl.lit(value=False)),
    )


def _own_words(residents: pl.DataFrame, code: pl.Series) -> list[pl.Expr]:
    """Without a houses table a home is what residents name: code, address, else household number."""
    keys = address_keys(residents, "live_address")
    community = residents["community"].fill_null("")
    household = pl.concat_str(pl.lit("户"), community, residents["household_no"], separator="|")
    return [
        pl.coalesce(code, _nearest(keys), keys["by_text"], household).alias("home"),
        pl.lit(None, dtype=pl.UInt32).alias("house_no"),
        pl.lit(value=False).alias("home_found"),
        pl.lit(None, dtype=pl.Boolean).alias("house_exists"),
    ]
