"""Street, community and grid of every row, by the roster when there is one: by code, then by name."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from gridaudit.derive.keys import even, unit_name
from gridaudit.derive.shown import PLACES, doubtful, shown, without_numbers

# Where a row lies: the level, and the column that says it.
AREA_OF = {"street": "area_street", "community": "area_community", "grid": "area_grid"}
AREA = tuple(AREA_OF.values())
BY_LEVEL = [pl.col(column).alias(level) for level, column in AREA_OF.items()]
FACTS = ("grid_on_roster", "grid_under_community")
_WRITTEN = list(PLACES)
_AS_WRITTEN = [f"written_{name}" for name in PLACES]


def roster_frame(grids: pl.DataFrame | None) -> pl.DataFrame | None:
    """Return one row per grid: `street`, `community`, `grid` as shown, `grid_name`, and `written`, what rows say.

    A grid whose name stands in several communities (第一网格) is shown with its community.
    """
    if grids is None:
        return None
    grids = grids.with_columns(without_numbers(pl.col(name)) for name in _WRITTEN)
    grids = grids.with_columns(written=pl.coalesce("grid", "grid_name")).filter(pl.col("written").is_not_null())
    several = grids.unique(["community", "written"]).filter(pl.col("written").is_duplicated())["written"]
    full = pl.concat_str("community", "written", separator="/", ignore_nulls=True)
    shown = pl.when(pl.col("written").is_in(several.implode())).then(full).otherwise("written")
    named = grids.with_columns(grid=shown, grid_name=pl.coalesce("grid_name", "grid"))
    return named.unique("grid", keep="first", maintain_order=True)


def add_places(
    frame: pl.DataFrame, roster: pl.DataFrame | None, *, counted: pl.DataFrame | None = None,
    placed: pl.DataFrame | None = None, resolved: pl.DataFrame | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Add `area_street`, `area_community`, `area_grid`, `grid_on_roster` and `grid_under_community`.

    The last two are null without a grid or a roster; `grid_under_community` also where the grid is no code, or the row
    names a street or community the roster does not know.

    Args:
        frame: With `street`, `community`, `grid` and `grid_name` as written.
        roster: What `roster_frame` gives.
        counted: Rows in which a word must be frequent to count as a place; those of `frame` when None.
        placed: Rows whose places have been shown.
        resolved: What `resolved_places` gave for the whole table when `frame` is a part of it.
    """
    if resolved is None:
        counted = frame if counted is None else counted
        columns = [counted[name] for name in PLACES]
        resolved = resolved_places(written_places(frame), roster, counted=columns, placed=placed)
    return frame.join(
        resolved, left_on=_WRITTEN, right_on=_AS_WRITTEN, how="left", nulls_equal=True, maintain_order="left"
    )


def written_places(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the places rows write, each once; those of parts add up by being put together and made unique again."""
    return frame.select(_WRITTEN).unique()


def resolved_places(
    places: pl.DataFrame, roster: pl.DataFrame | None, *, counted: Sequence[pl.Series] = (),
    words: pl.DataFrame | None = None, placed: pl.DataFrame | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Return the area of every place written.

    Args:
        places: What `written_places` gives.
        roster: What `roster_frame` gives.
        counted: Columns in which a word must be frequent to count as a place.
        words: What `words_counted` gave, instead of these columns.
        placed: Rows whose places have been shown.
    """
    places = places.with_columns(pl.col(name).alias(f"written_{name}") for name in _WRITTEN)
    places = places.with_columns(without_numbers(pl.col(name)) for name in _WRITTEN)
    places = places.with_columns(
        even(places.select(pl.coalesce("grid", "grid_name")).to_series()).alias("by_code"),
        even(places.select(pl.coalesce("grid_name", "grid")).to_series()).alias("by_name"),
        unit_name(places["community"]).alias("of"),
        unit_name(places["street"]).alias("of_town"),
    )
    found = [places[name] for name in _WRITTEN]
    hidden = doubtful(found, counted, _listed(roster, placed), words)
    places = places.with_columns(shown(name, hidden) for name in _WRITTEN)
    resolved = _without_roster(places) if roster is None else _with_roster(places, roster)
    return resolved.select(*_AS_WRITTEN, *AREA, *FACTS)


def _listed(roster: pl.DataFrame | None, placed: pl.DataFrame | None) -> pl.Series:
    """Words that are places for sure."""
    listed = [pl.Series([], dtype=pl.String)]
    listed += [] if roster is None else [roster[name] for name in ("street", "community", "written", "grid_name")]
    listed += [] if placed is None else [placed[name].unique().cast(pl.String) for name in AREA]
    return pl.concat([column.alias("text") for column in listed])


def _with_roster(places: pl.DataFrame, roster: pl.DataFrame) -> pl.DataFrame:
    """Meet by code and by name, each within the community first, then wherever it stands once."""
    known = roster.select(
        even(roster["written"]).alias("by_code"),
        even(roster["grid_name"]).alias("by_name"),
        unit_name(roster["community"]).alias("of"),
        unit_name(roster["street"]).alias("of_town"),
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
        grid_under_community=_under_community(places, known),
    )


def _under_community(places: pl.DataFrame, known: pl.DataFrame) -> pl.Series:
    """Whether the roster puts a grid, met by its code, under the community and the street the row names.

    A name the roster does not know is a misspelling or a renamed unit, not another unit.
    """
    codes = known.filter(pl.len().over("by_code") == 1).select(
        "by_code", c_of="of", c_town="of_town", is_code=pl.col("by_code").str.contains("[0-9]{6}")
    )
    met = places.join(codes, on="by_code", how="left", maintain_order="left")
    verdicts = []
    for own, roster in (("of", "c_of"), ("of_town", "c_town")):
        names_unit = pl.col(own).is_in(known[own].drop_nulls().unique().implode())
        verdicts.append(pl.when(pl.col("is_code") & names_unit).then(pl.col(own) == pl.col(roster)))
    return met.select(pl.min_horizontal(verdicts)).to_series()


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
        grid_under_community=pl.lit(None, dtype=pl.Boolean),
    )
