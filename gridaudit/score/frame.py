"""The frame: every home known.

Recorded now, named by a resident and not recorded (C101), in the baseline and not explained (C107), or confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from gridaudit.derive import Facts
from gridaudit.derive.places import AREA_OF, BY_LEVEL
from gridaudit.derive.rounds.recognise import GONE
from gridaudit.score.marks import HOMES, MARK
from gridaudit.score.records import BY_KEY

# A home without code and address is named by its row.
NAMELESS = "#"


class Base(NamedTuple):
    """What the score needs of residents and houses, narrow; that of parts adds up when each home is in one part.

    Attributes:
        recorded: One row per recorded home (columns of `marks.HOMES`) with `repeated` and `at`, which tell their order;
            None without a houses table. Of parts the places, collectors and strata are categories.
        named: Residents who name a home that nobody recorded; without a houses table one row per home named.
        records: `n_persons` and `n_records` per `table`, area and collector.
    """

    recorded: pl.DataFrame | None
    named: pl.DataFrame | None
    records: pl.DataFrame


def base_of(residents: pl.DataFrame | None, houses: pl.DataFrame | None) -> Base:
    """Return what the score needs of the tables with their facts, or of a part of them."""
    recorded = None if houses is None else _recorded(houses)
    named = None
    if residents is not None:
        named = _by_place(_first_by_place(residents)) if houses is None else _by_place(_naming_missing(residents))
    return Base(recorded, named, records(residents, houses))


def added_bases(parts: Sequence[Base]) -> Base:
    """Put the bases of parts together, in the order that one part would have."""
    recorded = [part.recorded for part in parts if part.recorded is not None]
    named = [part.named for part in parts if part.named is not None]
    return Base(
        pl.concat(recorded).sort("repeated", "at") if recorded else None,
        pl.concat(named) if named else None,
        pl.concat(part.records for part in parts),
    )


def home_frame(
    base: Base, facts: Facts, findings: pl.DataFrame, *, unknown: float, confirmed: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return one row per home of the frame (columns of `marks.HOMES`; those with few texts may be categories).

    Args:
        base: What the score needs of residents and houses.
        facts: For the roster and for what became of an earlier round.
        findings: All findings; systematic ones add no home.
        unknown: Coefficient of a home whose compound nobody told.
        confirmed: Homes nobody recorded that were found to be there: `home`, area, `told`.
    """
    if base.recorded is None:
        homes = pl.concat([_from_residents(base.named, facts.grids, unknown), _emptied(facts, unknown)])
        return _with_gone(homes, facts)
    houses = base.recorded.drop("repeated", "at")
    parts = [houses, _of_baseline(facts, unknown)]
    if base.named is not None:
        missing = findings.filter((pl.col("rule") == "C101") & ~pl.col("systematic")).select("row", "sheet_no")
        parts.append(_named(base.named, missing, houses, unknown))
    if confirmed is not None:
        parts.append(_as_homes(_with_collectors(confirmed, facts), unknown, recorded=False))
    homes = pl.concat(part.cast(houses.schema) for part in parts)
    if facts.known_homes is not None or confirmed is not None:
        homes = homes.unique("home", keep="first", maintain_order=True)
    return _with_gone(homes, facts)


def records(residents: pl.DataFrame | None, houses: pl.DataFrame | None) -> pl.DataFrame:
    """Records and people (residents present and no copies) per area and collector: every level adds these up."""
    counts = {"n_persons": pl.col("is_person").sum(), "n_records": pl.len()}
    parts = []
    for table, frame in (("residents", residents), ("houses", houses)):
        if frame is not None:
            is_person = (pl.col("present") & ~pl.col("is_copy")) if table == "residents" else pl.lit(value=False)
            narrow = frame.select(*BY_LEVEL, "collector", is_person=is_person)
            parts.append(
                narrow.group_by(*AREA_OF, "collector")
                .agg(number.cast(pl.UInt32).alias(name) for name, number in counts.items())
                .with_columns(table=pl.lit(table))
            )
    return pl.concat(parts)


