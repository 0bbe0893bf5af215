"""Meet the people of an earlier round again before anybody is called gone.

By number, then by home and name, by home and a number two characters apart, by name and birth date
(docs/methods.md, 5). Numbers of a kept run cannot be compared; equal parts of a number in one home stand for it there.
A record of death or moving out explains a person. Of a home with another key now, tags are made with the key it had.
"""

from __future__ import annotations

import polars as pl

from gridaudit.derive.places import AREA, AREA_OF
from gridaudit.derive.residents.near_doubles import characters_apart
from gridaudit.derive.rounds.kept import tags_of_home

GONE, WITH_HOME, REPLACED = "gone", "with home", "replaced"
_UNCLEAR = "unclear"
_NEARLY = ["salt", "id_no"]
_IN_HOME = (["salt", "called"], _NEARLY, ["salt", "ends"], ["salt", "born"])
_NEAR = 2


def people_met(
    people: pl.DataFrame, now: pl.DataFrame, homes: pl.DataFrame, secret: bytes, *, is_old: bool
) -> pl.DataFrame:
    """Return everybody of an earlier round with `outcome`; people whose home is gone as a whole are gone with it.

    Where one of the rounds lacks the names or the numbers, or the tags, as many of the gone of a home are passed over
    (null) as there are strangers in it: whether they are the same cannot be told.

    Args:
        people: Those of the earlier round (`Baseline.people`).
        now: Those of this round (`Kept.people`).
        homes: The homes of the earlier round with their `outcome`, and where they are now.
        secret: With which tags are made.
        is_old: The earlier round lacks tags.
    """
    rows = people.unique(["key", "home"], keep="first").sort("key", "home", nulls_last=True).with_row_index("who")
    rows = rows.rename({**{name: f"was_{name}" for name in AREA_OF}, "home": "home_key"})
    of_home = homes.select("home", "house_id", "now_key", *AREA, home_key="key", home_outcome="outcome")
    rows = rows.join(of_home, on="home_key", how="left", maintain_order="left")
    rows = rows.with_columns(salt=pl.coalesce("salt", "home_key"), place=pl.coalesce("now_key", "home_key"))
    present = now.group_by(key="person").agg(pl.col("present").any())
    rows = rows.join(present, on="key", how="left", maintain_order="left")
    is_vague = is_old or any(_lacks(frame, tag) for frame in (people, now) for tag in ("called", "ends"))
    lost = rows.filter(pl.col("present").is_null())
    recognised = _recognised(lost, strangers_of(now, people), secret, is_vague=is_vague)
    rows = rows.join(recognised, on="who", how="left", maintain_order="left")
    by_number = pl.when("present").then(pl.lit("met")).when(~pl.col("present")).then(pl.lit("explained"))
    with_home = pl.when(pl.col("home_outcome").is_in([GONE, REPLACED])).then(pl.lit(WITH_HOME))
    outcome = pl.coalesce(by_number, "recognised", with_home, pl.lit(GONE))
    return rows.drop("id_no").with_columns(
        outcome=pl.when(outcome != _UNCLEAR).then(outcome),
        **{column: pl.coalesce(column, f"was_{name}") for name, column in AREA_OF.items()},
    )


def strangers_of(now: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """People of this round whose key the earlier round did not know, numbered (`whom`)."""
    return now.filter(~pl.col("person").is_in(people["key"].implode())).sort("person").with_row_index("whom")


def met_in_home(lost: pl.DataFrame, strangers: pl.DataFrame, secret: bytes) -> pl.DataFrame:
    """Pair `who` with `whom` in the home where they should be now, one to one.

    Args:
        lost: `who`, `place` (the key of the home now), `salt` (the key it had when tags were made), `id_no`, tags.
        strangers: Of `strangers_of`.
        secret: With which tags are made.
    """
    salts = lost.select("place", "salt").drop_nulls().unique().sort("place", "salt")
    near = strangers.join(salts, left_on="home_key", right_on="place", how="inner", maintain_order="left_right")
    near = near.with_columns(**tags_of_home(secret, pl.col("salt")))
    parts = [pl.DataFrame(schema={"who": pl.UInt32, "whom": pl.UInt32, "present": pl.Boolean})]
    for on in _IN_HOME:
        met = _nearly_numbered(lost, near) if on is _NEARLY else _meeting(lost, near, on)
        parts.append(met)
        lost, near = _without(lost, near, met)
    return pl.concat(parts)


def _recognised(lost: pl.DataFrame, strangers: pl.DataFrame, secret: bytes, *, is_vague: bool) -> pl.DataFrame:
    """Meet people whose number was corrected, by `who`: one to one, so that of two namesakes one may be gone.

    In another home only a name and birth date that stand once on either side will do.
    """
    in_home = met_in_home(lost, strangers, secret)
    lost, strangers = _without(lost, strangers, in_home)
    elsewhere = _meeting(lost, strangers, ["named"])
    outcome = pl.when("present").then(pl.lit("corrected")).otherwise(pl.lit("explained"))
    found = pl.concat([in_home, elsewhere]).select("who", recognised=outcome)
    if not is_vague:
        return found
    lost, strangers = _without(lost, strangers, elsewhere)
    present = strangers.filter("present").with_columns(place="home_key")
    unclear = _meeting(lost, present, ["place"]).select("who", recognised=pl.lit(_UNCLEAR))
    return pl.concat([found, unclear])


def _lacks(people: pl.DataFrame, tag: str) -> bool:
    """Whether a whole round has no names, or no numbers: the column was not there or has another heading."""
    return people[tag].null_count() == people.height


def _without(lost: pl.DataFrame, strangers: pl.DataFrame, met: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    left = lost.join(met, on="who", how="anti", maintain_order="left")
    return left, strangers.join(met, on="whom", how="anti", maintain_order="left")


def _meeting(lost: pl.DataFrame, strangers: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    """Pair `who` with `whom` where the columns are equal, the first with the first."""
    left, right = (
        frame.drop_nulls(on).with_columns(turn=pl.int_range(pl.len()).over(on), n=pl.len().over(on))
        for frame in (lost.select("who", *on), strangers.select("whom", "present", *on))
    )
    if on == ["named"]:
        left, right = left.filter(pl.col("n") == 1), right.filter(pl.col("n") == 1)
    # Of homes that are one now, a stranger may stand in each.
    pairs = left.join(right, on=[*on, "turn"], how="inner").select("who", "whom", "present").sort("who", "whom")
    return pairs.unique("whom", keep="first", maintain_order=True)


def _nearly_numbered(lost: pl.DataFrame, strangers: pl.DataFrame) -> pl.DataFrame:
    """Pair `who` with `whom` of the same home whose numbers are two characters apart; only files tell numbers."""
    left, right = (frame.drop_nulls(_NEARLY) for frame in (lost, strangers))
    pairs = left.select("who", *_NEARLY).join(right.select("whom", "present", *_NEARLY), on="salt", suffix="_now")
    apart = characters_apart(pl.col("id_no"), pl.col("id_no_now"))
    near = pairs.with_columns(apart=apart).filter(pl.col("apart") <= _NEAR).sort("apart", "who", "whom")
    # Nearest first; somebody who is left over by this may still be met in another way.
    near = near.unique("who", keep="first", maintain_order=True).unique("whom", keep="first", maintain_order=True)
    return near.select("who", "whom", "present")
