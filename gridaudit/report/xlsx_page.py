"""A plain sheet that prints well: A4 landscape, one page wide, headings repeated, nothing that a spreadsheet runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any, BinaryIO, Self

import xlsxwriter
from rich.cells import cell_len

from gridaudit.report.cells import NA
from gridaudit.report.header import Header
from gridaudit.text import Lang, say

_FORMATS = {"count": "#,##0", "one": "#,##0.0", "two": "#,##0.00", "score": "0.00", "share": "0.0%", "rate": "0.00%"}
_NARROWEST, _WIDEST = 4, 40
_TITLE_ROWS = 2
_A4 = 9
_FONT = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a sheet.

    `kind` of its cells is text, word for centred text, or a key of the number formats; `width` is given when it is
    not that of the longest cell.
    """

    text: str
    kind: str
    width: float | None = None


@dataclass(slots=True)
class Book:
    """A workbook being written. Use as a context; it is complete when the context ends."""

    path: Path | BinaryIO
    header: Header
    title: str
    _book: Any = field(init=False)
    _formats: dict[tuple[str, str], Any] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        options = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
        options["in_memory"] = True
        self._book = xlsxwriter.Workbook(self.path if not isinstance(self.path, Path) else str(self.path), options)
        created = self.header.started_at
        if created.tzinfo is not None:
            created = created.astimezone(UTC).replace(tzinfo=None)
        self._book.set_properties({"title": self.title, "author": "", "comments": self.header.tool, "created": created})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        self._book.close()

    def style(self, kind: str, place: str = "body") -> Any:
        """Return the format of a cell: `kind` of figure, `place` title, subtitle, heading, body or total."""
        if (kind, place) not in self._formats:
            look: dict[str, Any] = dict(_FONT)
            look |= {"num_format": _FORMATS[kind]} if kind in _FORMATS else {}
            look |= _LOOKS[place]
            look["align"] = _align(kind, place)
            self._formats[kind, place] = self._book.add_format(look)
        return self._formats[kind, place]

    def sheet(
        self, name: str, lang: Lang, *, title: str, subtitle: str, headings: Sequence[Heading],
        rows: Sequence[Sequence[object]], total: Sequence[object] | None = None, frozen: int = 1,
        notes: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """Write a sheet: title, subtitle, headings, rows, total, notes.

        Args:
            name: Name of the sheet.
            lang: Language of the page footer.
            title: First line.
            subtitle: Second line.
            headings: The columns.
            rows: Cells; text, numbers, or None for nothing.
            total: The last row.
            frozen: Columns that stay when scrolling.
            notes: Lines below the table.
        """
        sheet = self._book.add_worksheet(name)
        sheet.write_string(0, 0, title, self.style("text", "title"))
        sheet.write_string(1, 0, subtitle, self.style("text", "subtitle"))
        sheet.set_row(0, 24)
        for column, heading in enumerate(headings):
            sheet.write_string(_TITLE_ROWS, column, heading.text, self.style("text", "heading"))
        sheet.set_row(_TITLE_ROWS, 32)
        for number, row in enumerate(rows, start=_TITLE_ROWS + 1):
            self._write(sheet, number, row, headings, "body")
        last = _TITLE_ROWS + len(rows)
        if total is not None:
            self._write(sheet, last + 1, total, headings, "total")
        for number, note in enumerate(notes, start=last + (3 if total is not None else 2)):
            sheet.write_string(number, 0, note, self.style("text", "subtitle"))
        self._widths(sheet, headings, [*rows, *([total] if total is not None else [])])
        self._page(sheet, last, headings, frozen, lang)

    def _write(self, sheet: Any, number: int, row: Sequence[object], headings: Sequence[Heading], place: str) -> None:
        for column, (value, heading) in enumerate(zip(row, headings, strict=True)):
            style = self.style(heading.kind, place)
            if value is None and heading.kind == "score":
                sheet.write_string(number, column, NA, style)
            elif value is None:
                sheet.write_blank(number, column, None, style)
            elif isinstance(value, (int, float)):
                sheet.write_number(number, column, value, style)
            else:
                sheet.write_string(number, column, str(value), style)

    def _widths(self, sheet: Any, headings: Sequence[Heading], rows: Sequence[Sequence[object]]) -> None:
        for column, heading in enumerate(headings):
            longest = max((cell_len(shown(row[column], heading.kind)) for row in rows), default=0)
            width = min(_WIDEST, max(_NARROWEST, longest, heading_width(heading.text)))
            sheet.set_column(column, column, (heading.width or width) + 1.2)

    def _page(self, sheet: Any, last: int, headings: Sequence[Heading], frozen: int, lang: Lang) -> None:
        sheet.freeze_panes(_TITLE_ROWS + 1, frozen)
        sheet.autofilter(_TITLE_ROWS, 0, max(last, _TITLE_ROWS), len(headings) - 1)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.repeat_rows(_TITLE_ROWS)
        sheet.set_footer(f"&L{self.header.run_id.replace('&', '&&')}&R{say('report.page', lang)}")
        sheet.center_horizontally()


def heading_width(text: str) -> int:
    """Return the width of a heading over two lines: Chinese breaks anywhere, other words stay whole."""
    words = [word if word.isascii() else word[: (len(word) + 1) // 2] for word in text.split()]
    return max([-(-cell_len(text) // 2), *(cell_len(word) for word in words)])


def _align(kind: str, place: str) -> str:
    if place == "heading" or (kind == "word" and place != "title"):
        return "center"
    return "right" if kind in _FORMATS else "left"


def shown(value: object, kind: str) -> str:
    """Return about what a cell shows, for its width."""
    if value is None:
        return NA if kind == "score" else ""
    if not isinstance(value, (int, float)):
        return str(value)
    digits = {"one": 1, "two": 2, "score": 2}.get(kind, 0)
    return f"{100 * value:.2f}%" if kind in {"share", "rate"} else f"{value:,.{digits}f}"


_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "subtitle": {"font_color": "#404040"},
    "heading": {"bold": True, "bg_color": "#DDE6EE", "border": 1, "border_color": "#8C9BA8", "text_wrap": True},
    "body": {"border": 1, "border_color": "#C8D0D8"},
    "total": {"bold": True, "top": 2, "bottom": 1, "left": 1, "right": 1, "border_color": "#8C9BA8"},
}
