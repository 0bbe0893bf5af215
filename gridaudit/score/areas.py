"""Homes → areas: district, street, community, grid and collector, each added up the same way from the same homes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import polars as pl

from gridaudit.derive import Facts
from gridaudit.rulebook import FAMILIES
from gridaudit.score.compare import dispersion, expected_rates, with_verdicts
from gridaudit.score.marks import score

LEVELS: dict[str, tuple[str, ...]] = {
    "district": (),
    "street": ("street",),
    "community": ("street", "community"),
    "grid": ("street", "community", "grid"),
    "collector": ("collector",),
}
_THREADS = 2
KEYS = ("street", "community", "grid", "collector")


def area_table(homes: pl.DataFrame, facts: Facts, findings: pl.DataFrame, *, low: int, high: int) -> pl.DataFrame:
    """Return one row per area of every level.

    Args:
        homes: The frame with `lost`.
        facts: Tables with facts, for people and the roster.
        findings: All findings, for the counts; systematic ones are not counted.
        low: Coefficient (thousandths) of unknown homes at one end.
        high: The same at the other end.

    Returns:
        `level`, `street`, `community`, `grid`, `collector`, `grid_name`, the score's columns (`marks.score`),
        `n_persons`, `n_records`, `n_unclean`, findings per level and family (`n_error`, `n_warning`, `n_info`,
        `family_I` ... errors and warnings), `expected`, `oe`, `oe_low`, `oe_high`, `verdict`.
    """
    homes = expected_rates(homes)
    records = _records(facts)
    counted = _counted(findings, homes)
    with ThreadPoolExecutor(_THREADS) as pool:
        work = partial(_level, homes=homes, records=records, counted=counted, facts=facts, low=low, high=high)
        areas = dict(zip(LEVELS, pool.map(work, LEVELS), strict=True))
    phi = dispersion(areas["grid"])
    parts = [with_verdicts(areas[level], phi, strict=level != "street") for level in LEVELS]
    return pl.concat(parts, how="diagonal_relaxed")


def _level(
    level: str, homes: pl.DataFrame, records: pl.DataFrame, counted: pl.DataFrame, facts: Facts, *, low: int, high: int
) -> pl.DataFrame:
    keys = LEVELS[level]
    by = [pl.col(key) for key in keys] or [pl.lit(1).alias("all")]
    names = [*keys] or ["all"]
    scored = homes.group_by(by).agg(*score(low=low, high=high), expected=pl.col("expected").sum())
    people = records.group_by(by).agg(pl.col("n_persons", "n_records").sum())
    problems = counted.group_by(by).agg(_counts())
    areas = scored.join(people, on=names, how="full", coalesce=True, nulls_equal=True)
    areas = areas.join(problems, on=names, how="full", coalesce=True, nulls_equal=True)
    areas = _with_roster(areas, level, facts)
    zero = [name for name in areas.columns if name.startswith(("n_", "family_"))]
    areas = areas.with_columns(pl.col(zero).fill_null(0)).with_columns(level=pl.lit(level))
    missing = [pl.lit(None, dtype=pl.String).alias(key) for key in (*KEYS, "grid_name") if key not in areas.columns]
    return areas.with_columns(missing).drop("all", strict=False).sort(*KEYS, nulls_last=True)


def _counts() -> list[pl.Expr]:
    scored_levels = pl.col("level").is_in(["error", "warning"])
    levels = {f"n_{level}": pl.col("level") == level for level in ("error", "warning", "info")}
    families = {f"family_{family}": scored_levels & (pl.col("family") == family) for family in FAMILIES}
    records = pl.struct("table", "sheet_no", "row").filter(scored_levels & pl.col("row").is_not_null())
    return [
        *(condition.sum().cast(pl.UInt32).alias(name) for name, condition in (levels | families).items()),
        records.n_unique().cast(pl.UInt32).alias("n_unclean"),
    ]


def _records(facts: Facts) -> pl.DataFrame:
    """Records and people (residents present and no copies) per grid and collector: every level adds these up."""
    parts = []
    for table in ("residents", "houses"):
        frame = facts.get(table)
        if frame is not None:
            is_person = (pl.col("present") & ~pl.col("is_copy")) if table == "residents" else pl.lit(value=False)
            parts.append(
                frame.select(
                    street="area_street", community="area_community", grid="area_grid", collector="collector",
                    is_person=is_person,
                )
            )  # fmt: skip
    counts = {"n_persons": pl.col("is_person").sum(), "n_records": pl.len()}
    small = [
        part.group_by(KEYS).agg(count.cast(pl.UInt32).alias(name) for name, count in counts.items()) for part in parts
    ]
    return pl.concat(small)


def _counted(findings: pl.DataFrame, homes: pl.DataFrame) -> pl.DataFrame:
    """Findings that count against an area, with the collector of their home."""
    collectors = homes.select("home", "collector").drop_nulls().unique("home")
    rows = findings.filter(~pl.col("systematic") & ~pl.col("family").is_in(["W"]))
    return rows.join(collectors, on="home", how="left", maintain_order="left")


def _with_roster(areas: pl.DataFrame, level: str, facts: Facts) -> pl.DataFrame:
    """Areas of the roster without any record stand there with an empty frame."""
    if facts.grids is None or level in {"district", "collector"}:
        return areas
    keys = list(LEVELS[level])
    extra = ["grid_name"] if level == "grid" else []
    roster = facts.grids.select(*keys, *extra).unique(keys, keep="first", maintain_order=True)
    return areas.join(roster, on=keys, how="full", coalesce=True, nulls_equal=True)
