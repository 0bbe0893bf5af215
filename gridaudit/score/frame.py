"""The frame: every home known.

Recorded now, named by a resident and not recorded (C101), in the baseline and not explained (C107), or confirmed.
"""

from __future__ import annotations

import polars as pl

from gridaudit.derive import Facts
from gridaudit.derive.recognise import GONE
from gridaudit.score.marks import HOMES, MARK
from gridaudit.score.records import BY_KEY

_AREA = {"street": "area_street", "community": "area_community", "grid": "area_grid"}


def home_frame(
    facts: Facts, findings: pl.DataFrame, *, unknown: float, confirmed: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return one row per home of the frame (columns of `marks.HOMES`).

    Args:
        facts: Tables with facts.
        findings: All findings; systematic ones add no home.
        unknown: Coefficient of a home whose compound nobody told.
        confirmed: Homes nobody recorded that were found to be there: `home`, area, `told`.
    """
    if facts.houses is None:
        homes = pl.concat([_from_residents(facts, unknown), _emptied(facts, unknown)])
        return _with_gone(homes, facts)
    houses = _recorded(facts.houses)
    parts = [houses, _of_baseline(facts, unknown)]
    if facts.residents is not None:
        named = findings.filter((pl.col("rule") == "C101") & ~pl.col("systematic")).select("row", "sheet_no")
        parts.append(_named(facts.residents, named, houses, unknown))
    if confirmed is not None:
        parts.append(_as_homes(_with_collectors(confirmed, facts), unknown, recorded=False))
    homes = pl.concat(parts)
    if facts.known_homes is not None or confirmed is not None:
        homes = homes.unique("home", keep="first", maintain_order=True)
    return _with_gone(homes, facts)


def _of_baseline(facts: Facts, unknown: float) -> pl.DataFrame:
    """Homes of the baseline that are not recorded now and not explained, each worth what it was then."""
    if facts.known_homes is None:
        return pl.DataFrame(schema=HOMES)
    gone = facts.known_homes.filter(pl.col("outcome").is_in([GONE, "named"]) & ~pl.col("is_rewritten"))
    homes = gone.select(
        home=pl.coalesce("home", pl.lit(BY_KEY) + pl.col("key")),
        **{name: pl.col(column) for name, column in _AREA.items()},
        told=pl.when("coefficient_known").then("coefficient"),
    )
    return _as_homes(_with_collectors(homes, facts), unknown, recorded=False)


def _emptied(facts: Facts, unknown: float) -> pl.DataFrame:
    """Without a houses table: homes of the baseline that nobody names now and from which people are gone."""
    if facts.known_homes is None or facts.known_people is None:
        return pl.DataFrame(schema=HOMES)
    lost = facts.known_people.filter((pl.col("outcome") == GONE) & pl.col("home").is_null())
    homes = facts.known_homes.join(lost, left_on="key", right_on="home_key", how="semi", maintain_order="left").select(
        home=pl.lit(BY_KEY) + pl.col("key"),
        **{name: pl.col(column) for name, column in _AREA.items()},
        told=pl.when("coefficient_known").then("coefficient"),
    )
    return _as_homes(_with_collectors(homes, facts), unknown, recorded=False)


def _with_collectors(homes: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Nobody recorded these homes: they are the collector's whom the roster gives their grid."""
    if facts.grids is None:
        return homes.with_columns(collector=pl.lit(None, dtype=pl.String))
    return homes.join(facts.grids.select("grid", "collector"), on="grid", how="left", maintain_order="left")


def _with_gone(homes: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Count the people of the baseline who are gone from each home."""
    if facts.known_people is None:
        return homes
    gone = facts.known_people.filter((pl.col("outcome") == GONE) & pl.col("home").is_not_null())
    counts = gone.group_by("home").agg(n=pl.len().cast(pl.Int64))
    counted = homes.join(counts, on="home", how="left", maintain_order="left")
    return counted.with_columns(n_gone=pl.col("n").fill_null(0)).drop("n")


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
