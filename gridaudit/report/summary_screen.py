"""The first screen of `check`: was the file read right, what is the score, how bad and of what kind, which street."""

from __future__ import annotations

import polars as pl
from rich.cells import cell_len

from gridaudit.report import cells
from gridaudit.report.area_rows import known_grids, total_row
from gridaudit.report.file_findings import file_lines
from gridaudit.report.header import header_of
from gridaudit.report.lines import Cell, Line, Styled, flow, fold, line
from gridaudit.report.summary_tables import problem_table, street_table
from gridaudit.rulebook import Rulebook
from gridaudit.score import Coverage, Outcome
from gridaudit.text import Lang, say

_MANY_FILES = 4
_LINES, _LINES_OF_AREAS = 30, 8
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
    files = [*file_lines(outcome, rulebook, lang), *_systematic(rows, outcome, lang)]
    score = [*_score(outcome, lang), *_counts(outcome, lang)]
    problems = problem_table(counted, outcome, rulebook, lang)
    following = _next(counted, outcome, lang)
    used = len(head) + len(score) + len(problems) + len(following) + 4
    areas = street_table(outcome, lang, room=max(_LINES_OF_AREAS, _LINES - used - 3))
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


def _systematic(rows: pl.DataFrame, outcome: Outcome, lang: Lang) -> list[Line]:
    """Findings whose cause is the file are counted apart."""
    systematic = rows.filter("systematic")
    if systematic.is_empty():
        return []
    is_cells_only = systematic["rule"].unique().to_list() == ["I113"]
    is_told = ("W101" if is_cells_only else "W107") in outcome.shown
    key = "systematic_alone" if not is_told else "systematic_w101" if is_cells_only else "systematic"
    return fold(say(f"report.{key}", lang, n=systematic.height))


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


def _next(rows: pl.DataFrame, outcome: Outcome, lang: Lang) -> list[Line]:
    """Commands worth running now; the rule is the one with most errors."""
    errors = rows.filter(pl.col("level") == "error")
    most = (errors if errors.height else rows).group_by("rule").len().sort(["len", "rule"], descending=[True, False])
    lines = []
    if known_grids(outcome.card.areas).height:
        street, grid = say("report.next_street", lang), say("report.next_grid", lang)
        lines.append(f"gridaudit report --by-street  {street}  gridaudit report --by-grid  {grid}")
    if most.height:
        code = most["rule"][0]
        why, rows_of = say("report.next_rule", lang), say("report.next_rows", lang)
        lines.append(f"gridaudit rules {code} {why}  gridaudit report --by-rule --rule {code} {rows_of}")
    label = say("report.next", lang) + "  "
    return [line((label if not number else " " * cell_len(label)) + text) for number, text in enumerate(lines)]
