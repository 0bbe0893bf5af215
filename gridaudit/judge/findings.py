"""Failed verdicts → rows of findings: where, what, why, and what to do, without any clear value of a cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import polars as pl

from gridaudit import schema
from gridaudit.derive.keyed import keyed
from gridaudit.derive.rounds.baseline import SHEET_NO
from gridaudit.derive.rounds.kept import house_code
from gridaudit.judge.mask import masked
from gridaudit.normalise import SheetInfo
from gridaudit.rulebook import Rule
from gridaudit.schema.headings import shown_heading
from gridaudit.text import Lang

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
SUBJECT = pl.Struct(dict.fromkeys(("grid", "compound", "building", "unit", "room"), pl.String))
# The fields of a finding in their order; the columns behind them serve the score and are not shown.
SHOWN: dict[str, pl.DataType] = {
    "rule": pl.String(), "family": pl.String(), "level": pl.String(), "table": pl.String(), "source": pl.String(),
    "sheet": pl.String(), "row": pl.UInt32(), "column": pl.String(), "street": pl.String(), "community": pl.String(),
    "grid": pl.String(), "house": pl.String(), "key": pl.String(), "systematic": pl.Boolean(), "field": pl.String(),
    "masked": pl.String(), "message": pl.String(), "suggestion": pl.String(), "subject": SUBJECT,
}  # fmt: skip
INTERNAL: dict[str, pl.DataType] = {
    "sheet_no": pl.UInt16(), "home": pl.String(), "identity": pl.String(), "is_copy": pl.Boolean(),
    "loss": pl.String(), "counted_in": pl.String(),
}  # fmt: skip
# What is known once all tables have been judged.
_OF_THE_WHOLE = ("source", "sheet", "systematic", "key")
_CARRIED = ("sheet_no", "row", "area_street", "area_community", "area_grid", "house_id", "home", "is_copy")
_IDENTITY = {
    "residents": ("id_no", "name", "birth_date_text", "home"),
    "houses": ("home", "address"),
    "grids": ("area_grid",),
    "grid_figures": ("area_community", "area_grid"),
    "known_homes": ("key",),
    "known_people": ("key", "home_key"),
    "gaps": ("kind", "area_community", "compound", "building", "unit", "room"),
}
# A gap, and what is gone since an earlier round, are findings about a table without a row of it.
SHOWN_AS = {"gaps": "houses", "grid_figures": "grids", "known_homes": "houses", "known_people": "residents"}


def build(
    frame: pl.DataFrame,
    failures: pl.DataFrame,
    rules: Mapping[str, Rule],
    table: str,
    sheets: Sequence[SheetInfo],
    lang: Lang,
) -> pl.DataFrame:
    """Return the findings of one table.

    Args:
        frame: The rows that failed something, with their facts.
        failures: A Boolean column per rule: which of these rows failed it.
        rules: Rules by code.
        table: Name of the table.
        sheets: The sheets of the table, for the headings.
        lang: Language of the messages.

    Returns:
        The columns of `SHOWN` but source, sheet, systematic and key, and those of `INTERNAL`.
    """
    codes = [code for code in failures.columns if failures[code].any()]
    if not codes:
        return nothing_found()
    at = [failures[code].arg_true() for code in codes]
    fields = {code: _field(rules[code], sheets) for code in codes}
    masks = {field: masked_cells(frame, field) for field in {*fields.values()} - {None} if field is not None}
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
    own = pl.concat(
        pl.DataFrame(
            {
                "rule": pl.Series([code], dtype=pl.String).new_from_index(0, rows.len()),
                "masked": masks.get(fields[code] or "", nothing).gather(rows),
                "message": frame[rows].select(_message(rules[code], lang).alias("message"))["message"]
                if placeholders(rules[code])
                else pl.Series([_template(rules[code], lang)]).new_from_index(0, rows.len()),
            }
        )
        for code, rows in zip(codes, at, strict=True)
    )
    found = pl.concat([own, _about(frame, table)[pl.concat(at)]], how="horizontal")
    found = found.join(_constants(rules, fields, table), on="rule", how="left", maintain_order="left")
    found = found.join(headings(fields, sheets), on=["field", "sheet_no"], how="left", maintain_order="left")
    return found.select([name for name in (*SHOWN, *INTERNAL) if name not in _OF_THE_WHOLE])


def nothing_found() -> pl.DataFrame:
    """Return findings as `build` makes them, without any."""
    return pl.DataFrame(schema={**SHOWN, **INTERNAL}).drop(*_OF_THE_WHOLE)


def columns_to_show(frame: pl.DataFrame, rules: Sequence[Rule]) -> list[str]:
    """Return the columns of a table that its findings are made of."""
    names = {*_CARRIED, *(name for columns in _IDENTITY.values() for name in columns)}
    for rule in rules:
        names |= {"compound", "building", "unit", "room"} if "gaps" in rule.tables else set()
        names |= {*rule.columns, *(f"{name}_text" for name in rule.columns), *placeholders(rule)}
    return [name for name in frame.columns if name in names]


def _about(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """What the findings of a row have in common: where it is and whom it is about."""
    has_row = table in {"residents", "houses"}
    nothing = pl.lit(None, dtype=pl.String)
    identity = [
        pl.col(name).cast(pl.String).fill_null("") for name in _IDENTITY.get(table, ()) if name in frame.columns
    ]
    return frame.select(
        row=pl.col("row") if has_row else pl.lit(None, dtype=pl.UInt32),
        street=_column_or_null("area_street", frame),
        community=_column_or_null("area_community", frame),
        grid=_column_or_null("area_grid", frame),
        house=house_code(frame["house_id"]) if "house_id" in frame.columns else nothing,
        subject=_subject(frame) if table in {"grids", "gaps", "grid_figures"} else pl.lit(None, dtype=SUBJECT),
        sheet_no=_column_or_null("sheet_no", frame).cast(pl.UInt16),
        home=_column_or_null("home", frame),
        identity=pl.concat_str(identity, separator="\x1f") if identity else nothing,
        is_copy=pl.col("is_copy") if "is_copy" in frame.columns else pl.lit(value=False),
    )


def _constants(rules: Mapping[str, Rule], fields: Mapping[str, str | None], table: str) -> pl.DataFrame:
    """What the findings of a rule have in common."""
    rows = [
        (
            code, rules[code].family, rules[code].level, SHOWN_AS.get(table, table), field, rules[code].loss,
            "house" if table == "houses" else rules[code].counted_in,
            None if rules[code].suggestion == "none" else rules[code].suggestion,
        )
        for code, field in fields.items()
    ]  # fmt: skip
    names = ("rule", "family", "level", "table", "field", "loss", "counted_in", "suggestion")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def headings(fields: Mapping[str, str | None], sheets: Sequence[SheetInfo]) -> pl.DataFrame:
    """The heading of each field, sheet by sheet."""
    rows = [
        (field, sheet.sheet_no, shown_heading(sheet.headings[field]))
        for field in {*fields.values()}
        for sheet in sheets
        if field is not None and field in sheet.headings
    ]
    return pl.DataFrame(rows, schema={"field": pl.String, "sheet_no": pl.UInt16, "column": pl.String}, orient="row")


def _field(rule: Rule, sheets: Sequence[SheetInfo]) -> str | None:
    """The cell to look at: the rule's first column that the input has."""
    has = [name for name in rule.columns if any(name in sheet.has for sheet in sheets)]
    return next(iter((*has, *rule.columns)), None)


