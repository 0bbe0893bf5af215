"""Runs as folders of Parquet and JSON, written beside and renamed into place: a kill loses nothing already finished.

A run keeps its manifest, masked findings, tallies, scores, and `records.parquet`: keys of homes and people with grid,
coefficient and loss, so that rounds can be compared without the source. No names, numbers or addresses.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import polars as pl

from gridaudit.errors import OutputError, StoreError
from gridaudit.judge import SHOWN, keyed
from gridaudit.score import Outcome

SCHEMA_VERSION = 1
_MANIFEST = "manifest.json"
_TEMPORARY = ".tmp-"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """A run read back."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def run_id(self) -> str:
        """Name of the run."""
        return self.folder.name

    def frame(self, name: str) -> pl.DataFrame:
        """Read `areas`, `findings`, `tallies` or `records`.

        Raises:
            StoreError: E303, the file is gone or damaged.
        """
        try:
            return pl.read_parquet(self.folder / f"{name}.parquet")
        except (OSError, pl.exceptions.PolarsError):
            raise StoreError("E303", run=self.run_id, file=f"{name}.parquet") from None


def secret(folder: Path) -> bytes:
    """Return the store's secret, made on first use and readable by its owner alone.

    Raises:
        OutputError: E302, the store cannot be written.
    """
    path = folder / "key"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            temporary = folder / f"{_TEMPORARY}key-{os.getpid()}"
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(secrets.token_bytes(32))
            with contextlib.suppress(FileExistsError):
                os.link(temporary, path)
            temporary.unlink()
        return path.read_bytes()
    except OSError as error:
        raise OutputError("E302", folder=str(folder), reason=error.strerror or type(error).__name__) from None


def save(folder: Path, outcome: Outcome, key: bytes) -> Path:
    """Keep a run; returns its folder.

    Raises:
        OutputError: E302, the store cannot be written (disk full, read-only).
    """
    runs = folder / "runs"
    temporary = runs / f"{_TEMPORARY}{outcome.run.run_id}-{os.getpid()}"
    try:
        runs.mkdir(parents=True, exist_ok=True)
        _sweep(runs)
        temporary.mkdir(mode=0o700)
        outcome.findings.rows.select(list(SHOWN)).write_parquet(temporary / "findings.parquet")
        outcome.findings.tallies.write_parquet(temporary / "tallies.parquet")
        outcome.card.areas.write_parquet(temporary / "areas.parquet")
        _records(outcome, key).sink_parquet(temporary / "records.parquet", compression="lz4", statistics=False)
        text = json.dumps(manifest(outcome), ensure_ascii=False, indent=1, default=str)
        (temporary / _MANIFEST).write_text(text + "\n", encoding="utf-8")
        _flush(temporary)
        target = runs / outcome.run.run_id
        temporary.replace(target)
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise OutputError("E302", folder=str(folder), reason=error.strerror or type(error).__name__) from None
    return target


def manifest(outcome: Outcome) -> dict[str, Any]:
    """Return what a run was: everything but the tables."""
    run, card = outcome.run, outcome.card
    rows = outcome.findings.rows
    return {
        "schema_version": SCHEMA_VERSION,
        "run": run.run_id,
        "run_number": outcome.run_number,
        "started_at": run.started_at.isoformat(timespec="seconds"),
        "as_of": run.as_of.isoformat(),
        "district": run.district,
        "tool": run.tool,
        "polars": run.polars,
        "ruleset": f"sha256:{run.ruleset}",
        "rules": dict(run.rule_hashes),
        "coefficients": dict(run.coefficients),
        "trigger": run.trigger,
        "inputs": [dict(item) for item in run.inputs],
        "coverage": {
            "streets": card.coverage.streets,
            "communities": card.coverage.communities,
            "grids": card.coverage.grids,
            "off_roster": card.coverage.n_off_roster,
        },
        "weighted": card.weighted,
        "not_evaluated": {code: list(lacks) for code, lacks in outcome.findings.not_evaluated.items()},
        "findings": rows.height,
        "systematic": int(rows["systematic"].sum()),
        "score": card.areas.filter(pl.col("level") == "district")["score"].first(),
    }


