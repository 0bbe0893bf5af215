"""Homes of an earlier round under another code and another spelling of the address: met by their people, or replaced.

A home nobody meets by code or address is the new one in which all its people stand together. In a street of which
hardly a home was met the codes were rewritten: new homes stand in the place of those that remain, one for one.
"""

from __future__ import annotations

import polars as pl

from gridaudit.derive.rounds.kept import Kept
from gridaudit.derive.rounds.recognise import GONE, REPLACED, met_in_home, strangers_of

# So many homes of a street, so large a share of them unmet, and others in their place: the codes were rewritten.
_MIN_HOMES, _REWRITTEN, _IN_PLACE = 100, 0.95, 0.5
_IS_GONE = pl.col("outcome") == GONE
_STREET = "was_street"


def rewritten_streets(homes: pl.DataFrame, now: Kept, houses: pl.DataFrame) -> pl.Series:
    """Return for each home of the earlier round whether the codes of its street were rewritten.

    Args:
        homes: With `outcome`, `now_key` and `was_street`, before they are met by their people.
        now: What this round knows.
        houses: For the streets of its homes.
    """
    streets = homes.group_by(_STREET).agg(n=pl.len(), n_gone=_IS_GONE.sum())
    streets = streets.join(_new_of_streets(homes, now, houses), on=_STREET, how="inner", nulls_equal=True)
    streets = streets.filter(
        (pl.col("n") >= _MIN_HOMES) & (pl.col("n_gone") >= _REWRITTEN * pl.col("n"))
        & (pl.col("n_new") >= _IN_PLACE * pl.col("n_gone"))
    )  # fmt: skip
    marked = homes.select(_STREET).join(
        streets.select(_STREET, odd=pl.lit(value=True)), on=_STREET, how="left", nulls_equal=True, maintain_order="left"
    )
    return marked["odd"].fill_null(value=False).alias("is_rewritten")


def by_people(homes: pl.DataFrame, people: pl.DataFrame, now: Kept, secret: bytes) -> pl.DataFrame:
    """Meet homes that are gone by their people: `outcome` and `now_key` change.

    At least one of them has the number it had; the others have theirs or are recognised there. In a street whose codes
    were rewritten the others may be anywhere or gone: they are missed from that home.

    Args:
        homes: With `outcome`, `now_key` and `is_rewritten`.
        people: Of the earlier round (`Baseline.people`).
        now: What this round knows.
        secret: With which tags are made.
    """
    if now.people is None:
        return homes
    lost = people.unique(["key", "home"], keep="first").sort("home", "key", nulls_last=True).with_row_index("who")
    lost = lost.join(homes.filter(_IS_GONE).select("is_rewritten", home="key"), on="home", how="inner")
    here = now.people.join(new_homes(homes, now), left_on="home_key", right_on="key", how="semi")
    found = lost.join(here.select(key="person", place="home_key").unique(), on="key", how="inner")
    of_home = _one_to_one(found)
    lost = lost.join(of_home, on="home", how="inner").sort("who")
    rest = lost.join(found, on=["who", "place"], how="anti", maintain_order="left")
    elsewhere = rest.join(now.people, left_on="key", right_on="person", how="semi")
    salted = rest.with_columns(salt=pl.coalesce("salt", "home"))
    recognised = met_in_home(salted, strangers_of(now.people, people), secret)
    apart = pl.concat([elsewhere, rest.join(recognised, on="who", how="anti")])
    unmet = apart.filter(~pl.col("is_rewritten"))["home"]
    met = of_home.filter(~pl.col("home").is_in(unmet.implode())).select(key="home", by_people="place")
    joined = homes.join(met, on="key", how="left", maintain_order="left")
    outcome = pl.when(pl.col("by_people").is_not_null()).then(pl.lit("corrected")).otherwise("outcome")
    return joined.with_columns(outcome=outcome, now_key=pl.coalesce("by_people", "now_key")).drop("by_people")


def replaced(homes: pl.DataFrame, now: Kept, houses: pl.DataFrame) -> pl.DataFrame:
    """Pass over as many of the gone of a rewritten street as it has new homes left; the others stay in the frame.

    Those worth most stay, so that no deletion raises a score. `is_rewritten` is left with those passed over; they are
    `replaced`, unless hardly a home of their street was met at all: then the street is said as a whole (W107).

    Args:
        homes: With `is_rewritten` and `n_people`, after they were met by their people.
        now: What this round knows.
        houses: For the streets of its homes.
    """
    is_left = _IS_GONE & pl.col("is_rewritten")
    worth = pl.when("coefficient_known").then("coefficient")
    counted = homes.with_row_index("at").with_columns(is_whole=_IS_GONE.mean().over(_STREET) >= _REWRITTEN)
    ranked = counted.filter(is_left).sort(worth, "n_people", "key", nulls_last=True)
    ranked = ranked.with_columns(turn=pl.int_range(pl.len()).over(_STREET))
    ranked = ranked.join(_new_of_streets(homes, now, houses), on=_STREET, how="inner", nulls_equal=True)
    at = ranked.filter(pl.col("turn") < pl.col("n_new"))["at"]
    told = counted.with_columns(is_rewritten=pl.col("at").is_in(at.implode()))
    apart = pl.col("is_rewritten") & ~pl.col("is_whole")
    outcome = pl.when(apart).then(pl.lit(REPLACED)).otherwise("outcome")
    return told.with_columns(outcome=outcome).drop("at", "is_whole")


def new_homes(homes: pl.DataFrame, now: Kept) -> pl.DataFrame:
    """Return `key` and `home` of the homes recorded now that the earlier round did not know, as none of its homes.

    Args:
        homes: Of the earlier round, with `now_key`.
        now: What this round knows.
    """
    known = pl.concat([homes["key"], homes["now_key"].drop_nulls()])
    recorded = now.homes.filter(pl.col("ended").is_not_null())
    return recorded.filter(~pl.col("key").is_in(known.implode())).select("key", "home")


def _new_of_streets(homes: pl.DataFrame, now: Kept, houses: pl.DataFrame) -> pl.DataFrame:
    new = houses.join(new_homes(homes, now), on="home", how="semi").rename({"area_street": _STREET})
    return new.group_by(_STREET).agg(n_new=pl.col("home").n_unique())


def _one_to_one(found: pl.DataFrame) -> pl.DataFrame:
    """Pair `home` with the `place` where most of its people are; one place stands for one home."""
    pairs = found.group_by("home", "place").agg(n=pl.len()).sort("n", "home", "place", descending=[True, False, False])
    pairs = pairs.unique("home", keep="first", maintain_order=True).unique("place", keep="first", maintain_order=True)
    return pairs.select("home", "place")
