"""`records.parquet`: keys of homes and of people with grid, coefficient and loss, by which rounds are compared."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

from gridaudit import disk
from gridaudit.judge import keyed
from gridaudit.score import Outcome, People

# Rows at a time where they are many.
_SLICE = 1_000_000
_AREA = ("street", "community", "grid")
_OF_HOMES = {"coefficient": pl.Int64(), "coefficient_known": pl.Boolean(), "lost": pl.Int64()}
_SCHEMA = {**dict.fromkeys(("kind", "key", "home", *_AREA), pl.String()), **_OF_HOMES}
# A disk with less room than this was full.
_LITTLE = 64 * 1024**2


def records(outcome: Outcome, key: bytes) -> Iterator[pl.DataFrame]:
    """Yield the records of homes, then those of people; of a large input some at a time.

    Args:
        outcome: Whose homes and people are meant.
        key: For the keys.
    """
    homes, people = outcome.card.homes, outcome.people
    if isinstance(people, People):
        yield from (_of_homes(some, key) for some in homes.iter_slices(_SLICE))
        yield from (_of_people(some) for some in _many(people, homes["home"], key))
        return
    kept = _of_homes(homes, key)
    yield kept
    if people is not None:
        by_home = kept.select(home=homes["home"], home_key="key")
        yield _of_people(people.join(by_home, on="home", how="left", maintain_order="left"))


def write_long(path: Path, frames: Iterator[pl.DataFrame]) -> None:
    """Write records that are too many to hold, frame by frame.

    Args:
        path: Of the file.
        frames: What `records` yields.

    Raises:
        OSError: The disk is full, or the like, told without the words of polars.
    """

    def source(*_: object) -> Iterator[pl.DataFrame]:
        yield from frames

    disk.write(path, b"")
    try:
        register_io_source(source, schema=_SCHEMA).sink_parquet(path, compression="lz4", statistics=False)
    except pl.exceptions.PolarsError:
        code = errno.ENOSPC if shutil.disk_usage(path.parent).free < _LITTLE else errno.EIO
        raise OSError(code, os.strerror(code)) from None
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _of_homes(homes: pl.DataFrame, key: bytes) -> pl.DataFrame:
    return homes.select(
        kind=pl.lit("home"), key=keyed(homes["home"], key), home=pl.lit(None, dtype=pl.String),
        **{name: pl.col(name).cast(pl.String) for name in _AREA}, **{name: pl.col(name) for name in _OF_HOMES},
    )  # fmt: skip


def _of_people(people: pl.DataFrame) -> pl.DataFrame:
    return people.select(
        kind=pl.lit("person"), key="person", home="home_key",
        **{name: pl.col(name).cast(pl.String) for name in _AREA},
        **{name: pl.lit(None, dtype=dtype) for name, dtype in _OF_HOMES.items()},
    )  # fmt: skip


def _many(people: People, homes: pl.Series, key: bytes) -> Iterator[pl.DataFrame]:
    """People with `home_key`, the key of the home where it is one of these homes."""
    is_home = people.places["home"].is_in(homes.implode())
    home = people.places.select(pl.when(is_home).then("home")).to_series()
    places = people.places.drop("home").with_columns(keyed(home, key).alias("home_key"))
    for some in people.rows.iter_slices(_SLICE):
        yield pl.concat([some.select(pl.col("person").bin.encode("hex")), places[some["place"]]], how="horizontal")
