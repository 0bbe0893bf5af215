"""What speaks for and against a home in an unseen place of the lattice: its column, its floor, other units, areas."""

from __future__ import annotations

import polars as pl

from gridaudit import schema
from gridaudit.derive.lattice.units import Lattice

_CELL = ["unit_id", "floor_no", "position"]
_OF_OTHERS = [f"{kind}_{what}" for kind in ("same", "other") for what in ("n", "has_floor", "has_room")]
_AT_ONCE = 100_000


def candidates(lattice: Lattice) -> pl.DataFrame:
    """Return the unseen places of every unit with a pattern, with the evidence.

    A place is a floor between the lowest and the highest seen, at a position seen somewhere in the unit. Besides
    `_CELL` and the columns of the unit: `n_with`, `first_floor`, `last_floor` of the position and its `reach` (floors
    between these that are seen at all), `filled` (share of all reaches of the unit that is seen); `n_seen` rooms of the
    floor, `n_plain_absent` floors absent, `in_row` of them together, `skips_taboo` (a number people avoid is absent),
    `neighbours` (share of the usual rooms that the floors around have); `same_*` and `other_*`: comparable units of the
    building and of other buildings of the place (`n`, `has_floor`, `has_room`), `parallel` the first unit that has the
    room; `is_joined`, `is_elsewhere`, `is_repeated` (the same positions absent together on several floors).
    """
    units = lattice.units.filter("is_lattice")
    cells = lattice.cells.join(units.select("unit_id"), on="unit_id", how="semi")
    columns = cells.group_by("unit_id", "position").agg(
        n_with=pl.len(), first_floor=pl.col("floor_no").min(), last_floor=pl.col("floor_no").max()
    )
    columns = _with_reach(columns, units)
    n_places = (pl.col("highest") - pl.col("lowest") + 1).cast(pl.UInt32) * pl.col("n_positions")
    holed = units.filter(n_places > pl.col("n_rooms"))
    seen = cells.join(holed.select("unit_id"), on="unit_id", how="semi")
    floors = _floors(holed, seen)
    missing = (
        floors.join(columns, on="unit_id")
        .join(seen, on=_CELL, how="anti")
        .join(holed, on="unit_id", maintain_order="left")
    )
    missing = _with_parallels(missing, units, columns, cells)
    missing = missing.with_columns(is_joined=_joined(missing, lattice), is_elsewhere=_elsewhere(missing, lattice))
    return _with_repeated(missing)


