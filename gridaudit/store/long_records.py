"""`records.parquet` of an input too large to hold: keys of homes and people, without tags."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from gridaudit import disk
from gridaudit.derive.keyed import keyed
from gridaudit.score import People

# Rows at a time.
_SLICE = 1_000_000
_AREA = ("street", "community", "grid")
_OF_HOMES = {"coefficient": pl.Int64(), "coefficient_known": pl.Boolean(), "lost": pl.Int64()}


def write_long(path: Path, homes: pl.DataFrame, people: People, key: bytes) -> None:
    """Write the records frame by frame.

    Args:
        path: Of the file.
        homes: The frame of homes with `lost`.
        people: Everybody.
        key: For the keys.

    Raises:
        OSError: The disk is full, or the like.
    """
    from pyarrow.parquet import ParquetWriter

    disk.write(path, b"")
    tables = (frame.to_arrow(compat_level=pl.CompatLevel.oldest()) for frame in _frames(homes, people, key))
    first = next(tables)
    with path.open("rb+") as file:
        with ParquetWriter(file, first.schema, compression="lz4", write_statistics=False) as writer:
            writer.write_table(first)
            for table in tables:
                writer.write_table(table)
        file.flush()
        os.fsync(file.fileno())


def _frames(homes: pl.DataFrame, people: People, key: bytes) -> Iterator[pl.DataFrame]:
    for some in homes.iter_slices(_SLICE):
        yield some.select(
            kind=pl.lit("home"), key=keyed(some["home"], key), home=pl.lit(None, dtype=pl.String),
            **{name: pl.col(name).cast(pl.String) for name in _AREA}, **{name: pl.col(name) for name in _OF_HOMES},
        )  # fmt: skip
    is_home = people.places["home"].is_in(homes["home"].implode())
    home = people.places.select(pl.when(is_home).then("home")).to_series()
    places = people.places.drop("home").with_columns(keyed(home, key).alias("home_key"))
    for some in people.rows.iter_slices(_SLICE):
        keys = some.select(pl.col("person").bin.encode("hex"))
        yield pl.concat([keys, places[some["place"]]], how="horizontal").select(
            kind=pl.lit("person"), key="person", home="home_key",
            **{name: pl.col(name).cast(pl.String) for name in _AREA},
            **{name: pl.lit(None, dtype=dtype) for name, dtype in _OF_HOMES.items()},
        )  # fmt: skip
