"""`--unmask`: only with the config's consent, recorded with the run before anything is shown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridaudit.cli.session import Session, write_text
from gridaudit.errors import ConfigError, StoreError

if TYPE_CHECKING:
    import polars as pl

    from gridaudit.score import Outcome

_MANIFEST = "manifest.json"


def refuse_unless_allowed(session: Session, *, shows_cells: bool, keeps: bool = True) -> None:
    """See that clear text may be shown, before anything is read.

    Raises:
        ConfigError: E241 the config does not allow it, E242 the output asked for has no cells or the run is not kept.
    """
    if not session.config.allow_unmasked:
        raise ConfigError("E241")
    if not shows_cells:
        raise ConfigError("E242")
    if not keeps:
        raise ConfigError("E243")


def record(run: Path, session: Session, target: Path | None) -> None:
    """Write into the manifest of a kept run that an unmasked output was made: when and where to, nothing else.

    Raises:
        StoreError: E303, the manifest cannot be read.
        OutputError: E301, it cannot be written; then nothing is shown.
    """
    path = run / _MANIFEST
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        raise StoreError("E303", run=run.name, file=_MANIFEST) from None
    at = datetime.now(session.started_at.tzinfo).isoformat(timespec="seconds")
    to = "stdout" if target is None else str(target.absolute())
    manifest.setdefault("unmasked", []).append({"at": at, "to": to})
    write_text(path, json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", private=True)


def unmasked(session: Session, outcome: Outcome, files: Sequence[Path]) -> Outcome:
    """Return an outcome whose findings carry the cells of the files that were just read.

    Raises:
        InputError: E331, a file has changed since.
    """
    from gridaudit.read import find_files
    from gridaudit.unmask import with_clear_cells

    config = session.config
    numbers = [sheet.sheet_no for sheet in outcome.sheets]
    inputs = [{**item, "sheet_no": number} for item, number in zip(outcome.run.inputs, numbers, strict=True)]
    beside = [path for path in (config.roster, config.compounds, config.dispositions) if path is not None]
    found, _ = find_files([*files, *beside])
    rows = with_clear_cells(outcome.findings.rows, inputs, found, declared=config.columns)
    return replace(outcome, findings=outcome.findings._replace(rows=rows))


def clear_rows(session: Session, manifest: Mapping[str, Any], rows: pl.DataFrame) -> pl.DataFrame:
    """Return findings of a kept run with the cells of its files, where these are still what they were.

    Raises:
        InputError: E331, a file is gone or has changed; E332, several were named alike.
    """
    from gridaudit.unmask import numbered_by_name, with_clear_cells

    rows, inputs = numbered_by_name(rows, manifest["inputs"])
    places = _places(session, sorted({str(item["name"]) for item in inputs}))
    return with_clear_cells(rows, inputs, places, declared=session.config.columns).drop("sheet_no")


def _places(session: Session, names: Iterable[str]) -> list[Path]:
    """Where the files of a kept run may be: the current folder, the config's, and those of its inputs."""
    config = session.config
    folders = [Path.cwd(), *([config.path.parent] if config.path else [])]
    folders += [Path(pattern).parent for patterns in config.inputs.values() for pattern in patterns]
    folders += [path.parent for path in (config.roster, config.compounds, config.dispositions) if path is not None]
    return [folder / name for folder in dict.fromkeys(folders) for name in names]