def _with_reach(columns: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Some positions exist on some floors only: there they are looked at."""
    between = pl.col("last_floor") - pl.col("first_floor") + 1
    reach = pl.min_horizontal(pl.col("n_floors").cast(pl.Int32), between.cast(pl.Int32))
    columns = columns.join(units.select("unit_id", "n_floors"), on="unit_id", how="left").with_columns(reach=reach)
    filled = pl.col("n_with").sum().over("unit_id") / pl.col("reach").sum().over("unit_id")
    return columns.with_columns(filled=filled).drop("n_floors")


def _floors(holed: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """Every floor of the units that lack something; an absent one knows what stands around it."""
    taboo = pl.col("floor_no").is_in(schema.lattice()["taboo_floors"])
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
        skips_taboo=(pl.col("n_seen").is_null() & taboo).any().over("unit_id"),
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
    places = units.group_by("area_community", "place").agg(pl.len(), pl.col("unit_id")).with_row_index("place_id")
    places = places.with_columns(can_ask=(pl.col("len") <= known["max_units_of_place"]) & (pl.col("place") != ""))
    units = units.join(places.explode("unit_id").select("unit_id", "place_id", "can_ask"), on="unit_id")
    has_most = pl.col("n_with") >= known["parallel_share"] * pl.col("n_floors")
    other = units.select(
        "place_id", "can_ask", "building_id", "n_floors", other_id="unit_id", label="unit_no", other_low="lowest",
        other_high="highest", other_positions="n_positions",
    ).join(columns.select("position", "n_with", other_id="unit_id"), on="other_id").filter(has_most)  # fmt: skip
    other = other.drop("n_floors", "n_with")
    compounds = other.filter("can_ask")
    # Some at a time, for each of them has many others to ask.
    gaps = asked.select(
        "gap_id", "unit_id", "building_id", "floor_no", "position", "highest", "n_positions"
    ).join(units.select("unit_id", "place_id"), on="unit_id")  # fmt: skip
    counted = [_asked_of_others(some, other, compounds, cells) for some in [*gaps.iter_slices(_AT_ONCE)] or [gaps]]
    asked = asked.join(pl.concat(counted), on="gap_id", how="left", maintain_order="left")
    return asked.drop("gap_id").with_columns(pl.col(_OF_OTHERS).fill_null(0))


def _asked_of_others(
    own: pl.DataFrame, other: pl.DataFrame, compounds: pl.DataFrame, cells: pl.DataFrame
) -> pl.DataFrame:
    """Count for each gap the units that were asked and what they have, `_OF_OTHERS`, and name a `parallel`."""
    reaches = pl.col("floor_no").is_between(pl.col("other_low"), pl.col("other_high"))
    as_high = (pl.col("highest") - pl.col("other_high")).abs() <= 2
    alike = as_high & (pl.col("n_positions") == pl.col("other_positions"))
    here = own.join(other, on=["building_id", "position"])
    same = here.filter(reaches & (pl.col("unit_id") != pl.col("other_id"))).with_columns(is_same=True)
    around = own.join(compounds.rename({"building_id": "other_building"}), on=["place_id", "position"])
    is_another = pl.col("building_id") != pl.col("other_building")
    elsewhere = around.filter(reaches & alike & is_another).with_columns(is_same=False)
    picked = ("gap_id", "is_same", "other_id", "label", "floor_no", "position")
    pairs = pl.concat([same.select(picked), elsewhere.select(picked)])
    told = cells.join(pairs.select("other_id").unique(), left_on="unit_id", right_on="other_id", how="semi")
    told = told.join(pairs.select("floor_no").unique(), on="floor_no", how="semi")
    floors = told.select("unit_id", "floor_no").unique().with_columns(has_floor=pl.lit(value=True))
    rooms = told.with_columns(has_room=pl.lit(value=True))
    pairs = pairs.join(floors, left_on=["other_id", "floor_no"], right_on=["unit_id", "floor_no"], how="left")
    pairs = pairs.join(
        rooms, left_on=["other_id", "floor_no", "position"], right_on=["unit_id", "floor_no", "position"], how="left"
    )
    counts = {"n": pl.lit(value=True), "has_floor": pl.col("has_floor"), "has_room": pl.col("has_room")}
    of_kind = {"same": pl.col("is_same"), "other": ~pl.col("is_same")}
    return pairs.group_by("gap_id").agg(
        *(
            (holds & has).sum().alias(f"{kind}_{what}")
            for kind, holds in of_kind.items()
            for what, has in counts.items()
        ),
        parallel=pl.col("label").filter("is_same", "has_room").min(),
    )


def _joined(missing: pl.DataFrame, lattice: Lattice) -> pl.Series:
    """Whether a room beside, above or below is so large that it must be two: the place has no room of its own."""
    known = schema.lattice()
    asked = missing.select("unit_id").unique()
    rooms = lattice.rooms.select(*_CELL, "area_m2")
    sized = rooms.filter(pl.col("area_m2") > 0).join(asked, on="unit_id", how="semi")
    usual = pl.col("area_m2").median().over("unit_id", "position")
    large = sized.filter(pl.col("area_m2") >= known["joined_area"] * usual).select(_CELL)
    around = pl.concat(
        large.with_columns(pl.col("floor_no") + up, pl.col("position") + aside)
        for up, aside in ((0, 1), (0, -1), (1, 0), (-1, 0))
    ).cast({"floor_no": pl.Int16, "position": pl.Int16})
    return _is_among(missing, around, _CELL)


def _with_repeated(missing: pl.DataFrame) -> pl.DataFrame:
    """Add whether two or more positions are absent together on two or more floors: nobody misses the same homes twice.

    Seen from the floor (another floor lacks just the same positions) or from the position (another is absent on just
    the same floors), for one home missed besides spoils only one of them.
    """
    seen = missing.lazy().filter(pl.col("n_seen") > 0).select(_CELL)
    together = []
    for line, across in (("floor_no", "position"), ("position", "floor_no")):
        lines = seen.group_by("unit_id", line).agg(pl.col(across).sort()).filter(pl.col(across).list.len() > 1)
        alike = lines.filter(pl.len().over("unit_id", across) > 1)
        together.append(alike.explode(across).select(_CELL))
    repeated = pl.concat(together).collect()
    return missing.with_columns(is_repeated=_is_among(missing, repeated, _CELL))


def _elsewhere(missing: pl.DataFrame, lattice: Lattice) -> pl.Series:
    """Whether the room is recorded under a place or a community written differently.

    A record that stands nearly alone in its unit is taken for that: the same building, unit and room in the community,
    or the same place, building, unit and room in another one. A place of its own tells nothing of another's rooms.
    """
    few = lattice.units.filter(~pl.col("is_lattice")).select("unit_id", "n_rooms")
    stray = lattice.rooms.join(few, on="unit_id")
    tiny = stray.filter((pl.col("n_rooms") <= 2) | (pl.col("place") == ""))
    place = ["building_no", "unit_no", "floor_no", "position"]
    in_place = _is_among(missing, stray.filter(pl.col("place") != ""), ["place", *place])
    return in_place | _in_community(missing, tiny.filter(pl.col("building_no").is_not_null()), lattice, place)


def _in_community(missing: pl.DataFrame, tiny: pl.DataFrame, lattice: Lattice, room: list[str]) -> pl.Series:
    """Whether the room stands in the community without a place, under nearly the same name, or under no real place.

    A place with a unit that has a pattern is a real one; beside a gap without a place any may be it.
    """
    key = ["area_community", *room]
    real = lattice.units.filter("is_lattice").select("area_community", "place").unique()
    real = real.with_columns(is_real=pl.lit(value=True))
    told = tiny.select(*key, "place").unique().join(real, on=["area_community", "place"], how="left")
    gaps = missing.select(*key, "place").with_row_index("gap_id")
    pairs = gaps.join(told, on=key, nulls_equal=True, suffix="_told")
    own, other = pl.col("place"), pl.col("place_told")
    is_it = (own == "") | (other == "") | pl.col("is_real").is_null() | nearly_same(own, other)
    found = pairs.filter(is_it)["gap_id"].unique()
    return gaps.select(pl.col("gap_id").is_in(found.implode())).to_series()


def nearly_same(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Tell whether one name holds the other, or all but one of its characters are the other's."""
    n_common = one.str.split("").list.set_intersection(other.str.split("")).list.len()
    longest = pl.max_horizontal(one.str.len_chars(), other.str.len_chars())
    holds = one.str.contains(other, literal=True) | other.str.contains(one, literal=True)
    return holds | ((longest >= 3) & (n_common >= longest - 1))


def _is_among(missing: pl.DataFrame, known: pl.DataFrame, key: list[str]) -> pl.Series:
    known = known.select(key).unique().with_columns(found=pl.lit(value=True))
    found = missing.select(key).join(known, on=key, how="left", nulls_equal=True, maintain_order="left")["found"]
    return found.fill_null(value=False)
