"""Failed verdicts → rows of findings: where, what, why, and what to do, without any clear value of a cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import polars as pl

from gridaudit import schema
from gridaudit.judge.keyed import keyed
from gridaudit.judge.mask import house_code, masked
from gridaudit.normalise import SheetInfo
from gridaudit.rulebook import Rule
from gridaudit.text import Lang

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
SUBJECT = pl.Struct({name: pl.String for name in ("grid", "compound", "building", "unit", "room")})
# The fields of DESIGN 7 in their order; the columns behind them serve the score and are not shown.
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
_CARRIED = ("sheet_no", "row", "area_street", "area_community", "area_grid", "house_id", "home", "is_copy")
_IDENTITY = {
    "residents": ("id_no", "name", "birth_date_text", "home"),
    "houses": ("home", "address"),
    "grids": ("area_grid",),
}


def build(
    frame: pl.DataFrame, failed: pl.Series, rule: Rule, table: str, sheets: Mapping[int, SheetInfo], lang: Lang
) -> pl.DataFrame:
    """Return the findings of one rule on one table.

    Args:
        frame: The table with its facts.
        failed: Boolean, the rows that failed.
        rule: The rule.
        table: Name of the table.
        sheets: Sheets by number, for the headings.
        lang: Language of the message.

    Returns:
        The columns of `SHOWN` but source, sheet, systematic and key, and those of `INTERNAL`.
    """
    narrow = {*_CARRIED, *_IDENTITY.get(table, ()), *placeholders(rule), *rule.columns}
    names = narrow | {f"{name}_text" for name in rule.columns}
    rows = frame.select([name for name in frame.columns if name in names]).filter(failed)
    has_row = table in {"residents", "houses"}
    field, column = _cell(rule, table, rows, sheets)
    shown_as = _text_of(field, rows) if field is not None else None
    nothing = pl.lit(None, dtype=pl.String)
    identity = [pl.col(name).cast(pl.String).fill_null("") for name in _IDENTITY.get(table, ()) if name in rows.columns]
    return rows.select(
        rule=pl.lit(rule.code),
        family=pl.lit(rule.family),
        level=pl.lit(rule.level),
        table=pl.lit(table),
        row=pl.col("row") if has_row else pl.lit(None, dtype=pl.UInt32),
        column=column,
        street=_column_or_null("area_street", rows),
        community=_column_or_null("area_community", rows),
        grid=_column_or_null("area_grid", rows),
        house=house_code(rows["house_id"]) if "house_id" in rows.columns else nothing,
        field=pl.lit(field, dtype=pl.String),
        masked=masked(rows.get_column(shown_as), str(field)) if shown_as is not None else nothing,
        message=_message(rule, lang),
        suggestion=pl.lit(None if rule.suggestion == "none" else rule.suggestion, dtype=pl.String),
        subject=_subject(rows) if table == "grids" else pl.lit(None, dtype=SUBJECT),
        sheet_no=_column_or_null("sheet_no", rows).cast(pl.UInt16),
        home=_column_or_null("home", rows),
        identity=pl.concat_str(identity, separator="\x1f") if identity else nothing,
        is_copy=pl.col("is_copy") if "is_copy" in rows.columns else pl.lit(value=False),
        loss=pl.lit(rule.loss),
        counted_in=pl.lit("house" if table == "houses" else rule.counted_in, dtype=pl.String),
    )


def finish(findings: pl.DataFrame, sheets: Sequence[SheetInfo], secret: bytes) -> pl.DataFrame:
    """Add source, sheet and key, and put the findings in an order that does not depend on the order of the files."""
    names = pl.DataFrame(
        [(sheet.sheet_no, sheet.source, sheet.sheet) for sheet in sheets],
        schema={"sheet_no": pl.UInt16, "source": pl.String, "sheet": pl.String},
        orient="row",
    )
    named = findings.join(names, on="sheet_no", how="left", maintain_order="left")
    about = pl.concat_str("rule", "table", pl.col("identity").fill_null(pl.col("message")), separator="\x1e")
    key = keyed(named.select(about).to_series(), secret)
    order = ["source", "sheet", "table", "row", "rule", "street", "community", "grid"]
    complete = named.with_columns(key=key).sort(order, nulls_last=True, maintain_order=True)
    return complete.select(*SHOWN, *INTERNAL)


def _cell(rule: Rule, table: str, rows: pl.DataFrame, sheets: Mapping[int, SheetInfo]) -> tuple[str | None, pl.Expr]:
    """Which cell to look at: the rule's first column that the input has, and its heading sheet by sheet."""
    numbers = [int(number) for number in rows["sheet_no"].unique().drop_nulls()] if "sheet_no" in rows.columns else []
    present = [sheets[number] for number in numbers if number in sheets]
    field = next((name for name in rule.columns if any(name in sheet.has for sheet in present)), None)
    field = field or (rule.columns[0] if rule.columns else None)
    if field is None or not present:
        return field, pl.lit(None, dtype=pl.String)
    headings = {sheet.sheet_no: sheet.headings.get(field) for sheet in present}
    return field, pl.col("sheet_no").replace_strict(
        list(headings), list(headings.values()), default=None, return_dtype=pl.String
    )


def _text_of(field: str, rows: pl.DataFrame) -> str | None:
    return next((name for name in (f"{field}_text", field) if name in rows.columns), None)


def _column_or_null(name: str, rows: pl.DataFrame) -> pl.Expr:
    return pl.col(name) if name in rows.columns else pl.lit(None, dtype=pl.String)


def _message(rule: Rule, lang: Lang) -> pl.Expr:
    """The rule's message with its safe facts filled in; its title when it has none."""
    template = (rule.message or rule.title).in_(lang)
    names = _PLACEHOLDER.findall(template)
    if not names:
        return pl.lit(template)
    parts = [pl.col(name).cast(pl.String).fill_null("?") for name in names]
    return pl.format(_PLACEHOLDER.sub("{}", template), *parts)


def placeholders(rule: Rule) -> set[str]:
    """Return the facts a rule's message names."""
    return {name for text in rule.message or () for name in _PLACEHOLDER.findall(text)}


def unsafe_placeholders(rule: Rule) -> set[str]:
    """Return the facts a rule's message names that may say something about a person."""
    safe = {fact.name for table in rule.tables for fact in schema.facts(table).values() if fact.safe}
    return placeholders(rule) - safe


def _subject(rows: pl.DataFrame) -> pl.Expr:
    nothing = pl.lit(None, dtype=pl.String)
    grid = _column_or_null("area_grid", rows)
    return pl.struct(grid=grid, compound=nothing, building=nothing, unit=nothing, room=nothing)
