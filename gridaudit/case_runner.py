"""Runs the cases of a rule file: cells as typed go through cleaning, facts and the rule, like a spreadsheet's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from gridaudit import schema
from gridaudit.derive import Circumstances, derive, load_area_codes
from gridaudit.normalise import normalise
from gridaudit.read.sheet import NO_NUMBERS, Sheet
from gridaudit.rulebook import Case, Rule, builtin_folder, compile_rule
from gridaudit.rulebook.rule import ROW_TABLES

CASE_DATE = date(2026, 9, 1)
_CASE_CODES = "data/area_codes_of_cases.csv"


def run_case(rule: Rule, case: Case) -> str:
    """Return the verdict of `rule` on the row of `case`: pass, fail or skip. The area code 430299 counts as known."""
    rule = replace(rule, parameters={**rule.parameters, **case.parameters})
    compiled = compile_rule(rule, case.table)
    if case.table in ROW_TABLES:
        frame, index = _through_the_line(case)
    else:
        dtypes = schema.rule_dtypes(case.table)
        columns = {name: pl.Series([case.row.get(name)], dtype=dtype) for name, dtype in dtypes.items()}
        frame, index = pl.DataFrame(columns), 0
    verdict = frame.select(compiled.verdict.alias("verdict"))["verdict"][index]
    return {True: "pass", False: "fail", None: "skip"}[verdict]


def _through_the_line(case: Case) -> tuple[pl.DataFrame, int]:
    """Put the case's row behind the rows of its context, and derive the facts of them all."""
    tables: dict[str, list[Mapping[str, Any]]] = {name: list(rows) for name, rows in case.context.items()}
    tables.setdefault(case.table, []).append(case.row)
    sheets = [_sheet(table, rows) for table, rows in tables.items()]
    frame = derive(normalise(sheets), _circumstances()).get(case.table)
    if frame is None:
        raise ValueError(case.table)
    return frame, len(tables[case.table]) - 1


@cache
def _circumstances() -> Circumstances:
    codes = load_area_codes(builtin_folder(), builtin_folder() / _CASE_CODES)
    return Circumstances(as_of=CASE_DATE, area_codes=codes)


def _sheet(table: str, rows: Sequence[Mapping[str, Any]]) -> Sheet:
    """A sheet with every column of the table; its headings are the canonical names.

    A row may say `out_of_step = true`: a line of a text file with a cell too many.
    """
    names = list(schema.columns(table))
    cells = [names, *([row.get(name) for name in names] for row in rows)]
    frame = pl.DataFrame(cells, schema=[(f"c{index}", pl.String) for index in range(len(names))], orient="row")
    out_of_step = tuple(number for number, row in enumerate(rows, start=2) if row.get("out_of_step"))
    return Sheet(
        source="case", path=Path("case"), sheet=table, frame=frame, long_numbers=NO_NUMBERS, out_of_step=out_of_step
    )
