"""Findings for machines: JSON lines and flat CSV. Keys and codes are English and never translated."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import polars as pl

from gridaudit.judge import SHOWN

# What `--unmask` adds to a finding: the cell as it stands in the source, and the mark.
CLEAR = ("value", "unmasked")

# A cell that begins with one of these may run as a formula when a spreadsheet opens the file.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
GUARD = "'"


def is_unmasked(rows: pl.DataFrame) -> bool:
    """Tell whether findings carry clear cells."""
    return "unmasked" in rows.columns


def _fields(rows: pl.DataFrame) -> list[str]:
    return [*SHOWN, *(CLEAR if is_unmasked(rows) else ())]


def findings_jsonl(rows: pl.DataFrame, *, ensure_ascii: bool = False) -> str:
    """Return one JSON object a line, with the fields of a finding in their order.

    Args:
        rows: Findings; columns beyond those of a finding are left out.
        ensure_ascii: Write other characters as escapes, for a stream that is not UTF-8.
    """
    encode = json.JSONEncoder(ensure_ascii=ensure_ascii, separators=(",", ":")).encode
    return "".join(f"{encode(finding)}\n" for finding in records(rows))


def records(rows: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield findings as dictionaries; a subject holds what applies, and nothing is null."""
    for finding in rows.select(_fields(rows)).iter_rows(named=True):
        finding["subject"] = _subject(finding["subject"])
        yield finding


def findings_csv(rows: pl.DataFrame) -> str:
    """Return findings as CSV without live formulas; whoever writes the file puts the UTF-8 mark in front."""
    subjects = [
        None if (subject := _subject(value)) is None else json.dumps(subject, ensure_ascii=False, separators=(",", ":"))
        for value in rows["subject"]
    ]
    flat = rows.select(_fields(rows)).with_columns(subject=pl.Series(subjects, dtype=pl.String))
    return guarded_csv(flat)


def guarded_csv(frame: pl.DataFrame) -> str:
    """Return a frame as CSV in which no cell begins like a formula."""
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    stream = io.BytesIO()
    frame.with_columns(guarded(pl.col(name)) for name in texts).write_csv(stream)
    return stream.getvalue().decode()


def guarded(text: pl.Expr) -> pl.Expr:
    """Put an apostrophe before text that a spreadsheet could take for a formula."""
    starts = [text.str.starts_with(start) for start in FORMULA_STARTS]
    return pl.when(pl.any_horizontal(starts)).then(pl.lit(GUARD) + text).otherwise(text).name.keep()


def findings_parquet(rows: pl.DataFrame) -> bytes:
    """Return findings as a Parquet file."""
    return parquet(rows.select(_fields(rows)))


def parquet(frame: pl.DataFrame) -> bytes:
    """Return a frame as a Parquet file."""
    stream = io.BytesIO()
    frame.write_parquet(stream)
    return stream.getvalue()


def _subject(value: dict[str, Any] | None) -> dict[str, Any] | None:
    kept = {name: part for name, part in (value or {}).items() if part is not None}
    return kept or None
