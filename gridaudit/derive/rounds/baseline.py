"""What an earlier round knew, held against this one: which homes and people are gone and nothing explains it.

A home is met by its key, then by its address, then by its people (`renamed`); the list of dispositions, or "pulled
down" in the earlier round, explains one that is not. People are met by `recognise`. Source of the method:
docs/methods.md, 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from gridaudit import schema
from gridaudit.derive.keyed import keyed, tags
from gridaudit.derive.keys import code_key
from gridaudit.derive.places import AREA, AREA_OF
from gridaudit.derive.rounds.kept import Kept
from gridaudit.derive.rounds.recognise import GONE, WITH_HOME, people_met
from gridaudit.derive.rounds.renamed import by_people, new_homes, replaced, rewritten_streets

SHEET_NO = 65_535  # findings about the gone name the earlier round where others name a sheet
# Shorter codes may differ in where the dash stands alone: 1-1101 and 11-101.
_LONG_CODE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """An earlier round: its name and the two kinds of rows that `score.records` makes; `is_old` where tags are missing.

    Homes: `key`, `house`, `spot`, `ended`, `street`, `community`, `grid`, `coefficient` (thousandths),
    `coefficient_known`. People: `key`, `home` (its key), `salt` (the key with which the tags of a home were made,
    where it is another), `street`, `community`, `grid`, the tags, and `name` and `id_no` where the earlier round was
    read from files.
    """

    name: str
    homes: pl.DataFrame
    people: pl.DataFrame
    is_old: bool = False


class Compared(NamedTuple):
    """The tables `known_homes` and `known_people`: one row per home and person of the baseline."""

    homes: pl.DataFrame
    people: pl.DataFrame | None

    @property
    def gone(self) -> pl.DataFrame | None:
        """People who are gone, alone or with their home: who is forgotten could be deleted by checking twice."""
        return None if self.people is None else self.people.filter(pl.col("outcome").is_in([GONE, WITH_HOME]))


def compare(
    baseline: Baseline, now: Kept, *, houses: pl.DataFrame | None, dispositions: pl.DataFrame | None, secret: bytes
) -> Compared:
    """Hold a baseline against this round.

    Args:
        baseline: The earlier round, its keys made with the same secret.
        now: What this round knows.
        houses: This round's, for the areas; without them nothing is said of homes.
        dispositions: Homes of which a list says what became of them: `house_id`.
        secret: For the keys of these.

    Returns:
        The scope, `home` (its name in this run), `house_id` and the facts of `facts.toml`; order does not depend on
        the files of this round.
    """
    counted = baseline.people.drop_nulls("home").group_by("home").agg(n_people=pl.col("key").n_unique().cast(pl.UInt32))
    homes = _homes(baseline.homes, now, houses, _ended(dispositions, secret))
    homes = homes.join(counted, left_on="key", right_on="home", how="left", maintain_order="left")
    homes = homes.with_columns(pl.col("n_people").fill_null(0))
    if houses is not None:
        homes = homes.with_columns(rewritten_streets(homes, now, houses))
        homes = replaced(by_people(homes, baseline.people, now, secret), now, houses)
    homes = _placed(homes, now, houses)
    people = None
    if now.people is not None:
        people = people_met(baseline.people, now.people, homes, secret, is_old=baseline.is_old)
    if baseline.is_old:
        homes = _unless_replaced(homes, _strange_homes(homes, now, houses), "was_grid")
    return Compared(
        _table(homes, "known_homes", baseline), None if people is None else _table(people, "known_people", baseline)
    )


def not_known(gaps: pl.DataFrame, homes: pl.DataFrame, secret: bytes) -> pl.DataFrame:
    """Leave out the gaps of a room lattice where a home of the earlier round was, which is gone: it is said once."""
    gone = homes.filter(pl.col("outcome") == GONE)["spot"].drop_nulls()
    return gaps.filter(~tags(secret, pl.lit("address"), pl.col("spot")).is_in(gone.implode()).fill_null(value=False))


def _table(frame: pl.DataFrame, table: str, baseline: Baseline) -> pl.DataFrame:
    named = frame.with_columns(round=pl.lit(baseline.name), sheet_no=pl.lit(SHEET_NO, dtype=pl.UInt16))
    facts = schema.facts(table)
    missing = [pl.lit(None, dtype=fact.dtype).alias(name) for name, fact in facts.items() if name not in named.columns]
    return named.with_columns(missing)


def _ended(dispositions: pl.DataFrame | None, secret: bytes) -> pl.Series:
    """Keys of the homes of which a list says what became of them."""
    if dispositions is None:
        return pl.Series([], dtype=pl.String)
    return keyed(code_key(dispositions["house_id"].drop_nulls()), secret)


def _homes(homes: pl.DataFrame, now: Kept, houses: pl.DataFrame | None, ended: pl.Series) -> pl.DataFrame:
    """What became of every home; `now_key` is its key in this round, null for one that is not there."""
    known = homes.filter(pl.col("key").is_not_null()).unique("key", keep="first", maintain_order=True)
    known = known.rename({"house": "house_id", **{name: f"was_{name}" for name in AREA_OF}})
    if houses is None:
        named = known.with_columns(now_key=pl.when(pl.col("key").is_in(now.homes["key"].implode())).then("key"))
        nothing = {"outcome": pl.lit(None, dtype=pl.String), "is_rewritten": pl.lit(value=False)}
        return named.with_columns(**nothing)
    recorded = now.homes.filter(pl.col("ended").is_not_null())
    spots = recorded.drop_nulls("spot").unique("spot", keep="first", maintain_order=True)
    known = known.join(spots.select("spot", by_spot="key"), on="spot", how="left", maintain_order="left")
    known = _with_code_alike(known, recorded)
    is_met = pl.col("key").is_in(recorded["key"].implode())
    is_there = pl.col("key").is_in(now.homes["key"].implode())
    is_named = pl.col("key").is_in(now.homes.filter("named")["key"].implode())
    is_ended = pl.col("ended").fill_null(value=False) | pl.col("key").is_in(ended.implode())
    return known.with_columns(
        outcome=pl.when(is_met).then(pl.lit("met"))
        .when(pl.col("by_spot").is_not_null()).then(pl.lit("corrected"))
        .when(is_ended).then(pl.lit("explained"))
        .when(is_named).then(pl.lit("named"))
        .otherwise(pl.lit(GONE)),
        now_key=pl.when(is_met | (pl.col("by_spot").is_null() & is_there)).then("key").otherwise("by_spot"),
    )  # fmt: skip


def _with_code_alike(known: pl.DataFrame, recorded: pl.DataFrame) -> pl.DataFrame:
    """Fill `by_spot` from codes that differ in dashes alone, where that is one home in either round."""
    plain = pl.col("code").str.to_uppercase().str.replace_all("[-_#]", "")
    was, new = (
        frame.select("key", code=pl.col(code)).with_columns(code=plain)
        for frame, code in ((known, "house_id"), (recorded, "house"))
    )
    was, new = (
        frame.filter((pl.col("code").str.len_bytes() >= _LONG_CODE) & (pl.len().over("code") == 1))
        for frame in (was, new)
    )
    new = new.join(known, on="key", how="anti")
    alike = was.join(new, on="code", suffix="_now").select("key", alike="key_now")
    joined = known.join(alike, on="key", how="left", maintain_order="left")
    return joined.with_columns(by_spot=pl.coalesce("by_spot", "alike")).drop("alike")


def _placed(known: pl.DataFrame, now: Kept, houses: pl.DataFrame | None) -> pl.DataFrame:
    """Add `home` and the area: where the home is now, else where it was."""
    here = now.homes.select("home", now_key="key")
    if houses is None:
        was = [pl.col(f"was_{name}").alias(column) for name, column in AREA_OF.items()]
        return known.join(here, on="now_key", how="left", maintain_order="left").with_columns(was)
    places = houses.filter(~pl.col("is_copy")).drop_nulls("home").unique("home", keep="first", maintain_order=True)
    places = places.select("home", *AREA, is_here=pl.lit(value=True))
    joined = known.join(here.join(places, on="home", how="left"), on="now_key", how="left", maintain_order="left")
    area = [pl.when("is_here").then(column).otherwise(f"was_{name}").alias(column) for name, column in AREA_OF.items()]
    return joined.with_columns(area)


def _strange_homes(homes: pl.DataFrame, now: Kept, houses: pl.DataFrame | None) -> pl.DataFrame:
    """The grids of homes that the earlier round did not know."""
    if houses is None:
        return pl.DataFrame(schema={"was_grid": pl.String})
    return (
        houses.join(new_homes(homes, now), on="home", how="semi")
        .select("home", was_grid="area_grid")
        .unique()
        .drop("home")
    )


def _unless_replaced(frame: pl.DataFrame, strangers: pl.DataFrame, place: str) -> pl.DataFrame:
    """Take back as many of the gone of a place as it has strangers: an older run cannot tell whether they are the same.

    Args:
        frame: With `outcome`, null afterwards for these.
        strangers: One row per stranger, with its place.
        place: The column.
    """
    counts = strangers.group_by(place).agg(n_new=pl.len())
    is_gone = pl.col("outcome") == GONE
    doubtful = is_gone & (is_gone.cum_sum().over(place) <= pl.col("n_new"))
    joined = frame.join(counts, on=place, how="left", nulls_equal=True, maintain_order="left")
    return joined.with_columns(outcome=pl.when(~doubtful.fill_null(value=False)).then("outcome")).drop("n_new")
