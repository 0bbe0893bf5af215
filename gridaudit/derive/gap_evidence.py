"""What speaks for and against a home in an unseen place of the lattice: its column, its floor, other units, areas."""

from __future__ import annotations

import polars as pl

from gridaudit import schema
from gridaudit.derive.lattice import Lattice

_CELL = ["unit_id", "floor_no", "position"]


def candidates(lattice: Lattice) -> pl.DataFrame:
    """Return the unseen places of every unit with a pattern, with the evidence.

    A place is a floor between the lowest and the highest seen, at a position seen somewhere in the unit. Besides
    `_CELL` and the columns of the unit: `n_with`, `first_floor`, `last_floor` of the position and its `reach` (floors
    between these that are seen at all), `filled` (share of all reaches of the unit that is seen); `n_seen` rooms of the
    floor, `n_plain_absent` floors absent, `in_row` of them together, `neighbours` (share of the usual rooms that the
    floors around have); `same_*` and `other_*`: comparable units of the building and of other buildings of the place
    (`n`, `has_floor`, `has_room`), `parallel` the first unit that has the room; `is_joined`, `is_elsewhere`.
    """
    units = lattice.units.filter("is_lattice")
    cells = lattice.cells.join(units.select("unit_id"), on="unit_id", how="semi")
    columns = cells.group_by("unit_id", "position").agg(
        n_with=pl.len(), first_floor=pl.col("floor_no").min(), last_floor=pl.col("floor_no").max()
    )
    columns = _with_reach(columns, units)
    n_places = (pl.col("highest") - pl.col("lowest") + 1).cast(pl.UInt32) * pl.col("n_positions")
    holed = units.filter(n_places > pl.col("n_rooms"))
    floors = _floors(holed, cells)
    missing = (
        floors.join(columns, on="unit_id")
        .join(cells, on=_CELL, how="anti")
        .join(holed, on="unit_id", maintain_order="left")
    )
    missing = _with_parallels(missing, units, columns, cells)
    return missing.with_columns(is_joined=_joined(missing, lattice), is_elsewhere=_elsewhere(missing, lattice))


