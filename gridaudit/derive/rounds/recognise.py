"""Meet the people of an earlier round again before anybody is called gone.

By number, then by home and name, by home and a number two characters apart, by name and birth date (methods.md 1.3 B10
and B11, 8). Numbers of a kept run cannot be compared; equal parts of a number in one home stand for it there. A record
of death or moving out explains a person.
"""

from __future__ import annotations

import polars as pl

from gridaudit.derive.places import AREA
from gridaudit.derive.residents.near_doubles import characters_apart
from gridaudit.derive.rounds.kept import with_number_tags

GONE, WITH_HOME = "gone", "with home"
_AREA = dict(zip(("street", "community", "grid"), AREA, strict=True))
_NEARLY = ["home_key", "id_no"]
_NEAR = 2


def people_met(people: pl.DataFrame, now: pl.DataFrame, homes: pl.DataFrame, secret: bytes) -> pl.DataFrame:
    """Return everybody of an earlier round with `outcome`; people whose home is gone as a whole are gone with it.

    Args:
        people: Those of the earlier round (`Baseline.people`).
        now: Those of this round (`Kept.people`).
        homes: The homes of the earlier round with their `outcome`, and where they are now.
        secret: With which tags are made.
    """
    rows = people.unique(["key", "home"], keep="first").sort("key", "home", nulls_last=True).with_row_index("who")
    rows = rows.rename({**{name: f"was_{name}" for name in _AREA}, "home": "home_key"})
    of_home = homes.select("home", "house_id", *AREA, home_key="key", home_outcome="outcome")
    rows = rows.join(of_home, on="home_key", how="left", maintain_order="left")
    present = now.group_by(key="person").agg(pl.col("present").any())
    rows = rows.join(present, on="key", how="left", maintain_order="left")
    strangers = now.filter(~pl.col("person").is_in(rows["key"].implode())).sort("person").with_row_index("whom")
    strangers = with_number_tags(strangers, secret)
    recognised = _recognised(rows.filter(pl.col("present").is_null()), strangers)
    rows = rows.join(recognised, on="who", how="left", maintain_order="left")
    by_number = pl.when("present").then(pl.lit("met")).when(~pl.col("present")).then(pl.lit("explained"))
    with_home = pl.when(pl.col("home_outcome") == GONE).then(pl.lit(WITH_HOME))
    return rows.drop("id_no").with_columns(
        outcome=pl.coalesce(by_number, "recognised", with_home, pl.lit(GONE)),
        **{column: pl.coalesce(column, f"was_{name}") for name, column in _AREA.items()},
    )


def _recognised(lost: pl.DataFrame, strangers: pl.DataFrame) -> pl.DataFrame:
    """Meet people whose number was corrected, by `who`: one to one, so that of two namesakes one may be gone.

    In another home only a name and birth date that stand once on either side will do.
    """
    parts = [pl.DataFrame(schema={"who": pl.UInt32, "recognised": pl.String})]
    for on in (["home_key", "called"], _NEARLY, ["home_key", "ends"], ["home_key", "born"], ["named"]):
        met = _nearly_numbered(lost, strangers) if on is _NEARLY else _meeting(lost, strangers, on)
        outcome = pl.when("present").then(pl.lit("corrected")).otherwise(pl.lit("explained"))
        parts.append(met.select("who", recognised=outcome))
        lost = lost.join(met, on="who", how="anti", maintain_order="left")
        strangers = strangers.join(met, on="whom", how="anti", maintain_order="left")
    return pl.concat(parts)


def _meeting(lost: pl.DataFrame, strangers: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    """Pair `who` with `whom` where the columns are equal, the first with the first."""
    left, right = (
        frame.drop_nulls(on).with_columns(turn=pl.int_range(pl.len()).over(on), n=pl.len().over(on))
        for frame in (lost.select("who", *on), strangers.select("whom", "present", *on))
    )
    if on == ["named"]:
        left, right = left.filter(pl.col("n") == 1), right.filter(pl.col("n") == 1)
    return left.join(right, on=[*on, "turn"], how="inner").select("who", "whom", "present")


def _nearly_numbered(lost: pl.DataFrame, strangers: pl.DataFrame) -> pl.DataFrame:
    """Pair `who` with `whom` of the same home whose numbers are two characters apart; only files tell numbers."""
    left, right = (frame.drop_nulls(_NEARLY) for frame in (lost, strangers))
    pairs = left.select("who", *_NEARLY).join(right.select("whom", "present", *_NEARLY), on="home_key", suffix="_now")
    apart = characters_apart(pl.col("id_no"), pl.col("id_no_now"))
    near = pairs.with_columns(apart=apart).filter(pl.col("apart") <= _NEAR).sort("apart", "who", "whom")
    # Nearest first; somebody who is left over by this may still be met in another way.
    near = near.unique("who", keep="first", maintain_order=True).unique("whom", keep="first", maintain_order=True)
    return near.select("who", "whom", "present")
