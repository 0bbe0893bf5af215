"""Clear cells of findings, read again from the source: the only place where a value leaves the file unmasked.

Nothing between reading and the store ever holds a clear cell of a finding. Who may call this is decided by the config
(`allow_unmasked`); that it was called is recorded by the command.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from gridaudit import schema
from gridaudit.errors import InputError, InputErrors
from gridaudit.normalise import find_heading
from gridaudit.read import Reading, Sheet
from gridaudit.read.sniff import sniff

_NAMES = ["source", "sheet", "table"]
_AT: Mapping[str, pl.DataType] = {"at": pl.UInt32(), "value": pl.String()}


def with_clear_cells(
    findings: pl.DataFrame,
    inputs: Sequence[Mapping[str, Any]],
    candidates: Iterable[Path],
    *,
    declared: Mapping[str, Mapping[str, str]] | None = None,
) -> pl.DataFrame:
    """Return findings with `value`, the cell as it stands in the source, and `unmasked`, which is true.

    Columns about religion or special groups stay masked, and so does a cell whose column is not found again.

    Args:
        findings: Findings (columns of `judge.SHOWN`, and `sheet_no`).
        inputs: What the run read: `sheet_no`, name, sheet, heading row and SHA-256.
        candidates: Files that may be those the run read; told by name and content.
        declared: Headings that the config gives per table and canonical column.

    Raises:
        InputError, InputErrors: E331, a file that the run read is gone or has changed; nothing is unmasked.
    """
    numbered = findings.with_row_index("at")
    never = schema.words()["never_unmasked"]
    asked = numbered.filter(pl.col("row").is_not_null() & ~pl.col("field").is_in(never))
    numbers = set(asked["sheet_no"].to_list())
    read = [item for item in inputs if item["sheet_no"] in numbers]
    parts = [pl.DataFrame(schema=_AT)]
    for file, path in _files(read, list(candidates)).items():
        of_file = {str(item["sheet"]): item for item in read if _file(item) == file}
        for sheet in _sheets(path, list(of_file)):
            if item := of_file.get(sheet.sheet):
                here = asked.filter(sheet_no=item["sheet_no"])
                parts += _cells(here, sheet, int(item["header_row"]), declared)
    clear = pl.concat(parts)
    return numbered.join(clear, on="at", how="left", maintain_order="left").drop("at").with_columns(
        unmasked=pl.lit(value=True)
    )  # fmt: skip


def numbered_by_name(
    findings: pl.DataFrame, inputs: Sequence[Mapping[str, Any]]
) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """Return findings of a kept run, which has no numbers of sheets, and its inputs, both with `sheet_no`.

    Raises:
        InputError: E332, a finding is in one of several sheets of the same name in files of the same name.
    """
    numbered = [{**item, "sheet_no": number} for number, item in enumerate(inputs)]
    names = pl.DataFrame(
        [(item["sheet_no"], item["name"], item["sheet"], item["table"]) for item in numbered],
        schema={"sheet_no": pl.UInt16, **dict.fromkeys(_NAMES, pl.String)},
        orient="row",
    )
    alike = names.filter(pl.struct(_NAMES).is_duplicated()).select(_NAMES).unique()
    in_doubt = findings.filter(pl.col("row").is_not_null()).join(alike, on=_NAMES, how="semi")
    if in_doubt.height:
        raise InputError("E332", file=str(in_doubt["source"].min()))
    told = names.join(alike, on=_NAMES, how="anti")
    return findings.join(told, on=_NAMES, how="left", maintain_order="left"), numbered


def _file(item: Mapping[str, Any]) -> tuple[str, str]:
    """Name and SHA-256: files of one name are told apart by their content."""
    return str(item["name"]), str(item["sha256"])


def _files(inputs: Sequence[Mapping[str, Any]], candidates: Sequence[Path]) -> dict[tuple[str, str], Path]:
    """The files of the run, by name and SHA-256."""
    digests: dict[Path, str] = {}
    found: dict[tuple[str, str], Path] = {}
    wanted = {_file(item) for item in inputs}
    for path in candidates:
        if path.name in {name for name, _ in wanted} and path.is_file():
            digests[path] = digests.get(path) or _sha256(path)
            found |= {file: path for file in wanted if file == (path.name, digests[path])}
    lost = sorted({name for name, _ in wanted - set(found)})
    errors = tuple(InputError("E331", file=name) for name in lost)
    if errors:
        raise errors[0] if len(errors) == 1 else InputErrors(errors)
    return dict(sorted(found.items()))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sheets(path: Path, names: list[str]) -> Iterable[Sheet]:
    is_workbook = sniff(path) not in {"text", "parquet"}
    return Reading([path], sheets=names if is_workbook else ())


def _cells(
    findings: pl.DataFrame, sheet: Sheet, header_row: int, declared: Mapping[str, Mapping[str, str]] | None
) -> list[pl.DataFrame]:
    """The cells of one sheet's findings, column by column."""
    heading = find_heading(sheet, declared=declared)
    if heading.last_row + sheet.numbered_from != header_row:
        heading = find_heading(sheet, row=header_row, declared=declared)
    parts = []
    for (field,), rows in findings.group_by("field"):
        columns = [f"c{index}" for index in heading.mapping.get(str(field), ())]
        if columns:
            at = rows["row"].cast(pl.Int64) - sheet.numbered_from
            inside = at.is_between(0, sheet.frame.height - 1)
            cells = sheet.frame.select(pl.coalesce(columns).cast(pl.String)).to_series()
            parts.append(rows.filter(inside).select("at", value=cells.gather(at.filter(inside))))
    return [part.select(pl.col(name).cast(dtype) for name, dtype in _AT.items()) for part in parts]
