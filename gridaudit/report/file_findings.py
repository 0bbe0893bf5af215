"""What is wrong with the files themselves: W findings and notes, each a line of its own below the coverage."""

from __future__ import annotations

import polars as pl

from gridaudit.report.cells import word
from gridaudit.report.lines import Line, fold
from gridaudit.rulebook import Rulebook
from gridaudit.score import Outcome
from gridaudit.text import Lang, has, say

LEVEL_STYLE = {"error": "bold red", "warning": "yellow", "info": ""}
_MANY_NOTES = 6


def file_lines(outcome: Outcome, rulebook: Rulebook, lang: Lang) -> list[Line]:
    """Return one entry for every W finding, equal ones of several files together, and for every note.

    Args:
        outcome: What was found.
        rulebook: For the remedy of what is more than information.
        lang: Language.
    """
    rows = outcome.findings.rows.filter((pl.col("family") == "W") & pl.col("rule").is_in(list(outcome.shown)))
    # Files of one name are several files.
    files = {sheet.sheet_no: str(sheet.path) for sheet in outcome.sheets}
    path = pl.col("sheet_no").replace_strict(files, default=None, return_dtype=pl.String)
    told = rows.with_columns(path=path).group_by("level", "rule", "message", maintain_order=True).agg(
        pl.col("source").drop_nulls().unique().sort(), n_files=pl.col("path").drop_nulls().n_unique()
    )  # fmt: skip
    order = pl.col("level").replace_strict({"error": 0, "warning": 1, "info": 2}, default=3)
    fixes = {rule.code: rule.fix.in_(lang) for rule in rulebook}
    lines: list[Line] = []
    entries = told.sort(order, "rule", maintain_order=True).rows(named=True)
    for index, entry in enumerate(entries):
        first = f"{word('level', entry['level'], lang)} {entry['rule']} "
        text = f"{entry['message']}{_where(entry['source'], entry['n_files'], lang)}"
        lines += fold(text, first=first, indent=2, style=LEVEL_STYLE.get(entry["level"], ""))
        is_last = index + 1 == len(entries) or entries[index + 1]["rule"] != entry["rule"]
        if entry["level"] != "info" and is_last and entry["rule"] in fixes:
            lines += fold(fixes[entry["rule"]], first=f"  {say('report.do', lang)}", indent=4)
    return [*lines, *_notes(outcome, lang)]


def _where(sources: list[str], n_files: int, lang: Lang) -> str:
    if not sources:
        return ""
    return f" ({sources[0]})" if n_files <= 1 else " " + say("report.in_files", lang, n=n_files)


def _notes(outcome: Outcome, lang: Lang) -> list[Line]:
    lines: list[Line] = []
    first = say("report.note", lang) + " "
    for note in outcome.notes[:_MANY_NOTES]:
        key = f"note.{note.key}"
        text = say(key, lang, **note.params) if has(key) else note.key
        lines += fold(text, first=first, indent=2)
    if len(outcome.notes) > _MANY_NOTES:
        lines += fold(say("report.more_notes", lang, n=len(outcome.notes) - _MANY_NOTES), first=first)
    return lines
