"""The first screen of `check`: was the file read right, what is the score, how bad and of what kind, which street."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from gridaudit.report import cells
from gridaudit.report.area_rows import area_rows, known_grids, total_row
from gridaudit.report.file_findings import file_lines
from gridaudit.report.header import header_of
from gridaudit.report.lines import SCREEN, Cell, Column, Line, Styled, flow, line, table
from gridaudit.rulebook import FAMILIES, Rulebook
from gridaudit.score import Coverage, Outcome
from gridaudit.text import Lang, say

_MANY_FILES = 4
_LINES, _LINES_OF_AREAS = 30, 8
_BAR = 8
_KIND = {"residents": "report.people_read", "houses": "report.homes_read"}


def summary(outcome: Outcome, rulebook: Rulebook, lang: Lang) -> list[Line]:
    """Return the first screen: at most 30 lines besides those about the files.

    Args:
        outcome: What was found.
        rulebook: The rules, for the families that were asked and the remedies.
        lang: Language.
    """
    rows = outcome.findings.rows.filter(pl.col("rule").is_in(list(outcome.shown)) & (pl.col("family") != "W"))
    counted = rows.filter(~pl.col("systematic"))
    head = [*_title(outcome, lang), *_inputs(outcome, lang), *_coverage(outcome, lang)]
    files = [*file_lines(outcome, rulebook, lang), *_systematic(rows, lang)]
    score = [*_score(outcome, lang), *_counts(outcome, lang)]
    problems = _problems(counted, outcome, rulebook, lang)
    following = _next(counted, lang)
    used = len(head) + len(score) + len(problems) + len(following) + 4
    areas = _areas(outcome, lang, room=max(_LINES_OF_AREAS, _LINES - used - 3))
    blocks = [[*head, *files], score, problems, areas, following]
    screen = [entry for block in blocks if block for entry in [line(), *block]]
    return screen[1:]


def _title(outcome: Outcome, lang: Lang) -> list[Line]:
    run = outcome.run
    pieces = (
        say("report.check", lang),
        cells.cut(run.district, 30),
        run.started_at.strftime("%Y-%m-%d %H:%M"),
        say("report.run_number", lang, n=outcome.run_number),
        say("report.as_of", lang, date=run.as_of.isoformat()),
        run.tool,
    )
    return flow(pieces, style="bold")


def _inputs(outcome: Outcome, lang: Lang) -> list[Line]:
    """The files read with their counts; many files are told by table."""
    inputs = header_of(outcome).records()
    if len(inputs) <= _MANY_FILES:
        pieces = [say(_KIND[item["table"]], lang, name=cells.cut(item["name"], 50), n=item["rows"]) for item in inputs]
        return flow(pieces, gap=3)
    pieces = []
    for name, key in _KIND.items():
        of_table = [item for item in inputs if item["table"] == name]
        label = say("report.files_of", lang, table=say(f"table.{name}", lang), n=len(of_table))
        if of_table:
            pieces.append(say(key, lang, name=label, n=sum(item["rows"] for item in of_table)))
    return flow(pieces, gap=3)


def _coverage(outcome: Outcome, lang: Lang) -> list[Line]:
    """How much of the roster there is, rows off the roster, rows left out."""
    seen: Coverage = outcome.card.coverage
    pieces = [
        say(f"report.{name}", lang, n=n if of is None else f"{n}/{of}")
        for name, (n, of) in (("streets", seen.streets), ("communities", seen.communities), ("grids", seen.grids))
        if n or of
    ]
    if pieces:
        pieces[0] = f"{say('report.covered', lang)} {pieces[0]}".strip()
    if seen.n_off_roster:
        pieces.append(say("report.off_roster", lang, n=seen.n_off_roster))
    left_out = sum(item["left_out"] for item in header_of(outcome).records())
    if left_out:
        pieces.append(say("report.left_out", lang, n=left_out))
    return flow(pieces) if pieces else []


def _systematic(rows: pl.DataFrame, lang: Lang) -> list[Line]:
    """Findings whose cause is the file are counted apart."""
    systematic = rows.filter("systematic")
    if systematic.is_empty():
        return []
    is_cells_only = systematic["rule"].unique().to_list() == ["I113"]
    return [line(say("report.systematic_w101" if is_cells_only else "report.systematic", lang, n=systematic.height))]


def _score(outcome: Outcome, lang: Lang) -> list[Line]:
    total = total_row(outcome.card.areas, previous=outcome.previous)
    pieces: list[Cell] = [Styled(say("report.score", lang, score=cells.score(total["score"])), "bold")]
    if total.get("change") is not None:
        pieces.append(say("report.last", lang, score=cells.score(total["score"] - total["change"])))
    pieces.append(say("report.homes", lang, n=total["n_homes"] or 0))
    pieces.append(say("report.standard", lang, n=cells.decimal(total["standard_households"] or 0)))
    if total["n_unknown"]:
        ends = cells.interval(total["score_low"], total["score_high"])
        pieces.append(say("report.unknown", lang, n=total["n_unknown"], ends=ends))
    notes = [] if outcome.card.weighted or not total["n_homes"] else [line(say("report.unweighted", lang))]
    return [*flow(pieces), *notes]


def _counts(outcome: Outcome, lang: Lang) -> list[Line]:
    total = total_row(outcome.card.areas)
    pieces = [say("report.found", lang, n=total["n_findings"] or 0)]
    if total["n_records"]:
        pieces.append(say("report.records", lang, n=total["n_unclean"]))
        pieces.append(say("report.clean", lang, share=cells.share(1 - total["n_unclean"] / total["n_records"])))
    if total["n_homes"]:
        pieces.append(say("report.problem_homes", lang, share=f"{cells.decimal(total['per_100_homes'])}%"))
        pieces.append(say("report.checkable", lang, share=cells.share(total["checkable"])))
    n_shown = len(outcome.shown)
    is_part = n_shown < len(outcome.run.rule_hashes)
    return [*flow(pieces), *([line(say("report.shown_only", lang, n=n_shown))] if is_part else [])]


def _problems(rows: pl.DataFrame, outcome: Outcome, rulebook: Rulebook, lang: Lang) -> list[Line]:
    """Findings by family; the change is of errors and warnings, all that the run before kept by family."""
    asked = {rule.family for rule in rulebook if rule.code in outcome.shown}
    counts = {family: dict.fromkeys(("error", "warning", "info"), 0) for family in FAMILIES if family in asked}
    for family, level, n in rows.group_by("family", "level").len().iter_rows():
        counts.setdefault(family, dict.fromkeys(("error", "warning", "info"), 0))[level] = n
    counts.pop("W", None)
    totals = {family: sum(of.values()) for family, of in counts.items()}
    total, most = sum(totals.values()), max(totals.values(), default=0)
    before = None if outcome.previous is None else total_row(outcome.previous)
    names = ["error", "warning", "info", "all", "share", *(["change_counted"] if before is not None else [])]
    columns = [Column(say("heading.problem", lang)), Column(say("heading.family", lang))]
    columns += [Column(say(f"heading.{name}", lang), right=True) for name in names] + [Column("")]
    body: list[list[Cell]] = []
    for family, of in counts.items():
        figures: list[Cell] = [cells.count(of[level]) for level in ("error", "warning", "info")]
        share = f"{cells.decimal(100 * totals[family] / total)}%" if total else ""
        figures += [cells.count(totals[family]), share]
        if before is not None:
            figures.append(_counted_change(of, before, family))
        body.append([say(f"family.{family}", lang), family, *figures, _bar(totals[family], most)])
    return table(columns, body, width=SCREEN)


def _counted_change(of: Mapping[str, int], before: Mapping[str, Any], family: str) -> str:
    last = before.get(f"family_{family}")
    return "" if last is None else cells.change(of["error"] + of["warning"] - int(last), 0)


def _bar(n: int, most: int) -> str:
    return "#" * max(1, round(_BAR * n / most)) if n else ""


def _areas(outcome: Outcome, lang: Lang, *, room: int) -> list[Line]:
    """The streets; where no street is told, the communities or grids that lost most."""
    areas = outcome.card.areas
    named = {level: area_rows(areas, level).filter(pl.col("name").is_not_null()) for level in ("street", "community", "grid")}
    level = next((level for level, rows in named.items() if rows.height), None)
    if level is None:
        return []
    rows = area_rows(areas, level, previous=outcome.previous)
    grids = dict(known_grids(areas).group_by(level).len().iter_rows())
    figures = ["n_grids", "n_homes", "standard_households", "n_findings", "n_error", "score"]
    figures += ["change"] if outcome.previous is not None else []
    if level == "grid":
        figures.remove("n_grids")
    columns = [Column(say(f"heading.{level}", lang), may_cut=True)]
    columns += [Column(say(f"heading.{name}", lang), right=True) for name in figures]
    columns.append(Column(say("heading.verdict", lang)))
    fits = rows.height if rows.height <= room else room - 1
    body = [_area(row, figures, grids, lang) for row in rows.head(fits).iter_rows(named=True)]
    rest = [line(say("report.more_areas", lang, n=rows.height - fits, level=level))] if rows.height > fits else []
    return [*table(columns, body, width=SCREEN), *rest]


def _area(row: Mapping[str, Any], figures: list[str], grids: Mapping[str, int], lang: Lang) -> list[Cell]:
    """One line of the table of streets."""
    made: list[Cell] = [row["name"] or say("report.no_name", lang)]
    for name in figures:
        match name:
            case "n_grids":
                made.append(cells.count(grids.get(row["name"], 0)))
            case "standard_households":
                made.append(cells.decimal(row[name]))
            case "score":
                made.append(cells.score(row[name]))
            case "change":
                made.append(cells.change(row[name]))
            case _:
                made.append(cells.count(row[name]))
    style = {"higher": "red", "lower": "green"}.get(str(row["verdict"]), "")
    return [*made, Styled(cells.word("verdict", row["verdict"], lang), style)]


def _next(rows: pl.DataFrame, lang: Lang) -> list[Line]:
    """Commands worth running now; the rule is the one with most errors."""
    errors = rows.filter(pl.col("level") == "error")
    most = (errors if errors.height else rows).group_by("rule").len().sort(["len", "rule"], descending=[True, False])
    first = f"{say('report.next', lang)}  "
    blank = " " * (8 if lang == "zh" else 6)
    lines = [
        line(first, "gridaudit report --by-street  ", say("report.next_street", lang), "  ",
             "gridaudit report --by-grid  ", say("report.next_grid", lang))
    ]  # fmt: skip
    if most.height:
        code = most["rule"][0]
        lines.append(
            line(blank, f"gridaudit rules {code} ", say("report.next_rule", lang), "  ",
                 f"gridaudit report --by-rule --rule {code} ", say("report.next_rows", lang))
        )  # fmt: skip
    return lines
