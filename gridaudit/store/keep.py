"""A run kept: a folder of Parquet and JSON, written beside and renamed into place: a kill loses nothing finished.

A run keeps its manifest, masked findings, tallies, scores, and `records.parquet`: keys of homes and people with grid,
coefficient and loss, so that rounds can be compared without the source. No names, numbers or addresses.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import polars as pl

from gridaudit import disk
from gridaudit.errors import OutputError
from gridaudit.judge import SHOWN, keyed
from gridaudit.score import Outcome
from gridaudit.store.claim import Claim
from gridaudit.store.leftovers import remove

SCHEMA_VERSION = 2  # 1 had no `contents`; its tables are the same
MANIFEST = "manifest.json"
TABLES = ("areas", "findings", "records", "tallies")


def save(claim: Claim, outcome: Outcome) -> Path:
    """Keep a run; returns its folder.

    Raises:
        OutputError: E302, the store cannot be written (disk full, read-only).
    """
    tables = {
        "areas": _parquet(outcome.card.areas),
        "findings": _parquet(outcome.findings.rows.select(list(SHOWN))),
        "records": _parquet(_records(outcome, claim.key), compression="lz4", statistics=False),
        "tallies": _parquet(outcome.findings.tallies),
    }
    temporary = claim.temporary
    try:
        temporary.mkdir(mode=0o700)
        for name in TABLES:
            disk.write(temporary / f"{name}.parquet", tables[name])
        contents = {f"{name}.parquet": disk.fingerprint(tables[name]) for name in TABLES}
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


def _records(outcome: Outcome, key: bytes) -> pl.DataFrame:
    """Keys of homes and of people with grid, coefficient and loss."""
    homes = outcome.card.homes
    kept = homes.select(
        kind=pl.lit("home"), key=keyed(homes["home"], key), home=pl.lit(None, dtype=pl.String),
        street="street", community="community", grid="grid", coefficient="coefficient",
        coefficient_known="coefficient_known", lost="lost",
    )  # fmt: skip
    people = outcome.people
    if people is None:
        return kept
    persons = people.select(
        kind=pl.lit("person"), key="person", home=pl.col("home"),
        street="street", community="community", grid="grid",
        coefficient=pl.lit(None, dtype=pl.Int64), coefficient_known=pl.lit(None, dtype=pl.Boolean),
        lost=pl.lit(None, dtype=pl.Int64),
    )  # fmt: skip
    by_home = kept.select(home=homes["home"], home_key="key")
    persons = persons.join(by_home, on="home", how="left", maintain_order="left")
    return pl.concat([kept, persons.with_columns(home=pl.col("home_key")).drop("home_key")])
