"""C104 and C112: homes of buildings left out with the people in them, one by one, by whole floors and units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gridaudit.sample.defects.planter import FLAGGED, UNSURE
from gridaudit.sample.defects.row_defects import HOME

if TYPE_CHECKING:
    from gridaudit.sample.defects.planter import Planter

UNIT = ("网格编码", "compound", "building", "unit")
FLOORS, UNITS, UNSEEN = 0.05, 0.05, 0.25  # floors, units and homes that cannot show, for each home that shows


def plant_omissions(planter: Planter) -> None:
    """Leave homes out: at most one home, floor or unit a grid, so that each shows by what is around it."""
    rate = planter.rates.get("C104", 0.0)
    if rate <= 0:
        return
    houses = planter.shuffled["houses"]
    busy = planter.shuffled["residents"].filter(~pl.col("free")).get_column("home")
    houses = houses.filter(~pl.col("row").is_in(busy.unique().implode()), HOME, pl.col("building") != "")
    free = houses.filter("free", pl.col("free").all().over(*UNIT))
    shows = free.filter("shows")
    count = max(1, round(rate * shows.height))
    grids = pl.Series("网格编码", [], dtype=pl.String)
    plan = (
        ("C112", free.filter("shows_unit"), UNIT, int(UNITS * count)),
        ("C104", free.filter("shows_floor"), (*UNIT, "floor"), int(FLOORS * count)),
        ("C104", shows, (*UNIT, "floor", "room"), count),
    )
    for code, eligible, whole, most in plan:
        elsewhere = eligible.filter(~pl.col("网格编码").is_in(grids.implode()))
        chosen = elsewhere.unique("网格编码", keep="first", maintain_order=True).head(most).select(whole)
        grids = pl.concat([grids, chosen.get_column("网格编码")])
        rows = planter.shuffled["houses"].join(chosen, on=whole, how="semi", maintain_order="left")
        planter.omit(code, rows, FLAGGED, by_unit=code == "C112")
    others = free.filter(~pl.col("shows"), ~pl.col("网格编码").is_in(grids.implode()))
    unseen = others.unique("网格编码", keep="first", maintain_order=True).head(int(UNSEEN * count))
    planter.omit("C104", unseen, UNSURE)
    # A home without any address in the same grid could be the one that is missing.
    grids = pl.concat([grids, unseen.get_column("网格编码")])
    around = pl.col("网格编码").is_in(grids.implode())
    planter.shuffled["houses"] = planter.shuffled["houses"].with_columns(beside_omitted=around)
