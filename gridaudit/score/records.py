"""What a run keeps of homes and people, so that the next one can be held against it: keys, areas, marks."""

from __future__ import annotations

import polars as pl

from gridaudit.derive.places import AREA_OF, BY_LEVEL
from gridaudit.derive.rounds.baseline import Baseline
from gridaudit.derive.rounds.kept import TAGS, Kept

# In the frame a home known from an earlier round alone is named by its key.
BY_KEY = "~"
RECORDS: dict[str, pl.DataType] = {
    "kind": pl.String(), "key": pl.String(), "home": pl.String(), "street": pl.String(), "community": pl.String(),
    "grid": pl.String(), "coefficient": pl.Int64(), "coefficient_known": pl.Boolean(), "lost": pl.Int64(),
    "house": pl.String(), "spot": pl.UInt32(), "ended": pl.Boolean(), **dict.fromkeys(TAGS, pl.UInt32()),
    "salt": pl.String(),
}  # fmt: skip


def records(homes: pl.DataFrame, now: Kept) -> pl.DataFrame:
    """Return one row per home of the frame and per person present or missed (columns of `RECORDS`).

    Args:
        homes: The frame with `lost`. A home without code and address gets no key: nobody could meet it again.
        now: What this round knows.
    """
    own = homes.join(now.homes, on="home", how="left", maintain_order="left")
    given = pl.when(pl.col("home").str.starts_with(BY_KEY)).then(pl.col("home").str.slice(len(BY_KEY)))
    kept = own.with_columns(kind=pl.lit("home"), key=pl.coalesce("key", given), home=pl.lit(None, dtype=pl.String))
    parts = [_complete(kept)]
    if now.people is not None:
        present = now.people.filter("present")
        parts.append(_complete(present.with_columns(kind=pl.lit("person"), key="person", home="home_key")))
    if now.gone is not None:
        parts.append(_complete(now.gone.with_columns(*BY_LEVEL, kind=pl.lit("person"), home="place")))
    return pl.concat(parts)


def baseline_of(name: str, kept: pl.DataFrame, *, names: pl.DataFrame | None = None) -> Baseline:
    """Return an earlier round as this one is held against it.

    Args:
        name: A run or a file.
        kept: What `records` made, of this version or an older one that kept less.
        names: `person`, `name` and `id_no`, where the round was read from files.
    """
    is_old = not set(RECORDS) <= set(kept.columns)
    complete = _complete(kept)
    people = complete.filter(pl.col("kind") == "person").select("key", "home", "salt", *AREA_OF, *TAGS)
    if names is None:
        people = people.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in ("name", "id_no"))
    else:
        single = names.unique("person", keep="first", maintain_order=True).rename({"person": "key"})
        people = people.join(single, on="key", how="left", maintain_order="left")
    homes = complete.filter(pl.col("kind") == "home").drop("kind", "home", "lost", "salt", *TAGS)
    return Baseline(name=name, homes=homes, people=people, is_old=is_old)


def _complete(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in RECORDS.items()
    )