def _of_baseline(facts: Facts, unknown: float) -> pl.DataFrame:
    """Homes of the baseline that are not recorded now and not explained, each worth what it was then."""
    if facts.known_homes is None:
        return pl.DataFrame(schema=HOMES)
    gone = facts.known_homes.filter(pl.col("outcome").is_in([GONE, "named"]) & ~pl.col("is_rewritten"))
    homes = gone.select(
        pl.coalesce("home", pl.lit(BY_KEY) + pl.col("key")).alias("home"),
        *BY_LEVEL,
        told=pl.when("coefficient_known").then("coefficient"),
    )
    return _as_homes(_with_collectors(homes, facts), unknown, recorded=False)


def _emptied(facts: Facts, unknown: float) -> pl.DataFrame:
    """Without a houses table: homes of the baseline that nobody names now and from which people are gone."""
    if facts.known_homes is None or facts.known_people is None:
        return pl.DataFrame(schema=HOMES)
    lost = facts.known_people.filter((pl.col("outcome") == GONE) & pl.col("home").is_null())
    homes = facts.known_homes.join(lost, left_on="key", right_on="home_key", how="semi", maintain_order="left").select(
        (pl.lit(BY_KEY) + pl.col("key")).alias("home"),
        *BY_LEVEL,
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
        houses.with_columns(at=_place_in_table(houses))
        .filter(~pl.col("is_copy"))
        .sort(repeated, maintain_order=True)
        .select(
            home_or_row().alias("home"),
            *BY_LEVEL,
            collector=pl.col("collector"),
            coefficient=(pl.col("coefficient") * MARK).round().cast(pl.Int64),
            coefficient_known=pl.col("coefficient_known"),
            stratum=managed + kind,
            checkable=pl.col("in_lattice"),
            recorded=pl.lit(value=True),
            n_gone=pl.lit(0, dtype=pl.Int64),
            repeated=repeated,
            at=pl.col("at"),
        )
        .unique("home", keep="first", maintain_order=True)
    )


def _place_in_table(houses: pl.DataFrame) -> pl.Expr:
    """The place of a house in the whole table: a part brings it along."""
    return pl.col("_at") if "_at" in houses.columns else pl.int_range(pl.len(), dtype=pl.UInt32)


def home_or_row() -> pl.Expr:
    """The key of the home; a record with neither code nor address is a home of its own."""
    return pl.coalesce("home", pl.concat_str(pl.lit(NAMELESS), "sheet_no", pl.lit(":"), "row"))


def _naming_missing(residents: pl.DataFrame) -> pl.DataFrame:
    return residents.filter((~pl.col("house_exists")).fill_null(value=False)).drop_nulls("home")


def _by_place(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("sheet_no", "row", "home", "collector", *BY_LEVEL)


def _named(named: pl.DataFrame, missing: pl.DataFrame, houses: pl.DataFrame, unknown: float) -> pl.DataFrame:
    """Homes that residents name and nobody recorded; their coefficient is known where all homes of the grid agree."""
    rows = named.join(missing, on=["row", "sheet_no"], how="semi", maintain_order="left")
    homes = _first(rows, *AREA_OF)
    of_grid = houses.group_by("grid").agg(
        told=pl.when((pl.col("coefficient").n_unique() == 1) & pl.col("coefficient_known").all()).then(
            pl.col("coefficient").first()
        )
    ).with_columns(pl.col("grid").cast(pl.String))  # fmt: skip
    homes = homes.join(of_grid, on="grid", how="left", nulls_equal=False, maintain_order="left")
    return _as_homes(homes, unknown, recorded=False)


def _first_by_place(rows: pl.DataFrame) -> pl.DataFrame:
    return _first(rows.drop_nulls("home"), *AREA_OF.values())


def _first(rows: pl.DataFrame, *area: str) -> pl.DataFrame:
    """One row per home; where residents name several grids for it, the order of the file must not decide."""
    ordered = rows.sort("home", *area, "collector", nulls_last=True, maintain_order=True)
    return ordered.unique("home", keep="first", maintain_order=True)


def _from_residents(named: pl.DataFrame | None, grids: pl.DataFrame | None, unknown: float) -> pl.DataFrame:
    """Without a houses table: the homes residents name, each worth what the roster says of its grid, else `unknown`."""
    if named is None:
        return pl.DataFrame(schema=HOMES)
    homes = named.sort("home")
    if grids is not None:
        of_grid = grids.select("grid", told=(pl.col("coefficient") * MARK).round().cast(pl.Int64))
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
