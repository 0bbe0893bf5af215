"""Numbers of units and buildings that are skipped (C112): 1 and 3 are recorded, 2 is not. Never homes missed."""

from __future__ import annotations

import polars as pl

from gridaudit import schema
from gridaudit.derive.lattice.units import Lattice

_FEWEST = {"units": 2, "buildings": 3}


def skipped_numbers(lattice: Lattice) -> pl.DataFrame:
    """Return one row per building with numbered units and one per compound with numbered buildings.

    Returns:
        `unit_id` (one of its units), `sheet_no`, `compound`, `place`, `building` (null for a compound), `kind` (units
        or buildings), `skipped` (numbers between the first and the last of which nothing is recorded, null for none),
        `seen`, `n_expected` (rooms they would have, by the median of the others).
    """
    known = schema.lattice()
    units = lattice.units.filter(pl.col("unit_no").is_not_null())
    whole = lattice.units.group_by("building_id").agg(
        *(pl.col(name).first() for name in ("area_community", "place", "building_no")),
        pl.col("unit_id", "sheet_no", "compound").min(),
        pl.col("n_rooms").sum(),
        pl.col("is_lattice").any(),
    )
    unread = lattice.others.select("area_community", "place", "building_no").unique()
    buildings = pl.concat([whole, unread], how="diagonal_relaxed").filter(pl.col("place") != "")
    of_units = _runs(units, ["building_id"], "unit_no", "units", known["max_units"])
    of_buildings = _runs(buildings, ["area_community", "place"], "building_no", "buildings", known["max_buildings"])
    return pl.concat([of_units, of_buildings], how="diagonal_relaxed")


def _runs(numbered: pl.DataFrame, key: list[str], name: str, kind: str, most: int) -> pl.DataFrame:
    """What is missing between the lowest and the highest number of each group."""
    known = schema.lattice()
    rows = numbered.with_columns(number=pl.col(name).cast(pl.Int32, strict=False)).filter(
        pl.col("number").is_between(1, most)
    )
    groups = rows.group_by(key).agg(
        pl.col("number").unique().sort(),
        *(pl.col(column).min() for column in ("unit_id", "sheet_no", "compound")),
        usual=pl.col("n_rooms").filter("is_lattice").median(),
        n_patterned=pl.col("is_lattice").sum(),
        place_of=pl.col("place").first(),
        building=pl.col("building_no").first() if kind == "units" else pl.lit(None, dtype=pl.String),
    )
    groups = groups.filter(pl.col("n_patterned") >= _FEWEST[kind])
    every = pl.int_ranges(pl.col("number").list.min(), pl.col("number").list.max() + 1, dtype=pl.Int32)
    lacking = every.list.set_difference("number")
    if kind == "buildings":
        lacking = lacking.list.set_difference(pl.lit(known["taboo_floors"], dtype=pl.List(pl.Int32)))
    groups = groups.with_columns(lacking=lacking.list.sort())
    few = pl.col("lacking").list.len() <= known["max_skipped_share"] * every.list.len()
    is_told = (pl.col("lacking").list.len() > 0) & (few | (pl.lit(kind) == "units"))
    return groups.select(
        "unit_id", "sheet_no", "compound", "building", place="place_of", kind=pl.lit(kind),
        skipped=pl.when(is_told).then(_written("lacking")), seen=_written("number"),
        n_expected=(pl.col("usual") * pl.col("lacking").list.len()).round().cast(pl.UInt32),
    )  # fmt: skip


def _written(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.List(pl.String)).list.join(", ")
