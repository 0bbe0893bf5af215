"""Runs as folders of Parquet and JSON that survive a kill, a full disk and a second run at the same time."""

from gridaudit.store.claim import Claim, claimed, new_run_id, secret
from gridaudit.store.keep import MANIFEST, SCHEMA_VERSION, manifest, manifest_text, save
from gridaudit.store.leftovers import TEMPORARY, alone, alone_in_store, began, leftovers, remove, sweep
from gridaudit.store.retention import Pruning, latest_of, prune, pruning
from gridaudit.store.runs import StoredRun, list_runs, load_run, previous_areas, runs_in

__all__ = [
    "MANIFEST",
    "SCHEMA_VERSION",
    "TEMPORARY",
    "Claim",
    "Pruning",
    "StoredRun",
    "alone",
    "alone_in_store",
    "began",
    "claimed",
    "latest_of",
    "leftovers",
    "list_runs",
    "load_run",
    "manifest",
    "manifest_text",
    "new_run_id",
    "previous_areas",
    "prune",
    "pruning",
    "remove",
    "runs_in",
    "save",
    "secret",
    "sweep",
]
