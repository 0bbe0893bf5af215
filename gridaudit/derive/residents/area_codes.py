"""Area codes ever seen in ID numbers, and the year the last of them ended.

Source: python-stdnum's table `cn/loc`, together with `rules/data/area_codes_beyond_stdnum.csv` (codes it lacks) and the
codes the config adds. First years are never compared with a birth year: numbers were given from 1984 on with the
codes of that day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from gridaudit.errors import ConfigError

PROVINCES = frozenset(
    {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54}
    | {61, 62, 63, 64, 65, 71, 81, 82, 83}
)
YEARS_OF_GRACE = 5
# Codes whose recorded end is wrong or much earlier than their last use.
_END_UNKNOWN = frozenset({430219, 430222, 439001, *range(432121, 432128), *range(332500, 332532)})
# Codes of registers, never of ID numbers.
_NO_ID_PREFIX = frozenset({660000, 662800})
_SPAN = re.compile(r"\[(\d{4})?-(\d{4})?\]")


def load_area_codes(rules_folder: Path, extra: Path | None = None) -> pl.DataFrame:
    """Load the code table.

    Args:
        rules_folder: Where the rules and their data are.
        extra: A CSV of further codes (columns code, name, first_year, last_year).

    Returns:
        `area` Int64 (unique), `area_ended` Int32: the last year of the code, null when it is valid or unknown.

    Raises:
        ConfigError: E234, the CSV cannot be read or has no column `code`.
    """
    supplements = [rules_folder / "data" / "area_codes_beyond_stdnum.csv", *([extra] if extra else [])]
    rows = [*_from_stdnum(), *(row for path in supplements for row in _from_csv(path))]
    table = pl.DataFrame(rows, schema={"area": pl.Int64, "area_ended": pl.Int32}, orient="row")
    open_ended = pl.col("area_ended").is_null().any() | pl.col("area").first().is_in(list(_END_UNKNOWN))
    return (
        table.filter(~pl.col("area").is_in(list(_NO_ID_PREFIX)))
        .group_by("area")
        .agg(pl.when(~open_ended).then(pl.col("area_ended").max()))
        .sort("area")
    )


@cache
def _from_stdnum() -> tuple[tuple[int, int | None], ...]:
    from stdnum import numdb

    return tuple(_codes(numdb.get("cn/loc").prefixes, ""))


def _codes(prefixes: list[Any], before: str) -> Iterator[tuple[int, int | None]]:
    for _, low, high, properties, children in prefixes:
        if "county" in properties and low == high:
            yield int(before + low), _last_year(properties["county"])
        yield from _codes(children, before + low)


def _last_year(spans: str) -> int | None:
    """The latest end of `[1983-1996]北区,[1997-]芦淞区`; None for an open, bare or unknown span."""
    ends = [match.group(2) for match in _SPAN.finditer(spans)]
    if not ends or not all(ends):
        return None
    return max(int(end) for end in ends)


def _from_csv(path: Path) -> Iterator[tuple[int, int | None]]:
    try:
        table = pl.read_csv(path, infer_schema=False, encoding="utf8-lossy")
        codes = table["code"].str.strip_chars().cast(pl.Int64, strict=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ConfigError("E234", file=path.name, reason=type(error).__name__) from None
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, table.height)
    ended = table["last_year"] if "last_year" in table.columns else nothing
    years = ended.str.strip_chars().cast(pl.Int32, strict=False)
    yield from ((code, year) for code, year in zip(codes, years, strict=True) if code is not None)
