"""Options that several commands share. Their help comes from the catalogue, in the language of the run."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from gridaudit.config import MAX_ROW


class FailOn(StrEnum):
    """From which level on findings make `check` exit with 1."""

    ERROR = "error"
    WARNING = "warning"
    NEVER = "never"


class CheckFormat(StrEnum):
    """Formats of `check`: table and json are the summary, the others the findings."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    XLSX = "xlsx"


class ReportFormat(StrEnum):
    """Formats of `report`."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MD = "md"
    XLSX = "xlsx"


class RulesFormat(StrEnum):
    """Formats of `rules`."""

    TABLE = "table"
    MD = "md"
    JSON = "json"


Lang: TypeAlias = Annotated[str | None, typer.Option("--lang", metavar="zh|en")]
Config: TypeAlias = Annotated[Path | None, typer.Option("--config", metavar="FILE")]
Quiet: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q")]
NoColor: TypeAlias = Annotated[bool, typer.Option("--no-color")]
Sheet: TypeAlias = Annotated[list[str] | None, typer.Option("--sheet", metavar="NAME")]
HeaderRow: TypeAlias = Annotated[int | None, typer.Option("--header-row", metavar="N", min=1, max=MAX_ROW)]
Select: TypeAlias = Annotated[str | None, typer.Option("--select", metavar="CODES")]
Ignore: TypeAlias = Annotated[str | None, typer.Option("--ignore", metavar="CODES")]
RulesFolder: TypeAlias = Annotated[Path | None, typer.Option("--rules", metavar="DIR")]
Street: TypeAlias = Annotated[str | None, typer.Option("--street", metavar="NAME")]
AsOf: TypeAlias = Annotated[str | None, typer.Option("--as-of", metavar="DATE")]
Baseline: TypeAlias = Annotated[list[str] | None, typer.Option("--baseline", metavar="RUN|FILE")]
FailUnder: TypeAlias = Annotated[float | None, typer.Option("--fail-under", metavar="SCORE")]
Output: TypeAlias = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE")]
ShowAll: TypeAlias = Annotated[bool, typer.Option("--all")]
Unmask: TypeAlias = Annotated[bool, typer.Option("--unmask")]
Top: TypeAlias = Annotated[int, typer.Option("--top", metavar="N", min=1)]
