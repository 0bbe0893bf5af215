"""Numbers and words as cells: the same figure looks the same on the screen, in Markdown and in a workbook."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from rich.cells import cell_len

from gridaudit.text import Lang, has, say

NA = "NA"
CUT = ".."
_NEARLY_ALL = 99.9
_PLAIN_MARKS = str.maketrans({
    "“": "「", "”": "」", "‘": "'", "’": "'", "…": "..", "→": "->", "←": "<-", "↔": "<->", "─": "-", "–": "-",
    "—": "-", "―": "-", "·": ".", "•": ".", "×": "x", "÷": "/", "≥": ">=", "≤": "<=", "±": "+-", "§": "section ",
    "°": " deg", "Σ": "sum ", "√": "v", "\u00a0": " ",
})  # fmt: skip


def printable(text: str) -> str:
    """Return `text` fit for any terminal.

    Control and direction characters go, so that no cell of a file can steer the terminal. Characters of East Asian
    Ambiguous width, which some consoles draw two cells wide, become plain ones where they have an equal.
    """
    if text.isascii() and text.isprintable():
        return text
    plain = "".join(_one(character) for character in text.translate(_PLAIN_MARKS))
    return plain.strip("\n")


def _one(character: str) -> str:
    if character in "\t\r\n":
        return " "
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"}:
        return ""
    if unicodedata.east_asian_width(character) == "A":
        return unicodedata.normalize("NFKC", character)
    return character


def cut(text: str, width: int, *, end: str = CUT) -> str:
    """Return `text` in at most `width` cells of the terminal; what does not fit ends in `..`."""
    if cell_len(text) <= width:
        return text
    kept = ""
    for character in text:
        if cell_len(kept + character) > width - len(end):
            break
        kept += character
    return kept + end[: max(width, 0)]


def padded(text: str, width: int, *, right: bool = False) -> str:
    """Fill `text` with blanks to `width` cells."""
    blanks = " " * max(0, width - cell_len(text))
    return blanks + text if right else text + blanks


pad = padded


def count(value: float | None) -> str:
    """Return a whole number with separators; nothing for none."""
    return "" if value is None else f"{int(value):,}"


def decimal(value: float | None, digits: int = 1) -> str:
    """Return a number with `digits` decimals; nothing for none."""
    return "" if value is None else f"{value:,.{digits}f}"


def score(value: float | None, digits: int = 1) -> str:
    """Return a score or a share of 100: NA for none, and 100 only when nothing at all is lost."""
    if value is None:
        return NA
    return f"{min(value, _floor(digits)) if value < 100 else value:.{digits}f}"


def share(value: float | None) -> str:
    """Return a fraction of 1 as per cent; 100.0% only when it is whole."""
    return NA if value is None else f"{score(100 * value)}%"


def change(value: float | None, digits: int = 1) -> str:
    """Return a difference with its sign; nothing for none, and no sign for no difference."""
    if value is None:
        return ""
    text = f"{value:+,.{digits}f}"
    return text.lstrip("+-") if float(text.replace(",", "")) == 0 else text


FORMATS: dict[str, Callable[[float | None], str]] = {
    "count": count,
    "one": decimal,
    "two": lambda value: decimal(value, 2),
    "score": score,
    "score2": lambda value: score(value, 2),
    "share": lambda value: "" if value is None else share(value),
    "change": change,
}


def interval(low: float | None, high: float | None, digits: int = 2) -> str:
    """Return the two ends of an interval; nothing where there is none."""
    return "" if low is None or high is None else f"{low:.{digits}f}-{high:.{digits}f}"


def word(section: str, key: Any, lang: Lang) -> str:
    """Return the catalogue's word for a code such as a level or a verdict; nothing for none."""
    name = f"{section}.{key}"
    return "" if key is None else (say(name, lang) if has(name) else str(key))


def _floor(digits: int) -> float:
    return 100 - 10.0**-digits
