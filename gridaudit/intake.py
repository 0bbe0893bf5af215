"""From files to tables: what is read of them, and the circumstances the config gives."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from gridaudit import schema
from gridaudit.config import Config
from gridaudit.derive import NEEDED, Circumstances, HouseSide, derive_houses, load_area_codes
from gridaudit.errors import InputError
from gridaudit.judge import Compiled
from gridaudit.normalise import Normaliser, Tables
from gridaudit.read import Limits, Reading
from gridaudit.rulebook import builtin_folder


def tables_of(
    reading: Reading, normaliser: Normaliser, circumstances: Circumstances
) -> tuple[Tables, HouseSide | None]:
    """Normalise sheets as they come; derive the houses while the last file, the largest, is still being read.

    Raises:
        InputError: E112, none is a table of residents or houses; and what reading and headings say.
    """
    ahead: HouseSide | None = None
    for sheet in reading:
        table = normaliser.add(sheet)
        if table != "residents":
            ahead = None
        if reading.is_at_last_file and ahead is None and table == "houses" and not normaliser.long:
            ahead = derive_houses(normaliser.tables(), circumstances)
    normaliser.hold(["grids", "compounds", "dispositions"])
    if not any(long.table == "residents" for long in normaliser.long):
        normaliser.hold(["houses"])
    if not normaliser.long:
        normaliser.refuse_nothing()
    tables = normaliser.tables()
    if tables.residents is None and tables.houses is None and not normaliser.long:
        raise InputError("E112")
    return tables, ahead


def side_files(config: Config) -> list[Path]:
    """Files that the config names besides the input."""
    return [path for path in (config.roster, config.compounds, config.dispositions) if path is not None]


def with_heading(limits: Limits, header_row: int | None, config: Config) -> Limits:
    """The head of a long file holds the heading a person pointed at, with the row below."""
    rows = [row for row in (header_row, *config.header_rows.values()) if row is not None]
    return limits._replace(head_rows=max(limits.head_rows, *(row + 2 for row in rows))) if rows else limits


def wanted(compiled: Compiled) -> dict[str, set[str]]:
    """Canonical columns to read: those of the rules and of the facts; nothing else leaves the file."""
    columns = {table: set(names) for table, names in NEEDED.items()}
    for table, rules in compiled.by_table.items():
        for rule in rules:
            sources = (schema.source_column(table, name) for name in (*rule.columns, *rule.rule.columns))
            columns.setdefault(table, set()).update(name for name in sources if name)
    return columns


def circumstances_of(config: Config, as_of: date) -> Circumstances:
    """What the facts depend on besides the tables."""
    return Circumstances(
        as_of=as_of,
        area_codes=load_area_codes(builtin_folder(), config.extra_area_codes),
        managed=config.managed,
        unmanaged=config.unmanaged,
        unknown=config.unknown,
    )
