"""The straight line: files → sheets → tables → facts → findings → scorecard → outcome. Also the Python API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import polars as pl

from gridaudit import __version__, schema
from gridaudit.config import Config
from gridaudit.derive import NEEDED, Circumstances, Facts, HouseSide, derive, derive_houses, load_area_codes
from gridaudit.derive.baseline import Baseline, compare, not_known
from gridaudit.derive.kept import Kept, to_keep
from gridaudit.errors import ConfigError, InputError
from gridaudit.judge import INTERNAL, SHOWN, Compiled, compile_rulebook, judge
from gridaudit.normalise import Normaliser, SheetInfo, Tables, declared_layouts
from gridaudit.read import InputFile, Note, Reading
from gridaudit.rulebook import Rulebook, builtin_folder, load_rulebook
from gridaudit.score import Outcome, Run, baseline_of, records, score
from gridaudit.score.frame import home_frame
from gridaudit.text import Lang

__all__ = ["audit", "prepare_rules", "read_baseline"]


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

    Raises:
        GridauditError: Something the operator can put right.
    """
    reading = Reading(paths, sheets=sheets or config.sheets, beside=_side_files(config))
    compiled = prepare_rules(config, rules_folder, with_cases=False)
    shown = _shown(compiled.rulebook, select, ignore)
    circumstances = _circumstances(config, as_of)
    progress("read")
    normaliser = Normaliser(
        wanted=_wanted(compiled), header_row=header_row, declared=config.columns, layouts=declared_layouts(config)
    )
    tables, house_side = _tables(reading, normaliser, circumstances)
    progress("derive")
    facts = derive(tables, circumstances, house_side)
    progress("judge")
    with ThreadPoolExecutor(1) as beside:
        knowing = beside.submit(to_keep, facts.residents, facts.houses, secret)
        now = None
        if baseline is not None:
            facts, now = _held_against(baseline, facts, tables, knowing.result(), as_of, secret)
        findings = judge(facts, compiled, lang=lang, secret=secret)
        card = score(facts, findings, managed=config.managed, unmanaged=config.unmanaged, unknown=config.unknown)
    run = _run(config, compiled.rulebook, reading.files, tables.sheets, as_of, started_at, run_id, trigger)
    run = replace(run, baseline=facts.round)
    return Outcome(
        run=run,
        findings=findings,
        card=card,
        sheets=tables.sheets,
        notes=(*_compared(baseline, facts), *reading.notes, *tables.skipped, *_of_sheets(tables)),
        rulebook=compiled.rulebook,
        kept=now or knowing.result(),
        shown=shown,
    )


def read_baseline(
    paths: Sequence[Path], *, config: Config, as_of: date, secret: bytes, progress: Callable[[str], object] = str
) -> Baseline:
    """Read the files of an earlier round, to hold a later one against it.

    Args:
        paths: Its files and folders; the roster and the compound table of the config are read as well.
        config: Settings; rows of headings and names of sheets are searched for.
        as_of: The date up to which its own records of death and moving out count.
        secret: The same as for `audit`.
        progress: Called with the name of each step.

    Raises:
        GridauditError: Something the operator can put right.
    """
    reading = Reading(paths, beside=_side_files(config))
    progress("baseline")
    normaliser = Normaliser(wanted=NEEDED, declared=config.columns, layouts=declared_layouts(config))
    tables, house_side = _tables(reading, normaliser, circumstances := _circumstances(config, as_of))
    facts = derive(tables, circumstances, house_side)
    now = to_keep(facts.residents, facts.houses, secret)
    frame = home_frame(facts, pl.DataFrame(schema={**SHOWN, **INTERNAL}), unknown=config.unknown)
    kept = records(frame.with_columns(lost=pl.lit(0, dtype=pl.Int64)), now)
    names = None if now.people is None else now.people.select("person", "name", "id_no")
    files = dict.fromkeys(sheet.source for sheet in tables.sheets if sheet.table in {"houses", "residents"})
    return baseline_of(", ".join(files), kept, names=names)


def _held_against(
    baseline: Baseline, facts: Facts, tables: Tables, now: Kept, as_of: date, secret: bytes
) -> tuple[Facts, Kept]:
    """Add what became of the homes and people of an earlier round; who is gone is known to the next round as well."""
    listed = tables.dispositions
    if listed is not None:
        listed = listed.filter(
            pl.col("disposition").is_not_null() & (pl.col("ended_on") <= as_of).fill_null(value=True)
        )
    found = compare(baseline, now, houses=facts.houses, dispositions=listed, secret=secret)
    gaps = facts.gaps if facts.gaps is None else not_known(facts.gaps, found.homes, secret)
    facts = replace(facts, known_homes=found.homes, known_people=found.people, round=baseline.name, gaps=gaps)
    return facts, now._replace(gone=found.gone)


def _of_sheets(tables: Tables) -> list[Note]:
    return [note for sheet in tables.sheets for note in sheet.notes]


def _compared(baseline: Baseline | None, facts: Facts) -> list[Note]:
    """Say what was held against what, and how it came out."""
    if baseline is None:
        return []
    frames = (facts.known_homes, facts.known_people)
    n_homes, n_people = (0 if frame is None else frame.height for frame in frames)
    gone, met = (
        [0 if frame is None else frame.filter(outcome=outcome).height for frame in frames]
        for outcome in ("gone", "corrected")
    )
    counts = {"n_homes": n_homes, "n_people": n_people, "homes": gone[0], "people": gone[1]}
    more = [Note("baseline_old", {"round": baseline.name})] if baseline.is_old else []
    return [Note("baseline", {"round": baseline.name, "corrected": sum(met), **counts}), *more]


def _tables(reading: Reading, normaliser: Normaliser, circumstances: Circumstances) -> tuple[Tables, HouseSide | None]:
    """Normalise sheets as they come; derive the houses while the last file, the largest, is still being read."""
    ahead: HouseSide | None = None
    for sheet in reading:
        table = normaliser.add(sheet)
        if table != "residents":
            ahead = None
        if reading.is_at_last_file and ahead is None and table == "houses":
            ahead = derive_houses(normaliser.tables(), circumstances)
    normaliser.refuse_nothing()
    tables = normaliser.tables()
    if tables.residents is None and tables.houses is None:
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
    return [path for path in (config.roster, config.compounds, config.dispositions) if path is not None]


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