def masked_cells(frame: pl.DataFrame, field: str) -> pl.Series:
    """Mask the cells of a canonical column: the text of the cell where it is kept, else the value."""
    shown_as = next((name for name in (f"{field}_text", field) if name in frame.columns), None)
    if shown_as is None:
        return pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
    return masked(frame[shown_as], field)


def finish(findings: pl.DataFrame, sheets: Sequence[SheetInfo], secret: bytes, earlier: str = "") -> pl.DataFrame:
    """Add source, sheet and key, and put the findings in an order that does not depend on the order of the files.

    Findings about the gone have the name of the earlier round as their source.
    """
    names = pl.DataFrame(
        [*((sheet.sheet_no, sheet.source, sheet.sheet) for sheet in sheets), (SHEET_NO, earlier, None)],
        schema={"sheet_no": pl.UInt16, "source": pl.String, "sheet": pl.String},
        orient="row",
    )
    named = findings.join(names, on="sheet_no", how="left", maintain_order="left")
    # A finding about a file is known by the file's name without its date.
    file = pl.concat_str(pl.col("source").str.replace_all("[0-9]+", ""), "sheet", separator="\x1f", ignore_nulls=True)
    about = pl.concat_str("rule", "table", pl.coalesce("identity", file), separator="\x1e")
    key = keyed(named.select(about).to_series(), secret)
    order = ["source", "sheet", "table", "row", "rule", "street", "community", "grid", "sheet_no"]
    complete = named.with_columns(key=key).sort(order, nulls_last=True, maintain_order=True)
    return complete.select(*SHOWN, *INTERNAL)


def _column_or_null(name: str, rows: pl.DataFrame) -> pl.Expr:
    return pl.col(name) if name in rows.columns else pl.lit(None, dtype=pl.String)


def _template(rule: Rule, lang: Lang) -> str:
    return (rule.message or rule.title).in_(lang)


def _message(rule: Rule, lang: Lang) -> pl.Expr:
    """The rule's message with its safe facts filled in."""
    template = _template(rule, lang)
    parts = [pl.col(name).cast(pl.String).fill_null("?") for name in _PLACEHOLDER.findall(template)]
    return pl.format(_PLACEHOLDER.sub("{}", template), *parts)


def placeholders(rule: Rule) -> set[str]:
    """Return the facts a rule's message names."""
    return {name for text in rule.message or () for name in _PLACEHOLDER.findall(text)}


def unsafe_placeholders(rule: Rule) -> set[str]:
    """Return the facts a rule's message names that may say something about a person."""
    safe = {fact.name for table in rule.tables for fact in schema.facts(table).values() if fact.safe}
    return placeholders(rule) - safe


def _subject(rows: pl.DataFrame) -> pl.Expr:
    parts = {name: _column_or_null(name, rows) for name in ("compound", "building", "unit", "room")}
    return pl.struct(
        [_column_or_null("area_grid", rows).alias("grid"), *(part.alias(name) for name, part in parts.items())]
    )
