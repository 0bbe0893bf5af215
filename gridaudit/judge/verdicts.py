"""Facts + rules → one Boolean column per rule, and tallies of them. Never unpivoted over rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import polars as pl

from gridaudit.normalise import SheetInfo
from gridaudit.rulebook import CompiledRule

SCOPE = ("sheet_no", "area_street", "area_community", "area_grid")


class Judged(NamedTuple):
    """`verdicts` has a Boolean column per code, row by row; `tallies` one row per rule and scope.

    `any_failed` says row by row whether a verdict is false.
    """

    verdicts: pl.DataFrame
    any_failed: pl.Series
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
    any_failed = _any_failed(verdicts, frame.height)
    return Judged(verdicts, any_failed, _tallies(frame, verdicts, any_failed), not_evaluated)


def missing_columns(rule: CompiledRule, has: Collection[str]) -> tuple[str, ...]:
    """Return the canonical columns a rule needs and a sheet lacks."""
    lacks = sorted(rule.needs - set(has))
    for group in rule.any_of:
        if not group & set(has):
            lacks += sorted(group)[:2] if len(group) > 2 else sorted(group)
    return tuple(dict.fromkeys(lacks))


def _any_failed(verdicts: pl.DataFrame, height: int) -> pl.Series:
    if not verdicts.width:
        return pl.Series([False], dtype=pl.Boolean).new_from_index(0, height)
    return verdicts.select(~pl.all_horizontal(pl.all().fill_null(value=True))).to_series()


def _tallies(frame: pl.DataFrame, verdicts: pl.DataFrame, any_failed: pl.Series) -> pl.DataFrame:
    """Count what was checked over all rows, and what failed over the few that failed anything."""
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
    judged = pl.concat([frame.select(SCOPE), verdicts], how="horizontal").lazy()
    checked = judged.group_by(SCOPE).agg(
        pl.len().cast(pl.UInt32).alias("n_rows"), pl.col(codes).count().cast(pl.UInt32).name.suffix(" checked")
    )
    failed = (
        judged.filter(any_failed).group_by(SCOPE).agg((~pl.col(codes)).sum().cast(pl.UInt32).name.suffix(" failed"))
    )
    both = checked.join(failed, on=SCOPE, how="left", nulls_equal=True)
    counted = both.with_columns(pl.col("^.* failed$").fill_null(0)).collect()
    parts = [
        counted.select(
            pl.lit(code).alias("rule"), *SCOPE, "n_rows",
            n_checked=pl.col(f"{code} checked"), n_failed=pl.col(f"{code} failed"),
        )
        for code in codes
    ]  # fmt: skip
    return pl.concat(parts)
