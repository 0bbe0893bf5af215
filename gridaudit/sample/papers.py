"""Which paper everybody shows, what number it has, and who died or moved out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gridaudit.sample.cases import case, either
from gridaudit.sample.families import AS_OF
from gridaudit.sample.identity import with_numbers
from gridaudit.sample.places import padded
from gridaudit.sample.words import text

if TYPE_CHECKING:
    from gridaudit.sample.draws import Draws

RESIDENT, PERMIT, PASSPORT = "居民身份证", "港澳台居民居住证", "护照"
PASSPORTS, PERMITS, NEWBORN_DAYS = 0.0015, 0.001, 200
GROWN_UP, RETIRED = 18, 60


def with_papers(draws: Draws, people: pl.DataFrame) -> pl.DataFrame:
    """Give everybody a paper and a number, and a few people a status.

    Args:
        draws: The streams of the seed.
        people: What `build_people` gives.

    Returns:
        The same with paper, number (both blank for most of the newborn), has_id (a valid number
        of a citizen of the district), status (在住, 死亡, 迁出) and present.
    """
    may_be_abroad = pl.col("role").is_in(["single", "tenant"]) & pl.col("home").is_not_null()
    may_be_abroad = may_be_abroad & (pl.col("age") < RETIRED)
    turn = pl.when(may_be_abroad).then(draws.bits("paper")).rank("ordinal")
    n_people = people.get_column("home").count()
    n_passports, n_permits = max(3, round(n_people * PASSPORTS)), max(2, round(n_people * PERMITS))
    paper = case(
        (turn <= n_passports, PASSPORT),
        (turn <= n_passports + n_permits, PERMIT),
        default=RESIDENT,
    )
    people = people.with_columns(paper=paper)
    permit_area = draws.pick("permit", ["810000", "830000"])
    is_permit = pl.col("paper") == PERMIT
    area = either(is_permit, permit_area, text("area_code"))
    people = with_numbers(draws, people.with_columns(area=area))
    return _status(draws, _number(draws, people))


def _number(draws: Draws, people: pl.DataFrame) -> pl.DataFrame:
    days = (pl.lit(AS_OF) - pl.col("birth")).dt.total_days()
    unnumbered = (days < NEWBORN_DAYS) & draws.chance("newborn", 0.7)
    serial = draws.between("passport start", 0, 9999, "one") * 7919 + pl.col("row")
    passport = pl.lit("E") + padded(serial % 100_000_000, 8)
    is_passport = pl.col("paper") == PASSPORT
    number = case((unnumbered, ""), (is_passport, passport), default=pl.col("id_number"))
    people = people.with_columns(one=pl.lit(1))
    return people.with_columns(
        paper=either(unnumbered, "", pl.col("paper")),
        number=number,
        has_id=~unnumbered & (pl.col("paper") == RESIDENT),
    ).drop("id_number", "area", "one")


def _status(draws: Draws, people: pl.DataFrame) -> pl.DataFrame:
    """Old parents who died, grown-up children and tenants who left; never the head."""
    follows = pl.col("relation") != "户主"
    old = follows & pl.col("role").is_in(["grandfather", "grandmother"])
    leaver = pl.col("role").is_in(["child", "older", "tenant"]) & (pl.col("age") >= GROWN_UP)
    status = case(
        (old & draws.chance("died", 0.08), "死亡"),
        (follows & leaver & draws.chance("left", 0.03), "迁出"),
        default="在住",
    )
    people = people.with_columns(status=status)
    return people.with_columns(present=pl.col("status") == "在住")
