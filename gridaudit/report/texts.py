"""What a command prints, by the name of its format: the screens, documents and tables of this room as one text."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from gridaudit.report.area_files import areas_csv, areas_json, json_text, rule_entries, summary_json
from gridaudit.report.area_rows import MIN_CELL, in_street, known_grids
from gridaudit.report.area_screens import title_lines
from gridaudit.report.catalogue import catalogue_entries, catalogue_markdown, rule_entry, rule_section
from gridaudit.report.findings_files import findings_csv, findings_jsonl, guarded_csv, is_unmasked, records
from gridaudit.report.header import StoredReport, View, view_of
from gridaudit.report.lines import line
from gridaudit.report.markdown import area_markdown, findings_markdown, rule_markdown
from gridaudit.report.rule_screens import rule_results
from gridaudit.report.terminal import (
    WIDE,
    area_table,
    catalogue_table,
    closing_line,
    drawn,
    explain,
    grid_table,
    rule_rows,
    rule_table,
    summary,
)
from gridaudit.rulebook import Rule, Rulebook, load_rulebook
from gridaudit.score import Outcome
from gridaudit.text import Lang


def check_text(
    outcome: Outcome, kind: str, *, lang: Lang, street: str | None = None, top: int | None = 20, width: int = WIDE,
    color: bool = False, min_cell: int = MIN_CELL, ensure_ascii: bool = False,
) -> str:  # fmt: skip
    """Return what `check` prints: the screen, the summary as JSON, or the findings as JSON lines or CSV.

    Args:
        outcome: What was found.
        kind: `table`, `json`, `jsonl` or `csv`.
        lang: Language of the screen.
        street: Only the grids and findings of this street; the summary is always of the whole input.
        top: How many grids to show; all when None.
        width: Cells a line of the per-grid table may have.
        color: With the terminal's colour codes.
        min_cell: People below which figures about people are left out.
        ensure_ascii: JSON for a stream that is not UTF-8.
    """
    view = _of_street(view_of(outcome), street)
    if kind == "json":
        document = summary_json(
            view.header, view.areas, view.findings, tallies=view.tallies, street=street, min_cell=min_cell
        )
        return json_text(document, ensure_ascii=ensure_ascii)
    if kind == "jsonl":
        return findings_jsonl(view.findings, ensure_ascii=ensure_ascii)
    if kind == "csv":
        return findings_csv(view.findings)
    screen = summary(outcome, outcome.rulebook, lang)
    if known_grids(view.areas).height:
        table = grid_table(view.areas, view.header, lang, top=top, street=street, width=width, min_cell=min_cell)
        screen += [line(), *table]
    screen += [line(), *closing_line(view.header, view.areas, view_of(outcome).findings, lang)]
    return drawn(screen, color=color)


def report_text(
    stored: StoredReport, level: str, kind: str, *, lang: Lang, street: str | None = None, rule: str | None = None,
    limit: int | None = 20, top: int | None = 20, width: int = WIDE, color: bool = False, min_cell: int = MIN_CELL,
    rulebook: Rulebook | None = None, ensure_ascii: bool = False,
) -> str:  # fmt: skip
    """Return what `report` prints about a kept run.

    Args:
        stored: The run.
        level: `street`, `community`, `grid`, `collector`, or `rule`.
        kind: `table`, `json`, `csv` or `md`.
        lang: Language.
        street: Only this street.
        rule: With level `rule`, the code whose findings are listed.
        limit: How many findings to list; all when None.
        top: How many areas to show on the screen; all when None.
        width: Cells a line of the per-grid table may have.
        color: With the terminal's colour codes.
        min_cell: People below which figures about people are left out.
        rulebook: The rules; the built-in ones when None.
        ensure_ascii: JSON for a stream that is not UTF-8.

    Raises:
        ConfigError: E221, `rule` is no rule of the run.
    """
    view = _of_street(stored.view, street)
    rules = rulebook or load_rulebook()
    if level == "rule" and rule is not None:
        return _rows_text(view, _known(rule, view, rules), kind, lang, limit, color=color, ensure_ascii=ensure_ascii)
    if level == "rule":
        return _rules_text(view, rules, kind, lang, color=color, ensure_ascii=ensure_ascii)
    head, areas = view.header, view.areas
    match kind:
        case "json":
            document = areas_json(head, areas, level, street=street, min_cell=min_cell)
            return json_text(document, ensure_ascii=ensure_ascii)
        case "csv":
            return areas_csv(areas, level, street=street, min_cell=min_cell)
        case "md":
            return area_markdown(areas, head, lang, level, street=street, min_cell=min_cell)
    if level == "grid":
        lines = grid_table(areas, head, lang, top=top, street=street, width=width, min_cell=min_cell)
    else:
        lines = area_table(areas, head, lang, level, street=street, top=top)
    return drawn(lines, color=color)


def rules_text(rulebook: Rulebook, chosen: Rule | None, kind: str, *, lang: Lang, ensure_ascii: bool = False) -> str:
    """Return what `rules` prints: the catalogue or one rule, as `table`, `md` or `json`."""
    if kind == "md":
        return catalogue_markdown(rulebook) if chosen is None else "\n".join(rule_section(chosen))
    if kind == "json":
        document = {"rules": catalogue_entries(rulebook)} if chosen is None else rule_entry(chosen)
        return json_text(document, ensure_ascii=ensure_ascii)
    return drawn(catalogue_table(rulebook, lang) if chosen is None else explain(chosen, lang))


def _of_street(view: View, street: str | None) -> View:
    """Only the findings and tallies of a street; the areas stay, for the tables know what to leave out."""
    return View(
        header=view.header,
        areas=view.areas,
        findings=in_street(view.findings, street),
        tallies=in_street(view.tallies, street, "area_street"),
        previous=view.previous,
    )


def _known(code: str, view: View, rulebook: Rulebook) -> Rule | str:
    """The rule meant; one of a local folder is known by its findings alone."""
    wanted = code.strip().upper()
    is_local = wanted in view.tallies["rule"].unique().to_list() and all(rule.code != wanted for rule in rulebook)
    return wanted if is_local else rulebook.get(wanted)


def _rows_text(
    view: View, rule: Rule | str, kind: str, lang: Lang, limit: int | None, *, color: bool, ensure_ascii: bool
) -> str:
    code = rule if isinstance(rule, str) else rule.code
    rows = view.findings.filter(pl.col("rule") == code)
    rows = rows if limit is None else rows.head(limit)
    writers: dict[str, Callable[[], str]] = {
        "json": lambda: json_text(
            {"rule": code, **({"unmasked": True} if is_unmasked(rows) else {}), "findings": list(records(rows))},
            ensure_ascii=ensure_ascii,
        ),
        "csv": lambda: findings_csv(rows),
        "md": lambda: findings_markdown(rows, code, lang),
    }
    if kind in writers:
        return writers[kind]()
    return drawn(rule_rows(view.findings, rule, lang, limit), color=color)


def _rules_text(view: View, rulebook: Rulebook, kind: str, lang: Lang, *, color: bool, ensure_ascii: bool) -> str:
    head = view.header
    match kind:
        case "json":
            document = {"run": head.run_id, "level": "rule", "rules": rule_entries(view.tallies)}
            return json_text(document, ensure_ascii=ensure_ascii)
        case "csv":
            return guarded_csv(rule_results(view.tallies, rulebook, view.findings))
        case "md":
            return rule_markdown(view.tallies, rulebook, head, lang, findings=view.findings)
    lines = [*title_lines("report.title_rule", head, lang), line()]
    lines += rule_table(view.tallies, rulebook, lang, findings=view.findings, not_evaluated=head.not_evaluated)
    lines += [line(), *closing_line(head, view.areas, view.findings, lang)]
    return drawn(lines, color=color)
