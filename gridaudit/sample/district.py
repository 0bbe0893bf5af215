"""A whole clean district in memory: roster, homes, people, compounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from gridaudit.sample.cells import with_collectors
from gridaudit.sample.families import build_people
from gridaudit.sample.homes import build_homes
from gridaudit.sample.house_cells import house_cells
from gridaudit.sample.papers import with_papers
from gridaudit.sample.people_names import with_names
from gridaudit.sample.places import build_grids
from gridaudit.sample.resident_cells import resident_cells

if TYPE_CHECKING:
    from gridaudit.sample.draws import Draws


class District(NamedTuple):
    """Clean tables: typed columns in English, cells under their Chinese headings.

    Attributes:
        tables: residents, houses and grids.
        reserve: Residents without a home, for defects that need somebody new.
        compounds: 小区名称, 社区, 有无物业.
    """

    tables: dict[str, pl.DataFrame]
    reserve: pl.DataFrame
    compounds: pl.DataFrame


def build_district(draws: Draws, households: int, n_reserve: int) -> District:
    """Build a district of so many homes; the reserve changes nothing in the rest."""
    grids = with_collectors(draws, build_grids(draws, households))
    homes = build_homes(draws, grids)
    homes = homes.join(grids.select("grid", "collector"), on="grid", how="left", maintain_order="left")
    people = build_people(draws, homes, n_reserve)
    people = with_papers(draws, with_names(draws, people))
    everybody = resident_cells(draws, people, homes)
    residents = everybody.filter(pl.col("home").is_not_null())
    reserve = everybody.filter(pl.col("home").is_null())
    houses = house_cells(draws, homes, residents)
    grids = grids.with_columns(empty=pl.lit(value=False), expects_more=pl.lit(value=False))
    compounds = houses.filter(pl.col("小区名称") != "").select("小区名称", "社区", "有无物业")
    return District(
        {"residents": residents, "houses": houses, "grids": grids},
        reserve,
        compounds.unique(maintain_order=True),
    )
