"""Chooses rows for defects, so that every row carries at most one, and keeps the list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridaudit.sample.draws import Draws

FLAGGED, INVOLVED, UNSURE = "flagged", "involved", "unsure"


class Planter:
    """The tables of a clean district, and what is to be changed in them.

    Args:
        draws: The streams of the seed.
        tables: residents, houses and grids, each with `row` and, but for grids, `place`:
            where in the file the row goes.
        reserve: Residents without a home, to be added where a defect needs somebody new.
        rates: Share of the eligible rows by rule code.
    """

    def __init__(
        self,
        draws: Draws,
        tables: Mapping[str, pl.DataFrame],
        reserve: pl.DataFrame,
        rates: Mapping[str, float],
    ) -> None:
        self.draws = draws
        self.rates = rates
        self.tables = dict(tables)
        self.shuffled = {
            name: frame.with_columns(free=pl.lit(value=True), beside_omitted=pl.lit(value=False)).sort(
                draws.bits(f"shuffle {name}")
            )
            for name, frame in tables.items()
        }
        self.next_row = {name: frame.height for name, frame in tables.items()}
        self.next_row["residents"] += reserve.height
        self.reserve = reserve
        self.edits: dict[str, list[pl.DataFrame]] = {name: [] for name in tables}
        self.added: dict[str, list[pl.DataFrame]] = {name: [] for name in tables}
        self.copies: dict[str, list[pl.DataFrame]] = {name: [] for name in tables}
        self.removed: dict[str, list[pl.Series]] = {name: [] for name in tables}
        self.marks: list[pl.DataFrame] = []
        self.omitted: list[pl.DataFrame] = []

    def candidates(self, table: str, eligible: pl.Expr) -> pl.DataFrame:
        """Eligible rows that carry no defect yet, in random order."""
        return self.shuffled[table].filter(eligible & pl.col("free"))

    def how_many(self, code: str, n_eligible: int) -> int:
        """How often to plant a defect; at least once where its rate is not 0."""
        rate = self.rates.get(code, 0.0)
        return 0 if rate <= 0 else max(1, round(rate * n_eligible))

    def choose(self, code: str, table: str, eligible: pl.Expr, one_per: str | None = None) -> pl.DataFrame:
        """Take rows for a defect; with `one_per`, no two with the same value in that column."""
        if self.rates.get(code, 0.0) <= 0:
            return self.shuffled[table].clear()
        rows = self.candidates(table, eligible)
        count = self.how_many(code, rows.height)
        if one_per is not None:
            rows = rows.unique(one_per, keep="first", maintain_order=True)
        rows = rows.head(count)
        self.take(table, rows)
        return rows

    def take(self, table: str, rows: pl.DataFrame, column: str = "row") -> None:
        """Keep rows from being chosen again."""
        taken = pl.col("row").is_in(rows.get_column(column).implode())
        self.shuffled[table] = self.shuffled[table].with_columns(free=pl.col("free") & ~taken)

    def newcomers(self, count: int) -> pl.DataFrame:
        """Take people out of the reserve."""
        people, self.reserve = self.reserve.head(count), self.reserve.slice(count)
        return people

    def edit(self, table: str, rows: pl.DataFrame) -> None:
        """Change cells: `row` and the columns to be changed."""
        self.edits[table].append(rows)

    def add(self, table: str, rows: pl.DataFrame) -> pl.DataFrame:
        """Add rows with numbers of their own; those of the reserve already have one."""
        if "row" not in rows.columns:
            first = self.next_row[table]
            numbers = pl.int_range(first, first + pl.len()).alias("row")
            rows = rows.with_columns(numbers)
            self.next_row[table] += rows.height
        self.added[table].append(rows)
        return rows

    def copy(self, table: str, rows: pl.DataFrame) -> pl.DataFrame:
        """Append whole copies of rows at the end of the file; gives row and original."""
        first = self.next_row[table]
        pairs = rows.select(pl.int_range(first, first + pl.len()).alias("row"), original="row")
        self.next_row[table] += rows.height
        self.copies[table].append(pairs)
        return pairs

    def remove(self, homes: pl.DataFrame) -> None:
        """Take everybody out of homes."""
        inside = pl.col("home").is_in(homes.get_column("row").implode())
        people = self.shuffled["residents"].filter(inside)
        self.take("residents", people)
        self.removed["residents"].append(people.get_column("row"))

    def omit(self, code: str, homes: pl.DataFrame, role: str, *, by_unit: bool = False) -> None:
        """Take homes out with everybody in them, and write into the list what is missing: homes, or their units."""
        self.take("houses", homes)
        self.remove(homes)
        self.removed["houses"].append(homes.get_column("row"))
        names = ["网格编码", "compound", "building", "unit", *([] if by_unit else ["room"])]
        missing = homes.select(names).unique(maintain_order=True)
        subject = pl.concat_str(names, separator="/")
        self.omitted.append(
            missing.select(rule=pl.lit(code), table=pl.lit("houses"), role=pl.lit(role), subject=subject)
        )

    def mark(
        self,
        code: str,
        table: str,
        rows: pl.DataFrame,
        role: str = FLAGGED,
        column: str = "row",
    ) -> None:
        """Write rows into the list of what is planted."""
        self.marks.append(rows.select(rule=pl.lit(code), table=pl.lit(table), row=pl.col(column), role=pl.lit(role)))
