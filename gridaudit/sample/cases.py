"""Choices between expressions: the first case that is true decides."""

from __future__ import annotations

import polars as pl


def case(*cases: tuple[pl.Expr, pl.Expr | str], default: pl.Expr | str | None) -> pl.Expr:
    """The value of the first case whose condition is true; texts are taken as they are."""
    result = _value(default)
    for condition, value in reversed(cases):
        result = pl.when(condition).then(_value(value)).otherwise(result)
    return result


def either(condition: pl.Expr | str, yes: pl.Expr | str, no: pl.Expr | str) -> pl.Expr:
    """One of two values; a condition may be the name of a column."""
    truth = pl.col(condition) if isinstance(condition, str) else condition
    return pl.when(truth).then(_value(yes)).otherwise(_value(no))


def _value(value: pl.Expr | str | None) -> pl.Expr:
    return value if isinstance(value, pl.Expr) else pl.lit(value)
