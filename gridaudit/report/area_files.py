"""Areas for machines: flat tables and the document of a run. Keys are English and never translated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from gridaudit.report.area_rows import MIN_CELL, area_rows, known_grids, total_row
from gridaudit.report.findings_files import guarded_csv
from gridaudit.report.header import Header
from gridaudit.rulebook import FAMILIES
from gridaudit.score import LEVELS

SCHEMA_VERSION = 1
LISTED = ("street", "community", "grid", "collector")
_DIGITS = 6
# Column of the table of areas → key of the document.
_KEYS = {
    "n_homes": "houses", "standard_households": "standard_households", "n_persons": "persons", "n_records": "records",
    "score": "score", "score_low": "low", "score_high": "high", "marks_lost": "marks_lost", "n_unknown": "undefined",
    "checkable": "checkable", "n_findings": "findings", "n_error": "error", "n_warning": "warning", "n_info": "info",
    **{f"family_{family}": f"family_{family}" for family in FAMILIES if family != "W"},
    "n_unclean": "unclean", "per_100_homes": "per_100_houses", "per_100_persons": "per_100_persons",
    "n_problem_homes": "observed", "expected": "expected", "oe": "oe", "oe_low": "oe_low", "oe_high": "oe_high",
    "verdict": "verdict",
}  # fmt: skip
_PLACE = ("street", "community", "grid", "grid_name", "collector")


def area_frame(
    areas: pl.DataFrame, level: str | None = None, *, street: str | None = None, min_cell: int = MIN_CELL
) -> pl.DataFrame:
    """Return areas as a flat table with the keys of the document; figures on fewer than `min_cell` people are null.

    Args:
        areas: One row per area of every level.
        level: The level wanted; all when None.
        street: Only the areas of this street.
        min_cell: People below which figures about people are null.
    """
    levels = ("district", *LISTED) if level is None else (level,)
    parts = [area_rows(areas, name, street=street, min_cell=min_cell) for name in levels]
    rows = pl.concat(parts, how="diagonal_relaxed")
    enough = [pl.when(~pl.col("few_persons")).then(pl.col(name)).alias(name) for name in ("n_persons", "n_records")]
    return rows.with_columns(enough).select(
        "level", *_PLACE, *(_rounded(rows, name).alias(key) for name, key in _KEYS.items())
    )


def _rounded(rows: pl.DataFrame, name: str) -> pl.Expr:
    return pl.col(name).round(_DIGITS) if rows.schema[name].is_float() else pl.col(name)


def areas_csv(
    areas: pl.DataFrame, level: str | None = None, *, street: str | None = None, min_cell: int = MIN_CELL
) -> str:
    """Return areas as CSV without live formulas; whoever writes the file puts the UTF-8 mark in front."""
    return guarded_csv(area_frame(areas, level, street=street, min_cell=min_cell))


def areas_json(
    header: Header, areas: pl.DataFrame, level: str, *, street: str | None = None, min_cell: int = MIN_CELL
) -> dict[str, Any]:
    """Return the areas of one level as a document."""
    return {**_head(header), "level": level, "areas": entries(areas, level, street=street, min_cell=min_cell)}


def summary_json(
    header: Header,
    areas: pl.DataFrame,
    findings: pl.DataFrame,
    *,
    tallies: pl.DataFrame | None = None,
    street: str | None = None,
    min_cell: int = MIN_CELL,
) -> dict[str, Any]:
    """Return the document of a run: aggregates only.

    Args:
        header: The run.
        areas: One row per area of every level.
        findings: The findings shown, for the count of systematic ones and of those about files.
        tallies: Rows, checked and failed per rule and scope; adds the results by rule.
        street: Only the areas of this street.
        min_cell: People below which figures about people are null.
    """
    total = total_row(areas, min_cell=min_cell)
    document = {
        **_head(header),
        "totals": _totals(total, findings),
        "score": {
            "score": _round(total["score"]),
            "low": _round(total["score_low"]),
            "high": _round(total["score_high"]),
            "houses": total["n_homes"] or 0,
            "standard_households": _round(total["standard_households"]),
            "undefined": total["n_unknown"] or 0,
            "checkable": _round(total["checkable"]),
            "problem_houses": total["n_problem_homes"] or 0,
            "per_100_houses": _round(total["per_100_homes"]),
            "weighted": header.weighted,
        },
        "not_evaluated": sorted(header.not_evaluated),
        "missing": {code: list(header.not_evaluated[code]) for code in sorted(header.not_evaluated)},
        "by": {level: entries(areas, level, street=street, min_cell=min_cell) for level in LISTED},
    }
    return document if tallies is None else {**document, "rules": rule_entries(tallies)}


def entries(
    areas: pl.DataFrame, level: str, *, street: str | None = None, min_cell: int = MIN_CELL
) -> list[dict[str, Any]]:
    """Return the areas of a level as dictionaries: where they are, their name, their figures."""
    frame = area_frame(areas, level, street=street, min_cell=min_cell).drop("level")
    keys = list(LEVELS[level]) if level in {"street", "community"} else []
    counts = {row[:-1]: row[-1] for row in known_grids(areas).group_by(keys).len().iter_rows()} if keys else {}
    place = {"street": ("street",), "community": ("street", "community"), "collector": ("collector",)}
    kept = place.get(level, ("street", "community", "grid", "grid_name"))
    return [_entry(row, level, kept, counts) for row in frame.iter_rows(named=True)]


def _entry(
    row: Mapping[str, Any], level: str, kept: tuple[str, ...], counts: Mapping[tuple[str | None, ...], int]
) -> dict[str, Any]:
    name = row["grid_name"] or row["grid"] if level == "grid" else row[level]
    figures = {key: value for key, value in row.items() if key not in {*_PLACE, "oe_low", "oe_high"}}
    ends = None if row["oe_low"] is None else [row["oe_low"], row["oe_high"]]
    grids = {"grids": counts.get(tuple(row[key] for key in kept), 0)} if level in {"street", "community"} else {}
    return {"name": name, **{key: row[key] for key in kept}, **grids, **figures, "ci95": ends}


def rule_entries(tallies: pl.DataFrame) -> list[dict[str, Any]]:
    """Return rows, checked and failed per rule, in order of code."""
    rows = tallies.group_by("rule").agg(pl.col("n_rows", "n_checked", "n_failed").cast(pl.Int64).sum()).sort("rule")
    return rows.select("rule", rows="n_rows", checked="n_checked", failed="n_failed").to_dicts()


def json_text(document: object, *, ensure_ascii: bool = False) -> str:
    """Return a document as JSON text."""
    return json.dumps(document, ensure_ascii=ensure_ascii, indent=1, allow_nan=False) + "\n"


def _head(header: Header) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "run": header.run_id,
        "started_at": header.started_at.isoformat(timespec="seconds"),
        "tool": header.tool,
        "ruleset": header.ruleset,
        "as_of": header.as_of.isoformat(),
        "district": header.district,
        "baseline": header.baseline or None,
        "inputs": [dict(item) for item in header.inputs],
    }


def _totals(total: Mapping[str, Any], findings: pl.DataFrame) -> dict[str, Any]:
    records = total["n_records"] or 0
    clean = records - (total["n_unclean"] or 0)
    return {
        "records": records,
        "persons": total["n_persons"] or 0,
        "clean": clean,
        "clean_rate": _round(clean / records) if records else None,
        "findings": total["n_findings"] or 0,
        **{level: total[f"n_{level}"] or 0 for level in ("error", "warning", "info")},
        "systematic": int(findings["systematic"].sum()),
        "about_files": findings.filter(pl.col("family") == "W").height,
    }


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
