"""Findings + frame + coefficients → marks per home → grid → community → street → district, and the outcome of a run.

`Run` and `Outcome` are the only things that reports and the store receive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import polars as pl

from gridaudit.derive import Facts
from gridaudit.derive.rounds.kept import IS_COUNTED, Kept
from gridaudit.judge import Findings
from gridaudit.normalise import SheetInfo
from gridaudit.read import Note
from gridaudit.rulebook import Rulebook
from gridaudit.score.areas import LEVELS, area_table
from gridaudit.score.frame import Base, added_bases, base_of, home_frame, home_or_row
from gridaudit.score.marks import MARK, lost_units
from gridaudit.score.records import baseline_of, records

__all__ = [
    "IS_COUNTED", "LEVELS", "Base", "Coverage", "Outcome", "People", "Run", "Scorecard", "added_bases", "base_of",
    "baseline_of", "home_or_row", "records", "score",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One audit and where it came from."""

    run_id: str
    started_at: datetime
    as_of: date
    district: str
    tool: str
    polars: str
    ruleset: str
    rule_hashes: Mapping[str, str]
    coefficients: Mapping[str, float]
    inputs: tuple[Mapping[str, object], ...]
    trigger: str = "check"
    baseline: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of the roster the input covers: (with data, in the roster) for streets, communities and grids."""

    streets: tuple[int, int | None]
    communities: tuple[int, int | None]
    grids: tuple[int, int | None]
    n_off_roster: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """`homes`: the frame with what each home loses; `areas`: one row per area of every level."""

    homes: pl.DataFrame
    areas: pl.DataFrame
    coverage: Coverage
    weighted: bool


class People(NamedTuple):
    """Everybody of a large input: `rows` with `person`, a key as bytes, and `place`, a row of `places`.

    `places` has `home`, and as categories `street`, `community` and `grid`.
    """

    rows: pl.DataFrame
    places: pl.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All that a report may show.

    `shown` are the codes to show; `previous` the areas of the run before; `kept` (homes and people with their keys)
    is for the store alone, which keeps the keys.
    """

    run: Run
    findings: Findings
    card: Scorecard
    sheets: tuple[SheetInfo, ...]
    notes: tuple[Note, ...]
    rulebook: Rulebook
    shown: frozenset[str]
    kept: Kept | People | None = None
    previous: pl.DataFrame | None = None
    run_number: int = 1


def score(
    facts: Facts, findings: Findings, *, managed: float, unmanaged: float, unknown: float, base: Base | None = None,
    confirmed: pl.DataFrame | None = None,
) -> Scorecard:  # fmt: skip
    """Score every area.

    Args:
        facts: Tables with facts.
        findings: All findings of all enabled rules.
        managed: Coefficient of a home with property management.
        unmanaged: Coefficient of one without.
        unknown: What a home counts whose coefficient nobody told.
        base: What the parts of residents and houses gave, when `facts` does not hold them.
        confirmed: Homes that were asked about and are there, as of the baseline: `home`, `street`, `community`, `grid`
            and `told`, the coefficient in thousandths where it is known.
    """
    base = base or base_of(facts.residents, facts.houses)
    frame = home_frame(base, facts, findings.rows, unknown=unknown, confirmed=confirmed)
    homes = lost_units(frame, _scored(findings.rows, has_homes="houses" in facts.there))
    low, high = (round(value * MARK) for value in (managed, unmanaged))
    areas = area_table(homes, base.records, facts.grids, findings.rows, low=low, high=high)
    return Scorecard(
        homes=homes,
        areas=areas,
        coverage=_coverage(base.records, facts, findings.rows),
        weighted=bool(homes["coefficient_known"].any()) if homes.height else False,
    )


def _scored(findings: pl.DataFrame, *, has_homes: bool) -> pl.DataFrame:
    """Findings that take marks: not systematic, not on a copy, with the home they count for."""
    whole = (pl.col("rule") == "C102") & (pl.col("table") == "houses")
    own_row = pl.concat_str(pl.lit("#"), "sheet_no", pl.lit(":"), "row")
    home = pl.when(pl.col("table") == "houses").then(pl.coalesce("home", own_row)).otherwise(pl.col("home"))
    return findings.filter(
        ~pl.col("systematic") & ~pl.col("is_copy") & ((pl.col("loss") != "none") | whole) & pl.col("row").is_not_null()
    ).select(
        home=home if has_homes else pl.col("home"),
        person=pl.when(pl.col("table") == "residents").then(own_row),
        loss="loss",
        counted_in="counted_in",
        whole=whole,
    )


def _coverage(records: pl.DataFrame, facts: Facts, findings: pl.DataFrame) -> Coverage:
    source = records.filter(pl.col("table") == ("houses" if "houses" in facts.there else "residents"))
    keys = {"street": ["street"], "community": ["street", "community"], "grid": ["grid"]}
    seen = {name: set(source.select(of).drop_nulls(of[-1]).unique().rows()) for name, of in keys.items()}
    off_roster = findings.filter(pl.col("rule") == "C106").height
    if facts.grids is None:
        return Coverage(
            streets=(len(seen["street"]), None),
            communities=(len(seen["community"]), None),
            grids=(len(seen["grid"]), None),
            n_off_roster=off_roster,
        )
    roster = {
        "street": set(facts.grids.select("street").drop_nulls().rows()),
        "community": set(facts.grids.select("street", "community").drop_nulls("community").rows()),
        "grid": set(facts.grids.select("grid").rows()),
    }
    counts = {name: (len(seen[name] & roster[name]), len(roster[name])) for name in roster}
    return Coverage(
        streets=counts["street"], communities=counts["community"], grids=counts["grid"], n_off_roster=off_roster
    )
