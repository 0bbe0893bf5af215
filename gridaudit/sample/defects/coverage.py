"""Family C 漏人漏房, and F107: defects between the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gridaudit.sample.defects.planter import INVOLVED
from gridaudit.sample.defects.row_defects import LIVED_IN, VACANT
from gridaudit.sample.places import padded

if TYPE_CHECKING:
    from gridaudit.sample.defects.planter import Planter

HEADCOUNT = "居住人数"
NOT_ON_ROSTER, NOT_REGISTERED = 970, 800_000
PLACE = ("街道", "社区", "网格编码", "采集人")


def plant_coverage(planter: Planter) -> None:
    """Plant C101, C102, C103, C105, C106, C110, C111 and F107."""
    _strangers(planter)
    _empty_homes(planter)
    _vacant_with_people(planter)
    _off_the_roster(planter)
    _wrong_headcounts(planter)
    _roster(planter)


def reserve_size(rates: dict[str, float], n_homes: int) -> int:
    """Most people the defects of this module add."""
    people = {"C101": 1, "C103": 1, "F107": 1, "L122": 11, "L157": 7}
    return sum(n * (int(rates.get(code, 0.0) * n_homes) + 2) for code, n in people.items() if rates.get(code))


def move_in(planter: Planter, hosts: pl.DataFrame, house: pl.Expr) -> pl.DataFrame:
    """Add one newcomer for each host home, in its grid, with the house code given."""
    people = planter.newcomers(hosts.height)
    where = hosts.select(*PLACE, house.alias("房屋编码"), pl.col("row").alias("place"))
    people = people.drop(*PLACE, "房屋编码", "place").hstack(where)
    return planter.add("residents", people)


def _strangers(planter: Planter) -> None:
    """C101: people whose house code nobody registered. F107: people without one."""
    grid = pl.col("网格编码")
    unknown = grid + padded(pl.int_range(pl.len()) + NOT_REGISTERED, 6)
    for code, house in (("C101", unknown), ("F107", pl.lit(""))):
        hosts = planter.choose(code, "houses", LIVED_IN)
        planter.mark(code, "residents", move_in(planter, hosts, house))


def _empty_homes(planter: Planter) -> None:
    """C102: everybody of a lived-in home taken out."""
    busy = planter.shuffled["residents"].filter(~pl.col("free")).get_column("home")
    untouched = LIVED_IN & ~pl.col("row").is_in(busy.unique().implode())
    homes = planter.choose("C102", "houses", untouched)
    planter.remove(homes)
    planter.edit("houses", homes.select("row", pl.lit("0").alias(HEADCOUNT)))
    planter.mark("C102", "houses", homes)


def _vacant_with_people(planter: Planter) -> None:
    """C103: somebody registered in a vacant home."""
    homes = planter.choose("C103", "houses", VACANT)
    people = move_in(planter, homes, pl.col("房屋编码"))
    planter.edit("houses", homes.select("row", pl.lit("1").alias(HEADCOUNT)))
    planter.mark("C103", "houses", homes)
    planter.mark("C103", "residents", people, INVOLVED)


def _off_the_roster(planter: Planter) -> None:
    """C106: vacant homes in a grid the roster does not know."""
    homes = planter.choose("C106", "houses", VACANT)
    code = pl.col("网格编码").str.head(12) + padded(NOT_ON_ROSTER + pl.col("row") % 20, 3)
    planter.edit("houses", homes.select("row", 网格编码=code, 网格名称=pl.lit("")))
    planter.mark("C106", "houses", homes)


def _wrong_headcounts(planter: Planter) -> None:
    """C110: more people stated than registered."""
    homes = planter.choose("C110", "houses", LIVED_IN)
    more = pl.col("n_residents") + planter.draws.between("C110", 1, 2)
    planter.edit("houses", homes.select("row", more.cast(pl.String).alias(HEADCOUNT)))
    planter.mark("C110", "houses", homes)


def _roster(planter: Planter) -> None:
    """C105: grids without a home. C111: grids that expect far more homes."""
    last = pl.col("number") == pl.col("number").max().over("community")
    count = planter.how_many("C105", planter.tables["grids"].height)
    hosts = planter.candidates("grids", last).head(count)
    number = pl.col("number") + 1
    empty = hosts.drop("row", "free").with_columns(
        number=number,
        grid=pl.col("grid").str.head(12) + padded(number, 3),
        grid_name=pl.format("{}{}网格", "place", padded(number, 2)),
        empty=pl.lit(value=True),
    )
    planter.mark("C105", "grids", planter.add("grids", empty))
    grids = planter.choose("C111", "grids", pl.lit(value=True))
    planter.edit("grids", grids.select("row", expects_more=pl.lit(value=True)))
    planter.mark("C111", "grids", grids)
