"""The home of every resident and the area that goes with it."""

from __future__ import annotations

import polars as pl

from gridaudit.derive.homes import link_residents
from gridaudit.derive.of_whole import OfWhole
from gridaudit.derive.places import AREA, FACTS, add_places


def linked_places(
    residents: pl.DataFrame, houses: pl.DataFrame | None, roster: pl.DataFrame | None, of_whole: OfWhole | None
) -> pl.DataFrame:
    """Return the home of each resident and its area: the home's, else the row's own."""
    links = link_residents(residents, houses, of_whole and of_whole.meeting)
    places = of_whole and of_whole.places
    columns = (*AREA, *FACTS)
    if houses is None:
        placed = add_places(residents, roster, resolved=places).select(columns)
        return pl.concat([links, placed], how="horizontal")
    house_no = links["house_no"]
    links = links.with_columns(houses[name].gather(house_no).cast(pl.String).alias(name) for name in AREA)
    own = links["area_grid"].is_null().arg_true()
    placed = add_places(residents[own], roster, counted=residents, placed=houses, resolved=places)
    links = links.with_columns(pl.lit(None, dtype=pl.Boolean).alias(name) for name in FACTS)
    return links.with_columns(links[name].scatter(own, placed[name]).alias(name) for name in columns)
