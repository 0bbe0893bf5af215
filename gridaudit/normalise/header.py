"""Where the heading is and which column is what, told by the alias table; which table a sheet is follows from that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from gridaudit import schema
from gridaudit.normalise.layout import Layouts, Match, known_headings, recognised
from gridaudit.read import Sheet
from gridaudit.schema.profile import Codes, Layout, Profile

SEARCHED_ROWS = 20
_MARKS = re.compile(r"[*:＊]|[(\[【](?:必填|选填|必选|必录|非必填)[)\]】]")
_BRACKET = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]$")
_NUMBERING = re.compile(r"^\d{1,2}[.、](?=\D)")
# What tells one table from another; columns that several tables share say nothing.
_TELLING = {
    "residents": {"name", "id_no", "sex", "birth_date", "ethnic", "relation", "marital", "politics", "education"},
    "houses": {"address", "use", "occupancy", "managed", "property_company", "area_m2", "owner_name", "headcount",
               "rented"},
    "grids": {"expected_households", "coefficient"},
    "compounds": set(),
    "dispositions": {"disposition"},
}  # fmt: skip
# A sheet with this many headings about whole buildings lists buildings, not homes or people.
_OF_BUILDINGS = 2
_MOST_COMPOUND_HEADINGS = 10
_BEFORE_ALIASES = 1000
_USEFUL = {
    "residents": ({"name"}, {"id_no"}),
    "houses": ({"house_id"}, {"address"}, {"building", "room"}),
    "grids": ({"grid", "expected_households"}, {"grid", "collector"}, {"grid", "coefficient"}, {"grid", "grid_name"},
              {"grid", "community"}, {"grid_name", "community"}),
    "compounds": ({"compound", "managed"}, {"compound", "property_company"}),
    "dispositions": ({"house_id", "disposition"},),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The heading of a sheet: its frame rows, its texts by frame column, and what each canonical column is.

    `mapping` gives for a canonical column the frame columns it is read from, first choice first; `layout` is the
    platform's layout, when it is declared or recognised; `of_buildings` tells a list of buildings.
    """

    table: str | None
    first_row: int
    last_row: int
    texts: tuple[str, ...]
    mapping: Mapping[str, tuple[int, ...]]
    layout: Match | None = None
    of_buildings: bool = False


@cache
def heading_form(text: str) -> str:
    """Even a heading out: width, blanks, `*`, `(必填)`, `:`, numbering."""
    return _NUMBERING.sub("", _MARKS.sub("", schema.code_form(text)))


@cache
def _aliases(table: str) -> dict[str, tuple[tuple[str, int], ...]]:
    """Heading → the canonical columns it may mean, with the rank of the alias."""
    found: dict[str, list[tuple[str, int]]] = {}
    for column in schema.columns(table).values():
        for rank, alias in enumerate((column.name, *column.aliases)):
            found.setdefault(heading_form(alias), []).append((column.name, rank))
    return {form: tuple(entries) for form, entries in found.items()}


def meanings(text: str, table: str) -> tuple[tuple[str, int], ...]:
    """Return the canonical columns of `table` a heading may mean, with the rank of the alias that matched."""
    form = heading_form(text)
    known = _aliases(table)
    return known.get(form) or known.get(_BRACKET.sub("", form), ())


def find_heading(
    sheet: Sheet,
    *,
    row: int | None = None,
    declared: Mapping[str, Mapping[str, str]] | None = None,
    profiles: Mapping[str, Profile] | None = None,
) -> Heading:
    """Find the heading of a sheet.

    Args:
        sheet: The sheet.
        row: The row number a person gave for it (`--header-row`); searched for when None.
        declared: Headings that the config gives per table and canonical column.
        profiles: Profiles that the config gives per table; recognised by the headings elsewhere.

    Returns:
        The best heading of the first 20 rows; `table` is None when no table is recognised.
    """
    rows = [list(values) for values in sheet.frame.head(max(SEARCHED_ROWS, row or 0) + 2).rows()]
    declared = declared or {}
    profiles = profiles or {}
    asked = range(len(rows)) if row is None else range(row - sheet.numbered_from, row - sheet.numbered_from + 1)
    starts = [start for start in asked if 0 <= start < len(rows) and (row is not None or start < SEARCHED_ROWS)]
    best = Heading(table=None, first_row=0, last_row=0, texts=(), mapping={})
    # One row first: two rows are a heading only where they say more than the better of them alone.
    for span in (0, 1):
        for start in starts:
            if start + span < len(rows):
                texts = _texts(rows, start, start + span, sheet)
                heading = _recognise(texts, start, start + span, declared, profiles)
                better = _n_mapped(heading) > _n_mapped(best) or (heading.of_buildings and not best.texts)
                best = heading if better else best
    return best


def heading_of(
    sheet: Sheet,
    layouts: Layouts,
    *,
    row: int | None = None,
    declared: Mapping[str, Mapping[str, str]] | None = None,
) -> Heading:
    """Find the heading in the row a person gave, else in the row the config gives for a table, else by itself."""
    given = layouts.header_rows.items() if row is None and sheet.is_named else ()
    for table, at in given:
        found = find_heading(sheet, row=at, declared=declared, profiles=layouts.profiles)
        if found.table == table:
            return found
    return find_heading(sheet, row=row, declared=declared, profiles=layouts.profiles)


