"""When no table is recognised: the headings that come nearest to what is needed, for E201 and `columns`."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from gridaudit import schema
from gridaudit.errors import InputError
from gridaudit.normalise.header import SEARCHED_ROWS, heading_form
from gridaudit.read import Sheet, column_letters

_SHOWN = 3
# No register has more columns; a sheet of thousands is compared as far as this.
_LOOKED_AT = 200
_HEADING_LIKE = 0.75
_NEEDED = (("residents", "name"), ("residents", "id_no"), ("houses", "house_id"), ("houses", "address"))


def similarity(text: str, column: schema.Column) -> float:
    """Return how near a heading comes to any known heading of a column, 0 to 1."""
    form = heading_form(text)
    return max(_ratio(form, heading_form(alias)) for alias in (column.zh, *column.aliases))


def _ratio(one: str, other: str) -> float:
    """Shared characters count whatever their order: 证件编号 and 编号证件 are near."""
    if not one or not other:
        return 0.0
    shared = sum(min(one.count(character), other.count(character)) for character in set(one))
    if not shared:
        return 0.0
    in_order = SequenceMatcher(None, one, other).ratio()
    return (2 * shared / (len(one) + len(other)) + in_order) / 2


def nearest_columns(text: str, table: str, taken: Iterable[str] = ()) -> list[tuple[str, float]]:
    """Return the canonical columns of `table` nearest to a heading, best first."""
    free = [column for column in schema.columns(table).values() if column.name not in set(taken)]
    ranked = sorted(((column.name, similarity(text, column)) for column in free), key=lambda item: (-item[1], item[0]))
    return ranked[:_SHOWN]


def nearest_headings(sheet: Sheet) -> InputError:
    """Return E201: what is needed, the nearest heading for each, and the headings found (of the fullest early row)."""
    rows = sheet.frame.head(SEARCHED_ROWS).rows()
    counts = [len({text for text in row if text and not text.replace(".", "").isdigit()}) for row in rows]
    at = counts.index(max(counts))
    texts = [text or "" for text in rows[at][:_LOOKED_AT]]
    n_columns = len([text for text in rows[at] if text])
    lines = []
    for table, name in _NEEDED:
        column = schema.columns(table)[name]
        score, index = max((similarity(text, column), -index) for index, text in enumerate(texts) if text)
        lines.append((column.zh, column.en, texts[-index], column_letters(-index), f"{score:.2f}"))
    if not _looks_like_heading(texts):
        lines, texts = [], []
    return InputError(
        "E201",
        file=sheet.source,
        sheet=sheet.sheet,
        row=at + sheet.numbered_from,
        nearest=tuple(lines),
        n_columns=n_columns,
        headings="、".join(text for text in texts if text)[:120],
    )


def _looks_like_heading(texts: list[str]) -> bool:
    """Some text must come near a known heading: the first row of a file without a heading is about a person."""
    columns = [column for table in schema.SHEET_TABLES for column in schema.columns(table).values()]
    return any(similarity(text, column) >= _HEADING_LIKE for text in texts if text for column in columns)
