"""Old runs deleted: only folders this program wrote, never the last one, nor the one that latest.json names."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from gridaudit import disk
from gridaudit.store.leftovers import TEMPORARY, began, leftovers, remove
from gridaudit.store.runs import StoredRun, runs_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruning:
    """What would be deleted, what is old enough but spared and why, what killed runs left."""

    delete: tuple[StoredRun, ...]
    spared: tuple[tuple[StoredRun, str], ...]
    leftovers: tuple[Path, ...]
    n_runs: int


def pruning(
    folder: Path, *, now: datetime, keep: int | None, older_than: int | None, named: Collection[str] = ()
) -> Pruning:  # fmt: skip
    """Plan what to delete from a folder of runs whose lock is held.

    Args:
        folder: The store's `runs`, or the folder of an export.
        now: The time it is.
        keep: How many whole runs stay, the newest ones; with `older_than`, only what is beyond both is deleted.
        older_than: Days.
        named: Runs that latest.json names.

    Returns:
        The plan. A spared run has one of the reasons latest, newer, manifest, other.
    """
    runs = runs_in(folder)
    whole = [run for run in runs if not run.is_newer and not run.damaged]
    last = {run.run_id for run in (*runs[-1:], *whole[-1:])}
    beyond = runs.index(whole[-max(keep, 1)]) if keep is not None and len(whole) >= max(keep, 1) else 0
    old = [
        run
        for position, run in enumerate(runs)
        if run.run_id not in last
        and (keep is None or position < beyond)
        and (older_than is None or now - _began(run) > timedelta(days=older_than))
    ]
    reasons = [(run, _why_not(run, named)) for run in old]
    return Pruning(
        delete=tuple(run for run, why in reasons if why is None),
        spared=tuple((run, why) for run, why in reasons if why is not None),
        leftovers=tuple(leftovers(folder)),
        n_runs=len(runs),
    )


def prune(plan: Pruning) -> None:
    """Delete what a plan names: each folder leaves its name first, so that no half run is ever listed.

    Raises:
        OSError: A folder cannot be renamed.
    """
    for run in plan.delete:
        aside = run.folder.with_name(f"{TEMPORARY}{run.run_id}-pruned")
        disk.replace(run.folder, aside)
        remove(aside)
    for path in plan.leftovers:
        remove(path)


def latest_of(folder: Path) -> set[str]:
    """Return the runs that the latest.json of an export folder names: the folder, and the run it was made of."""
    try:
        name = json.loads((folder / "latest.json").read_text("utf-8"))["run"]
        made_of = {run.manifest["run"] for run in runs_in(folder) if run.run_id == name and run.manifest}
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {str(name), *made_of}


def _why_not(run: StoredRun, named: Collection[str]) -> str | None:
    """Return why an old run is spared; None when it may go."""
    if run.run_id in named:
        return "latest"
    if not run.manifest:
        return "manifest"
    if run.is_newer:
        return "newer"
    is_ours = (path.name in run.files and path.is_file() and not path.is_symlink() for path in run.folder.iterdir())
    return None if all(is_ours) else "other"


def _began(run: StoredRun) -> datetime:
    moment = began(run.run_id)
    assert moment is not None  # noqa: S101 - it is listed because its name says so
    return moment[0]
