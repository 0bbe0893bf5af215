"""Units recorded in part (C113): clearly fewer rooms than the other units of the building show.

A unit that is whole in itself is not asked about for being smaller: fewer flats a floor, shops below, or as high as
another of the compound. Fewer floors are asked about where several others are higher.
"""

from __future__ import annotations

import polars as pl

from gridaudit import schema
from gridaudit.derive.lattice.gap_evidence import nearly_same
from gridaudit.derive.lattice.units import Lattice

_FLOOR = ["unit_id", "floor_no"]
_NAMED = ["area_community", "place", "building_no", "unit_no"]
_SHAPE = ["area_community", "place", "lowest", "highest", "n_positions"]


def units_in_part(lattice: Lattice) -> pl.DataFrame:
    """Return the units that have clearly fewer rooms than the whole units of their building.

    Returns:
        `unit_id`, `n_expected` (rooms by the others), `share` (recorded of these).
    """
    known = schema.lattice()
    units = lattice.units.with_columns(n_alike=pl.len().over(_SHAPE)).filter(
        ~pl.col("is_unitless")
        & pl.col("unit_no").is_not_null()
        & (pl.col("highest") <= known["max_floors"])
        & (pl.col("last_position") <= known["max_positions"])
        & (pl.col("dwellings") >= known["min_dwellings"])
    )
    largest = pl.col("n_rooms").filter("is_lattice").max().over("building_id")
    few = units.filter(pl.col("n_rooms") < known["part_share"] * largest)
    around = units.join(few.select("building_id").unique(), on="building_id", how="semi")
    cells = lattice.cells.join(around.select("unit_id"), on="unit_id", how="semi")
    compared = _compared(few, _whole(around, cells), cells)
    small = compared.filter(
        (pl.col("n_rooms") < known["part_share"] * pl.col("n_expected"))
        & (pl.col("n_beyond") <= (1 - known["whole_share"]) * pl.col("n_rooms"))
        & pl.when(pl.col("n_rooms") < known["part_rooms"]).then("is_between").otherwise(_is_scattered() | _is_cut_off())
    )
    return small.select("unit_id", n_expected=pl.col("n_expected").cast(pl.UInt32), share=_share())


def _share() -> pl.Expr:
    return pl.col("n_rooms") / pl.col("n_expected")


