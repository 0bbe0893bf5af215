"""What a sheet lacks: the rules that its missing columns leave unevaluated (W104)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from gridaudit import schema
from gridaudit.derive import Facts
from gridaudit.judge.verdicts import SCOPE, missing_columns
from gridaudit.rulebook import CompiledRule
from gridaudit.text import Lang


def with_missing(facts: Facts, by_table: Mapping[str, Sequence[CompiledRule]], lang: Lang) -> pl.DataFrame:
    """Return the facts of files, and for each sheet which rules its missing columns leave unevaluated.

    Args:
        facts: Of sheets and files.
        by_table: The rules.
        lang: Language of the names of the columns.
    """
    numbers, counts, texts = [], [], []
    for sheet in facts.sheets:
        by_column: dict[str, list[str]] = {}
        codes = set()
        more = by_table.get("gaps", ()) if sheet.table == "houses" else ()
        for rule in (*by_table.get(sheet.table, ()), *more):
            lacking = missing_columns(rule, sheet.has)
            if lacking:
                codes.add(rule.rule.code)
                by_column.setdefault(lacking[0], []).append(rule.rule.code)
        known = schema.columns(sheet.table)
        label = {name: (known[name].zh if lang == "zh" else known[name].en) for name in by_column}
        numbers.append(sheet.sheet_no)
        counts.append(len(codes))
        texts.append(", ".join(f"{label[name]} {' '.join(codes)}" for name, codes in by_column.items()))
    missing = pl.DataFrame(
        {"sheet_no": numbers, "n_rules_not_evaluated": counts, "missing_columns": texts},
        schema={"sheet_no": pl.UInt16, "n_rules_not_evaluated": pl.UInt32, "missing_columns": pl.String},
    )
    files = facts.files.drop("n_rules_not_evaluated", "missing_columns")
    nowhere = [pl.lit(None, dtype=pl.String).alias(name) for name in SCOPE[1:]]
    return files.join(missing, on="sheet_no", how="left", maintain_order="left").with_columns(nowhere)
