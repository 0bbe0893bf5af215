"""Results as files: workbooks, Parquet, and the folder of the scheduled job. Each is written beside its place."""

from __future__ import annotations

import io
from collections.abc import Collection
from pathlib import Path

from gridaudit.disk import put, write
from gridaudit.report.area_files import area_frame, areas_csv, json_text, summary_json
from gridaudit.report.area_rows import MIN_CELL, in_street
from gridaudit.report.findings_files import findings_csv, findings_jsonl, findings_parquet, is_unmasked, parquet
from gridaudit.report.header import StoredReport, View, view_of
from gridaudit.report.xlsx import areas_workbook, findings_workbook
from gridaudit.rulebook import Rulebook, load_rulebook
from gridaudit.score import Outcome
from gridaudit.text import Lang, say


def write_findings(path: Path, outcome: Outcome, kind: str, *, lang: Lang, street: str | None = None) -> None:
    """Write findings as `parquet` or `xlsx`; those with clear cells are for the owner alone.

    Raises:
        OutputError: E301, the file cannot be written.
    """
    view = view_of(outcome)
    rows = in_street(view.findings, street)
    if kind == "parquet":
        put(path, findings_parquet(rows), private=is_unmasked(rows))
        return
    stream = io.BytesIO()
    findings_workbook(stream, view.header, view.areas, rows, lang)
    put(path, stream.getvalue(), private=is_unmasked(rows))


def write_areas(
    path: Path, report: StoredReport | View, level: str, *, lang: Lang, street: str | None = None,
    min_cell: int = MIN_CELL, rulebook: Rulebook | None = None,
) -> None:  # fmt: skip
    """Write the areas of one level (or, with `rule`, the results by rule) as a workbook.

    Raises:
        OutputError: E301, the file cannot be written.
    """
    view = report.view if isinstance(report, StoredReport) else report
    put(path, _areas_xlsx(view, level, lang, street=street, min_cell=min_cell, rulebook=rulebook))


def write_areas_of(path: Path, outcome: Outcome, level: str, *, lang: Lang) -> None:
    """Write the areas of an outcome as a workbook.

    Raises:
        OutputError: E301, the file cannot be written.
    """
    write_areas(path, view_of(outcome), level, lang=lang, rulebook=outcome.rulebook)


def export_files(
    folder: Path, outcome: Outcome, formats: Collection[str], *, lang: Lang, min_cell: int = MIN_CELL
) -> list[str]:  # fmt: skip
    """Write the results into a folder and return the names of the files.

    Args:
        folder: Where to; its files are not yet anybody's, so they are written in place.
        outcome: What was found.
        formats: Of csv, json, parquet, xlsx; `summary.json` is always written.
        lang: Language of the workbooks.
        min_cell: People below which figures about people are left out.
    """
    view, rulebook = view_of(outcome), outcome.rulebook
    head, areas, rows = view.header, view.areas, view.findings
    document = summary_json(head, areas, rows, tallies=view.tallies, min_cell=min_cell)
    contents = {"summary.json": json_text(document).encode()}
    # A name of its own: what picks up findings.csv every day must not come upon clear cells one day.
    findings = "findings-unmasked" if is_unmasked(rows) else "findings"
    if "json" in formats:
        contents[f"{findings}.jsonl"] = findings_jsonl(rows).encode()
    if "csv" in formats:
        contents["summary.csv"] = areas_csv(areas, min_cell=min_cell).encode("utf-8-sig")
        contents[f"{findings}.csv"] = findings_csv(rows).encode("utf-8-sig")
    if "parquet" in formats:
        contents["summary.parquet"] = parquet(area_frame(areas, min_cell=min_cell))
        contents[f"{findings}.parquet"] = findings_parquet(rows)
    if "xlsx" in formats:
        for level in ("street", "grid"):
            name = say(f"report.file_{level}", lang, date=head.as_of.strftime("%Y%m%d"))
            contents[name] = _areas_xlsx(view, level, lang, street=None, min_cell=min_cell, rulebook=rulebook)
    for name, content in contents.items():
        write(folder / name, content)
    return list(contents)


def _areas_xlsx(
    view: View, level: str, lang: Lang, *, street: str | None, min_cell: int, rulebook: Rulebook | None
) -> bytes:
    """The workbook of a level; of one street, so are its results by rule."""
    stream = io.BytesIO()
    areas_workbook(
        stream, view.header, view.areas, level, lang,
        tallies=in_street(view.tallies, street, "area_street"), findings=in_street(view.findings, street),
        rulebook=rulebook or load_rulebook(), street=street, min_cell=min_cell,
    )  # fmt: skip
    return stream.getvalue()