def _whole(units: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """The units with a pattern of which nearly every position is seen wherever it reaches."""
    floor = pl.col("floor_no")
    columns = cells.group_by("unit_id", "position").agg(n_with=pl.len(), between=floor.max() - floor.min() + 1)
    columns = columns.join(units.filter("is_lattice").select("unit_id", "n_floors"), on="unit_id")
    reach = pl.min_horizontal(pl.col("n_floors").cast(pl.Int32), pl.col("between").cast(pl.Int32)).sum()
    filled = columns.group_by("unit_id").agg(filled=pl.col("n_with").sum() / reach)
    whole = filled.filter(pl.col("filled") >= schema.lattice()["whole_share"])
    return units.join(whole.select("unit_id"), on="unit_id", how="semi")


def _compared(few: pl.DataFrame, whole: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Lay each unit over what most of the whole ones have, where these are alike.

    Adds to the units `n_whole`, `n_expected`, `n_beyond` (rooms that the others have not), `expected_*` of the others
    and `own_floors` (floors of the others between the lowest and the highest of the unit), `is_between` by its number.
    """
    number = pl.col("unit_no").cast(pl.Int32, strict=False)
    others = whole.select("building_id", other_id="unit_id", other_rooms="n_rooms", other_number=number)
    pairs = few.select("unit_id", "building_id", number=number).join(others, on="building_id")
    pairs = pairs.filter(pl.col("unit_id") != pl.col("other_id"))
    n_whole = pairs.group_by("unit_id").agg(
        n_whole=pl.len(),
        most_rooms=pl.col("other_rooms").max(),
        is_between=(pl.col("other_number") < pl.col("number")).any()
        & (pl.col("other_number") > pl.col("number")).any(),
    )
    theirs = pairs.select("unit_id", "other_id").join(cells, left_on="other_id", right_on="unit_id")
    theirs = theirs.group_by(*_FLOOR, "position").agg(n_have=pl.len()).join(n_whole, on="unit_id")
    expected = theirs.filter(2 * pl.col("n_have") > pl.col("n_whole")).select(*_FLOOR, "position", is_expected=True)
    ours = cells.join(few.select("unit_id"), on="unit_id", how="semi")
    beyond = ours.join(expected, on=[*_FLOOR, "position"], how="anti").group_by("unit_id").agg(n_beyond=pl.len())
    floor = pl.col("floor_no")
    inside = floor.is_between("lowest", "highest")
    whole_of = expected.join(few.select("unit_id", "lowest", "highest"), on="unit_id").group_by("unit_id").agg(
        n_usual=pl.len(), expected_positions=pl.col("position").n_unique(), own_floors=floor.filter(inside).n_unique(),
        expected_lowest=floor.min(), expected_highest=floor.max(),
    )  # fmt: skip
    table = few.join(n_whole, on="unit_id").join(whole_of, on="unit_id").join(beyond, on="unit_id", how="left")
    table = table.with_columns(pl.col("n_beyond").fill_null(0))
    table = table.with_columns(n_expected=pl.col("n_usual") + pl.col("n_beyond"))
    # Where the others differ among themselves nothing can be expected.
    alike = pl.col("n_usual") >= schema.lattice()["in_part_below"] * pl.col("most_rooms")
    return table.filter(alike)


def _is_scattered() -> pl.Expr:
    """Rooms are unseen here and there within the unit's own floors and positions: it was not built so.

    Where these are fewer than the others have, it may be smaller by design, and more must be unseen.
    """
    known = schema.lattice()
    is_smaller = (
        (pl.col("n_positions") < pl.col("expected_positions"))
        | (pl.col("lowest") > pl.col("expected_lowest"))
        | (pl.col("highest") < pl.col("expected_highest"))
    )
    most = pl.when(is_smaller).then(known["in_part_below"]).otherwise(known["whole_share"])
    return pl.col("n_rooms") < most * pl.col("own_floors") * pl.col("n_positions")


def _is_cut_off() -> pl.Expr:
    """All positions, but far fewer floors than two others have, and no other unit of the compound is like it.

    A few floors lacking at the bottom are shops.
    """
    known = schema.lattice()
    all_positions = pl.col("n_positions") == pl.col("expected_positions")
    above = pl.col("highest") < pl.col("expected_highest")
    below = pl.col("lowest") > pl.col("expected_lowest") + known["max_shop_floors"]
    is_single = pl.col("n_alike") == 1
    far_fewer = _share() < known["in_part_below"]
    return pl.all_horizontal(all_positions, above | below, is_single, far_fewer, pl.col("n_whole") > 1)


def told_otherwise(units: pl.DataFrame, lattice: Lattice) -> pl.DataFrame:
    """Return the `unit_id` of which half the lacking rooms may stand under another spelling, or as rooms not readable.

    Args:
        units: Units of the lattice with `n_expected`.
        lattice: The lattice of the houses.
    """
    lacking = pl.col("n_expected").cast(pl.Int64) - pl.col("n_rooms").cast(pl.Int64)
    named = units.select("unit_id", *_NAMED, "n_expected", "n_rooms", half=0.5 * lacking)
    unread = lattice.others.group_by(_NAMED[:3]).agg(n_there=pl.len())
    unread = named.join(unread, on=_NAMED[:3], nulls_equal=True).filter(pl.col("n_there") >= pl.col("half"))
    spelt = _spelt_otherwise(named, lattice).filter(pl.col("n_there") >= pl.col("half"))
    spelt = spelt.filter(pl.col("n_common") <= 0.2 * pl.min_horizontal("n_there", "n_rooms"))
    return pl.concat([spelt.select("unit_id"), unread.select("unit_id")]).unique()


def _spelt_otherwise(named: pl.DataFrame, lattice: Lattice) -> pl.DataFrame:
    """Pair the units with those that may be the same under another name: `n_there` rooms, `n_common` in both.

    A building with more than this unit is another building: the other units of this one are whole here.
    """
    n_building = pl.col("n_rooms").sum().over("building_id")
    others = lattice.units.filter(2 * n_building <= 3 * pl.col("n_rooms"))
    others = others.select(*_NAMED, other_id="unit_id", n_there="n_rooms")
    by_unit = ["building_no", "unit_no"]
    own, other = pl.col("place"), pl.col("place_right")
    here = named.join(others, on=["area_community", *by_unit], nulls_equal=True)
    here = here.filter((own == "") | (other == "") | nearly_same(own, other))
    away = named.filter(own != "").join(others, on=["place", *by_unit], nulls_equal=True)
    picked = ["unit_id", "other_id", "n_there", "half", "n_rooms"]
    pairs = (
        pl.concat([here.select(picked), away.select(picked)]).unique().filter(pl.col("unit_id") != pl.col("other_id"))
    )
    place = ["floor_no", "position"]
    ours = pairs.select("unit_id", "other_id").join(lattice.cells, on="unit_id")
    both = ours.join(lattice.cells, left_on=["other_id", *place], right_on=["unit_id", *place], how="semi")
    both = both.group_by("unit_id", "other_id").agg(n_common=pl.len())
    return pairs.join(both, on=["unit_id", "other_id"], how="left").with_columns(pl.col("n_common").fill_null(0))
