"""Numbers of units and buildings that are skipped (C112): 1 and 3 are recorded, 2 is not. Never homes missed.

Of units also the first (2 and 3 are recorded) and the last, where every other building of the kind has it.
"""

from __future__ import annotations

import polars as pl

from gridaudit import schema
from gridaudit.derive.lattice.units import Lattice

_FEWEST = {"units": 2, "buildings": 3}


def skipped_numbers(lattice: Lattice) -> pl.DataFrame:
    """Return one row per building with numbered units and one per compound with numbered buildings.

    Returns:
        `unit_id` (one of its units), `sheet_no`, `compound`, `place`, `building` (null for a compound), `kind` (units
        or buildings), `skipped` (numbers of which nothing is recorded, null for none),
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
    runs = _runs(units, ["building_id"], "unit_no", "units", known["max_units"])
    of_units = _told(runs.join(_ends(runs, lattice), on="building_id", how="left", maintain_order="left"), "units")
    runs = _runs(buildings, ["area_community", "place"], "building_no", "buildings", known["max_buildings"])
    of_buildings = _told(runs.with_columns(first_too=None, last_too=None), "buildings")
    return pl.concat([of_units, of_buildings], how="diagonal_relaxed")


def _runs(numbered: pl.DataFrame, key: list[str], name: str, kind: str, most: int) -> pl.DataFrame:
    """The numbers of each group with a pattern."""
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
    return groups.filter(pl.col("n_patterned") >= 1)


def _ends(runs: pl.DataFrame, lattice: Lattice) -> pl.DataFrame:
    """Whether the first unit lacks (`first_too`), and the last (`last_too`), of each building.

    Not where homes of the building name no unit or another kind of unit, or no room that can be read: they may be it.
    Units that are numbered on from building to building begin anywhere.
    """
    known = schema.lattice()
    unread = lattice.others.select("area_community", "place", "building_no").unique()
    shape = lattice.units.join(unread, on=unread.columns, how="anti", nulls_equal=True).group_by("building_id").agg(
        pl.col("area_community", "place").first(),
        n_units=pl.len(),
        height=pl.col("highest").filter("is_lattice").median(),
        width=pl.col("n_positions").filter("is_lattice").median(),
    )  # fmt: skip
    numbers = runs.select("building_id", "n_patterned", first=pl.col("number").list.min(),
                          last=pl.col("number").list.max(), n_numbers=pl.col("number").list.len())  # fmt: skip
    rows = numbers.join(shape, on="building_id")
    place = ["area_community", "place"]
    n_others = pl.len().over(place) - 1
    n_begin = (pl.col("first") == 1).sum().over(place)
    others_begin = (pl.col("place") == "") | (n_begin >= known["sisters_agreeing"] * n_others)
    alike = [*place, "height", "width"]
    # All others end at the same number: where they differ, so may this one.
    next_last, very_last = pl.col("last").sort().slice(1, 1).first().over(alike), pl.col("last").max().over(alike)
    a_unit_more = (next_last == pl.col("last") + 1) & (very_last == next_last)
    enough = (pl.len().over(alike) > known["min_sister_buildings"]) & (pl.col("place") != "")
    is_clear = (pl.col("n_units") == pl.col("n_numbers")) & (pl.col("n_patterned") >= _FEWEST["units"])
    return rows.select(
        "building_id",
        first_too=is_clear & (pl.col("first") == 2) & others_begin,
        last_too=is_clear & (pl.col("first") == 1) & enough & a_unit_more,
    )


def _told(groups: pl.DataFrame, kind: str) -> pl.DataFrame:
    """What is missing between the lowest and the highest number of each group, or at its ends."""
    known = schema.lattice()
    groups = groups.filter(pl.col("n_patterned") >= _FEWEST[kind])
    before, after = (pl.col(name).fill_null(value=False).cast(pl.Int32) for name in ("first_too", "last_too"))
    lowest, highest = pl.col("number").list.min() - before, pl.col("number").list.max() + after
    every = pl.int_ranges(lowest, highest + 1, dtype=pl.Int32)
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
