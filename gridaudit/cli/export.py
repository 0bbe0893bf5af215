"""`gridaudit export --out DIR`: the scheduled job. One new folder a run, written beside and renamed into place."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridaudit.cli import options
from gridaudit.cli.check import exit_code, keeping, run_check
from gridaudit.cli.inputs import configured_inputs
from gridaudit.cli.options import FailOn
from gridaudit.cli.session import Session, open_session
from gridaudit.errors import ConfigError, Exit, LockHeldError, OutputError
from gridaudit.text import say

if TYPE_CHECKING:
    from gridaudit.score import Outcome

_TEMPORARY = ".tmp-"
_FORMATS = ("csv", "json", "xlsx", "parquet")


def export(
    *,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR")] = None,
    fail_under: options.FailUnder = None,
    lock_timeout: Annotated[float, typer.Option("--lock-timeout", metavar="S", min=0)] = 0.0,
    as_of: options.AsOf = None,
    config: options.Config = None,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
) -> int:
    """Run the job; quiet and well it prints nothing."""
    session = open_session(config=config, lang=lang, quiet=quiet)
    target = out or session.config.export_out
    if target is None:
        raise ConfigError("E207", reason=say("say.usage_missing", session.lang, name="--out"))
    unknown = [name for name in session.config.export_formats if name not in _FORMATS]
    if unknown:
        raise ConfigError("E203", key="export.formats", near=_FORMATS)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError("E301", file=target.name, reason=error.strerror or type(error).__name__) from None
    return _locked(session, target, as_of, fail_under, lock_timeout)


def _locked(session: Session, target: Path, as_of: str | None, fail_under: float | None, timeout: float) -> int:
    from filelock import FileLock, Timeout

    lock = FileLock(target / ".gridaudit.lock", timeout=timeout)
    try:
        with lock:
            return _export(session, target, as_of, fail_under)
    except Timeout:
        raise LockHeldError("E401", folder=target.name) from None
    except PermissionError as error:
        raise OutputError("E301", file=target.name, reason=error.strerror or "") from None


def _export(session: Session, target: Path, as_of: str | None, fail_under: float | None) -> int:
    _sweep(target)
    outcome, key = run_check(session, configured_inputs(session.config), as_of=as_of, trigger="export")
    under = session.config.fail_under if fail_under is None else fail_under
    code = exit_code(outcome, FailOn.NEVER, under)
    with keeping(session, outcome, key):
        folder, names = _write(session, target, outcome, code)
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
    from gridaudit.report import export_files
    from gridaudit.store import manifest

    run = outcome.run.run_id
    temporary = target / f"{_TEMPORARY}{run}-{os.getpid()}"
    try:
        temporary.mkdir(mode=0o700)
        names = export_files(
            temporary, outcome, session.config.export_formats, lang=session.lang, min_cell=session.config.min_cell
        )
        names.append("manifest.json")
        document = {**manifest(outcome), "files": names, "exit": int(code)}
        (temporary / "manifest.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
        folder, number = target / run, 1
        while folder.exists():
            number += 1
            folder = target / f"{run}-{number}"
        temporary.replace(folder)
        finished = session.started_at.tzinfo
        latest = {
            "run": folder.name, "exit": int(code), "started_at": session.started_at.isoformat(),
            "finished_at": _now(finished), "score": document["score"],
        }  # fmt: skip
        pointer = target / f"{_TEMPORARY}latest-{os.getpid()}"
        pointer.write_text(json.dumps(latest, ensure_ascii=False, indent=1) + "\n", "utf-8")
        _replace(pointer, target / "latest.json")
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise OutputError("E301", file=target.name, reason=error.strerror or type(error).__name__) from None
    return folder, names


def _now(zone: object) -> str:
    from datetime import datetime, tzinfo

    assert isinstance(zone, tzinfo)  # noqa: S101 - for the type checker
    return datetime.now(zone).replace(microsecond=0).isoformat()


def _replace(source: Path, target: Path) -> None:
    """Windows refuses while somebody has the target open: try for a second."""
    for attempt in range(10):
        try:
            source.replace(target)
        except PermissionError:
            if attempt == 9:
                raise
            time.sleep(0.1)
        else:
            return


def _sweep(target: Path) -> None:
    """Remove what a killed run left behind; the lock says that no other run is at work."""
    for leftover in target.glob(f"{_TEMPORARY}*"):
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)
