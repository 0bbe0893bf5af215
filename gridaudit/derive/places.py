"""Street, community and grid of every row, by the roster when there is one: by code, then by name."""

from __future__ import annotations

import polars as pl

from gridaudit.derive.keys import even_text, unit_name

AREA = ("area_street", "area_community", "area_grid")


def roster_frame(grids: pl.DataFrame | None) -> pl.DataFrame | None:
    """Return one row per grid: `street`, `community`, `grid` as they are shown, `grid_name`, and the keys to meet by."""
    if grids is None:
        return None
    grids = grids.with_columns(grid=pl.coalesce("grid", "grid_name")).filter(pl.col("grid").is_not_null())
    # 第一网格 may stand in every community: then the grid is known by both names.
    repeated = pl.col("grid").is_in(grids.unique(["community", "grid"]).filter(pl.col("grid").is_duplicated())["grid"].implode())
    shown = pl.when(repeated).then(pl.concat_str("community", "grid", separator="/", ignore_nulls=True)).otherwise(pl.col("grid"))
    return grids.with_columns(
        written=pl.col("grid"), grid=shown, grid_name=pl.coalesce("grid_name", "grid")
    ).unique("grid", keep="first", maintain_order=True)


def add_places(frame: pl.DataFrame, roster: pl.DataFrame | None) -> pl.DataFrame:
    """Add `area_street`, `area_community`, `area_grid` and `grid_on_roster` (null when no grid is named or no roster)."""
    own = frame.with_columns(
        _grid=even_text(pl.coalesce("grid", "grid_name")), _name=even_text(pl.coalesce("grid_name", "grid")),
        _community=unit_name(pl.col("community")),
    )  # fmt: skip
    places = own.select("street", "community", "grid", "grid_name", "_grid", "_name", "_community").unique()
    resolved = _without_roster(places) if roster is None else _with_roster(places, roster)
    keys = ["street", "community", "grid", "grid_name"]
    return (
        own.drop("_grid", "_name", "_community")
        .join(resolved.select(*keys, *AREA, "grid_on_roster"), on=keys, how="left", nulls_equal=True, maintain_order="left")
    )  # fmt: skip


def _with_roster(places: pl.DataFrame, roster: pl.DataFrame) -> pl.DataFrame:
    known = roster.select(
        pl.col("street").alias("r_street"), pl.col("community").alias("r_community"), pl.col("grid").alias("r_grid"),
        code=even_text(pl.col("written")), name=even_text(pl.col("grid_name")), of=unit_name(pl.col("community")),
    )  # fmt: skip
    steps = (
        (["_grid", "_community"], ["code", "of"]),
        (["_name", "_community"], ["name", "of"]),
        (["_grid"], ["code"]),
        (["_name"], ["name"]),
    )
    found = []
    for left, right in steps:
        single = known.drop_nulls(right).filter(pl.len().over(right) == 1)
        met = places.join(single, left_on=left, right_on=right, how="left", maintain_order="left")
        found.append(met.select("r_street", "r_community", "r_grid"))
    columns = {
        f"area_{name}": pl.select(pl.coalesce(step[f"r_{name}"] for step in found)).to_series()
        for name in ("street", "community", "grid")
    }
    met = columns["area_grid"].is_not_null()
    return places.with_columns(**columns).with_columns(
        grid_on_roster=pl.when(pl.col("_grid").is_not_null()).then(met),
        area_street=pl.when(met).then("area_street").otherwise("street"),
        area_community=pl.when(met).then("area_community").otherwise("community"),
        area_grid=pl.when(met).then("area_grid").otherwise(pl.coalesce("grid", "grid_name")),
    )


def _without_roster(places: pl.DataFrame) -> pl.DataFrame:
    """A grid written without its community belongs to the one community that writes it, if there is just one."""
    grid = pl.coalesce("grid", "grid_name")
    single = (
        places.filter(pl.col("community").is_not_null())
        .group_by("_grid")
        .agg(
            pl.col("street").drop_nulls().first().alias("of_street"), pl.col("community").first().alias("of_community"),
            pl.struct("_community").n_unique().alias("n"),
        )
        .with_columns(repeated=pl.col("n") > 1)
    )  # fmt: skip
    met = places.join(single, on="_grid", how="left", maintain_order="left")
    repeated = pl.col("repeated").fill_null(value=False)
    return met.with_columns(
        area_street=pl.when(~repeated).then(pl.coalesce("street", "of_street")).otherwise("street"),
        area_community=pl.when(~repeated).then(pl.coalesce("community", "of_community")).otherwise("community"),
        area_grid=pl.when(repeated).then(pl.concat_str("community", grid, separator="/", ignore_nulls=True)).otherwise(grid),
        grid_on_roster=pl.lit(None, dtype=pl.Boolean),
    )
