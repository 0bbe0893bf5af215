"""Where a gap of the room lattice is and why it is believed, in words; and how many rooms were looked at."""

from __future__ import annotations

import polars as pl

from gridaudit.derive.places import AREA
from gridaudit.text import Lang, catalogue, say

_TIERS = ("A", "B", "C", "D", "E")
_NUMBERED = "^(?:[A-Z]?[0-9]+[A-Z]?|[A-Z]|[甲乙丙丁戊己庚辛])$"


def with_words(gaps: pl.DataFrame, lang: Lang) -> pl.DataFrame:
    """Fill the facts `where` and `reason` of the table `gaps` in a language."""
    words = {
        "room": pl.col("room"), "floor": pl.col("floor"), "own": _unit(pl.col("unit"), lang), "rest": _rest(lang),
        "parallel": _unit(pl.col("parallel"), lang), "seen": _listed("seen", lang), "skipped": _listed("skipped", lang),
        "expected": pl.col("n_expected"),
    }  # fmt: skip
    reasons = [
        *(pl.when(pl.col("tier") == tier).then(_filled(f"gap.{tier}", words, lang)) for tier in _TIERS),
        *(pl.when(pl.col("kind") == kind).then(_filled(f"gap.{kind}", words, lang)) for kind in ("units", "buildings")),
        pl.when(pl.col("tier").is_not_null()).then(_rest(lang)),
    ]
    return gaps.with_columns(where=_where(lang), reason=pl.coalesce(reasons))


def lattice_rooms(counted: pl.DataFrame, rule: str) -> pl.DataFrame:
    """Return tallies of the homes in units with a pattern: the recorded rooms beside which a missing one would show.

    Args:
        counted: `n` homes per `sheet_no` and area (`Counts.lattice`).
        rule: The code they are tallies of.
    """
    return counted.sort("sheet_no", *AREA, nulls_last=True).select(
        "sheet_no", *AREA, rule=pl.lit(rule), n_rows="n", n_checked="n", n_failed=pl.lit(0, dtype=pl.UInt32)
    )


def _where(lang: Lang) -> pl.Expr:
    building = pl.col("building")
    named = pl.when(building.str.contains(_NUMBERED)).then(_one("gap.building", building, lang)).otherwise(building)
    parts = (pl.col("compound"), named, _one("gap.unit", pl.col("unit"), lang))
    return pl.concat_str(parts, separator="" if lang == "zh" else ", ", ignore_nulls=True)


def _unit(unit: pl.Expr, lang: Lang) -> pl.Expr:
    return pl.coalesce(_one("gap.unit", unit, lang), pl.lit(say("gap.this_unit", lang)))


def _one(key: str, value: pl.Expr, lang: Lang) -> pl.Expr:
    return pl.when(value.is_not_null()).then(pl.format(catalogue()[key].in_(lang), value.fill_null("")))


def _rest(lang: Lang) -> pl.Expr:
    """On which other floors the position is seen."""
    every, most = (catalogue()[f"gap.{name}"].in_(lang) for name in ("every_floor", "most_floors"))
    is_every = pl.col("n_with") == pl.col("n_other_floors")
    some = pl.format(most, "n_other_floors", "n_with", "position_no")
    return pl.when(is_every).then(pl.format(every, "position_no")).otherwise(some)


def _listed(name: str, lang: Lang) -> pl.Expr:
    return pl.col(name).str.replace_all(", ", "、", literal=True) if lang == "zh" else pl.col(name)


def _filled(key: str, words: dict[str, pl.Expr], lang: Lang) -> pl.Expr:
    """The catalogue's sentence with expressions in place of its words."""
    sentence = catalogue()[key].in_(lang)
    order = sorted(
        (name for name in words if f"{{{name}}}" in sentence), key=lambda name: sentence.index(f"{{{name}}}")
    )
    return pl.format(sentence.format(**dict.fromkeys(words, "{}")), *(words[name] for name in order))
