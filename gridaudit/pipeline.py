"""The straight line: files → sheets → tables → facts → findings → scorecard → outcome. Also the Python API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import polars as pl

from gridaudit import __version__, schema
from gridaudit.config import Config
from gridaudit.derive import (
    NEEDED,
    Circumstances,
    Facts,
    HouseSide,
    derive,
    derive_houses,
    gathered,
    load_area_codes,
    roster_of,
)
from gridaudit.errors import ConfigError, InputError
from gridaudit.judge import Compiled, Findings, compile_rulebook, conclude, judge
from gridaudit.normalise import Normaliser, SheetInfo, Tables, declared_layouts
from gridaudit.read import InputFile, Limits, Reading
from gridaudit.rulebook import Rulebook, builtin_folder, load_rulebook
from gridaudit.score import Base, Outcome, People, Run, Scorecard, people, score
from gridaudit.text import Lang

__all__ = ["audit", "prepare_rules"]

LIMITS = Limits()
# Residents of a part: some hundred megabytes with all their facts.
PART_ROWS = 250_000


def prepare_rules(config: Config, extra_folder: Path | None = None, *, with_cases: bool = True) -> Compiled:
    """Load and compile the rules, with the config's settings and local rules.

    Raises:
        RuleError: A rule is refused or malformed.
        ConfigError: The config names an unknown rule or parameter.
    """
    folder = extra_folder or config.rules_folder
    return compile_rulebook(load_rulebook(extra_folder=folder, settings=config.rules, with_cases=with_cases))


def audit(
    paths: Sequence[Path],
    *,
    config: Config,
    as_of: date,
    started_at: datetime,
    run_id: str,
    secret: bytes,
    lang: Lang = "zh",
    rules_folder: Path | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    sheets: Sequence[str] = (),
    header_row: int | None = None,
    trigger: str = "check",
    progress: Callable[[str], object] = str,
    limits: Limits = LIMITS,
    part_rows: int = PART_ROWS,
) -> Outcome:
    """Audit exported files.

    Args:
        paths: Files and folders; the roster and the compound table of the config are read as well.
        config: Settings.
        as_of: The date the data speak of.
        started_at: When the run began.
        run_id: Its name.
        secret: Key for the identities of findings, homes and people.
        lang: Language of the messages in the findings.
        rules_folder: Local rules besides those of the config.
        select: Codes, prefixes or families to show; all when empty.
        ignore: Those not to show. The score always uses every rule.
        sheets: Names of the sheets to read; all visible ones when empty.
        header_row: Row number of the heading.
        trigger: What started the run.
        progress: Called with the name of each step.
        limits: From which size on a file is gone through in parts.
        part_rows: About how many residents such a part has.

    Raises:
        GridauditError: Something the operator can put right.
    """
    limits = _with_heading(limits, header_row, config)
    reading = Reading(paths, sheets=sheets or config.sheets, beside=_side_files(config), long=limits)
    compiled = prepare_rules(config, rules_folder, with_cases=False)
    shown = _shown(compiled.rulebook, select, ignore)
    circumstances = _circumstances(config, as_of)
    progress("read")
    normaliser = Normaliser(
        wanted=_wanted(compiled), header_row=header_row, declared=config.columns, layouts=declared_layouts(config)
    )
    tables, ahead = _tables(reading, normaliser, circumstances)
    kit = _Kit(circumstances, compiled, config, lang, secret, progress)
    if normaliser.long:
        tables, audited = _audit_in_parts(normaliser, reading, kit, part_rows)
    else:
        audited = _audit_in_memory(tables, ahead, kit)
    run = _run(config, compiled.rulebook, reading.files, tables.sheets, as_of, started_at, run_id, trigger)
    return Outcome(
        run=run,
        findings=audited.findings,
        card=audited.card,
        sheets=tables.sheets,
        notes=(*reading.notes, *tables.skipped, *(note for sheet in tables.sheets for note in sheet.notes)),
        rulebook=compiled.rulebook,
        people=audited.people,
        shown=shown,
    )


class _Kit(NamedTuple):
    """What an audit is made with besides the tables."""

    circumstances: Circumstances
    compiled: Compiled
    config: Config
    lang: Lang
    secret: bytes
    progress: Callable[[str], object]

    def score(self, facts: Facts, findings: Findings, base: Base | None = None) -> Scorecard:
        config = self.config
        ends = {"managed": config.managed, "unmanaged": config.unmanaged, "unknown": config.unknown}
        return score(facts, findings, **ends, base=base)


class _Audited(NamedTuple):
    findings: Findings
    card: Scorecard
    people: pl.DataFrame | People | None


def _audit_in_memory(tables: Tables, ahead: HouseSide | None, kit: _Kit) -> _Audited:
    kit.progress("derive")
    facts = derive(tables, kit.circumstances, ahead)
    kit.progress("judge")
    with ThreadPoolExecutor(1) as beside:
        persons = None if facts.residents is None else beside.submit(people, facts.residents, kit.secret)
        findings = judge(facts, kit.compiled, lang=kit.lang, secret=kit.secret)
        card = kit.score(facts, findings)
    return _Audited(findings, card, None if persons is None else persons.result())


def _audit_in_parts(normaliser: Normaliser, reading: Reading, kit: _Kit, part_rows: int) -> tuple[Tables, _Audited]:
    """Residents too many to hold: look at every row once, then go through them in parts."""
    from gridaudit.parts import Input, Rows, audit_in_parts

    kit.progress("derive")
    tables = normaliser.tables()
    rows = {
        table: Rows(tables.get(table), [long for long in normaliser.long if long.table == table])
        for table in ("residents", "houses")
    }
    roster = roster_of(tables)
    given = Input(**rows, roster=roster, compounds=tables.compounds, circumstances=kit.circumstances)

    def sheets() -> tuple[SheetInfo, ...]:
        normaliser.refuse_nothing()
        kit.progress("judge")
        return normaliser.tables().sheets

    parts = audit_in_parts(
        given, sheets=sheets, compiled=kit.compiled, lang=kit.lang, secret=kit.secret, size=part_rows
    )
    reading.refuse_changed()
    facts = gathered(parts.counts, roster, normaliser.tables().sheets, kit.circumstances, parts.gaps)
    findings = conclude(parts.said, facts, kit.compiled, lang=kit.lang, secret=kit.secret)
    parts = parts._replace(said={})
    return normaliser.tables(), _Audited(findings, kit.score(facts, findings, parts.base), parts.people)


def _tables(reading: Reading, normaliser: Normaliser, circumstances: Circumstances) -> tuple[Tables, HouseSide | None]:
    """Normalise sheets as they come; derive the houses while the last file, the largest, is still being read."""
    ahead: HouseSide | None = None
    for sheet in reading:
        table = normaliser.add(sheet)
        if table != "residents":
            ahead = None
        if reading.is_at_last_file and ahead is None and table == "houses" and not normaliser.long:
            ahead = derive_houses(normaliser.tables(), circumstances)
    normaliser.hold(["grids", "compounds"])
    if not any(long.table == "residents" for long in normaliser.long):
        normaliser.hold(["houses"])
    if not normaliser.long:
        normaliser.refuse_nothing()
    tables = normaliser.tables()
    if tables.residents is None and tables.houses is None and not normaliser.long:
        raise InputError("E112")
    return tables, ahead


def _shown(rulebook: Rulebook, select: Sequence[str], ignore: Sequence[str]) -> frozenset[str]:
    """Codes to show.

    Raises:
        ConfigError: E221 an unknown code, E223 nothing is left.
    """
    every = frozenset(rule.code for rule in rulebook)
    shown = (rulebook.matching(select) if select else every) - rulebook.matching(ignore)
    if not shown:
        raise ConfigError("E223")
    return shown


def _side_files(config: Config) -> list[Path]:
    return [path for path in (config.roster, config.compounds) if path is not None]


def _with_heading(limits: Limits, header_row: int | None, config: Config) -> Limits:
    """The head of a long file holds the heading a person pointed at, with the row below."""
    rows = [row for row in (header_row, *config.header_rows.values()) if row is not None]
    return limits._replace(head_rows=max(limits.head_rows, *(row + 2 for row in rows))) if rows else limits


def _wanted(compiled: Compiled) -> dict[str, set[str]]:
    """Canonical columns to read: those of the rules and of the facts; nothing else leaves the file."""
    wanted = {table: set(names) for table, names in NEEDED.items()}
    for table, rules in compiled.by_table.items():
        for rule in rules:
            sources = (schema.source_column(table, name) for name in (*rule.columns, *rule.rule.columns))
            wanted.setdefault(table, set()).update(name for name in sources if name)
    return wanted


def _circumstances(config: Config, as_of: date) -> Circumstances:
    return Circumstances(
        as_of=as_of,
        area_codes=load_area_codes(builtin_folder(), config.extra_area_codes),
        managed=config.managed,
        unmanaged=config.unmanaged,
        unknown=config.unknown,
    )


def _run(
    config: Config, rulebook: Rulebook, files: Sequence[InputFile], sheets: Sequence[SheetInfo],
    as_of: date, started_at: datetime, run_id: str, trigger: str,
) -> Run:  # fmt: skip
    digests = {file.path.name: file.sha256 for file in files}
    inputs = tuple(
        {
            "table": sheet.table, "name": sheet.source, "sheet": sheet.sheet, "header_row": sheet.header_row,
            "rows": sheet.n_rows, "left_out": sheet.n_left_out, "sha256": digests.get(sheet.source, ""),
        }
        for sheet in sheets
    )  # fmt: skip
    return Run(
        run_id=run_id,
        started_at=started_at,
        as_of=as_of,
        district=config.district,
        tool=f"gridaudit {__version__}",
        polars=pl.__version__,
        ruleset=rulebook.fingerprint,
        rule_hashes={rule.code: rule.sha256 for rule in rulebook},
        coefficients={"managed": config.managed, "unmanaged": config.unmanaged, "unknown": config.unknown},
        inputs=inputs,
        trigger=trigger,
    )
