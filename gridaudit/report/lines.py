"""Lines of a screen: pieces that flow, sentences that fold, tables that fit. ASCII and wide characters only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text as Line

from gridaudit.report.cells import cut, padded, printable

__all__ = ["SCREEN", "WIDE", "Cell", "Column", "Line", "Styled", "flow", "fold", "line", "table"]

SCREEN, WIDE = 80, 96
_MIN_NAME = 6
_CLOSING = "，。；：、）」！？"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, numbers to the right, and how it gives way where the table is too wide.

    One that may be dropped goes before the cells of one that may be cut are cut.
    """

    heading: str
    right: bool = False
    may_cut: bool = False
    may_drop: bool = False


@dataclass(frozen=True, slots=True)
class Styled:
    """A cell with a colour; the colour only repeats what the cell says."""

    text: str
    style: str


Cell = str | Styled


def line(*pieces: Cell, style: str = "") -> Line:
    """Put pieces together to one line."""
    made = Line(style=style, no_wrap=True, end="")
    for piece in pieces:
        made.append(printable(_text(piece)), _style(piece) or None)
    made.rstrip()
    return made


def flow(pieces: Iterable[Cell], *, width: int = SCREEN, gap: int = 2, indent: int = 0, style: str = "") -> list[Line]:
    """Set pieces side by side, `gap` blanks apart; one that does not fit begins the next line.

    Args:
        pieces: What to set; empty ones are left out.
        width: Cells a line may have.
        gap: Blanks between pieces.
        indent: Blanks in front of every line but the first.
        style: Style of all lines.
    """
    lines: list[list[Cell]] = [[]]
    used = 0
    for piece in pieces:
        size = cell_len(printable(_text(piece)))
        if not size:
            continue
        if used and used + gap + size > width:
            lines.append([" " * indent] if indent else [])
            used = indent
        elif used:
            lines[-1].append(" " * gap)
            used += gap
        lines[-1].append(piece if size <= width else cut(printable(_text(piece)), width - used))
        used += size
    return [line(*parts, style=style) for parts in lines if parts]


def fold(text: str, *, width: int = SCREEN, indent: int = 0, first: str = "", style: str = "") -> list[Line]:
    """Break a sentence into lines: at blanks where there are any, between Chinese characters elsewhere.

    Args:
        text: The sentence.
        width: Cells a line may have.
        indent: Blanks in front of every line but the first.
        first: What stands in front of the first line.
        style: Style of the lines.
    """
    lines, current = [], first
    for token in _tokens(printable(text)):
        rest = token
        if cell_len(current + rest.rstrip()) > width and current.strip():
            lines.append(current)
            current, rest = " " * indent, rest.lstrip()
        while cell_len(current + rest.rstrip()) > width:
            head = cut(rest, width - cell_len(current), end="")
            lines.append(current + head)
            current, rest = " " * indent, rest[len(head) :]
        current += rest
    return [line(text, style=style) for text in [*lines, current]]


def table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    *,
    width: int = SCREEN,
    total: Sequence[Cell] | None = None,
    gaps: tuple[int, int] = (2, 1),
) -> list[Line]:
    """Set a table.

    Args:
        columns: What each column is.
        rows: Cells, row by row.
        width: Cells a line may have.
        total: A last row below a rule.
        gaps: Blanks between columns, and how few they may become before names are cut.
    """
    headings = [column.heading for column in columns]
    every = [headings, *rows, *([total] if total is not None else [])]
    widths = [max(cell_len(printable(_text(row[i]))) for row in every) for i in range(len(columns))]
    if sum(widths) + gaps[1] * (len(widths) - 1) > width and any(column.may_drop for column in columns):
        kept = [i for i, column in enumerate(columns) if not column.may_drop]
        columns, rows = [columns[i] for i in kept], [[row[i] for i in kept] for row in rows]
        return table(columns, rows, width=width, total=total and [total[i] for i in kept], gaps=gaps)
    gap = next((gap for gap in range(gaps[0], gaps[1], -1) if sum(widths) + gap * (len(widths) - 1) <= width), gaps[1])
    widths = _fitted(columns, widths, width - gap * (len(widths) - 1))
    rule = line("-" * min(width, sum(widths) + gap * (len(widths) - 1)), style="dim")
    lines = [_row(headings, widths, columns, gap, style="bold"), rule]
    lines += [_row(row, widths, columns, gap) for row in rows]
    return lines if total is None else [*lines, rule, _row(total, widths, columns, gap, style="bold")]


def _fitted(columns: Sequence[Column], widths: list[int], room: int) -> list[int]:
    """Narrow the widest column that may be cut, again and again, until all fit."""
    fitted = list(widths)
    while sum(fitted) > room:
        names = [i for i, column in enumerate(columns) if column.may_cut and fitted[i] > _MIN_NAME]
        if not names:
            break
        fitted[max(names, key=lambda i: fitted[i])] -= 1
    return fitted


def _row(cells: Sequence[Cell], widths: Sequence[int], columns: Sequence[Column], gap: int, style: str = "") -> Line:
    made: list[Cell] = []
    for cell, width, column in zip(cells, widths, columns, strict=True):
        text = padded(cut(printable(_text(cell)), width), width, right=column.right)
        made += [Styled(text, _style(cell)), " " * gap]
    return line(*made[:-1], style=style)


def _tokens(text: str) -> list[str]:
    """Words with the blanks behind them and single wide characters, each with the punctuation that closes it."""
    tokens: list[str] = []
    is_open = False
    for character in text:
        is_wide = cell_len(character) > 1
        if tokens and (character in _CLOSING or character == " " or (is_open and not is_wide)):
            tokens[-1] += character
        else:
            tokens.append(character)
        is_open = not is_wide and character != " "
    return tokens


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell.text


def _style(cell: Cell) -> str:
    return "" if isinstance(cell, str) else cell.style
