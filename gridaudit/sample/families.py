"""Who lives in the homes: kinds of households, roles in them, and ages that fit together."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from gridaudit.sample.cases import case, either
from gridaudit.sample.words import households

if TYPE_CHECKING:
    from gridaudit.sample.draws import Draws

AS_OF = date(2026, 9, 1)
YEAR = 365.2425
MALE = ("husband", "grandfather")
FEMALE = ("wife", "grandmother")
GENERATIONS = ("child", "older", "eldest", "twin", "single", "wife", "husband", "grandmother", "grandfather")


def build_people(draws: Draws, homes: pl.DataFrame, n_extra: int) -> pl.DataFrame:
    """Fill the lived-in homes.

    Args:
        draws: The streams of the seed.
        homes: What `build_homes` gives.
        n_extra: People to hold in reserve for planting: adults on their own without a home.

    Returns:
        One row per person, home by home, the reserve last: row, home (row of the home, null
        for the reserve), household (a number of its own for everybody under one head), tenure
        (自住 or 出租), family (the kind of household), role, relation, male, birth, age (completed
        years), n_members.
    """
    lived_in = homes.filter(pl.col("occupancy").is_in(["自住", "出租"])).select("row", home="row", tenure="occupancy")
    n_homes = homes.height
    reserve = pl.DataFrame({"row": pl.int_range(n_homes, n_homes + n_extra, eager=True)})
    reserve = reserve.with_columns(tenure=pl.lit("自住"), family=pl.lit("adult_alone"))
    chosen = [
        lived_in.filter(pl.col("tenure") == tenure).with_columns(family=_kind(draws, tenure, key))
        for tenure, key in (("自住", "own"), ("出租", "rented"))
    ]
    families = pl.concat([*chosen, reserve], how="diagonal").sort("row")
    families = _ages(draws, families.join(_ranges(), on="family", maintain_order="left"))
    people = families.join(_members(), on="family", maintain_order="left_right")
    people = people.rename({"row": "household"}).with_row_index("row")
    return _person(draws, people.with_columns(pl.col("row").cast(pl.Int64)))


def _kind(draws: Draws, tenure: str, key: str) -> pl.Expr:
    kinds = [name for name, kind in households().items() for _ in range(kind.get(key, 0))]
    return draws.pick(f"family {tenure}", kinds)


def _ranges() -> pl.DataFrame:
    rows = [
        {
            "family": name,
            **{f"{who}_low": kind.get(who, (0, 0))[0] for who in ("child", "wife", "single")},
            **{f"{who}_high": kind.get(who, (0, 0))[1] for who in ("child", "wife", "single")},
            "with_child": "child" in kind,
        }
        for name, kind in households().items()
    ]
    return pl.DataFrame(rows)


def _members() -> pl.DataFrame:
    rows = []
    for name, kind in households().items():
        for member in kind["members"]:
            role, relation = member.split(":")
            n_members = len(kind["members"])
            rows.append((name, role, relation, n_members))
    return pl.DataFrame(rows, schema=["family", "role", "relation", "n_members"], orient="row")


def _ages(draws: Draws, families: pl.DataFrame) -> pl.DataFrame:
    """Ages in days, from the youngest up, so that nobody is a parent too young or too old."""

    def days(stream: str, low: float, high: float) -> pl.Expr:
        return draws.between(f"age {stream}", round(low * YEAR), round(high * YEAR))

    def drawn(who: str) -> pl.Expr:
        low = (pl.col(f"{who}_low") * YEAR).cast(pl.Int64) + 1
        return draws.between(f"age {who}", low, (pl.col(f"{who}_high") * YEAR).cast(pl.Int64) + 1)

    families = families.with_columns(child=drawn("child"), single=drawn("single"))
    families = families.with_columns(older=pl.col("child") + days("older", 1.5, 6))
    families = families.with_columns(eldest=pl.col("older") + days("eldest", 1.5, 6))
    two, three = pl.col("family") == "two_children", pl.col("family") == "three_children"
    oldest = case((two, pl.col("older")), (three, pl.col("eldest")), default=pl.col("child"))
    mother = oldest + days("mother", 24, 31.5)
    families = families.with_columns(
        wife=either("with_child", mother, drawn("wife")),
    )
    families = families.with_columns(husband=pl.col("wife") + days("husband", -1.9, 7.9))
    families = families.with_columns(
        grandmother=pl.col("husband") + days("grandmother", 22, 33),
    )
    return families.with_columns(
        grandfather=pl.col("grandmother") + days("grandfather", -1.9, 5),
        twin=pl.col("child"),
    )


def _person(draws: Draws, people: pl.DataFrame) -> pl.DataFrame:
    role = pl.col("role")
    elder = pl.col("family") == "elder_alone"
    days = case(
        (elder & elder.is_first_distinct(), pl.lit(round(103.4 * YEAR))),
        *((role == name, pl.col(name)) for name in GENERATIONS),
        default=draws.between("tenant age", round(19 * YEAR), round(46 * YEAR)),
    )
    male = case(
        (role.is_in(MALE), pl.lit(value=True)),
        (role.is_in(FEMALE), pl.lit(value=False)),
        default=draws.chance("sex", 0.5),
    )
    people = people.with_columns(birth=pl.lit(AS_OF) - pl.duration(days=days), male=male)
    relation = pl.col("relation")
    relation = case(
        (relation == "子女", either("male", "子", "女")),
        (relation == "孙", either("male", "孙子", "孙女")),
        default=relation,
    )
    return people.select(
        "row",
        "home",
        "household",
        "tenure",
        "family",
        "role",
        "male",
        "birth",
        "n_members",
        relation=relation,
        age=completed_years(pl.col("birth")),
    )


def completed_years(birth: pl.Expr) -> pl.Expr:
    """Age at AS_OF."""
    day = birth.dt.month().cast(pl.Int32) * 100 + birth.dt.day()
    had_birthday = day <= AS_OF.month * 100 + AS_OF.day
    return AS_OF.year - birth.dt.year() - (~had_birthday).cast(pl.Int32)
