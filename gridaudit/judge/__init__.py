"""Facts + rules → findings: one Boolean column per rule, then a filter per rule. No cap on findings.

Three outcomes: pass, fail, not evaluable; the third is counted, and a rule whose column is missing is named (W104).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import polars as pl

from gridaudit.derive import Facts
from gridaudit.errors import RuleError
from gridaudit.judge.files import with_missing
from gridaudit.judge.findings import (
    INTERNAL,
    SHOWN,
    SHOWN_AS,
    build,
    columns_to_show,
    finish,
    nothing_found,
    unsafe_placeholders,
)  # fmt: skip
from gridaudit.judge.gap_words import lattice_rooms, with_words
from gridaudit.judge.localise import localise
from gridaudit.judge.systematic import find_systematic, mark, mark_explained, outcome_findings
from gridaudit.judge.verdicts import Judged, added_tallies, judge_table
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

    @property
    def rules(self) -> dict[str, Rule]:
        """The rules by code."""
        return {rule.code: rule for rule in self.rulebook}


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
    own_sheets = [sheet for sheet in sheets if sheet.table == table]
    judged = judge_table(frame, compiled.by_table.get(table, ()), own_sheets, tables)
    return _verdicts(judged, _failed(frame, judged, table, compiled.rules, own_sheets, lang), table)


def _verdicts(judged: Judged, found: Sequence[pl.DataFrame], table: str) -> RowVerdicts:
    tallies = judged.tallies.with_columns(table=pl.lit(table))
    return RowVerdicts(tuple(found), tallies, judged.not_evaluated, frozenset(judged.verdicts.columns))


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
    judged = judge_table(frame, compiled.by_table.get(table, ()), sheets, facts.there)
    if table == "gaps":
        frame, shown_as = with_words(frame, lang), table
        if facts.counts.lattice is not None and "C104" in judged.verdicts.columns:
            rooms = lattice_rooms(facts.counts.lattice, "C104").select(judged.tallies.columns)
            judged = judged._replace(tallies=pl.concat([judged.tallies, rooms]))
    return _verdicts(judged, _failed(frame, judged, table, compiled.rules, sheets, lang), shown_as)


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
    asked = [said[table] for table in (*PART_TABLES, *_LACKING) if table in said]
    files = with_missing(facts, compiled.by_table, lang)
    of_files = judge_table(files, compiled.by_table.get("files", ()), [], facts.there)
    parts = [frame for rows in asked for frame in rows.findings]
    parts += _failed(files, of_files, "files", compiled.rules, facts.sheets, lang)
    tallies = pl.concat([*(rows.tallies for rows in asked), of_files.tallies.with_columns(table=pl.lit("files"))])
    explained = {
        _EXPLAINED_BY[code]
        for code in of_files.verdicts.columns
        if code in _EXPLAINED_BY and (~of_files.verdicts[code]).any()
    }
    w107 = next(iter(compiled.by_table.get("outcomes", ())), None)
    of_rows = tallies.filter(pl.col("table").is_in([*PART_TABLES, "grids"]))
    failed = find_systematic(of_rows, compiled.rules, w107, facts, explained=explained, lang=lang)
    if w107 is not None:
        parts.append(outcome_findings(failed.filter(~pl.col("is_consequence")), w107, facts.sheets, lang))
    found = mark(pl.concat(parts) if parts else nothing_found(), failed)
    if w107 is not None:
        found = mark_explained(found, tallies, explained, w107)
    return Findings(finish(found, facts.sheets, secret, facts.round), tallies, _not_evaluated(said, compiled))


def _not_evaluated(said: Mapping[str, RowVerdicts], compiled: Compiled) -> dict[str, tuple[str, ...]]:
    """The rules that no table could be asked, with what is lacking."""
    lacking: dict[str, tuple[str, ...]] = {}
    for table in (*PART_TABLES, *_LACKING):
        of_table = compiled.by_table.get(table, ())
        absent = {rule.rule.code: (_LACKING.get(table, table),) for rule in of_table}
        lacking |= said[table].not_evaluated if table in said else absent
    evaluated = {code for rows in said.values() for code in rows.evaluated}
    return {code: lacks for code, lacks in lacking.items() if code not in evaluated}


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