def _with_reach(columns: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Some positions exist on some floors only: there they are looked at."""
    between = pl.col("last_floor") - pl.col("first_floor") + 1
    reach = pl.min_horizontal(pl.col("n_floors").cast(pl.Int32), between.cast(pl.Int32))
    columns = columns.join(units.select("unit_id", "n_floors"), on="unit_id", how="left").with_columns(reach=reach)
    filled = pl.col("n_with").sum().over("unit_id") / pl.col("reach").sum().over("unit_id")
    return columns.with_columns(filled=filled).drop("n_floors")


def _floors(holed: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Every floor of the units that lack something; an absent one knows what stands around it."""
    taboo = pl.col("floor_no").is_in(schema.lattice()["taboo_floors"])
    seen = cells.join(holed.select("unit_id"), on="unit_id", how="semi")
    seen = seen.group_by("unit_id", "floor_no").agg(n_seen=pl.len())
    every = holed.select("unit_id", floor_no=pl.int_ranges("lowest", pl.col("highest") + 1, dtype=pl.Int16))
    floors = every.explode("floor_no").join(seen, on=["unit_id", "floor_no"], how="left", maintain_order="left")
    row = pl.when(pl.col("n_seen").is_not_null())
    floors = floors.with_columns(
        below=row.then("n_seen").forward_fill().over("unit_id"),
        above=row.then("n_seen").backward_fill().over("unit_id"),
        stretch=row.then("floor_no").forward_fill().over("unit_id"),
        usual=pl.col("n_seen").median().over("unit_id"),
        is_plain_absent=pl.col("n_seen").is_null() & ~taboo,
    )
    return floors.select(
        "unit_id", "floor_no", pl.col("n_seen").fill_null(0),
        n_plain_absent=pl.col("is_plain_absent").sum().over("unit_id"),
        in_row=pl.col("is_plain_absent").sum().over("unit_id", "stretch"),
        neighbours=pl.min_horizontal("below", "above") / pl.col("usual"),
    )  # fmt: skip


def _with_parallels(
    missing: pl.DataFrame, units: pl.DataFrame, columns: pl.DataFrame, cells: pl.DataFrame
) -> pl.DataFrame:
    """Ask the units that have the position on most floors and reach over this one: have they the floor, the room?

    Those of other buildings of the same place are asked where they are as high and as wide.
    """
    known = schema.lattice()
    asked = missing.with_row_index("gap_id")
    other = units.join(columns, on="unit_id").filter(pl.col("n_with") >= known["parallel_share"] * pl.col("n_floors"))
    other = other.select(
        "area_community", "place", "position", "building_id", other_id="unit_id", label="unit_no", other_low="lowest",
        other_high="highest", other_positions="n_positions",
    )  # fmt: skip
    own = ("gap_id", "unit_id", "building_id", "area_community", "place", "floor_no", "position", "highest")
    own_columns = asked.select(*own, "n_positions")
    reaches = pl.col("floor_no").is_between(pl.col("other_low"), pl.col("other_high"))
    as_high = (pl.col("highest") - pl.col("other_high")).abs() <= 2
    alike = as_high & (pl.col("n_positions") == pl.col("other_positions"))
    here = own_columns.join(other, on=["building_id", "position"])
    same = here.filter(reaches & (pl.col("unit_id") != pl.col("other_id"))).with_columns(kind=pl.lit("same"))
    n_units = units.group_by("area_community", "place").len().filter(pl.col("len") <= known["max_units_of_place"])
    compounds = other.join(n_units, on=["area_community", "place"], how="semi")
    around = own_columns.filter(pl.col("place") != "").join(
        compounds.rename({"building_id": "other_building"}), on=["area_community", "place", "position"]
    )
    is_another = pl.col("building_id") != pl.col("other_building")
    elsewhere = around.filter(reaches & alike & is_another).with_columns(kind=pl.lit("other"))
    picked = ("gap_id", "kind", "other_id", "label", "floor_no", "position")
    pairs = pl.concat([same.select(picked), elsewhere.select(picked)])
    told = cells.join(pairs.select("other_id").unique(), left_on="unit_id", right_on="other_id", how="semi")
    told = told.join(pairs.select("floor_no").unique(), on="floor_no", how="semi")
    floors = told.select("unit_id", "floor_no").unique().with_columns(has_floor=pl.lit(value=True))
    rooms = told.with_columns(has_room=pl.lit(value=True))
    pairs = pairs.join(floors, left_on=["other_id", "floor_no"], right_on=["unit_id", "floor_no"], how="left")
    pairs = pairs.join(
        rooms, left_on=["other_id", "floor_no", "position"], right_on=["unit_id", "floor_no", "position"], how="left"
    )
    counted = []
    for kind in ("same", "other"):
        of_kind = pairs.filter(pl.col("kind") == kind).group_by("gap_id").agg(
            pl.len().alias(f"{kind}_n"),
            pl.col("has_floor").sum().alias(f"{kind}_has_floor"),
            pl.col("has_room").sum().alias(f"{kind}_has_room"),
            *([pl.col("label").filter("has_room").min().alias("parallel")] if kind == "same" else []),
        )  # fmt: skip
        counted.append(of_kind)
    for of_kind in counted:
        asked = asked.join(of_kind, on="gap_id", how="left", maintain_order="left")
    names = [f"{kind}_{what}" for kind in ("same", "other") for what in ("n", "has_floor", "has_room")]
    return asked.drop("gap_id").with_columns(pl.col(names).fill_null(0))


def _joined(missing: pl.DataFrame, lattice: Lattice) -> pl.Series:
    """Whether a room beside, above or below is so large that it must be two: the place has no room of its own."""
    known = schema.lattice()
    asked = missing.select("unit_id").unique()
    sized = lattice.rooms.filter(pl.col("area_m2") > 0).join(asked, on="unit_id", how="semi")
    usual = pl.col("area_m2").median().over("unit_id", "position")
    large = sized.filter(pl.col("area_m2") >= known["joined_area"] * usual).select(_CELL)
    around = pl.concat(
        large.with_columns(pl.col("floor_no") + up, pl.col("position") + aside)
        for up, aside in ((0, 1), (0, -1), (1, 0), (-1, 0))
    ).cast({"floor_no": pl.Int16, "position": pl.Int16})
    return _is_among(missing, around, _CELL)


def _elsewhere(missing: pl.DataFrame, lattice: Lattice) -> pl.Series:
    """Whether the room is recorded under a place or a community written differently.

    A record that stands nearly alone in its unit is taken for that: the same building, unit and room in the community,
    or the same place, building, unit and room in another one.
    """
    few = lattice.units.filter(~pl.col("is_lattice")).select("unit_id", "n_rooms")
    stray = lattice.rooms.join(few, on="unit_id")
    tiny = stray.filter((pl.col("n_rooms") <= 2) | (pl.col("place") == ""))
    place = ["building_no", "unit_no", "floor_no", "position"]
    in_community = _is_among(missing, tiny.filter(pl.col("building_no").is_not_null()), ["area_community", *place])
    in_place = _is_among(missing, stray.filter(pl.col("place") != ""), ["place", *place])
    return in_community | in_place


def _is_among(missing: pl.DataFrame, known: pl.DataFrame, key: list[str]) -> pl.Series:
    known = known.select(key).unique().with_columns(found=pl.lit(value=True))
    found = missing.select(key).join(known, on=key, how="left", nulls_equal=True, maintain_order="left")["found"]
    return found.fill_null(value=False)