def _n_mapped(heading: Heading) -> int:
    return len({index for indexes in heading.mapping.values() for index in indexes})


def _texts(rows: list[list[str | None]], start: int, end: int, sheet: Sheet) -> tuple[str, ...]:
    upper = _spread([text or "" for text in rows[start]], start, sheet)
    if end == start:
        return tuple(text or "" for text in rows[start])
    return tuple(_joined(top, bottom or "") for top, bottom in zip(upper, rows[end], strict=True))


def _spread(texts: list[str], row: int, sheet: Sheet) -> list[str]:
    """Give every column below a merged upper heading its text."""
    for merge in sheet.merges:
        if merge.first_row - sheet.numbered_from == row and merge.last_column > merge.first_column:
            for column in range(max(0, merge.first_column), min(merge.last_column + 1, len(texts))):
                texts[column] = texts[merge.first_column] if merge.first_column >= 0 else texts[column]
    return texts


def _joined(top: str, bottom: str) -> str:
    """A two-level heading: both together when that is a known heading (户主 + 姓名), else the lower, else the upper."""
    if not bottom or not top:
        return bottom or top
    both = top + bottom
    known = any(meanings(both, table) for table in schema.SHEET_TABLES)
    return both if known else bottom


def _recognise(
    texts: tuple[str, ...],
    start: int,
    end: int,
    declared: Mapping[str, Mapping[str, str]],
    profiles: Mapping[str, Profile],
) -> Heading:
    of_buildings = _is_list_of_buildings(texts)
    best = Heading(table=None, first_row=start, last_row=end, texts=texts, mapping={}, of_buildings=of_buildings)
    best_rank = (-1, -1)
    for table in schema.SHEET_TABLES:
        match = _layout_of(texts, table, profiles)
        mapping = map_columns(texts, table, declared.get(table, {}), match.layout(table) if match else None)
        if not any(needed <= set(mapping) for needed in _USEFUL[table]):
            continue
        if of_buildings and table != "compounds" and "room" not in mapping:
            continue
        n_texts = len([text for text in texts if text])
        if table == "compounds" and not of_buildings and n_texts > _MOST_COMPOUND_HEADINGS:
            continue
        rank = (len(_TELLING[table] & set(mapping)), len(mapping))
        if rank > best_rank:
            best, best_rank = replace(best, table=table, mapping=mapping, layout=match), rank
    return best


def codes_of(heading: Heading) -> Codes:
    """Return what the bare codes of a sheet mean by its layout; nothing unless the layout is certain."""
    layout = heading.layout.layout(str(heading.table)) if heading.layout is not None else None
    return layout.codes if layout is not None and heading.layout is not None and heading.layout.is_certain else {}


def _layout_of(texts: tuple[str, ...], table: str, profiles: Mapping[str, Profile]) -> Match | None:
    declared = profiles.get(table)
    if declared is not None and table in declared.tables:
        return Match(declared, is_certain=True)
    return recognised(texts, table, heading_form)


def _is_list_of_buildings(texts: tuple[str, ...]) -> bool:
    """Two headings about whole buildings, and the name of a building or compound; a roster of grids has none."""
    about_buildings = set(schema.words()["building_headings"])
    names_place = any({"compound", "building"} & {name for name, _ in meanings(text, "houses")} for text in texts)
    return names_place and len({heading_form(text) for text in texts if text} & about_buildings) >= _OF_BUILDINGS


def map_columns(
    texts: tuple[str, ...], table: str, declared: Mapping[str, str], layout: Layout | None = None
) -> dict[str, tuple[int, ...]]:
    """Return which frame columns each canonical column of `table` is read from, best alias first.

    A heading serves one canonical column. A column the config declares comes first, then those of the layout, then
    the aliases; a heading the layout leaves unread is no alias.
    """
    of_layout = known_headings(layout, heading_form) if layout is not None else {}
    offers: dict[str, list[tuple[int, int]]] = {}
    wanted = {heading_form(heading): name for name, heading in declared.items()}
    for index, text in enumerate(texts):
        if not text:
            continue
        if (name := wanted.get(heading_form(text))) is not None:
            offers.setdefault(name, []).append((-2 * _BEFORE_ALIASES, index))
            continue
        if heading_form(text) in of_layout:
            meaning = of_layout[heading_form(text)]
            if meaning is not None:
                offers.setdefault(meaning[0], []).append((meaning[1] - _BEFORE_ALIASES, index))
            continue
        for name, rank in meanings(text, table):
            offers.setdefault(name, []).append((rank, index))
    mapping: dict[str, tuple[int, ...]] = {}
    taken: set[int] = set()
    for column in schema.columns(table).values():
        ranked = [index for _, index in sorted(offers.get(column.name, ())) if index not in taken]
        ranked = list(dict.fromkeys(ranked))
        if ranked:
            mapping[column.name] = tuple(ranked) if column.combine else (ranked[0],)
            taken.update(mapping[column.name])
    return mapping
