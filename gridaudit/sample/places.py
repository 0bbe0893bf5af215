"""The roster: 8 streets, up to 80 communities, up to 288 grids, and how many homes each has."""

from __future__ import annotations

import polars as pl

from gridaudit.sample.cases import case, either
from gridaudit.sample.draws import Draws, one_of
from gridaudit.sample.words import listed, text

MAX_GRIDS, MAX_COMMUNITIES, N_STREETS = 288, 80, 8
FEWEST_HOUSEHOLDS = 40
MANAGED, MIXED = 0.45, 0.25  # shares of the grids outside the town


def build_grids(draws: Draws, households: int) -> pl.DataFrame:
    """One row per grid, in the order of the codes.

    Args:
        draws: The streams of the seed.
        households: Homes of the district; the column `n_homes` adds up to it.

    Returns:
        row, street, community, grid (15 digits), grid_name, place (name of the community
        without its ending), number (of the grid in its community), stock (village, managed,
        mixed or old) and n_homes.
    """
    if households < FEWEST_HOUSEHOLDS:
        msg = f"a sample needs at least {FEWEST_HOUSEHOLDS} households"
        raise ValueError(msg)
    n_grids = min(MAX_GRIDS, max(N_STREETS, households // 8))
    n_communities = max(N_STREETS, round(min(1, n_grids / MAX_GRIDS) * MAX_COMMUNITIES))
    grids = pl.DataFrame({"row": pl.int_range(n_grids, eager=True)}).with_columns(
        community_row=pl.col("row") * n_communities // n_grids,
    )
    grids = grids.with_columns(street_row=pl.col("community_row") * N_STREETS // n_communities)
    in_street = pl.col("community_row").rank("dense").over("street_row").cast(pl.Int64)
    number = pl.int_range(pl.len()).over("community_row") + 1
    grids = grids.with_columns(in_street=in_street, number=number)
    return _name(_share_out(draws, grids, households))


def _share_out(draws: Draws, grids: pl.DataFrame, households: int) -> pl.DataFrame:
    """Give every grid its homes: uneven, adding up exactly."""
    weight = draws.between("grid size", 70, 130)
    # However small the district, one grid has room for whole buildings.
    if grids.height < MAX_GRIDS:
        weight = pl.when(pl.col("row") == 0).then(weight * 5).otherwise(weight)
    upto = weight.cum_sum()
    last = upto * households // upto.last()
    kind = draws.share("grid stock")
    stock = case(
        (pl.col("street_row") == N_STREETS - 1, "village"),
        (kind < MANAGED, "managed"),
        (kind < MANAGED + MIXED, "mixed"),
        default="old",
    )
    return grids.with_columns(
        n_homes=last - last.shift(1, fill_value=0),
        stock=stock,
    )


def _name(grids: pl.DataFrame) -> pl.DataFrame:
    pool = [name for line in listed("communities") for name in line.split()]
    per_street = len(pool) // N_STREETS
    place = one_of(pool, pl.col("street_row") * per_street + pl.col("in_street") - 1)
    is_town = pl.col("street_row") == N_STREETS - 1
    ending = either(is_town, "村", "社区")
    community_code = pl.col("in_street") + is_town.cast(pl.Int64) * 200
    grids = grids.with_columns(
        street=one_of(listed("streets"), pl.col("street_row")),
        street_code=one_of(listed("street_codes"), pl.col("street_row")),
        place=place,
    )
    return grids.select(
        "row",
        "street",
        "place",
        "number",
        "stock",
        "n_homes",
        community=pl.col("place") + ending,
        grid=grid_code(pl.col("street_code"), community_code, pl.col("number")),
        grid_name=pl.format("{}{}网格", "place", padded(pl.col("number"), 2)),
    )


def grid_code(street: pl.Expr, community: pl.Expr, number: pl.Expr) -> pl.Expr:
    """15 digits: area, street, community, grid."""
    area = pl.lit(text("area_code"))
    return pl.concat_str(area, street, padded(community, 3), padded(number, 3))


def padded(number: pl.Expr, width: int) -> pl.Expr:
    """A whole number as text, with leading zeros."""
    return number.cast(pl.String).str.zfill(width)
