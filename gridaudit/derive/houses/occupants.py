"""Who lives in a house, and whether anybody does."""

from __future__ import annotations

import polars as pl

from gridaudit import schema
from gridaudit.derive.away import away
from gridaudit.derive.homes import DWELLING

_LIVED_IN = ("自住", "出租", "借住")
_GROWN = 16
_COUNTS = ("n_residents", "n_living_here", "n_children", "n_adults", "n_adults_at_home")


def add_occupants(houses: pl.DataFrame, residents: pl.DataFrame | None) -> pl.DataFrame:
    """Add `lived_in`, `vacant`, counts of residents and `left_since` (null without a residents table).

    `n_residents` counts people present in the register of the home, `n_living_here` those not recorded as away,
    `n_children` those under 16; who is of unknown age counts as an adult. `left_since`: somebody died or moved out
    after the house was last seen, so what it says of being lived in is older.
    """
    is_dwelling = _is_dwelling()
    lived_in = pl.col("occupancy").is_in(_LIVED_IN) | (
        pl.col("occupancy").is_null() & pl.col("occupancy_text").is_null() & pl.col("rented")
    )
    houses = houses.with_columns(
        lived_in=pl.when(
            is_dwelling.is_not_null() & (pl.col("occupancy").is_not_null() | pl.col("rented").is_not_null())
        ).then((lived_in & is_dwelling).fill_null(value=False)),
        vacant=pl.when(is_dwelling.is_not_null() & pl.col("occupancy").is_not_null()).then(
            (pl.col("occupancy") == "空置") & is_dwelling
        ),
    )
    if residents is None:
        nothing = pl.lit(None, dtype=pl.UInt32)
        return houses.with_columns(*(nothing.alias(name) for name in _COUNTS), left_since=pl.lit(None, pl.Boolean))
    is_away = away()
    grown = (pl.col("age_years") >= _GROWN).fill_null(value=True)
    counts = (
        residents.lazy()
        .filter(pl.col("present") & ~pl.col("is_copy") & pl.col("house_no").is_not_null())
        .select(
            "house_no", n_residents=1, n_living_here=~is_away, n_children=~grown, n_adults=grown,
            n_adults_at_home=grown & ~is_away,
        )
        .group_by("house_no")
        .agg(pl.col(_COUNTS).sum().cast(pl.UInt32))
        .collect()
    )  # fmt: skip
    return houses.with_columns(*_on_every_record(houses["home"], counts), _left_since(houses, residents))


def _is_dwelling() -> pl.Expr:
    """Whether people may live in a house; a blank use is a dwelling's.

    Null where nobody can tell: the word for the use is not understood (a temple, a filling station), or the use is
    blank and the house said to be in its owner's own use, as halls and workshops are.
    """
    own_use = pl.col("occupancy_text").is_in(schema.words()["own_use_words"]).fill_null(value=False)
    unread = pl.col("use").is_null() & (pl.col("use_text").is_not_null() | own_use)
    return pl.when(~unread).then(pl.col("use").fill_null("住宅").is_in(DWELLING))


def _left_since(houses: pl.DataFrame, residents: pl.DataFrame) -> pl.Series:
    """Whether the last of those who are gone went after the record of the house was last touched."""
    went = pl.max_horizontal("moved_out_on", "deceased_on")
    gone = residents.filter(~pl.col("present") & ~pl.col("is_copy") & pl.col("house_no").is_not_null())
    last = gone.group_by("house_no").agg(went=went.max()).drop_nulls("went")
    seen = houses[last["house_no"]].select(pl.coalesce("updated_on", "collected_on").alias("seen")).to_series()
    nobody = pl.Series("left_since", [False]).new_from_index(0, houses.height)
    return nobody.scatter(last["house_no"], (last["went"] > seen).fill_null(value=False))


def _on_every_record(homes: pl.Series, counts: pl.DataFrame) -> list[pl.Series]:
    """Put counts on their houses, and on the other records of the same home; 0 elsewhere."""
    first = pl.int_range(homes.len(), dtype=pl.UInt32, eager=True)
    again = (homes.is_duplicated() & homes.is_not_null()).arg_true()
    if again.len():
        pairs = pl.DataFrame({"home": homes.gather(again), "at": again.cast(pl.UInt32)})
        of_home = pairs.join(counts.select("house_no"), left_on="at", right_on="house_no", how="semi")
        known = pairs.join(of_home.unique("home").rename({"at": "first"}), on="home", how="inner")
        first = first.scatter(known["at"], known["first"])
    zero = pl.Series([0], dtype=pl.UInt32).new_from_index(0, homes.len())
    return [zero.scatter(counts["house_no"], counts[name]).gather(first).alias(name) for name in _COUNTS]
