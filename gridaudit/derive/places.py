"""Street, community and grid of every row, by the roster when there is one: by code, then by name."""

from __future__ import annotations

import polars as pl

from gridaudit.derive.keys import PERSONAL_NUMBER, even, unit_name

AREA = ("area_street", "area_community", "area_grid")
# Stands for a person's number typed into a column for places: areas are shown in clear everywhere.
_HIDDEN = "***"
PLACE_COLUMNS = ["street", "community", "grid", "grid_name"]


def roster_frame(grids: pl.DataFrame | None) -> pl.DataFrame | None:
    """Return one row per grid: `street`, `community`, `grid` as shown, `grid_name`, and `written`, what rows say.

    A grid whose name stands in several communities (第一网格) is shown with its community.
    """
    if grids is None:
        return None
    grids = grids.with_columns(written=pl.coalesce("grid", "grid_name")).filter(pl.col("written").is_not_null())
    several = grids.unique(["community", "written"]).filter(pl.col("written").is_duplicated())["written"]
    full = pl.concat_str("community", "written", separator="/", ignore_nulls=True)
    shown = pl.when(pl.col("written").is_in(several.implode())).then(full).otherwise("written")
    named = grids.with_columns(grid=shown, grid_name=pl.coalesce("grid_name", "grid"))
    return named.unique("grid", keep="first", maintain_order=True)


def add_places(frame: pl.DataFrame, roster: pl.DataFrame | None, known: pl.DataFrame | None = None) -> pl.DataFrame:
    """Add `area_street`, `area_community`, `area_grid`; `grid_on_roster` is null without a grid or a roster.

    Args:
        frame: With `street`, `community`, `grid` and `grid_name` as written.
        roster: What `roster_frame` gives.
        known: What `resolved_places` gave for the whole table when `frame` is a part of it.
    """
    resolved = resolved_places(written_places(frame), roster) if known is None else known
    return frame.join(resolved, on=PLACE_COLUMNS, how="left", nulls_equal=True, maintain_order="left")


def written_places(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the places rows write, each once; those of parts add up by being put together and made unique again."""
    return frame.select(PLACE_COLUMNS).unique()


def resolved_places(places: pl.DataFrame, roster: pl.DataFrame | None) -> pl.DataFrame:
    """Return the area of every place written."""
    places = places.with_columns(
        even(places.select(pl.coalesce("grid", "grid_name")).to_series()).alias("by_code"),
        even(places.select(pl.coalesce("grid_name", "grid")).to_series()).alias("by_name"),
        unit_name(places["community"]).alias("of"),
    )
    resolved = _without_roster(places) if roster is None else _with_roster(places, roster)
    shown = (pl.col(name).str.replace_all(PERSONAL_NUMBER, _HIDDEN) for name in AREA)
    return resolved.with_columns(shown).select(*PLACE_COLUMNS, *AREA, "grid_on_roster")


def _with_roster(places: pl.DataFrame, roster: pl.DataFrame) -> pl.DataFrame:
    """Meet by code and by name, each within the community first, then wherever it stands once."""
    known = roster.select(
        even(roster["written"]).alias("by_code"),
        even(roster["grid_name"]).alias("by_name"),
        unit_name(roster["community"]).alias("of"),
        r_street="street",
        r_community="community",
        r_grid="grid",
    )
    found = []
    for keys in (["by_code", "of"], ["by_name", "of"], ["by_code"], ["by_name"]):
        single = (
            known.drop_nulls(keys).filter(pl.len().over(keys) == 1).select(*keys, "r_street", "r_community", "r_grid")
        )
        found.append(places.join(single, on=keys, how="left", maintain_order="left"))
    met = {
        name: pl.select(pl.coalesce(step[f"r_{name}"] for step in found).alias(name)).to_series()
        for name in ("street", "community", "grid")
    }
    on_roster = met["grid"].is_not_null()
    own = {"street": pl.col("street"), "community": pl.col("community"), "grid": pl.coalesce("grid", "grid_name")}
    return places.with_columns(
        **{f"area_{name}": pl.when(on_roster).then(met[name]).otherwise(own[name]) for name in own},
        grid_on_roster=pl.when(pl.col("by_code").is_not_null()).then(on_roster),
    )


def _without_roster(places: pl.DataFrame) -> pl.DataFrame:
    """A grid written without its community belongs to the one community that writes it, if there is just one."""
    communities = places.filter(pl.col("community").is_not_null()).group_by("by_code").agg(
        of_street=pl.col("street").min(),
        of_community=pl.col("community").min(),
        n=pl.col("of").n_unique(),
    )  # fmt: skip
    met = places.join(communities, on="by_code", how="left", maintain_order="left")
    several = (pl.col("n") > 1).fill_null(value=False)
    grid = pl.coalesce("grid", "grid_name")
    full = pl.concat_str("community", grid, separator="/", ignore_nulls=True)
    return met.with_columns(
        area_street=pl.when(several).then("street").otherwise(pl.coalesce("street", "of_street")),
        area_community=pl.when(several).then("community").otherwise(pl.coalesce("community", "of_community")),
        area_grid=pl.when(several & grid.is_not_null()).then(full).otherwise(grid),
        grid_on_roster=pl.lit(None, dtype=pl.Boolean),
    )