def list_runs(folder: Path) -> list[StoredRun]:
    """Return the runs of a store, oldest first; a folder without a readable manifest is no run."""
    found = []
    for path in sorted((folder / "runs").glob("*/" + _MANIFEST)):
        if path.parent.name.startswith(_TEMPORARY):
            continue
        with contextlib.suppress(OSError, ValueError):
            data = json.loads(path.read_text("utf-8"))
            found.append(StoredRun(folder=path.parent, manifest=data))
    return sorted(found, key=lambda run: (str(run.manifest.get("started_at", "")), run.run_id))


def load_run(folder: Path, run_id: str | None) -> StoredRun:
    """Return a run by its name, or the last one.

    Raises:
        StoreError: E311 no run yet, E312 no such run, E304 kept by a newer version.
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
    if int(run.manifest.get("schema_version", 0)) > SCHEMA_VERSION:
        raise StoreError("E304", run=run.run_id)
    return run


def previous_areas(folder: Path, outcome: Outcome) -> tuple[pl.DataFrame | None, int]:
    """Return the areas of the last run that can be compared, and how many runs there are.

    Comparable are runs of the same district, judged by the same rules, on files of the same names but for dates.
    """
    runs = list_runs(folder)
    mine = manifest(outcome)
    same = [run for run in runs if _comparable(run.manifest) == _comparable(mine)]
    if not same:
        return None, len(runs)
    with contextlib.suppress(StoreError):
        return same[-1].frame("areas"), len(runs)
    return None, len(runs)


def _comparable(of_run: Mapping[str, Any]) -> tuple[Any, ...]:
    files = {(str(item["table"]), re.sub(r"[0-9]+", "", str(item["name"]))) for item in of_run.get("inputs", ())}
    return of_run.get("ruleset"), of_run.get("district"), sorted(files)


def new_run_id(folder: Path, started_at: datetime) -> str:
    """Return the start time as a name that is not taken: 20260901T063000+0800."""
    base = started_at.strftime("%Y%m%dT%H%M%S%z")
    name, number = base, 1
    while (folder / "runs" / name).exists() or (folder / name).exists():
        number += 1
        name = f"{base}-{number}"
    return name


def _records(outcome: Outcome, key: bytes) -> pl.LazyFrame:
    """Keys of homes and of people with grid, coefficient and loss."""
    homes = outcome.card.homes
    kept = homes.select(
        kind=pl.lit("home"), key=keyed(homes["home"], key), home=pl.lit(None, dtype=pl.String),
        street="street", community="community", grid="grid", coefficient="coefficient",
        coefficient_known="coefficient_known", lost="lost",
    )  # fmt: skip
    people = outcome.people
    if people is None:
        return kept.lazy()
    by_home = kept.select(home=homes["home"], home_key="key")
    if isinstance(people, pl.DataFrame):
        persons = people.join(by_home, on="home", how="left", maintain_order="left").lazy()
    else:
        places = people.places.join(by_home, on="home", how="left", maintain_order="left").drop("home")
        places = places.with_row_index("place")
        persons = people.rows.lazy().join(places.lazy(), on="place", how="left", maintain_order="left")
        persons = persons.with_columns(pl.col("person").bin.encode("hex"), pl.col(pl.Categorical).cast(pl.String))
    nothing = {name: pl.lit(None, dtype=kept.schema[name]) for name in ("coefficient", "coefficient_known", "lost")}
    persons = persons.select(
        kind=pl.lit("person"),
        key="person",
        home="home_key",
        street="street",
        community="community",
        grid="grid",
        **nothing,
    )
    return pl.concat([kept.lazy(), persons])


def _sweep(runs: Path) -> None:
    """Remove what a killed run left behind; its process is gone."""
    for leftover in runs.glob(f"{_TEMPORARY}*"):
        process = leftover.name.rpartition("-")[2]
        if process.isdigit() and not _alive(int(process)):
            shutil.rmtree(leftover, ignore_errors=True)


def _alive(process: int) -> bool:
    if os.name == "nt":
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _flush(folder: Path) -> None:
    """Have the files on disk before the folder gets its name."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
