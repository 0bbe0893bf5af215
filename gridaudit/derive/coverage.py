"""Who lives where, seen from the house and from the grid."""

from __future__ import annotations

import polars as pl

from gridaudit.derive.dispersion import Z998, dispersion

_LIVED_IN = ("自住", "出租", "借住")
DWELLING = ("住宅", "商住")
_GROWN = 16
_MIN_GRIDS = 20
_COUNTS = ("n_residents", "n_living_here", "n_children", "n_adults", "n_adults_at_home")


def add_occupants(houses: pl.DataFrame, residents: pl.DataFrame | None) -> pl.DataFrame:
    """Add `lived_in`, `vacant`, counts of residents and `left_since` (null without a residents table).

    `n_residents` counts people present in the register of the home, `n_living_here` those not recorded as away,
    `n_children` those under 16; who is of unknown age counts as an adult. `left_since`: somebody died or moved out
    after the house was last seen, so what it says of being lived in is older.
    """
    is_dwelling = pl.col("use").fill_null("住宅").is_in(DWELLING)
    lived_in = pl.col("occupancy").is_in(_LIVED_IN) | (
        pl.col("occupancy").is_null() & pl.col("occupancy_text").is_null() & pl.col("rented")
    )
    houses = houses.with_columns(
        lived_in=pl.when(pl.col("occupancy").is_not_null() | pl.col("rented").is_not_null()).then(
            (lived_in & is_dwelling).fill_null(value=False)
        ),
        vacant=pl.when(pl.col("occupancy").is_not_null()).then((pl.col("occupancy") == "空置") & is_dwelling),
    )
    if residents is None:
        nothing = pl.lit(None, dtype=pl.UInt32)
        return houses.with_columns(*(nothing.alias(name) for name in _COUNTS), left_since=pl.lit(None, pl.Boolean))
    away = pl.col("status").eq_missing("外出")
    grown = (pl.col("age_years") >= _GROWN).fill_null(value=True)
    counts = (
        residents.lazy()
        .filter(pl.col("present") & ~pl.col("is_copy") & pl.col("house_no").is_not_null())
        .select(
            "house_no", n_residents=1, n_living_here=~away, n_children=~grown, n_adults=grown,
            n_adults_at_home=grown & ~away,
        )
        .group_by("house_no")
        .agg(pl.col(_COUNTS).sum().cast(pl.UInt32))
        .collect()
    )  # fmt: skip
    return houses.with_columns(*_on_every_record(houses["home"], counts), _left_since(houses, residents))


def _left_since(houses: pl.DataFrame, residents: pl.DataFrame) -> pl.Series:
    """Whether the last of those who are gone went after the record of the house was last touched."""
    went = pl.max_horizontal("moved_out_on", "deceased_on")
    gone = residents.filter(~pl.col("present") & ~pl.col("is_copy") & pl.col("house_no").is_not_null())
    last = gone.group_by("house_no").agg(went=went.max()).drop_nulls("went")
    seen = houses[last["house_no"]].select(pl.coalesce("updated_on", "collected_on").alias("seen")).to_series()
    nobody = pl.Series("left_since", [False]).new_from_index(0, houses.height)
    return nobody.scatter(last["house_no"], (last["went"] > seen).fill_null(value=False))


def _on_every_record(homes: pl.Series, counts: pl.DataFrame) -> list[pl.Series]:
    """Put counts on their houses, and on the other records of the same home; 0 elsewhere."""
    first = pl.int_range(homes.len(), dtype=pl.UInt32, eager=True)
    again = (homes.is_duplicated() & homes.is_not_null()).arg_true()
    if again.len():
        pairs = pl.DataFrame({"home": homes.gather(again), "at": again.cast(pl.UInt32)})
        of_home = pairs.join(counts.select("house_no"), left_on="at", right_on="house_no", how="semi")
        known = pairs.join(of_home.unique("home").rename({"at": "first"}), on="home", how="inner")
        first = first.scatter(known["at"], known["first"])
    zero = pl.Series([0], dtype=pl.UInt32).new_from_index(0, homes.len())
    return [zero.scatter(counts["house_no"], counts[name]).gather(first).alias(name) for name in _COUNTS]


def homes_per_grid(homes: pl.DataFrame | None) -> pl.DataFrame:
    """Count homes: `grid`, `n_homes`. Those of parts add up when each home is in one part.

    Args:
        homes: `home` and `area_grid` of every record; None when there is no table of them.
    """
    if homes is None:
        return pl.DataFrame(schema={"grid": pl.String, "n_homes": pl.UInt32})
    first = (
        homes.lazy().select("home", "area_grid").drop_nulls("home").group_by("home").agg(grid=pl.col("area_grid").min())
    )
    return first.group_by("grid").agg(n_homes=pl.len().cast(pl.UInt32)).collect()


def add_grid_facts(roster: pl.DataFrame, homes: pl.DataFrame) -> pl.DataFrame:
    """Add `n_homes`, `homes_expected`, `homes_low`, `street_present` and `first_of_street` to the roster.

    Args:
        roster: One row per grid.
        homes: What `homes_per_grid` gives.
    """
    grids = roster.join(homes, on="grid", how="left", maintain_order="left").with_columns(
        pl.col("n_homes").fill_null(0)
    )
    return grids.with_columns(
        *_expectation(grids),
        street_present=(pl.col("n_homes").sum().over("street") > 0).fill_null(value=True),
        first_of_street=pl.col("street").is_first_distinct(),
    )


def _expectation(grids: pl.DataFrame) -> list[pl.Expr]:
    """How many homes a grid would have (`homes_expected`), and how few before that is unusual (`homes_low`).

    A roster is an estimate: where all grids have fewer than it says, that much is its own; and the limit is as wide as
    the grids lie apart from it anyway (methods.md 4d, 5.5).
    """
    n, stated = pl.col("n_homes"), pl.col("expected_households")
    known = grids.filter((n > 0) & (stated > 0))
    enough = known.height >= _MIN_GRIDS
    share = min(1.0, float(known.select((n / stated).median()).item())) if enough else 1.0
    z = known.select(2 * (n.sqrt() - (share * stated).sqrt())).to_series()
    reach = Z998 * dispersion(z, at_least=_MIN_GRIDS) ** 0.5 / 2
    low = pl.max_horizontal((share * stated).sqrt() - reach, 0.0) ** 2
    figures = {"homes_expected": (share * stated).round(), "homes_low": low.ceil()}
    return [pl.when(stated > 0).then(figure).cast(pl.UInt32).alias(name) for name, figure in figures.items()]
