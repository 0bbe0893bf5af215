"""Where several rules contradict each other about a person or in a household: the cell to look at first.

Only records with two complaints or more are looked at. Households are grouped by the pattern of their complaints (who
fails which rule, and where ages and sexes are from); each distinct pattern is solved once and the answer joined back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from gridaudit.derive.households.relation import Part
from gridaudit.judge.cover import Cell, known_cells, look_first
from gridaudit.judge.point import point
from gridaudit.normalise import SheetInfo
from gridaudit.rulebook import Rule
from gridaudit.text import Lang

_FAMILIES = ("I", "V", "L")
# A household with more complaints is looked at person by person.
_MANY = 12
_WHERE = ["sheet_no", "row"]
_SHOWN = 2
# What the pattern of a household is made of: the part somebody plays, and the cells that age and sex are from.
_ABOUT = (
    pl.col("household"),
    pl.col("part"),
    pl.when(pl.col("id_birth_date").is_not_null())
    .then(pl.lit("id_no"))
    .when(pl.col("birth_date").is_not_null())
    .then(pl.lit("birth_date"))
    .otherwise(pl.lit("age"))
    .alias("born"),
    pl.when(pl.col("sex").is_not_null()).then(pl.lit("sex")).otherwise(pl.lit("id_no")).alias("told_sex"),
)


def localise(
    findings: pl.DataFrame,
    residents: pl.DataFrame,
    failed: pl.Series,
    rules: Mapping[str, Rule],
    sheets: Sequence[SheetInfo],
    lang: Lang,
) -> pl.DataFrame:
    """Point the findings of residents at the cell to look at first.

    Args:
        findings: What `build` gives for the residents.
        residents: The table with its facts.
        failed: Whether the row fails anything, row by row.
        rules: Rules by code.
        sheets: The sheets of residents, for the headings.
        lang: Language of the sentence added to the message.

    Returns:
        `findings` in the same order; those that share a cell with another have `field`, `column` and `masked` of the
        cell to look at first where it is in their own row, and say so at the end of `message`.
    """
    complaints = _complaints(findings, residents, failed)
    if complaints.is_empty():
        return findings
    solved = _solved(complaints, rules)
    if solved.is_empty():
        return findings
    found = complaints.join(solved, on=["pattern", "who", "rule"], how="inner", maintain_order="left")
    return point(findings, found, residents, sheets, lang)


def _complaints(findings: pl.DataFrame, residents: pl.DataFrame, failed: pl.Series) -> pl.DataFrame:
    """The findings that may hang together, with the household's pattern: `at`, `rule`, `who`, `pattern`, rows."""
    named = findings.select("rule", "family", *_WHERE).with_row_index("at")
    named = named.filter(pl.col("family").is_in(_FAMILIES) & pl.col("row").is_not_null())
    several = pl.len().over("person") > 1
    rows = residents.lazy().with_row_index("person").filter(failed).select("person", *_WHERE, *_ABOUT)
    told = rows.join(named.lazy(), on=_WHERE, how="inner").collect()
    in_household = pl.len().over("household")
    unit = pl.when(pl.col("household").is_not_null() & (in_household <= _MANY)).then("household")
    told = told.with_columns(unit=unit).with_columns(
        alone=pl.when(pl.col("unit").is_null()).then("person"), size=pl.len().over("unit")
    )
    told = told.filter(pl.when(pl.col("unit").is_not_null()).then(pl.col("size") > 1).otherwise(several))
    return _with_patterns(told, _couples(residents, told)) if told.height else told


def _couples(residents: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """The head and the spouse of each household concerned: their rows, and where age and sex are from."""
    units = told["unit"].drop_nulls().unique()
    asked = pl.col("part").is_in([Part.HEAD, Part.SPOUSE]) & pl.col("household").is_in(units.implode())
    sides = residents.lazy().with_row_index("person").filter(asked).select("person", "row", *_ABOUT).collect()
    couples = units.to_frame("unit")
    for side, part in (("h", Part.HEAD), ("s", Part.SPOUSE)):
        own = sides.filter(pl.col("part") == int(part)).unique("household", keep="first", maintain_order=True)
        own = own.select(unit="household", **{f"{side}_{name}": name for name in ("person", "row", "born", "told_sex")})
        couples = couples.join(own, on="unit", how="left")
    return couples


def _with_patterns(told: pl.DataFrame, couples: pl.DataFrame) -> pl.DataFrame:
    """Name everybody's place in the household (`who`) and the household's pattern, both the same for like cases."""
    told = told.join(couples, on="unit", how="left", maintain_order="left")
    key = ["unit", "alone"]
    mine = pl.concat_str("born", "told_sex", pl.col("rule").sort().str.join(" ").over("person"), separator=",")
    told = told.with_columns(mine=mine).sort(*key, "mine", "person", "at")
    order = pl.col("person").rle_id().over(key).cast(pl.String)
    who = (
        pl.when(pl.col("person") == pl.col("h_person")).then(pl.lit("h"))
        .when(pl.col("person") == pl.col("s_person")).then(pl.lit("s")).otherwise(order)
    )  # fmt: skip
    told = told.with_columns(who=who)
    member = pl.concat_str("who", "mine", separator=":").unique().sort().str.join("|")
    sides = [pl.col(f"{side}_{name}").fill_null("") for side in "hs" for name in ("born", "told_sex")]
    patterns = told.group_by(key).agg(members=member)
    told = told.join(patterns, on=key, how="left", nulls_equal=True, maintain_order="left")
    return told.with_columns(pattern=pl.concat_str("members", *sides, separator="/"))


def _solved(complaints: pl.DataFrame, rules: Mapping[str, Rule]) -> pl.DataFrame:
    """Solve each distinct pattern once: `pattern`, `who`, `rule`, and up to two cells to look at first."""
    sides = [f"{side}_{name}" for side in "hs" for name in ("born", "told_sex")]
    names = ["pattern", "who", "rule", "born", "told_sex", *sides]
    distinct = complaints.select(names).unique(["pattern", "who", "rule"]).sort("pattern", "who", "rule")
    answers = []
    for (pattern,), rows in distinct.group_by("pattern", maintain_order=True):
        cells = {f"{row['who']}/{row['rule']}": _cells(row, rules) for row in rows.iter_rows(named=True)}
        for name, first in look_first({name: own for name, own in cells.items() if own}).items():
            who, rule = name.split("/")
            shown = [value for cell in first[:_SHOWN] for value in cell]
            answers.append((pattern, who, rule, *shown, *[None] * (2 * _SHOWN - len(shown))))
    columns = ("pattern", "who", "rule", "who_1", "field_1", "who_2", "field_2")
    return pl.DataFrame(answers, schema=dict.fromkeys(columns, pl.String), orient="row")


def _cells(row: Mapping[str, str | None], rules: Mapping[str, Rule]) -> frozenset[Cell]:
    """The cells one complaint sets against each other."""
    rule, who = str(row["rule"]), str(row["who"])
    cells = set()
    for name in known_cells()["cells"].get(rule, rules[rule].columns):
        side, _, column = name.rpartition(".")
        target = side[:1] or who
        origin = f"{side[:1]}_{column}" if side else column
        real = row[origin] if column in {"born", "told_sex"} else column
        if real:
            cells.add(Cell(target, str(real)))
    return frozenset(cells)
