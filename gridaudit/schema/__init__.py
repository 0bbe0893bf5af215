"""What a table is made of: canonical columns, headings seen for them, facts, code lists, words.

The lists themselves are data: `columns.toml`, `facts.toml`, `codes.toml`, `words.toml`, `relations.toml`,
`lattice.toml`, `lunar.toml` and the folder `profiles`.
"""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias

import polars as pl

Kind: TypeAlias = Literal["text", "code", "date", "number", "yesno"]
Dtypes: TypeAlias = dict[str, pl.DataType]

SHEET_TABLES = ("residents", "houses", "grids", "compounds", "dispositions")
LOCATION: Dtypes = {"sheet_no": pl.UInt16(), "row": pl.UInt32()}
_PARSED: dict[str, pl.DataType] = {
    "text": pl.String(),
    "code": pl.String(),
    "date": pl.Date(),
    "number": pl.Float64(),
    "yesno": pl.Boolean(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A canonical column: what it is called in each language and which headings mean it."""

    name: str
    zh: str
    en: str
    kind: Kind
    aliases: tuple[str, ...]
    combine: bool = False

    @property
    def dtype(self) -> pl.DataType:
        """Dtype after normalising."""
        return _PARSED[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A column that `derive` computes, and what the input must have for it."""

    name: str
    dtype: pl.DataType
    zh: str
    en: str
    needs: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    safe: bool = False


@dataclass(frozen=True, slots=True)
class CodeList:
    """A code list: every word or code known for a label, in the form `code_form` gives."""

    labels: tuple[str, ...]
    by_word: dict[str, str] = field(repr=False)


@cache
def _data(name: str) -> dict[str, Any]:
    with files("gridaudit.schema").joinpath(f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def columns(table: str) -> dict[str, Column]:
    """Return the canonical columns of a table read from sheets, by name."""
    data = _data("columns")
    result = {}
    for name, entry in data[table].items():
        source = data[entry["same_as"]][name] if "same_as" in entry else entry
        result[name] = Column(
            name=name,
            zh=source["zh"],
            en=source["en"],
            kind=source["kind"],
            aliases=tuple(source["aliases"]),
            combine=source.get("combine", False),
        )
    return result


@cache
def facts(table: str) -> dict[str, Fact]:
    """Return the facts of a table, by name; derived tables consist of facts alone."""
    return {
        name: Fact(
            name=name,
            dtype=getattr(pl, entry["dtype"])(),
            zh=entry["zh"],
            en=entry["en"],
            needs=tuple(entry.get("needs", ())),
            any_of=tuple(entry.get("any", ())),
            tables=tuple(entry.get("tables", ())),
            safe=entry.get("safe", False),
        )
        for name, entry in _data("facts").get(table, {}).items()
    }


@cache
def normalised_dtypes(table: str) -> Dtypes:
    """Return the columns of a normalised table with their dtypes.

    A parsed column `x` has its text beside it as `x_text`; a code column also has `x_undeclared`, true where
    the cell holds a bare code of a coding that nobody declared.
    """
    dtypes: Dtypes = dict(LOCATION)
    for column in columns(table).values():
        dtypes[column.name] = column.dtype
        if column.kind != "text" or column.name == "id_no":
            dtypes[f"{column.name}_text"] = pl.String()
        if column.kind == "code":
            dtypes[f"{column.name}_undeclared"] = pl.Boolean()
    return dtypes


@cache
def rule_dtypes(table: str) -> Dtypes:
    """Return every column a rule on `table` may name, with its dtype."""
    dtypes = dict(normalised_dtypes(table)) if table in SHEET_TABLES else {}
    dtypes.update({fact.name: fact.dtype for fact in facts(table).values()})
    return dtypes


def source_column(table: str, name: str) -> str | None:
    """Return the canonical column behind `name` (`birth_date_text` is about `birth_date`), if it is one."""
    known = columns(table) if table in SHEET_TABLES else {}
    for candidate in (name, name.removesuffix("_text"), name.removesuffix("_undeclared")):
        if candidate in known:
            return candidate
    return None


def code_form(value: str) -> str:
    """Even out width, blanks and case, for comparing with a code list or a heading."""
    text = unicodedata.normalize("NFKC", value)
    return "".join(text.split()).upper()


@cache
def code_list(name: str) -> CodeList:
    """Return the code list of a code column (other documents share the list of `id_type`)."""
    entries = _data("codes")[{"other_id_type": "id_type"}.get(name, name)]
    by_word: dict[str, str] = {}
    for label, words in entries.items():
        for word in (label, *words):
            by_word.setdefault(code_form(word), label)
            if name == "ethnic" and label.endswith("族"):
                by_word.setdefault(code_form(label.removesuffix("族")), label)
    return CodeList(tuple(entries), by_word)


def code_lists() -> dict[str, dict[str, list[str]]]:
    """Return the code lists as their file has them: by list, the other words of each label."""
    return _data("codes")


@cache
def yesno_words(column: str) -> dict[str, str]:
    """Return what the words of a yes-or-no column mean: those of every such column, and its own."""
    own = code_list(column).by_word if column in _data("codes") else {}
    return {**code_list("yesno").by_word, **own}


@cache
def words() -> dict[str, Any]:
    """Return the lists of words for blank cells, total rows and serial-number headings."""
    return _data("words")


@cache
def lattice() -> dict[str, Any]:
    """Return the thresholds of the room lattice and the priors of its tiers."""
    return _data("lattice")


@cache
def lunar_years() -> dict[str, str]:
    """Return the lunar years: first day, month with a leap month behind it, lengths of the months."""
    years: dict[str, str] = _data("lunar")["years"]
    return years


@cache
def relations() -> dict[str, dict[str, list[str]]]:
    """Return what the labels of relations say: `part` in the household by part, `sex` of the word by sex."""
    return _data("relations")
