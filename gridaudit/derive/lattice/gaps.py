"""Gaps of the room lattice (C104): how much each is believed, and the table that the rules ask.

Tiers A to E are asked about, F and G are not. The belief in a tier is a Beta distribution over "a missed home", to
which the answers of the collectors are added.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import polars as pl

from gridaudit import schema
from gridaudit.derive.keys import PERSONAL_NUMBER, spot
from gridaudit.derive.lattice.gap_evidence import candidates
from gridaudit.derive.lattice.parts import told_otherwise, units_in_part
from gridaudit.derive.lattice.skipped import skipped_numbers
from gridaudit.derive.lattice.units import Lattice
from gridaudit.derive.places import AREA

TIERS = ("A", "B", "C", "D", "E", "F", "G")
_ASKED = ("A", "B", "C", "D", "E")
_LONGEST_NAME = 30

Answers: TypeAlias = Mapping[str, tuple[int, int]]


def posterior(tier: str, confirmed: int = 0, refuted: int = 0) -> float:
    """Return how likely a gap of `tier` is a missed home.

    Args:
        tier: A to G.
        confirmed: Gaps of the tier that turned out to be homes.
        refuted: Gaps of the tier where there is no such room.
    """
    homes, none = schema.lattice()["prior"][tier]
    return float((homes + confirmed) / (homes + none + confirmed + refuted))


def find_gaps(lattice: Lattice, answers: Answers | None = None) -> pl.DataFrame:
    """Return the table `gaps` with the facts of `facts.toml`, in an order that does not depend on the file's.

    Its rows are of four kinds: `room`, an unseen place of a lattice; `part`, a unit recorded in part; `units` and
    `buildings`, what their numbers skip.

    Args:
        lattice: The lattice of the houses.
        answers: Confirmed and refuted gaps by tier, from earlier rounds.
    """
    belief = {tier: posterior(tier, *(answers or {}).get(tier, (0, 0))) for tier in TIERS}
    found = _without_odd_ends(_with_tier(candidates(lattice)), lattice)
    found = found.join(_grids(lattice.rooms, found), on="unit_id", how="left", maintain_order="left")
    found = _explained(found, lattice)
    found = found.with_columns(confidence=pl.col("tier").replace_strict(belief, return_dtype=pl.Float64))
    small = units_in_part(lattice)
    found = _in_part(found, small)
    rooms = _labelled(found, lattice).with_columns(kind=pl.lit("room"))
    parts = _parts(found, small, lattice)
    table = pl.concat([rooms, parts, skipped_numbers(lattice)], how="diagonal_relaxed")
    table = table.join(_grids(lattice.rooms, table), on="unit_id", how="left", maintain_order="left")
    communities = lattice.units.select("unit_id", area_community=pl.col("area_community").replace("", None))
    table = table.join(communities, on="unit_id", how="left", maintain_order="left")
    return _as_facts(table)


def _with_tier(found: pl.DataFrame) -> pl.DataFrame:
    """The tiers of docs/methods.md, 4, with more asked of a gap before it is believed: see `schema/lattice.toml`.

    Also `end`: top or bottom, for a room of the last or first floor whose position is seen on the floor beside it.
    """
    known = schema.lattice()
    floor, is_seen = pl.col("floor_no"), pl.col("n_seen") > 0
    share = pl.col("n_with") / (pl.col("n_floors") - is_seen)
    inside = floor.is_between(pl.col("first_floor"), pl.col("last_floor"), closed="none")
    at_top = (floor == pl.col("highest")) & (pl.col("last_floor") == floor - 1)
    at_bottom = (floor == pl.col("lowest")) & (pl.col("first_floor") == floor + 1)
    reach = pl.col("reach")
    n_absent = reach - pl.col("n_with").cast(pl.Int32)
    is_regular = (n_absent <= 2) | (n_absent <= known["max_absent_share"] * reach)
    within = pl.col("n_with") / (reach - is_seen)
    agreeing, in_few = known["min_agreeing"], known["parallel_share"]
    has_parallel = (pl.col("same_has_room") > 0) & (pl.col("same_has_room") >= agreeing * pl.col("same_n"))
    is_alone = pl.col("same_n") == 0
    others_agree = pl.col("other_has_room") >= agreeing * pl.col("other_n")
    in_column = is_seen & (within >= known["single_share"]) & inside & (pl.col("n_with") >= known["min_column"])
    nobody_has = (~is_alone & (pl.col("same_has_room") == 0)) | ~others_agree
    tier = {
        "A": is_seen & (share >= in_few) & is_regular & has_parallel & (inside | at_top | at_bottom),
        "B": in_column & is_alone & others_agree,
        "C": in_column & nobody_has,
        "D": ~is_seen & (share >= in_few) & has_parallel & (pl.col("in_row") <= known["max_floors_in_row"]),
        "E": ~is_seen & (share >= known["floor_share"]) & _floor_is_expected(),
        "F": is_seen & (share >= in_few),
    }
    more_absent = (pl.col("n_plain_absent").cast(pl.Int32) - 1).clip(0)
    is_patterned = pl.col("filled") * pl.col("n_floors") >= known["min_filled"] * (pl.col("n_floors") + more_absent)
    tier = {name: holds & is_patterned if name != "F" else holds for name, holds in tier.items()}
    first = pl.coalesce(pl.when(holds).then(pl.lit(name)) for name, holds in tier.items())
    end = pl.when(inside).then(pl.lit("inside")).when(at_top).then(pl.lit("top")).otherwise(pl.lit("bottom"))
    return found.with_columns(tier=first.fill_null("G"), end=end)


def _floor_is_expected() -> pl.Expr:
    """No other unit has the floor: a number nobody avoids, full floors around, no building too high or too odd.

    Where other units are there and lack it as well, the other buildings of the compound must have it; without other
    buildings, it must be a floor inside a low building that lies over two (a flat on two floors is entered below).
    """
    known = schema.lattice()
    is_plain = ~pl.col("floor_no").is_in(known["taboo_floors"]) & (pl.col("highest") < known["refuge_height"])
    is_single = (pl.col("in_row") == 1) & (pl.col("n_plain_absent") <= known["max_floors_in_row"])
    is_full = (pl.col("neighbours") >= known["min_neighbour"]) & (pl.col("n_with") >= known["min_column"])
    is_alone, others_agree = pl.col("same_n") == 0, _others_have_floor(known["min_agreeing"])
    has_sisters = (pl.col("other_n") >= known["min_sisters"]) & _others_have_floor(known["sisters_agreeing"])
    is_low = (pl.col("highest") <= known["walk_up"]) & (pl.col("other_n") == 0) & (pl.col("n_plain_absent") == 1)
    is_inner = (pl.col("floor_no") >= pl.col("lowest") + 2) & (pl.col("floor_no") <= pl.col("highest") - 2)
    in_all = (pl.col("same_has_floor") == 0) & (has_sisters | (is_low & is_inner & ~pl.col("skips_taboo")))
    return pl.all_horizontal(is_plain, is_single, is_full, (is_alone & others_agree) | (~is_alone & in_all))


def _others_have_floor(share: float) -> pl.Expr:
    return pl.col("other_has_floor") >= pl.col("other_n") * share


def _without_odd_ends(found: pl.DataFrame, lattice: Lattice) -> pl.DataFrame:
    """Where far more is unseen at the tops (or bottoms) than inside, they are built so: flats of their own, shops."""
    units = lattice.units.filter(pl.col("is_lattice") & (pl.col("is_lattice").sum().over("building_id") > 1))
    at_end, n_rooms = int(units["n_positions"].sum()), int(units["n_rooms"].sum())
    inside = n_rooms - 2 * at_end
    n_gaps = dict(found.filter(pl.col("tier") == "A").group_by("end").len().iter_rows())
    usual = at_end * n_gaps.get("inside", 0) / max(inside, 1)
    odd = [end for end in ("top", "bottom") if n_gaps.get(end, 0) > 1.5 * usual + 3 * (usual + 1) ** 0.5]
    is_odd = (pl.col("tier") == "A") & pl.col("end").is_in(odd)
    return found.with_columns(tier=pl.when(is_odd).then(pl.lit("F")).otherwise("tier"))


def _explained(found: pl.DataFrame, lattice: Lattice) -> pl.DataFrame:
    """What the register itself explains is not asked: a joined flat, a layout, another spelling, rooms not readable.

    Homes without a readable room may be the ones that are missing, in their building, compound or grid.
    """
    asked = pl.col("tier").is_in(_ASKED)
    has_building, has_place = pl.col("building_no").is_not_null(), pl.col("place") != ""
    levels = {
        ("area_community", "place", "building_no"): has_building,
        ("area_community", "place"): ~has_building & has_place,
        ("area_grid",): ~has_building & ~has_place,
    }
    is_joined = pl.col("is_joined") & (pl.col("n_seen") > 0)
    is_design = pl.col("is_repeated") & (pl.col("same_has_room") == 0)
    told = is_joined | pl.col("is_elsewhere") | is_design
    is_open = asked & ~told & (pl.col("tier") != "C")
    unread = pl.lit(value=False)
    for key, is_known in levels.items():
        counted = lattice.others.filter(is_known).group_by(key).agg(pl.len().alias(f"unread_{len(key)}"))
        found = found.join(counted, on=key, how="left", nulls_equal=True, maintain_order="left")
        unread |= (is_open.sum().over(key) <= pl.col(f"unread_{len(key)}")).fill_null(value=False)
    return found.with_columns(tier=pl.when(asked & (told | unread)).then(pl.lit("G")).otherwise("tier"))


def _in_part(found: pl.DataFrame, small: pl.DataFrame) -> pl.DataFrame:
    """Tell units of which much is unseen here and there: the unit is asked about, not room after room.

    Those of `small`, which have fewer rooms than other units, are asked about where they have far fewer or where
    nothing would be asked otherwise.
    """
    known = schema.lattice()
    scattered = pl.col("tier").is_in(["A", "B", "C", "F"]).sum().over("unit_id")
    n_gaps = scattered + pl.col("tier").is_in(["D", "E"]).sum().over("unit_id")
    is_much = (scattered >= known["in_part_gaps"]) & (n_gaps > known["in_part_share"] * (pl.col("n_rooms") + n_gaps))
    is_asked = (pl.col("tier").is_in(_ASKED) & (pl.col("confidence") >= 0.5)).any().over("unit_id")
    found = found.join(small.select("unit_id", "share"), on="unit_id", how="left", maintain_order="left")
    is_small = (pl.col("share") < known["in_part_below"]) | (pl.col("share").is_not_null() & ~is_asked)
    in_part = is_much | is_small.fill_null(value=False)
    return found.with_columns(n_gaps=n_gaps.cast(pl.UInt32), in_part=in_part)


def _parts(found: pl.DataFrame, small: pl.DataFrame, lattice: Lattice) -> pl.DataFrame:
    """One row per unit recorded in part, where another unit of the building is not: so it is no way of building."""
    told = found.filter("in_part").unique("unit_id").select("unit_id", "n_gaps")
    whole = lattice.units.filter("is_lattice").join(told, on="unit_id", how="anti").select("building_id").unique()
    asked_by_room = found.filter(~pl.col("in_part")).select("unit_id").unique()
    units = lattice.units.join(told, on="unit_id", how="left", maintain_order="left")
    units = units.join(small, on="unit_id", how="left", maintain_order="left")
    units = units.filter(pl.col("n_gaps").is_not_null() | pl.col("n_expected").is_not_null())
    units = units.join(whole, on="building_id", how="semi").join(asked_by_room, on="unit_id", how="anti")
    by_pattern = (pl.col("n_rooms") + pl.col("n_gaps")).cast(pl.UInt32)
    units = units.with_columns(n_expected=pl.coalesce("n_expected", by_pattern))
    units = units.join(told_otherwise(units, lattice), on="unit_id", how="anti")
    return units.select(
        "unit_id", "sheet_no", "compound", "place", building="building_no", unit="unit_no", kind=pl.lit("part"),
        n_rooms=pl.col("n_rooms").cast(pl.UInt32), n_expected="n_expected",
    )  # fmt: skip


def _labelled(found: pl.DataFrame, lattice: Lattice) -> pl.DataFrame:
    """Write the room as its building writes rooms: 402, 0402, 2402 (unit first), 3A02, 42, 4A, 4楼左."""
    lettered = lattice.rooms.filter(pl.col("room_no").str.contains("[0-9][A-H][0-9]")).select(
        "building_id", "floor_no", letter=pl.col("room_no").str.head(-2)
    )
    lettered = lettered.group_by("building_id", "floor_no").agg(pl.col("letter").min())
    found = found.join(lettered, on=["building_id", "floor_no"], how="left", maintain_order="left")
    sides = lattice.rooms.filter(~pl.col("room_no").str.contains("[0-9]"))
    sides = sides.group_by("building_id", "position").agg(side=pl.col("room_no").min())
    found = found.join(sides, on=["building_id", "position"], how="left", maintain_order="left")
    short = lattice.units.select("unit_id", "is_short")
    found = found.join(short, on="unit_id", how="left", maintain_order="left")
    number = pl.col("floor_no").cast(pl.String)
    own_side = (
        pl.when(pl.col("side").str.contains("[A-H]"))
        .then(number + pl.col("side"))
        .otherwise(number + pl.lit("楼") + pl.col("side"))
    )
    padded = pl.when("is_padded").then(number.str.zfill(2)).otherwise(number)
    position = pl.col("position").cast(pl.String)
    position = pl.when("is_short").then(position).otherwise(position.str.zfill(2))
    label = pl.concat_str("before", pl.coalesce("letter", padded), position)
    digits = pl.concat_str(pl.coalesce("letter", number), position).str.strip_chars_start("0")
    return found.select(
        "unit_id", "sheet_no", "compound", "place", "tier", "confidence", "in_part", "parallel", "position",
        building="building_no", unit="unit_no", room=pl.coalesce(own_side, label),
        floor="floor_no", position_no=pl.coalesce("side", position), n_with=pl.col("n_with").cast(pl.UInt32),
        n_other_floors=(pl.col("n_floors") - (pl.col("n_seen") > 0)).cast(pl.UInt32),
        digits=pl.coalesce("side", digits),
        n_rooms=pl.col("n_rooms").cast(pl.UInt32), percent=(100 * pl.col("confidence")).round().cast(pl.UInt32),
    )  # fmt: skip


def _grids(rooms: pl.DataFrame, of: pl.DataFrame) -> pl.DataFrame:
    """The grid of each unit of `of`, and its street: those of most of its homes."""
    rooms = rooms.select("unit_id", "area_street", "area_grid")
    asked = rooms.join(of.select("unit_id").unique(), on="unit_id", how="semi")
    grids = asked.group_by("unit_id", "area_street", "area_grid").agg(n=pl.len())
    order = ["unit_id", "n", "area_grid", "area_street"]
    grids = grids.sort(order, descending=[False, True, False, False], nulls_last=True)
    return grids.unique("unit_id", keep="first", maintain_order=True).drop("n")


def _as_facts(table: pl.DataFrame) -> pl.DataFrame:
    shown = pl.coalesce("compound", pl.when(pl.col("place") != "").then("place"))
    clean = shown.str.replace_all(PERSONAL_NUMBER, "***").str.head(_LONGEST_NAME)
    missing = [
        pl.lit(None, dtype=fact.dtype).alias(fact.name)
        for fact in schema.facts("gaps").values()
        if fact.name not in table.columns
    ]
    order = [*AREA, "compound", "building", "unit", "kind", "floor", "position"]
    ordered = table.with_columns(missing).with_columns(compound=clean).sort(order, nulls_last=True)
    return ordered.select("sheet_no", *AREA, *schema.facts("gaps"), spot("building", "unit", "floor", "digits"))
