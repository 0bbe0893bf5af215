"""A run kept: a folder of Parquet and JSON, written beside and renamed into place: a kill loses nothing finished.

A run keeps its manifest, masked findings, tallies, scores (those of collectors by name), and `records.parquet`: keys of
homes and people with area, coefficient, loss, house code and short keyed hashes, so that rounds can be compared without
the source. No names, numbers or addresses of residents and owners.
"""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl

from gridaudit import disk
from gridaudit.derive.rounds.kept import Kept
from gridaudit.errors import OutputError
from gridaudit.judge import SHOWN
from gridaudit.score import Outcome, People, records
from gridaudit.score.records import RECORDS
from gridaudit.store.claim import Claim
from gridaudit.store.leftovers import remove
from gridaudit.store.long_records import write_long

# 1 had no `contents`; records of 1 and 2 had no tags and codes of homes, those of 3 had tags salted with its name.
SCHEMA_VERSION = 4
MANIFEST = "manifest.json"
TABLES = ("areas", "findings", "records", "tallies")


def save(claim: Claim, outcome: Outcome) -> Path:
    """Keep a run; returns its folder.

    Raises:
        OutputError: E302, the store cannot be written (disk full, read-only).
    """
    kept = outcome.kept
    with ThreadPoolExecutor(1) as beside:
        few = None if isinstance(kept, People) else beside.submit(_records, outcome.card.homes, kept)
        tables = {
            "areas": _parquet(outcome.card.areas),
            "findings": _parquet(outcome.findings.rows.select(list(SHOWN))),
            "tallies": _parquet(outcome.findings.tallies),
        }
        if few is not None:
            tables["records"] = few.result()
    temporary = claim.temporary
    try:
        temporary.mkdir(mode=0o700)
        for name, content in tables.items():
            disk.write(temporary / f"{name}.parquet", content)
        contents = {f"{name}.parquet": disk.fingerprint(content) for name, content in tables.items()}
        if isinstance(kept, People):
            write_long(temporary / "records.parquet", outcome.card.homes, kept, claim.key)
            contents["records.parquet"] = disk.fingerprint_of(temporary / "records.parquet")
        disk.write(temporary / MANIFEST, manifest_text({**manifest(outcome), "contents": contents}))
        disk.settle(temporary)
        disk.replace(temporary, claim.target)
    except OSError as error:
        remove(temporary)
        raise OutputError("E302", folder=str(claim.folder), reason=disk.reason(error)) from None
    return claim.target


def manifest_text(document: dict[str, Any]) -> bytes:
    """Return a manifest as it is written."""
    return (json.dumps(document, ensure_ascii=False, indent=1, default=str) + "\n").encode()


def _records(homes: pl.DataFrame, kept: Kept | None) -> bytes:
    few = pl.DataFrame(schema=RECORDS) if kept is None else records(homes, kept)
    return _parquet(few, compression="lz4", statistics=False)


def _parquet(frame: pl.DataFrame, **options: Any) -> bytes:
    """Parquet in memory: polars has an error of its own for a full disk, and quotes the system in it."""
    stream = io.BytesIO()
    frame.write_parquet(stream, **options)
    return stream.getvalue()


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
        "baseline": run.baseline,
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
