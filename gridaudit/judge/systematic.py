"""A rule that fails nearly everywhere speaks of the file, not of the people: one W107 with the likely cause.

F rules are looked at over the whole table, others per file; C101, C102, C107 and C108 also per street and
file, so that one street's missing file, or its new codes, do not look like 10,000 missing homes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from gridaudit.derive import Facts
from gridaudit.judge.findings import build
from gridaudit.normalise import SheetInfo
from gridaudit.rulebook import CompiledRule, Rule
from gridaudit.text import Lang, say

_BY_STREET = ("C101", "C102", "C107", "C108")
_SCOPE = ["rule", "table", "file_no", "street"]


def find_systematic(
    tallies: pl.DataFrame,
    rules: Mapping[str, Rule],
    w107: CompiledRule | None,
    facts: Facts,
    *,
    explained: Collection[str],
    lang: Lang,
) -> pl.DataFrame:
    """Return the outcomes that rule W107 fails.

    Args:
        tallies: Of the rules on rows, with `table`.
        rules: Rules by code; information is left out, nobody is sent anywhere for it.
        w107: The compiled rule; without it nothing is systematic.
        facts: For the likely cause.
        explained: Codes that another W finding already explains.
        lang: Language of the cause.

    Returns:
        `rule`, `table`, `file_no` (null: every file), `street` (null: every street), the columns of `outcomes`, and
        `is_consequence`: the same cause has its W107 already.
    """
    looked_at = [code for code, rule in rules.items() if rule.level != "info" and code not in explained]
    rows = tallies.filter(pl.col("rule").is_in(looked_at))
    if w107 is None or rows.is_empty():
        return _outcomes(rows.clear(), by_street=False).with_columns(is_consequence=pl.lit(value=False))
    whole = _outcomes(rows, by_street=False).filter(~w107.verdict)
    streets = _outcomes(rows.filter(pl.col("rule").is_in(_BY_STREET)), by_street=True).filter(~w107.verdict)
    streets = streets.join(whole, on=["rule", "file_no"], how="anti", nulls_equal=True)
    failed = pl.concat([whole, streets]).sort(_SCOPE, nulls_last=True)
    failed = failed.with_columns(is_consequence=_consequence(failed))
    causes = [_cause(row, facts, lang) for row in failed.iter_rows(named=True)]
    return failed.with_columns(cause=pl.Series(causes, dtype=pl.String))


def _consequence(failed: pl.DataFrame) -> pl.Expr:
    """Homes stand without residents (C102) because the residents' house codes meet nothing (C101)."""
    streets = failed.filter(pl.col("rule") == "C101")["street"]
    same_street = pl.col("street").is_in(streets.implode()).fill_null(value=False)
    everywhere = pl.lit(streets.null_count() > 0)
    return (pl.col("rule") == "C102") & (same_street | everywhere)


def _outcomes(rows: pl.DataFrame, *, by_street: bool) -> pl.DataFrame:
    scope = rows.with_columns(
        file_no=pl.when(~pl.col("rule").str.starts_with("F")).then("sheet_no"),
        street=pl.col("area_street") if by_street else pl.lit(None, dtype=pl.String),
    )
    return (
        scope.group_by(_SCOPE)
        .agg(pl.col("n_checked", "n_failed").sum())
        .with_columns(
            failed_rule=pl.col("rule"),
            failed_percent=100 * pl.col("n_failed") / pl.col("n_checked"),
            cause=pl.lit(None, dtype=pl.String),
        )
    )


def mark(findings: pl.DataFrame, failed: pl.DataFrame) -> pl.DataFrame:
    """Set `systematic` on the findings whose scope is among the outcomes that failed."""
    if failed.is_empty():
        return findings.with_columns(systematic=pl.lit(value=False))
    scopes = failed.select(*_SCOPE, is_whole=pl.col("street").is_null())
    found = findings.with_columns(file_no=pl.when(~pl.col("rule").str.starts_with("F")).then("sheet_no"))
    whole = scopes.filter("is_whole").select("rule", "table", "file_no", in_file=pl.lit(value=True))
    streets = scopes.filter(~pl.col("is_whole")).select(
        "rule", "table", "file_no", "street", in_street=pl.lit(value=True)
    )
    return (
        found.join(whole, on=["rule", "table", "file_no"], how="left", nulls_equal=True, maintain_order="left")
        .join(streets, on=["rule", "table", "file_no", "street"], how="left", nulls_equal=True, maintain_order="left")
        .with_columns(systematic=pl.coalesce("in_file", "in_street", pl.lit(value=False)))
        .drop("file_no", "in_file", "in_street")
    )


def outcome_findings(failed: pl.DataFrame, w107: CompiledRule, sheets: Sequence[SheetInfo], lang: Lang) -> pl.DataFrame:
    """Return the findings of rule W107.

    Args:
        failed: What `find_systematic` gave, without consequences.
        w107: The compiled rule.
        sheets: All sheets.
        lang: Language of the messages.
    """
    frame = failed.with_columns(sheet_no=pl.col("file_no"), area_street=pl.col("street"))
    code = w107.rule.code
    every = frame.select(pl.repeat(value=True, n=pl.len(), dtype=pl.Boolean).alias(code))
    found = build(frame, every, {code: w107.rule}, "outcomes", sheets, lang)
    identity = failed.select(pl.concat_str("rule", "table", pl.col("street").fill_null("")).alias("identity"))
    return found.with_columns(identity["identity"])


def mark_explained(
    rows: pl.DataFrame, tallies: pl.DataFrame, explained: Collection[str], w107: CompiledRule
) -> pl.DataFrame:
    """Mark what W101 explains: where nearly all ID cells are numbers, they are systematic without a W107 beside it.

    Args:
        rows: Findings with `systematic`.
        tallies: Of the rules on rows.
        explained: Codes that another W finding already explains.
        w107: The compiled rule, whose parameter `percent` says what nearly all is.
    """
    if not explained:
        return rows
    share = tallies.filter(pl.col("rule").is_in(list(explained))).group_by("rule", "sheet_no").agg(
        nearly_all=pl.col("n_failed").sum() >= float(w107.rule.parameters["percent"]) / 100 * pl.col("n_checked").sum()
    )  # fmt: skip
    joined = rows.join(share, on=["rule", "sheet_no"], how="left", maintain_order="left")
    return joined.with_columns(systematic=pl.col("systematic") | pl.col("nearly_all").fill_null(value=False)).drop(
        "nearly_all"
    )


def _cause(row: Mapping[str, object], facts: Facts, lang: Lang) -> str:
    """The likely cause, from what the two files look like. Never a cell value."""
    rule, failed, checked = str(row["rule"]), row["n_failed"], row["n_checked"]
    if rule in _BY_STREET and row["street"] is not None:
        return say(f"cause.street_{rule}", lang, street=row["street"])
    if rule in {"C107", "C108"}:
        return say(f"cause.{rule}", lang)
    if rule == "C101":
        return _codes_differ(facts, lang)
    if rule == "C102":
        return say("cause.no_residents_meet", lang)
    if failed == checked:
        return say("cause.empty" if rule.startswith("F") else "cause.throughout", lang)
    return say("cause.nearly_throughout", lang)


def _codes_differ(facts: Facts, lang: Lang) -> str:
    if facts.counts.residents is None or facts.counts.houses is None:
        return say("cause.throughout", lang)
    residents, houses = (facts.counts.usual_length(table) for table in ("residents", "houses"))
    key = "cause.code_lengths" if residents != houses else "cause.codes_differ"
    return say(key, lang, residents=residents, houses=houses)
