"""Buildings, village groups and shops: one row per home, a building in one grid, complete as it was built."""

from __future__ import annotations

import polars as pl

from gridaudit.sample.cases import case, either
from gridaudit.sample.draws import Draws, one_of
from gridaudit.sample.places import padded
from gridaudit.sample.rooms import GRID, build_rooms
from gridaudit.sample.words import words

# Least homes a building of each stock has, and the part of a grid's homes it may fill.
SMALLEST_BUILDING = 6
BUDGETS = {
    "managed": {"managed": 0.95, "mixed": 0.55, "old": 0.0, "village": 0.0},
    "old": {"managed": 0.98, "mixed": 0.96, "old": 0.96, "village": 0.06},
}
LARGEST_PART = 0.6
SMALL_GRID = 60
VACANT, RENTED, SHOPS = 0.06, 0.12, 0.02
ALONE = 10**9  # numbers of stacks of one home begin here


def build_homes(draws: Draws, grids: pl.DataFrame) -> pl.DataFrame:
    """Build every home of the roster.

    Args:
        draws: The streams of the seed.
        grids: What `build_grids` gives.

    Returns:
        One row per home, in the order of the house codes: row, the columns of its grid, house
        (code of 21 digits), compound, building, unit, floor, room, address, kind (managed, old,
        village, street, shop), occupancy and the columns of `rooms.STRUCTURE`.
    """
    managed = build_rooms(draws, _buildings(draws, grids.with_columns(built=0), "managed"))
    built = managed.group_by("grid").agg(built=pl.len().cast(pl.Int64))
    grids = grids.join(built, on="grid", how="left").with_columns(pl.col("built").fill_null(0))
    old = build_rooms(draws, _buildings(draws, grids, "old"))
    more = old.group_by("grid").agg(more=pl.len().cast(pl.Int64))
    grids = grids.join(more, on="grid", how="left").with_columns(pl.col("more").fill_null(0))
    homes = pl.concat(
        [managed, old, _loose_homes(draws, grids)],
        how="diagonal_relaxed",
    )
    order = ["grid", "kind_order", "block", "place_in_block"]
    homes = homes.sort(order).with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    alone = pl.col("row") + ALONE
    homes = homes.with_columns(
        pl.col("stack").fill_null(alone),
        pl.col("flats").fill_null(1),
        pl.col("shows", "shows_floor", "shows_unit").fill_null(value=False),
    )
    seat = padded(pl.int_range(pl.len()).over("grid") + 1, 6)
    homes = homes.with_columns(house=pl.col("grid") + seat)
    return _occupy(draws, homes.drop("kind_order", "block", "place_in_block", "size"))


def _buildings(draws: Draws, grids: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Buildings of one kind, as many as fit into what is left of each grid."""
    most = grids.get_column("n_homes").max()
    n_candidates = int(most if isinstance(most, int) else 0) // SMALLEST_BUILDING + 2
    budget = pl.col("n_homes") * pl.col("stock").replace_strict(BUDGETS[kind], return_dtype=pl.Float64)
    numbers = pl.DataFrame({"block": pl.int_range(1, n_candidates + 1, eager=True)})
    candidates = grids.join(numbers, how="cross").with_columns(
        seat=pl.col("row") * n_candidates + pl.col("block"),
    )
    low, high, units, rooms = (6, 18, 3, 4) if kind == "managed" else (5, 7, 3, 2)
    floors = draws.between(f"{kind} floors", low, high, "seat")
    left = pl.col("n_homes") - pl.col("built")
    candidates = candidates.with_columns(
        floors=pl.max_horizontal(3, pl.min_horizontal(floors, left // 4)),
        units=pl.min_horizontal(draws.between(f"{kind} units", 1, units, "seat"), pl.max_horizontal(1, left // 25)),
        rooms=either(left < SMALL_GRID, pl.lit(2), draws.between(f"{kind} rooms", 2, rooms, "seat")),
        kind=pl.lit(kind),
    ).with_columns(size=pl.col("floors") * pl.col("units") * pl.col("rooms"))
    budget = budget - pl.col("built")
    candidates = candidates.filter(
        pl.col("size") <= pl.max_horizontal(budget * LARGEST_PART, SMALLEST_BUILDING)
    ).filter(pl.col("size").cum_sum().over("grid") <= budget)
    return candidates.with_columns(block=pl.int_range(1, pl.len() + 1).over("grid"), compound=_compound(kind))


def _compound(kind: str) -> pl.Expr:
    """The name of the grid's compound: unique in the district."""
    first, second = words(f"{kind}_compounds"), words(f"{kind}_endings")
    turn, place = pl.col("row") // len(first), pl.col("row") % len(first)
    return one_of(first, place) + one_of(second, (turn + place) % len(second))


def _loose_homes(draws: Draws, grids: pl.DataFrame) -> pl.DataFrame:
    """Homes outside compounds: shops first, then village homes or houses on the street."""
    loose = grids.with_columns(
        size=pl.col("n_homes") - pl.col("built") - pl.col("more"),
    ).filter(pl.col("size") > 0)
    loose = loose.with_columns(place_in_block=pl.int_ranges(0, "size")).explode("place_in_block")
    n_shops = (pl.col("n_homes") * SHOPS + draws.share("shops")).floor()
    is_village = pl.col("stock") == "village"
    at, before = pl.col("place_in_block"), pl.col("number") - 1
    kind = case((at < n_shops, "shop"), (is_village, "village"), default="street")
    stride = pl.max_horizontal(420, pl.col("n_homes").max() + 35)
    group = before * (stride // 35) + at // 35 + 1
    in_village = pl.format("{}{}组{}号", "community", group, at % 35 + 1)
    door = before * stride + at + 1
    on_street = pl.format("{}{}路{}号", "community", "place", door)
    loose = loose.with_columns(kind=kind)
    where = either(pl.col("kind") == "village", in_village, on_street)
    front = either(pl.col("kind") == "shop", "门面", "")
    return loose.select(
        *GRID,
        "kind",
        "place_in_block",
        "size",
        kind_order=pl.lit(2, dtype=pl.Int64),
        block=pl.lit(0, dtype=pl.Int64),
        address=pl.concat_str("street", where, front),
    )


def _occupy(draws: Draws, homes: pl.DataFrame) -> pl.DataFrame:
    """Who is in: exact shares of vacant and rented homes, shops trade."""
    is_shop = pl.col("kind") == "shop"
    luck = pl.when(~is_shop).then(draws.bits("occupancy"))
    homes = homes.with_columns(turn=luck.rank("ordinal"))
    n_homes = homes.get_column("turn").count()
    n_vacant = max(round(n_homes * VACANT), min(10, n_homes // 12))
    occupancy = case(
        (is_shop, "经营"),
        (pl.col("turn") <= n_vacant, "空置"),
        (pl.col("turn") <= n_vacant + round(n_homes * RENTED), "出租"),
        default="自住",
    )
    return homes.with_columns(occupancy=occupancy).drop("turn")
