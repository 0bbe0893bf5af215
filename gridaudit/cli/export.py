"""`gridaudit export --out DIR`: the scheduled job. One new folder a run, written beside and renamed into place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridaudit import disk
from gridaudit.cli import options
from gridaudit.cli.check import claimed, exit_code, keeping, run_check
from gridaudit.cli.inputs import configured_inputs
from gridaudit.cli.options import FailOn
from gridaudit.cli.session import Session, open_session
from gridaudit.cli.unmasked import record, refuse_unless_allowed, unmasked
from gridaudit.errors import ConfigError, Exit, OutputError
from gridaudit.text import say

if TYPE_CHECKING:
    from gridaudit.score import Outcome
    from gridaudit.store import Claim

LOCK = ".gridaudit.lock"
_FORMATS = ("csv", "json", "xlsx", "parquet")


def export(
    *,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR")] = None,
    fail_under: options.FailUnder = None,
    lock_timeout: Annotated[float, typer.Option("--lock-timeout", metavar="S", min=0)] = 0.0,
    as_of: options.AsOf = None,
    unmask: options.Unmask = False,
    config: options.Config = None,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
) -> int:
    """Run the job; quiet and well it prints nothing."""
    session = open_session(config=config, lang=lang, quiet=quiet)
    if unmask:
        formats = set(session.config.export_formats) & {"csv", "json", "parquet"}
        refuse_unless_allowed(session, shows_cells=bool(formats))
    target = out or session.config.export_out
    if target is None:
        raise ConfigError("E207", reason=say("say.usage_missing", session.lang, name="--out"))
    unknown = [name for name in session.config.export_formats if name not in _FORMATS]
    if unknown:
        raise ConfigError("E203", key="export.formats", near=_FORMATS)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError("E301", file=target.name, reason=disk.reason(error)) from None
    return _locked(session, target, as_of, fail_under, lock_timeout, unmask=unmask)


def _locked(
    session: Session, target: Path, as_of: str | None, fail_under: float | None, timeout: float, *, unmask: bool
) -> int:
    from gridaudit.store import alone, sweep

    with alone(target / LOCK, timeout=timeout):
        sweep(target)
        files = configured_inputs(session.config)
        with claimed(session) as claim:
            outcome = run_check(session, files, claim, as_of=as_of, trigger="export")
            return _export(session, target, outcome, claim, fail_under, files if unmask else None)


def _export(
    session: Session, target: Path, outcome: Outcome, claim: Claim | None, fail_under: float | None,
    to_unmask: list[Path] | None,
) -> int:  # fmt: skip
    under = session.config.fail_under if fail_under is None else fail_under
    code = exit_code(outcome, FailOn.NEVER, under)
    names: list[str] = []
    try:
        with keeping(outcome, claim, first=to_unmask is not None) as kept:
            shown = outcome
            if to_unmask is not None:
                shown = unmasked(session, outcome, to_unmask)
                record(kept[0], session, target)
            folder, names = _write(session, target, shown, code)
    except OutputError:
        if names:  # the results are whole, the run could not be kept
            _point(session, target, folder, outcome, Exit.BROKE)
        raise
    _point(session, target, folder, outcome, code)
    if not session.quiet:
        counts = {level: outcome.findings.rows.filter(level=level).height for level in ("error", "warning", "info")}
        score: float | None = outcome.card.areas.filter(level="district")["score"].to_list()[0]
        print(
            say("say.exported", session.lang, time=session.started_at.strftime("%Y-%m-%dT%H:%M:%S%z"),
                run=outcome.run.run_id, findings=outcome.findings.rows.height, **counts,
                score="NA" if score is None else f"{score:.1f}", files=len(names), out=folder, exit=int(code))
        )  # fmt: skip
    return int(code)


def _write(session: Session, target: Path, outcome: Outcome, code: Exit) -> tuple[Path, list[str]]:
    """Write the results beside, and rename them to a name that is new."""
    from gridaudit.report import export_files
    from gridaudit.store import MANIFEST, TEMPORARY, manifest, manifest_text, remove

    run = outcome.run.run_id
    temporary = target / f"{TEMPORARY}{run}"
    try:
        temporary.mkdir(mode=0o700)
        names = export_files(
            temporary, outcome, session.config.export_formats, lang=session.lang, min_cell=session.config.min_cell
        )
        contents = {name: disk.fingerprint((temporary / name).read_bytes()) for name in names}
        names.append(MANIFEST)
        document = {**manifest(outcome), "files": names, "contents": contents, "exit": int(code)}
        if "unmasked" in outcome.findings.rows.columns:
            document["unmasked"] = True
        disk.write(temporary / MANIFEST, manifest_text(document))
        disk.settle(temporary)
        folder, number = target / run, 1
        while folder.exists() or folder.is_symlink():
            number += 1
            folder = target / f"{run}-{number}"
        disk.replace(temporary, folder)
    except OSError as error:
        raise OutputError("E301", file=target.name, reason=disk.reason(error)) from None
    finally:
        remove(temporary)
    return folder, names


def _point(session: Session, target: Path, folder: Path, outcome: Outcome, code: Exit) -> None:
    """Let latest.json name the newest results."""
    latest = {
        "run": folder.name, "exit": int(code), "started_at": session.started_at.isoformat(),
        "finished_at": _now(session.started_at.tzinfo),
        "score": outcome.card.areas.filter(level="district")["score"].first(),
    }  # fmt: skip
    pointer = target / ".tmp-latest-1"
    try:
        disk.write(pointer, (json.dumps(latest, ensure_ascii=False, indent=1) + "\n").encode())
        disk.replace(pointer, target / "latest.json")
    except OSError as error:
        raise OutputError("E301", file="latest.json", reason=disk.reason(error)) from None


def _now(zone: object) -> str:
    from datetime import datetime, tzinfo

    assert isinstance(zone, tzinfo)  # noqa: S101 - for the type checker
    return datetime.now(zone).replace(microsecond=0).isoformat()
