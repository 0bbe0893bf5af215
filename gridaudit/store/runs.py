"""Runs read back: which there are, whether they are whole, their tables."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from gridaudit.errors import StoreError
from gridaudit.score import Outcome
from gridaudit.store.keep import MANIFEST, SCHEMA_VERSION, TABLES, manifest
from gridaudit.store.leftovers import began


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """A run read back; its manifest is empty when it cannot be read."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def run_id(self) -> str:
        """Name of the run."""
        return self.folder.name

    @property
    def is_newer(self) -> bool:
        """Whether a newer version kept it: what its tables mean is not known here."""
        return bool(self.manifest) and self.manifest["schema_version"] > SCHEMA_VERSION

    @property
    def damaged(self) -> str | None:
        """Name of the first file that is gone, cut short or unreadable; None when all are there."""
        if not self.manifest:
            return MANIFEST
        sizes = {name: entry["bytes"] for name, entry in self.manifest.get("contents", {}).items()}
        for name in self.files:
            path = self.folder / name
            if not path.is_file() or path.stat().st_size != sizes.get(name, path.stat().st_size):
                return name
        return None

    @property
    def files(self) -> tuple[str, ...]:
        """Names of its files; version 1 did not list them."""
        listed = self.manifest.get("files") or self.manifest.get("contents") or [f"{name}.parquet" for name in TABLES]
        return (*(str(name) for name in listed if name != MANIFEST), MANIFEST)

    def frame(self, name: str) -> pl.DataFrame:
        """Read `areas`, `findings`, `tallies` or `records`.

        Raises:
            StoreError: E303, the file is gone or damaged.
        """
        file = f"{name}.parquet"
        try:
            content = (self.folder / file).read_bytes()
            wanted = self.manifest.get("contents", {}).get(file, {}).get("sha256")
            if wanted is None or wanted == sha256(content).hexdigest():
                return pl.read_parquet(io.BytesIO(content))
        except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException):
            pass
        raise StoreError("E303", run=self.run_id, file=file)


def list_runs(folder: Path) -> list[StoredRun]:
    """Return the runs of a store, oldest first, damaged ones too; what does not have a run's name is somebody else's.

    Args:
        folder: The store.
    """
    return runs_in(folder / "runs")


def runs_in(folder: Path) -> list[StoredRun]:
    """Return the runs whose folders are in `folder`, oldest first; links are not followed."""
    try:
        names = {path: began(path.name) for path in folder.iterdir()}
    except OSError:
        return []
    found = [(began_at, path) for path, began_at in names.items() if began_at and path.is_dir()]
    return [StoredRun(folder=path, manifest=_read(path)) for _, path in sorted(found) if not path.is_symlink()]


def load_run(folder: Path, run_id: str | None) -> StoredRun:
    """Return a run by its name, or the last one.

    Raises:
        StoreError: E311 no run yet, E312 no such run, E303 damaged, E304 kept by a newer version.
    """
    runs = list_runs(folder)
    if not runs:
        raise StoreError("E311", folder=str(folder))
    names = [run.run_id for run in runs]
    if run_id is not None and run_id not in names:
        started = [name for name in names if name.startswith(run_id)]
        if len(started) != 1:
            raise StoreError("E312", run=run_id, near=tuple(get_close_matches(run_id, names, n=3)) or tuple(names[-3:]))
        run_id = started[0]
    run = runs[names.index(run_id)] if run_id is not None else runs[-1]
    if run.is_newer:
        raise StoreError("E304", run=run.run_id)
    if run.damaged:
        raise StoreError("E303", run=run.run_id, file=run.damaged)
    return run


def previous_areas(folder: Path, outcome: Outcome) -> tuple[pl.DataFrame | None, int]:
    """Return the areas of the last run that can be compared, and the number of the last run.

    Comparable are whole runs of the same district, judged by the same rules, on files of the same names but for dates.
    """
    runs = list_runs(folder)
    number = max((int(run.manifest.get("run_number", 0)) for run in runs), default=0)
    mine = _comparable(manifest(outcome))
    for run in reversed(runs):
        if not run.is_newer and _comparable(run.manifest) == mine:
            try:
                return run.frame("areas"), number
            except StoreError:
                continue
    return None, number


def _comparable(of_run: Mapping[str, Any]) -> tuple[Any, ...]:
    files = {(str(item["table"]), re.sub(r"[0-9]+", "", str(item["name"]))) for item in of_run.get("inputs", ())}
    return of_run.get("ruleset"), of_run.get("district"), sorted(files)


def _read(folder: Path) -> dict[str, Any]:
    """Return a manifest, empty when it is cut, no JSON, or not what we write."""
    try:
        data = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) and _is_ours(data) else {}


def _is_ours(data: dict[str, Any]) -> bool:
    """Tell a manifest by the entries that are used before anything else is looked at."""
    contents = data.get("contents", {})
    return (
        str(data.get("tool")).startswith("gridaudit")
        and isinstance(data.get("schema_version"), int)
        and isinstance(data.get("run"), str)
        and isinstance(data.get("run_number", 0), int)
        and isinstance(data.get("findings", 0), int)
        and isinstance(data.get("score"), int | float | None)
        and isinstance(data.get("inputs", []), list)
        and all(isinstance(item, dict) and {"table", "name"} <= item.keys() for item in data.get("inputs", []))
        and isinstance(contents, dict)
        and all(isinstance(entry, dict) and isinstance(entry.get("bytes"), int) for entry in contents.values())
    )
