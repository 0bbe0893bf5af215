"""`records.parquet` of an input too large to hold: keys of homes and people, without tags."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

from gridaudit import disk
from gridaudit.derive.keyed import keyed
from gridaudit.derive.places import AREA_OF
from gridaudit.score import People
from gridaudit.score.frame import NAMELESS

# Rows at a time.
_SLICE = 1_000_000
_OF_HOMES = {"coefficient": pl.Int64(), "coefficient_known": pl.Boolean(), "lost": pl.Int64()}
_SCHEMA = {**dict.fromkeys(("kind", "key", "home", *AREA_OF), pl.String()), **_OF_HOMES}
# A disk with less room than this was full.
_LITTLE = 64 * 1024**2


def write_long(path: Path, homes: pl.DataFrame, people: People, key: bytes) -> None:
    """Write the records frame by frame.

    Args:
        path: Of the file.
        homes: The frame of homes with `lost`.
        people: Everybody.
        key: For the keys.

    Raises:
        OSError: The disk is full, or the like, told without the words of polars.
    """

    def source(*_: object) -> Iterator[pl.DataFrame]:
        yield from _frames(homes, people, key)

    disk.write(path, b"")
    try:
        register_io_source(source, schema=_SCHEMA).sink_parquet(path, compression="lz4", statistics=False)
    except pl.exceptions.PolarsError:
        code = errno.ENOSPC if shutil.disk_usage(path.parent).free < _LITTLE else errno.EIO
        raise OSError(code, os.strerror(code)) from None
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _frames(homes: pl.DataFrame, people: People, key: bytes) -> Iterator[pl.DataFrame]:
    for some in homes.iter_slices(_SLICE):
        yield some.select(
            kind=pl.lit("home"), key=keyed(_met_again(some["home"]), key), home=pl.lit(None, dtype=pl.String),
            **{name: pl.col(name).cast(pl.String) for name in AREA_OF}, **{name: pl.col(name) for name in _OF_HOMES},
        )  # fmt: skip
    places = people.places.drop("home").with_columns(keyed(people.places["home"], key).alias("home_key"))
    for some in people.rows.iter_slices(_SLICE):
        keys = some.select(pl.col("person").bin.encode("hex"))
        yield pl.concat([keys, places[some["place"]]], how="horizontal").select(
            kind=pl.lit("person"), key="person", home="home_key",
            **{name: pl.col(name).cast(pl.String) for name in AREA_OF},
            **{name: pl.lit(None, dtype=dtype) for name, dtype in _OF_HOMES.items()},
        )  # fmt: skip


def _met_again(homes: pl.Series) -> pl.Series:
    """Null for a home without code and address: nobody could meet it again."""
    return homes.to_frame("home").select(pl.when(~pl.col("home").str.starts_with(NAMELESS)).then("home")).to_series()
