"""Facts + rules → findings: one Boolean column per rule, then a filter per rule. No cap on findings.

Three outcomes: pass, fail, not evaluable; the third is counted, and a rule whose column is missing is named (W104).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import polars as pl

from gridaudit import schema
from gridaudit.derive import Facts
from gridaudit.errors import RuleError
from gridaudit.judge.findings import INTERNAL, SHOWN, SHOWN_AS, build, columns_to_show, finish, unsafe_placeholders
from gridaudit.judge.gap_words import lattice_rooms, with_words
from gridaudit.judge.localise import localise
from gridaudit.judge.systematic import find_systematic, mark
from gridaudit.judge.verdicts import SCOPE, Judged, added_tallies, judge_table, missing_columns
from gridaudit.normalise import SheetInfo
from gridaudit.rulebook import CompiledRule, Rule, Rulebook, compile_rules
from gridaudit.text import Lang

__all__ = [
    "INTERNAL", "SHOWN", "Compiled", "Findings", "RowVerdicts", "added_verdicts", "compile_rulebook", "conclude",
    "judge", "judge_lists", "judge_rows",
]  # fmt: skip

# The tables that may come in parts.
PART_TABLES = ("residents", "houses")
# Lists of what the tables tell when they are whole, and what is lacking when there is none.
_LACKING = {
    "grids": "grids", "gaps": "houses", "grid_figures": "houses", "known_homes": "baseline", "known_people": "baseline",
}  # fmt: skip
# The rows of W101 are I113: a number column is one cause and needs no W107 beside it.
_EXPLAINED_BY = {"W101": "I113"}


class Compiled(NamedTuple):
    """A rulebook ready for judging: its rules compiled per table."""

    rulebook: Rulebook
    by_table: Mapping[str, tuple[CompiledRule, ...]]


class Findings(NamedTuple):
    """What a rulebook said of an input.

    `rows` are the findings, `tallies` rows, checked and failed per rule and scope; `not_evaluated` names the rules
    that could not be asked, with the columns or tables that are missing.
    """

    rows: pl.DataFrame
    tallies: pl.DataFrame
    not_evaluated: Mapping[str, tuple[str, ...]]


def compile_rulebook(rulebook: Rulebook) -> Compiled:
    """Compile every rule for each of its tables.

    Raises:
        RuleError: A rule is refused, does not compile, or its message could say something about a person.
    """
    for rule in rulebook:
        if unsafe := unsafe_placeholders(rule):
            raise RuleError("E219", rule=rule.code, file=rule.origin.name, reason=", ".join(sorted(unsafe)))
    by_table: dict[str, list[CompiledRule]] = {}
    for compiled in compile_rules((rule, table) for rule in rulebook for table in rule.tables):
        by_table.setdefault(compiled.table, []).append(compiled)
    return Compiled(rulebook, {table: tuple(rules) for table, rules in by_table.items()})


class RowVerdicts(NamedTuple):
    """What the rules said of the rows of one table, or of a part of it: findings not yet finished, and tallies."""

    findings: tuple[pl.DataFrame, ...]
    tallies: pl.DataFrame
    not_evaluated: Mapping[str, tuple[str, ...]]
    evaluated: frozenset[str]


def judge(facts: Facts, compiled: Compiled, *, lang: Lang, secret: bytes) -> Findings:
    """Judge every table by every rule.

    Args:
        facts: Tables with facts.
        compiled: The rules.
        lang: Language of the messages.
        secret: For the keys of the findings.
    """
    with ThreadPoolExecutor(len(PART_TABLES)) as pool:
        asked = {
            table: pool.submit(judge_rows, frame, table, facts.sheets, compiled, tables=facts.there, lang=lang)
            for table in PART_TABLES
            if (frame := facts.get(table)) is not None
        }
        lists = pool.submit(judge_lists, facts, compiled, lang=lang)
        rows = {table: said.result() for table, said in asked.items()}
        return conclude({**rows, **lists.result()}, facts, compiled, lang=lang, secret=secret)


def judge_rows(
    frame: pl.DataFrame, table: str, sheets: Sequence[SheetInfo], compiled: Compiled, *, tables: Collection[str],
    lang: Lang,
) -> RowVerdicts:  # fmt: skip
    """Judge the rows of a table or of a part of it.

    Args:
        frame: The rows with their facts.
        table: Name of the table.
        sheets: All sheets.
        compiled: The rules.
        tables: Names of the tables that are there.
        lang: Language of the messages.
    """
    rules = {rule.code: rule for rule in compiled.rulebook}
    own_sheets = [sheet for sheet in sheets if sheet.table == table]
    judged = judge_table(frame, compiled.by_table.get(table, ()), own_sheets, tables)
    return RowVerdicts(
        tuple(_failed(frame, judged, table, rules, own_sheets, lang)),
        judged.tallies.with_columns(table=pl.lit(table)),
        judged.not_evaluated,
        frozenset(judged.verdicts.columns),
    )


def added_verdicts(parts: Sequence[RowVerdicts]) -> RowVerdicts:
    """Put what was said of the parts of a table together."""
    tallies = added_tallies([part.tallies for part in parts])
    findings = tuple(frame for part in parts for frame in part.findings)
    return RowVerdicts(findings, tallies, parts[0].not_evaluated, parts[0].evaluated)


def judge_lists(facts: Facts, compiled: Compiled, *, lang: Lang) -> dict[str, RowVerdicts]:
    """Judge what the tables tell when they are whole: grids, the gaps of the lattice, what an earlier round knew.

    Args:
        facts: All but residents and houses.
        compiled: The rules.
        lang: Language of the messages.
    """
    there = {table: frame for table in _LACKING if (frame := facts.get(table)) is not None}
    if facts.counts.lattice is None:
        there.pop("gaps", None)
    return {table: _judge_list(frame, table, facts, compiled, lang) for table, frame in there.items()}


def _judge_list(frame: pl.DataFrame, table: str, facts: Facts, compiled: Compiled, lang: Lang) -> RowVerdicts:
    """As `judge_rows`; sheets have no such rows, so headings are those of the table they are findings about."""
    if table == "grids":
        return judge_rows(frame, table, facts.sheets, compiled, tables=facts.there, lang=lang)
    shown_as = SHOWN_AS[table]
    sheets = [sheet for sheet in facts.sheets if sheet.table == shown_as]
    rules = {rule.code: rule for rule in compiled.rulebook}
    judged = judge_table(frame, compiled.by_table.get(table, ()), sheets, facts.there)
    tallies = judged.tallies
    if table == "gaps":
        frame, shown_as = with_words(frame, lang), table
        if facts.counts.lattice is not None and "C104" in judged.verdicts.columns:
            tallies = pl.concat([tallies, lattice_rooms(facts.counts.lattice, "C104").select(tallies.columns)])
    return RowVerdicts(
        tuple(_failed(frame, judged, table, rules, sheets, lang)),
        tallies.with_columns(table=pl.lit(shown_as)),
        judged.not_evaluated,
        frozenset(judged.verdicts.columns),
    )


def conclude(
    said: Mapping[str, RowVerdicts], facts: Facts, compiled: Compiled, *, lang: Lang, secret: bytes
) -> Findings:
    """Judge files and the outcomes themselves, and finish all findings.

    Args:
        said: What `judge_rows` said of residents and houses, where they are there, and `judge_lists` of the rest.
        facts: The facts of grids and files.
        compiled: The rules.
        lang: Language of the messages.
        secret: For the keys of the findings.
    """
    rules = {rule.code: rule for rule in compiled.rulebook}
    parts: list[pl.DataFrame] = []
    tallies: list[pl.DataFrame] = []
    not_evaluated: dict[str, tuple[str, ...]] = {}
    evaluated: set[str] = set()
    for table in (*PART_TABLES, *_LACKING):
        if table not in said:
            of_table = compiled.by_table.get(table, ())
            lacks = (_LACKING.get(table, table),)
            not_evaluated |= {rule.rule.code: lacks for rule in of_table if rule.rule.code not in evaluated}
            continue
        not_evaluated |= {code: lacks for code, lacks in said[table].not_evaluated.items() if code not in evaluated}
        evaluated |= said[table].evaluated
        parts += said[table].findings
        tallies.append(said[table].tallies)
    not_evaluated = {code: lacks for code, lacks in not_evaluated.items() if code not in evaluated}
    files = _with_missing(facts, compiled, lang)
    judged = judge_table(files, compiled.by_table.get("files", ()), [], facts.there)
    parts += _failed(files, judged, "files", rules, facts.sheets, lang)
    all_tallies = pl.concat([*tallies, judged.tallies.with_columns(table=pl.lit("files"))])
    explained = {
        _EXPLAINED_BY[code]
        for code in judged.verdicts.columns
        if code in _EXPLAINED_BY and (~judged.verdicts[code]).any()
    }
    w107 = next(iter(compiled.by_table.get("outcomes", ())), None)
    failed = find_systematic(
        all_tallies.filter(pl.col("table").is_in([*PART_TABLES, "grids"])),
        rules,
        w107,
        facts,
        explained=explained,
        lang=lang,
    )
    if w107 is not None:
        parts.append(_outcome_findings(failed.filter(~pl.col("is_consequence")), w107, facts.sheets, lang))
    rows = (
        pl.concat(parts)
        if parts
        else pl.DataFrame(schema={**SHOWN, **INTERNAL}).drop("source", "sheet", "systematic", "key")
    )
    rows = _mark_number_columns(mark(rows, failed), all_tallies, explained)
    return Findings(finish(rows, facts.sheets, secret, facts.round), all_tallies, not_evaluated)


def _failed(
    frame: pl.DataFrame,
    judged: Judged,
    table: str,
    rules: Mapping[str, Rule],
    sheets: Sequence[SheetInfo],
    lang: Lang,
) -> list[pl.DataFrame]:
    """Take the rows that failed anything out once, then filter that small frame rule by rule."""
    codes = judged.verdicts.columns
    if not codes:
        return []
    any_failed = judged.any_failed
    failures = judged.verdicts.filter(any_failed).select((~pl.all()).fill_null(value=False))
    narrow = frame.select(columns_to_show(frame, [rules[code] for code in codes]))
    found = build(narrow.filter(any_failed), failures, rules, table, sheets, lang)
    return [localise(found, frame, any_failed, rules, sheets, lang) if table == "residents" else found]


def _with_missing(facts: Facts, compiled: Compiled, lang: Lang) -> pl.DataFrame:
    """Say for each sheet which rules its missing columns leave unevaluated."""
    numbers, counts, texts = [], [], []
    for sheet in facts.sheets:
        by_column: dict[str, list[str]] = {}
        codes = set()
        more = compiled.by_table.get("gaps", ()) if sheet.table == "houses" else ()
        for rule in (*compiled.by_table.get(sheet.table, ()), *more):
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


def _outcome_findings(
    failed: pl.DataFrame, w107: CompiledRule, sheets: Sequence[SheetInfo], lang: Lang
) -> pl.DataFrame:
    frame = failed.with_columns(sheet_no=pl.col("file_no"), area_street=pl.col("street"))
    code = w107.rule.code
    every = frame.select(pl.repeat(value=True, n=pl.len(), dtype=pl.Boolean).alias(code))
    found = build(frame, every, {code: w107.rule}, "outcomes", sheets, lang)
    identity = failed.select(pl.concat_str("rule", "table", pl.col("street").fill_null("")).alias("identity"))
    return found.with_columns(identity["identity"])


def _mark_number_columns(rows: pl.DataFrame, tallies: pl.DataFrame, explained: set[str]) -> pl.DataFrame:
    """Where W101 speaks and nearly all ID cells are numbers, its rows are systematic without a W107 beside it."""
    if not explained:
        return rows
    share = tallies.filter(pl.col("rule").is_in(list(explained))).group_by("rule", "sheet_no").agg(
        nearly_all=pl.col("n_failed").sum() >= 0.95 * pl.col("n_checked").sum()
    )  # fmt: skip
    joined = rows.join(share, on=["rule", "sheet_no"], how="left", maintain_order="left")
    return joined.with_columns(systematic=pl.col("systematic") | pl.col("nearly_all").fill_null(value=False)).drop(
        "nearly_all"
    )
