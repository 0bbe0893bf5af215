"""The frame: every home known. Recorded now, or named by a resident and not recorded (C101)."""

from __future__ import annotations

import polars as pl

from gridaudit.derive import Facts
from gridaudit.score.marks import HOMES, MARK

_AREA = {"street": "area_street", "community": "area_community", "grid": "area_grid"}


def home_frame(facts: Facts, findings: pl.DataFrame, *, unknown: float) -> pl.DataFrame:
    """Return one row per home of the frame (columns of `marks.HOMES`).

    Args:
        facts: Tables with facts.
        findings: All findings; systematic ones add no home.
        unknown: Coefficient of a home whose compound nobody told.
    """
    if facts.houses is None:
        return _from_residents(facts, unknown)
    houses = _recorded(facts.houses)
    if facts.residents is None:
        return houses
    named = findings.filter((pl.col("rule") == "C101") & ~pl.col("systematic")).select("row", "sheet_no")
    return pl.concat([houses, _named(facts.residents, named, houses, unknown)])


def _recorded(houses: pl.DataFrame) -> pl.DataFrame:
    """Recorded homes: equal keys are one home, the record that counts gives its data.

    One in a unit with a pattern is checkable: a missing neighbour would show.
    """
    repeated = pl.col("code_repeated").fill_null(value=False)
    lived_in, vacant = pl.col("lived_in").fill_null(value=False), pl.col("vacant").fill_null(value=False)
    kind = pl.when(lived_in & (pl.col("occupancy") == "出租")).then(pl.lit("rented")).when(lived_in).then(
        pl.lit("lived in")).when(vacant).then(pl.lit("vacant")).otherwise(pl.lit("other"))  # fmt: skip
    managed = pl.when(pl.col("is_managed").fill_null(value=False)).then(pl.lit("managed ")).otherwise(pl.lit(""))
    return (
        houses.filter(~pl.col("is_copy"))
        .sort(repeated, maintain_order=True)
        .select(
            home=home_or_row(),
            **{name: pl.col(column) for name, column in _AREA.items()},
            collector=pl.col("collector"),
            coefficient=(pl.col("coefficient") * MARK).round().cast(pl.Int64),
            coefficient_known=pl.col("coefficient_known"),
            stratum=managed + kind,
            checkable=pl.col("in_lattice"),
            recorded=pl.lit(value=True),
            n_gone=pl.lit(0, dtype=pl.Int64),
        )
        .unique("home", keep="first", maintain_order=True)
    )


def home_or_row() -> pl.Expr:
    """The key of the home; a record with neither code nor address is a home of its own."""
    return pl.coalesce("home", pl.concat_str(pl.lit("#"), "sheet_no", pl.lit(":"), "row"))


def _named(residents: pl.DataFrame, named: pl.DataFrame, houses: pl.DataFrame, unknown: float) -> pl.DataFrame:
    """Homes that residents name and nobody recorded; their coefficient is known where all homes of the grid agree."""
    rows = residents.join(named, on=["row", "sheet_no"], how="semi", maintain_order="left").drop_nulls("home")
    rows = _first_by_place(rows)
    of_grid = houses.group_by("grid").agg(
        told=pl.when((pl.col("coefficient").n_unique() == 1) & pl.col("coefficient_known").all()).then(
            pl.col("coefficient").first()
        )
    )
    homes = rows.select("home", "collector", **{name: pl.col(column) for name, column in _AREA.items()})
    homes = homes.join(of_grid, on="grid", how="left", nulls_equal=False, maintain_order="left")
    return _as_homes(homes, unknown, recorded=False)


def _first_by_place(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per home; where residents name several grids for it, the order of the file must not decide."""
    ordered = rows.sort("home", *_AREA.values(), "collector", nulls_last=True, maintain_order=True)
    return ordered.unique("home", keep="first", maintain_order=True)


def _from_residents(facts: Facts, unknown: float) -> pl.DataFrame:
    """Without a houses table: the homes residents name, each worth what the roster says of its grid, else `unknown`."""
    if facts.residents is None:
        return pl.DataFrame(schema=HOMES)
    homes = (
        facts.residents.drop_nulls("home")
        .pipe(_first_by_place)
        .select("home", "collector", **{name: pl.col(column) for name, column in _AREA.items()})
    )
    if facts.grids is not None:
        of_grid = facts.grids.select("grid", told=(pl.col("coefficient") * MARK).round().cast(pl.Int64))
        homes = homes.join(of_grid, on="grid", how="left", maintain_order="left")
    else:
        homes = homes.with_columns(told=pl.lit(None, dtype=pl.Int64))
    return _as_homes(homes, unknown, recorded=True)


def _as_homes(homes: pl.DataFrame, unknown: float, *, recorded: bool) -> pl.DataFrame:
    """Homes known from residents alone, with the coefficient `told` of them or `unknown`.

    One that a houses table lacks has been checked for by that; without a houses table nothing could be.
    """
    return homes.select(
        "home", "street", "community", "grid", "collector",
        coefficient=pl.col("told").fill_null(round(unknown * MARK)),
        coefficient_known=pl.col("told").is_not_null(),
        stratum=pl.lit("named" if recorded else "not recorded"),
        checkable=pl.lit(not recorded),
        recorded=pl.lit(recorded),
        n_gone=pl.lit(0, dtype=pl.Int64),
    )  # fmt: skip
