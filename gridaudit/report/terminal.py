"""Every screen as lines of text; `drawn` turns them into what a terminal or a file gets."""

from __future__ import annotations

import io
from collections.abc import Iterable

from rich.console import Console

from gridaudit.report.area_screens import area_table, footer, grid_table
from gridaudit.report.lines import SCREEN, WIDE, Line
from gridaudit.report.rule_pages import catalogue_table, explain
from gridaudit.report.rule_screens import closing_line, rule_rows, rule_table
from gridaudit.report.summary_screen import summary

__all__ = [
    "SCREEN",
    "WIDE",
    "area_table",
    "catalogue_table",
    "closing_line",
    "drawn",
    "explain",
    "footer",
    "grid_table",
    "rule_rows",
    "rule_table",
    "summary",
]


def drawn(lines: Iterable[Line], *, color: bool = False) -> str:
    """Return lines as text, with the terminal's colour codes when wanted."""
    if not color:
        return "".join(f"{entry.plain}\n" for entry in lines)
    stream = io.StringIO()
    console = Console(
        file=stream, force_terminal=True, color_system="standard", width=WIDE, highlight=False, emoji=False
    )
    for entry in lines:
        console.print(entry, soft_wrap=True, markup=False, end="\n")
    return stream.getvalue()
