"""What a rule is: the fields of its file, nothing computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from gridaudit.text import Text

Level: TypeAlias = Literal["error", "warning", "info"]
Loss: TypeAlias = Literal["major", "minor", "none"]
CountedIn: TypeAlias = Literal["house", "relation", "own"]
Verdict: TypeAlias = Literal["pass", "fail", "skip"]

LEVELS: tuple[str, ...] = get_args(Level)
LOSSES: tuple[str, ...] = get_args(Loss)
COUNTED_IN: tuple[str, ...] = get_args(CountedIn)
VERDICTS: tuple[str, ...] = get_args(Verdict)
DIMENSIONS = ("accuracy", "completeness", "conformity", "consistency", "coverage", "timeliness", "uniqueness")
STATUSES = ("preview", "stable", "deprecated", "removed")

# The order in which families are shown: what costs most visits first.
FAMILIES: tuple[str, ...] = ("I", "D", "F", "C", "L", "V", "T", "W", "U")
ROW_TABLES = ("residents", "houses", "grids")
DERIVED_TABLES = ("files", "outcomes", "gaps", "grid_figures", "known_homes", "known_people")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An example of a rule that is run as a test: cells as typed, and the verdict expected."""

    verdict: Verdict
    row: Mapping[str, Any]
    table: str
    context: Mapping[str, tuple[Mapping[str, str], ...]]
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A declared requirement with a code. `check` true passes, false is a finding, null is not evaluable."""

    code: str
    name: str
    tables: tuple[str, ...]
    when: str
    check: str
    any_columns: bool
    level: Level
    loss: Loss
    counted_in: CountedIn | None
    dimension: str
    columns: tuple[str, ...]
    suggestion: str
    status: str
    since: str
    source: str
    parameters: Mapping[str, Any]
    title: Text
    why: Text
    fix: Text
    not_reported: Text
    message: Text | None
    cases: tuple[Case, ...]
    origin: Path
    sha256: str

    @property
    def family(self) -> str:
        """The officer's word for the kind of problem: the first letter of the code."""
        return self.code[0]
