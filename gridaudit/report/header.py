"""What stands at the head of every report: which run, of what, as of when. From an outcome or from a kept run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl

from gridaudit.score import Coverage, Outcome

_RECORDS = ("residents", "houses")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """One run. `rules` is how many rules judged; `not_evaluated` names those that could not, and what they lacked.

    `baseline`: the earlier round it was held against, empty without one.
    """

    run_id: str
    run_number: int
    started_at: datetime
    as_of: date
    district: str
    tool: str
    ruleset: str
    inputs: tuple[Mapping[str, Any], ...]
    coverage: Coverage
    weighted: bool
    rules: int
    not_evaluated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    baseline: str = ""

    def records(self, table: str | None = None) -> tuple[Mapping[str, Any], ...]:
        """Return the inputs that hold residents or houses, or those of one table."""
        tables = _RECORDS if table is None else (table,)
        return tuple(item for item in self.inputs if item["table"] in tables)

    @property
    def n_rows(self) -> int:
        """Records read."""
        return sum(int(item["rows"]) for item in self.records())


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a report shows: the head and the three frames of a run. `shown` are the codes whose findings it holds."""

    header: Header
    areas: pl.DataFrame
    findings: pl.DataFrame
    tallies: pl.DataFrame
    previous: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReport:
    """A run read back from the store."""

    manifest: Mapping[str, Any]
    areas: pl.DataFrame
    findings: pl.DataFrame
    tallies: pl.DataFrame

    @property
    def view(self) -> View:
        """The run as a report takes it."""
        header = header_of_manifest(self.manifest)
        return View(header=header, areas=self.areas, findings=self.findings, tallies=self.tallies)


def header_of(outcome: Outcome) -> Header:
    """Return the head of an outcome."""
    run = outcome.run
    return Header(
        run_id=run.run_id,
        run_number=outcome.run_number,
        started_at=run.started_at,
        as_of=run.as_of,
        district=run.district,
        tool=run.tool,
        ruleset=f"sha256:{run.ruleset}",
        inputs=run.inputs,
        coverage=outcome.card.coverage,
        weighted=outcome.card.weighted,
        rules=len(run.rule_hashes),
        not_evaluated=outcome.findings.not_evaluated,
        baseline=run.baseline,
    )


def header_of_manifest(manifest: Mapping[str, Any]) -> Header:
    """Return the head of a kept run from its manifest."""
    seen: dict[str, Any] = manifest["coverage"]
    streets, communities, grids = ((seen[name][0], seen[name][1]) for name in ("streets", "communities", "grids"))
    return Header(
        run_id=manifest["run"],
        run_number=int(manifest.get("run_number", 1)),
        started_at=datetime.fromisoformat(manifest["started_at"]),
        as_of=date.fromisoformat(manifest["as_of"]),
        district=manifest["district"],
        tool=manifest["tool"],
        ruleset=manifest["ruleset"],
        inputs=tuple(manifest["inputs"]),
        coverage=Coverage(streets=streets, communities=communities, grids=grids, n_off_roster=seen["off_roster"]),
        weighted=bool(manifest["weighted"]),
        rules=len(manifest["rules"]),
        not_evaluated={code: tuple(lacks) for code, lacks in manifest["not_evaluated"].items()},
        baseline=manifest.get("baseline", ""),
    )


def view_of(outcome: Outcome) -> View:
    """Return an outcome as a report takes it, with the findings that are to be shown."""
    rows = outcome.findings.rows.filter(pl.col("rule").is_in(list(outcome.shown)))
    return View(
        header=header_of(outcome),
        areas=outcome.card.areas,
        findings=rows,
        tallies=outcome.findings.tallies.filter(pl.col("rule").is_in(list(outcome.shown))),
        previous=outcome.previous,
    )
