"""`gridaudit check FILE...`: load, check, print the per-grid report, keep the run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridaudit.cli import options
from gridaudit.cli.baseline import earlier_round, names_a_run
from gridaudit.cli.inputs import configured_inputs
from gridaudit.cli.interrupt import go_on_ignoring
from gridaudit.cli.memory import give_memory_back
from gridaudit.cli.options import CheckFormat, FailOn
from gridaudit.cli.private import private_files, private_folder
from gridaudit.cli.session import GRID_SCREEN, Session, open_session, print_text, stdout_is_utf8, write_text
from gridaudit.cli.settings import effective_settings, settings_screen
from gridaudit.cli.unmasked import record, refuse_unless_allowed, unmasked
from gridaudit.errors import ConfigError, Exit, GridauditError
from gridaudit.text import say

if TYPE_CHECKING:
    from gridaudit.score import Outcome
    from gridaudit.store import Claim


def check(
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE...]", show_default=False)] = None,
    *,
    sheet: options.Sheet = None,
    header_row: options.HeaderRow = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    rules: options.RulesFolder = None,
    street: options.Street = None,
    as_of: options.AsOf = None,
    baseline: options.Baseline = None,
    fail_on: Annotated[FailOn, typer.Option("--fail-on")] = FailOn.ERROR,
    fail_under: options.FailUnder = None,
    format: Annotated[CheckFormat, typer.Option("--format")] = CheckFormat.TABLE,  # noqa: A002 - the option's name
    output: options.Output = None,
    no_save: Annotated[bool, typer.Option("--no-save")] = False,
    show_config: Annotated[bool, typer.Option("--show-config")] = False,
    unmask: options.Unmask = False,
    show_all: options.ShowAll = False,
    top: options.Top = 20,
    config: options.Config = None,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> int:
    """Check files, or those the config names; exit 1 when something at or above --fail-on was found."""
    if format in {CheckFormat.PARQUET, CheckFormat.XLSX} and output is None:
        raise ConfigError("E207", reason=say("say.usage_needs_output", open_session(lang=lang).lang))
    given = expanded(files or [])
    session = open_session(config=config, lang=lang, quiet=quiet, no_color=no_color, near=given)
    if show_config:
        options_given = {
            "as_of": ("--as-of", as_of), "lang": ("--lang", lang), "rules.select": ("--select", select),
            "rules.ignore": ("--ignore", ignore), "rules.folder": ("--rules", rules),
            "export.fail_under": ("--fail-under", fail_under), "baseline": ("--baseline", baseline),
        }  # fmt: skip
        print_text(settings_screen(session, effective_settings(session, options_given, given)))
        return 0
    if unmask:
        shows_cells = format not in {CheckFormat.TABLE, CheckFormat.JSON}
        refuse_unless_allowed(session, shows_cells=shows_cells, keeps=not no_save)
    files = given or _of_config(session)
    give_memory_back(files)
    with claimed(session, save=not no_save) as claim:
        outcome = run_check(
            session, files, claim, sheets=sheet or (), header_row=header_row, rules=rules, as_of=as_of,
            baseline=baseline or (), select=_codes(select) or session.config.select,
            ignore=_codes(ignore) or session.config.ignore,
        )  # fmt: skip
        street = _known_street(outcome, street)
        with keeping(outcome, claim, first=unmask) as kept:
            shown = outcome
            if unmask:
                shown = unmasked(session, outcome, files)
                record(kept[0], session, output)
            _write(session, shown, format, output, street=street, top=None if show_all else top, private=unmask)
    if kept:
        session.tell(say("say.kept", session.lang, path=kept[0]))
    under = session.config.fail_under if fail_under is None else fail_under
    if not 0 <= under <= 100:
        raise ConfigError("E210", option="--fail-under", value=under, command="check")
    return int(exit_code(outcome, fail_on, under))


def claimed(session: Session, *, save: bool = True) -> AbstractContextManager[Claim | None]:
    """Take a name in the store for a run that is to be kept."""
    from gridaudit import store

    if not save:
        return nullcontext()
    private_folder(session.store)
    return store.claimed(session.store, session.started_at)


def _of_config(session: Session) -> list[Path]:
    if not session.config.inputs:
        raise ConfigError("E207", reason=say("say.usage_missing", session.lang, name="FILE"))
    return configured_inputs(session.config)


def run_check(
    session: Session, files: list[Path], claim: Claim | None, *,
    sheets: tuple[str, ...] | list[str] = (), header_row: int | None = None,
    rules: Path | None = None, as_of: str | None = None,
    baseline: Sequence[str] = (), select: tuple[str, ...] = (), ignore: tuple[str, ...] = (), trigger: str = "check",
) -> Outcome:  # fmt: skip
    """Audit files under the name claimed for the run; without a claim it is not to be kept."""
    from gridaudit import store
    from gridaudit.pipeline import audit

    go_on_ignoring()
    if rules is not None and not rules.is_dir():
        raise ConfigError("E206", key="--rules", file=rules.name)
    folder, day = session.store, session.as_of(as_of)
    secret = claim.key if claim else b"not kept"
    if claim is None and (baseline or session.config.baseline) and names_a_run(session, baseline):
        secret = store.secret(folder)
    outcome = audit(
        files,
        config=session.config,
        as_of=day,
        started_at=session.started_at,
        run_id=claim.run_id if claim else store.new_run_id(folder, session.started_at),
        secret=secret,
        lang=session.lang,
        sheets=sheets,
        header_row=header_row,
        rules_folder=rules,
        select=select,
        ignore=ignore,
        trigger=trigger,
        baseline=earlier_round(session, baseline, secret=secret, as_of=day),
        progress=session.progress,
    )
    previous, last_number = store.previous_areas(folder, outcome)
    return replace(outcome, previous=previous, run_number=last_number + 1)


@contextmanager
def keeping(outcome: Outcome, claim: Claim | None, *, first: bool = False) -> Iterator[list[Path]]:
    """Keep the run while its screen is drawn, or `first`; the folder is in the list once it is kept."""
    folders: list[Path] = []
    if claim is None:
        yield folders
        return
    with ThreadPoolExecutor(1) as beside:
        kept = beside.submit(_save, claim, outcome)
        if first:
            folders.append(kept.result())
        yield folders
        if not first:
            folders.append(kept.result())


def _save(claim: Claim, outcome: Outcome) -> Path:
    from gridaudit import store

    run = store.save(claim, outcome)
    private_files(run)
    return run


def exit_code(outcome: Outcome, fail_on: FailOn, fail_under: float) -> Exit:
    """Return 1 for findings shown at or above a level, or for a score below the limit (NA is below every limit)."""
    import polars as pl

    levels = {FailOn.ERROR: ["error"], FailOn.WARNING: ["error", "warning"], FailOn.NEVER: []}[fail_on]
    rows = outcome.findings.rows
    if rows.filter(pl.col("level").is_in(levels) & pl.col("rule").is_in(list(outcome.shown))).height:
        return Exit.FINDINGS
    score = outcome.card.areas.filter(pl.col("level") == "district")["score"].first()
    if fail_under > 0 and (score is None or float(score) < fail_under):  # type: ignore[arg-type]
        return Exit.FINDINGS
    return Exit.DONE


def expanded(files: list[Path]) -> list[Path]:
    """Expand patterns that the shell left alone (Windows does)."""
    found: list[Path] = []
    for file in files:
        if any(sign in file.name for sign in "*?") and not file.exists():
            found += sorted(file.parent.glob(file.name)) or [file]
        else:
            found.append(file)
    return found


def _codes(text: str | None) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.replace("，", ",").split(",") if item.strip()) if text else ()


def _known_street(outcome: Outcome, street: str | None) -> str | None:
    if street is None:
        return None
    import polars as pl

    names = outcome.card.areas.filter(pl.col("level") == "street")["street"].drop_nulls().to_list()
    return known_street(names, street)


def known_street(names: list[str], street: str) -> str:
    """Return the street meant.

    Raises:
        GridauditError: E222 with the nearest names.
    """
    if street in names:
        return street
    from difflib import get_close_matches

    raise GridauditError("E222", street=street, near=tuple(get_close_matches(street, names, n=3, cutoff=0.3)))


def _write(
    session: Session, outcome: Outcome, kind: CheckFormat, output: Path | None, *, street: str | None, top: int | None,
    private: bool = False,
) -> None:  # fmt: skip
    from gridaudit.report import check_text, write_findings

    if kind in {CheckFormat.PARQUET, CheckFormat.XLSX} and output is not None:
        write_findings(output, outcome, kind.value, street=street, lang=session.lang)
    else:
        text = check_text(
            outcome, kind.value, lang=session.lang, street=street, top=top, width=GRID_SCREEN,
            color=session.wants_color() and output is None, min_cell=session.config.min_cell,
            ensure_ascii=output is None and not stdout_is_utf8(),
        )  # fmt: skip
        if output is None:
            print_text(text)
            return
        write_text(output, text, bom=kind is CheckFormat.CSV, private=private)
    session.tell(say("say.written", session.lang, path=output))
