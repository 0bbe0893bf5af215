"""Facts + rules → one Boolean column per rule, and tallies of them. Never unpivoted over rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import polars as pl

from gridaudit.normalise import SheetInfo
from gridaudit.rulebook import CompiledRule

SCOPE = ("sheet_no", "area_street", "area_community", "area_grid")


class Judged(NamedTuple):
    """`verdicts` has a Boolean column per code, row by row; `tallies` one row per rule and scope."""

    verdicts: pl.DataFrame
    tallies: pl.DataFrame
    not_evaluated: dict[str, tuple[str, ...]]


def judge_table(
    frame: pl.DataFrame, rules: Sequence[CompiledRule], sheets: Sequence[SheetInfo], tables: Collection[str]
) -> Judged:
    """Judge every row of a table by every rule.

    Args:
        frame: The table with its facts and the columns of `SCOPE`.
        rules: Rules compiled for this table.
        sheets: The sheets of this table; a rule is not evaluated for the rows of a sheet that lacks its columns.
        tables: Names of the tables that are there.

    Returns:
        Verdicts, tallies (`rule`, scope, `n_rows`, `n_checked`, `n_failed`) and, for every rule that some sheet or
        the whole input cannot be asked, the columns that are missing (`not_evaluated`).
    """
    expressions: list[pl.Expr] = []
    not_evaluated: dict[str, tuple[str, ...]] = {}
    for rule in rules:
        lacking = {sheet.sheet_no: missing for sheet in sheets if (missing := missing_columns(rule, sheet.has))}
        if rule.tables - set(tables):
            not_evaluated[rule.rule.code] = tuple(sorted(rule.tables - set(tables)))
        elif sheets and len(lacking) == len(sheets):
            not_evaluated[rule.rule.code] = next(iter(lacking.values()))
        elif lacking:
            here = ~pl.col("sheet_no").is_in(list(lacking))
            expressions.append(pl.when(here).then(rule.verdict).alias(rule.rule.code))
        else:
            expressions.append(rule.verdict.alias(rule.rule.code))
    verdicts = frame.select(expressions)
    return Judged(verdicts, _tallies(frame, verdicts), not_evaluated)


def missing_columns(rule: CompiledRule, has: Collection[str]) -> tuple[str, ...]:
    """Return the canonical columns a rule needs and a sheet lacks."""
    lacks = sorted(rule.needs - set(has))
    for group in rule.any_of:
        if not group & set(has):
            lacks += sorted(group)[:2] if len(group) > 2 else sorted(group)
    return tuple(dict.fromkeys(lacks))


def _tallies(frame: pl.DataFrame, verdicts: pl.DataFrame) -> pl.DataFrame:
    codes = verdicts.columns
    empty = pl.DataFrame(
        schema={
            "rule": pl.String,
            "sheet_no": pl.UInt16,
            **dict.fromkeys(SCOPE[1:], pl.String),
            "n_rows": pl.UInt32,
            "n_checked": pl.UInt32,
            "n_failed": pl.UInt32,
        }
    )
    if not codes or frame.is_empty():
        return empty
    scope = frame.select(SCOPE)
    counted = (
        pl.concat([scope, verdicts], how="horizontal")
        .lazy()
        .group_by(SCOPE)
        .agg(
            pl.len().cast(pl.UInt32).alias("n_rows"),
            *(pl.col(code).count().cast(pl.UInt32).alias(f"{code} checked") for code in codes),
            *((~pl.col(code)).sum().cast(pl.UInt32).alias(f"{code} failed") for code in codes),
        )
        .collect()
        .sort(SCOPE, nulls_last=True)
    )
    parts = [
        counted.select(
            pl.lit(code).alias("rule"), *SCOPE, "n_rows",
            n_checked=pl.col(f"{code} checked"), n_failed=pl.col(f"{code} failed"),
        )
        for code in codes
    ]  # fmt: skip
    return pl.concat(parts)


def added_tallies(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Add up the tallies of the parts of a table, in the order those of one part have."""
    every = pl.concat(parts)
    rule = pl.col("rule").cast(pl.Enum(every["rule"].unique(maintain_order=True)))
    added = every.group_by("rule", *SCOPE, "table").agg(pl.col("n_rows", "n_checked", "n_failed").sum())
    return added.sort(rule, *SCOPE, nulls_last=True).select(every.columns)
