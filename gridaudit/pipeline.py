"""The straight line: files → sheets → tables → facts → findings → scorecard → outcome. Also the Python API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import polars as pl

from gridaudit import __version__
from gridaudit.config import Config
from gridaudit.derive import Circumstances, Facts, HouseSide, derive, gathered, roster_of
from gridaudit.derive.rounds.baseline import Baseline
from gridaudit.derive.rounds.kept import Kept, to_keep
from gridaudit.earlier import held_against, told
from gridaudit.errors import ConfigError
from gridaudit.intake import circumstances_of, side_files, tables_of, wanted, with_heading
from gridaudit.judge import Compiled, Findings, compile_rulebook, conclude, judge, judge_lists
from gridaudit.normalise import Normaliser, SheetInfo, Tables, declared_layouts
from gridaudit.read import InputFile, Limits, Reading
from gridaudit.rulebook import Rulebook, load_rulebook
from gridaudit.score import Base, Outcome, People, Run, Scorecard, base_of, score
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
    baseline: Baseline | None = None,
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
        baseline: An earlier round to hold this one against; its keys must be made with the same secret.
        progress: Called with the name of each step.
        limits: From which size on a file is gone through in parts.
        part_rows: About how many residents such a part has.

    Raises:
        GridauditError: Something the operator can put right.
    """
    # What an earlier round is held against is held whole.
    long = with_heading(limits, header_row, config) if baseline is None else None
    with Reading(paths, sheets=sheets or config.sheets, beside=side_files(config), long=long) as reading:
        compiled = prepare_rules(config, rules_folder, with_cases=False)
        shown = _shown(compiled.rulebook, select, ignore)
        circumstances = circumstances_of(config, as_of)
        progress("read")
        normaliser = Normaliser(
            wanted=wanted(compiled), header_row=header_row, declared=config.columns, layouts=declared_layouts(config)
        )
        tables, ahead = tables_of(reading, normaliser, circumstances)
        kit = _Kit(compiled, config, circumstances, lang, secret, baseline, progress)
        if normaliser.long:
            tables, audited = _audit_in_parts(normaliser, reading, kit, part_rows)
        else:
            audited = _audit_in_memory(tables, ahead, kit)
        run = _run(config, compiled.rulebook, reading.files, tables.sheets, as_of, started_at, run_id, trigger)
        run = replace(run, baseline=audited.facts.round)
        return Outcome(
            run=run,
            findings=audited.findings,
            card=audited.card,
            sheets=tables.sheets,
            notes=(
                *told(baseline, audited.facts),
                *reading.notes,
                *tables.skipped,
                *(note for sheet in tables.sheets for note in sheet.notes),
            ),
            rulebook=compiled.rulebook,
            kept=audited.kept,
            shown=shown,
        )


class _Kit(NamedTuple):
    """What an audit is made with besides the tables."""

    compiled: Compiled
    config: Config
    circumstances: Circumstances
    lang: Lang
    secret: bytes
    baseline: Baseline | None
    progress: Callable[[str], object]

    def score(self, facts: Facts, findings: Findings, base: Base | None = None) -> Scorecard:
        managed, unmanaged, unknown = self.config.managed, self.config.unmanaged, self.config.unknown
        return score(facts, findings, managed=managed, unmanaged=unmanaged, unknown=unknown, base=base)


class _Audited(NamedTuple):
    facts: Facts
    findings: Findings
    card: Scorecard
    kept: Kept | People


def _audit_in_memory(tables: Tables, ahead: HouseSide | None, kit: _Kit) -> _Audited:
    kit.progress("derive")
    facts = derive(tables, kit.circumstances, ahead)
    kit.progress("judge")
    with ThreadPoolExecutor(1) as beside:
        keeping = beside.submit(to_keep, facts.residents, facts.houses, kit.secret)
        base = beside.submit(base_of, facts.residents, facts.houses)
        kept = None
        if kit.baseline is not None:
            facts, kept = held_against(
                kit.baseline, facts, keeping.result(), dispositions=tables.dispositions, as_of=kit.circumstances.as_of,
                secret=kit.secret,
            )  # fmt: skip
        findings = judge(facts, kit.compiled, lang=kit.lang, secret=kit.secret)
        card = kit.score(facts, findings, base.result())
    return _Audited(facts, findings, card, kept or keeping.result())


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
    said = {**parts.said, **judge_lists(facts, kit.compiled, lang=kit.lang)}
    findings = conclude(said, facts, kit.compiled, lang=kit.lang, secret=kit.secret)
    parts = parts._replace(said={})
    return normaliser.tables(), _Audited(facts, findings, kit.score(facts, findings, parts.base), parts.people)


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


def _run(
    config: Config, rulebook: Rulebook, files: Sequence[InputFile], sheets: Sequence[SheetInfo],
    as_of: date, started_at: datetime, run_id: str, trigger: str,
) -> Run:  # fmt: skip
    digests = {file.path: file.sha256 for file in files}
    inputs = tuple(
        {
            "table": sheet.table, "name": sheet.source, "sheet": sheet.sheet, "header_row": sheet.header_row,
            "rows": sheet.n_rows, "left_out": sheet.n_left_out, "sha256": digests[sheet.path],
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
