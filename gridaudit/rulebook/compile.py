"""Rule text → polars expressions: guarded, parameters filled in, tried on an empty typed frame."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import polars as pl

from gridaudit import schema
from gridaudit.errors import RuleError
from gridaudit.rulebook.rule import Rule
from gridaudit.ruleguard import refusal

_PARAMETER = re.compile(r":([a-z_][a-z0-9_]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRule:
    """A rule ready to be judged on one table.

    `verdict` is Boolean: true passes, false is a finding, null is not evaluable or outside the rule.
    `columns` are the columns and facts it names; `needs` the canonical columns the sheet must have; of each
    tuple in `any_of` at least one; `tables` the tables that must be there.
    """

    rule: Rule
    table: str
    verdict: pl.Expr
    columns: tuple[str, ...]
    needs: frozenset[str]
    any_of: tuple[frozenset[str], ...]
    tables: frozenset[str]


class _Trial(NamedTuple):
    """An expression to be tried; `part` is the key of the rule file it stands under."""

    rule: Rule
    table: str
    part: str
    expression: pl.Expr

    def result(self) -> pl.LazyFrame:
        return _empty(self.table).lazy().select(self.expression.alias("result"))


def compile_rules(asked: Iterable[tuple[Rule, str]]) -> list[CompiledRule]:
    """Compile rules, each for a table.

    Raises:
        RuleError: A text is refused by the guard, names an unknown column, or is not a row-wise Boolean.
    """
    compiled, trials = [], []
    for rule, table in asked:
        when, check = (_expression(rule, text) for text in (rule.when, rule.check))
        trials += [_Trial(rule, table, "when", when), _Trial(rule, table, "check", check)]
        named = tuple(sorted({*when.meta.root_names(), *check.meta.root_names()}))
        needed = check.meta.root_names() if rule.any_columns else named
        compiled.append(_with_needs(rule, table, pl.when(when).then(check), named, needed))
    _try_on_empty(trials)
    return compiled


def compile_rule(rule: Rule, table: str) -> CompiledRule:
    """Compile one rule for a table.

    Raises:
        RuleError: As `compile_rules`.
    """
    return compile_rules([(rule, table)])[0]


@cache
def _empty(table: str) -> pl.DataFrame:
    return pl.DataFrame(schema=schema.rule_dtypes(table))


def _expression(rule: Rule, text: str) -> pl.Expr:
    filled = _PARAMETER.sub(lambda match: _literal(rule, match.group(1)), text)
    if reason := refusal(filled):
        raise RuleError("E211", rule=rule.code, file=rule.origin.name, reason=reason)
    try:
        return pl.sql_expr(filled)
    except pl.exceptions.PolarsError as error:
        raise RuleError("E212", rule=rule.code, file=rule.origin.name, reason=type(error).__name__) from None


def _literal(rule: Rule, name: str) -> str:
    value: Any = rule.parameters.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise RuleError("E213", rule=rule.code, file=rule.origin.name, parameter=name)
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)


def _try_on_empty(trials: Sequence[_Trial]) -> None:
    """Find misspelt columns, wrong types and aggregates before any data is read; all at once takes half as long."""
    try:
        results = pl.collect_all([trial.result() for trial in trials])
    except pl.exceptions.PolarsError:
        results = [_tried_alone(trial) for trial in trials]
    for trial, result in zip(trials, results, strict=True):
        if result.schema["result"] != pl.Boolean or (result.height and trial.expression.meta.root_names()):
            raise RuleError("E215", rule=trial.rule.code, file=trial.rule.origin.name, part=trial.part)


def _tried_alone(trial: _Trial) -> pl.DataFrame:
    try:
        return trial.result().collect()
    except pl.exceptions.PolarsError as error:
        known = _empty(trial.table).columns
        unknown = [column for column in trial.expression.meta.root_names() if column not in known]
        reason = ", ".join(unknown) or type(error).__name__
        raise RuleError(
            "E214", rule=trial.rule.code, file=trial.rule.origin.name, part=trial.part, reason=reason
        ) from None


def _with_needs(
    rule: Rule, table: str, verdict: pl.Expr, named: tuple[str, ...], needed: Iterable[str]
) -> CompiledRule:
    """Tell what the input must have: every column of the rule, or with `any_columns` one of those of its check."""
    facts = schema.facts(table)
    needs: set[str] = set()
    any_of: list[frozenset[str]] = []
    tables: set[str] = set()
    for name in needed:
        if name in facts:
            needs.update(facts[name].needs)
            tables.update(facts[name].tables)
            if facts[name].any_of:
                any_of.append(frozenset(facts[name].any_of))
        elif (source := schema.source_column(table, name)) is not None:
            needs.add(source)
    if rule.any_columns:
        any_of, needs = [frozenset(needs)], set()
    return CompiledRule(
        rule=rule,
        table=table,
        verdict=verdict,
        columns=named,
        needs=frozenset(needs),
        any_of=tuple(any_of),
        tables=frozenset(tables),
    )
