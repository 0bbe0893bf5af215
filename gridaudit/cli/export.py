"""`gridaudit export --out DIR`: the scheduled job. One new folder a run, written beside and renamed into place."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridaudit.cli import options
from gridaudit.cli.check import exit_code, keeping, run_check
from gridaudit.cli.options import FailOn
from gridaudit.cli.session import Session, open_session
from gridaudit.cli.unmasked import record, refuse_unless_allowed, unmasked
from gridaudit.errors import ConfigError, Exit, InputError, LockHeldError, OutputError
from gridaudit.text import say

if TYPE_CHECKING:
    from gridaudit.score import Outcome

_TEMPORARY = ".tmp-"
_AGE = re.compile(r"(\d+)([dh])")
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
        raise OutputError("E301", file=target.name, reason=error.strerror or type(error).__name__) from None
    return _locked(session, target, as_of, fail_under, lock_timeout, unmask=unmask)


def _locked(
    session: Session, target: Path, as_of: str | None, fail_under: float | None, timeout: float, *, unmask: bool
) -> int:
    from filelock import FileLock, Timeout

    lock = FileLock(target / ".gridaudit.lock", timeout=timeout)
    try:
        with lock:
            return _export(session, target, as_of, fail_under, unmask=unmask)
    except Timeout:
        raise LockHeldError("E401", folder=target.name) from None
    except PermissionError as error:
        raise OutputError("E301", file=target.name, reason=error.strerror or "") from None


def _export(session: Session, target: Path, as_of: str | None, fail_under: float | None, *, unmask: bool) -> int:
    _sweep(target)
    files = _inputs(session)
    outcome, key = run_check(session, files, as_of=as_of, trigger="export")
    under = session.config.fail_under if fail_under is None else fail_under
    code = exit_code(outcome, FailOn.NEVER, under)
    with keeping(session, outcome, key, first=unmask) as kept:
        shown = outcome
        if unmask:
            shown = unmasked(session, outcome, files)
            record(kept[0], session, target)
        folder, names = _write(session, target, shown, code)
    if not session.quiet:
        counts = {level: outcome.findings.rows.filter(level=level).height for level in ("error", "warning", "info")}
        score: float | None = outcome.card.areas.filter(level="district")["score"].to_list()[0]
        print(
            say("say.exported", session.lang, time=session.started_at.strftime("%Y-%m-%dT%H:%M:%S%z"),
                run=outcome.run.run_id, findings=outcome.findings.rows.height, **counts,
                score="NA" if score is None else f"{score:.1f}", files=len(names), out=folder, exit=int(code))
        )  # fmt: skip
    return int(code)


def _inputs(session: Session) -> list[Path]:
    """The newest file that matches each pattern of the config; one that is too old is an error."""
    if not session.config.inputs:
        raise ConfigError("E224")
    found = []
    for name, pattern in session.config.inputs.items():
        path = Path(pattern)
        matches = [item for item in path.parent.glob(path.name) if not item.name.startswith("~$")]
        if not matches:
            raise InputError("E101", file=path.name, folder=str(path.parent))
        newest = max(matches, key=lambda item: (item.stat().st_mtime, item.name))
        limit = session.config.max_age.get(name)
        if limit and time.time() - newest.stat().st_mtime > _seconds(limit, name):
            raise InputError("E113", file=newest.name, limit=limit)
        found.append(newest)
    return found


def _seconds(limit: str, name: str) -> float:
    match = _AGE.fullmatch(limit)
    if match is None:
        raise ConfigError("E203", key=f"input.{name}.max_age")
    number = int(match.group(1))
    return (timedelta(days=number) if match.group(2) == "d" else timedelta(hours=number)).total_seconds()


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
        if "unmasked" in outcome.findings.rows.columns:
            document["unmasked"] = True
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
        raise OutputError("E301", file=target.name, reason=error.strerror or type(error).__name__) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
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
