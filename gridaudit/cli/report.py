"""`gridaudit report [RUN]`: a run that is kept, by street, community, grid, collector or rule."""

from __future__ import annotations

from typing import Annotated

import typer

from gridaudit.cli import options
from gridaudit.cli.check import known_street
from gridaudit.cli.options import ReportFormat
from gridaudit.cli.session import GRID_SCREEN, open_session, print_text, stdout_is_utf8, write_text
from gridaudit.cli.unmasked import clear_rows, record, refuse_unless_allowed
from gridaudit.errors import ConfigError
from gridaudit.text import say


def report(
    run: Annotated[str | None, typer.Argument(metavar="[RUN]", show_default=False)] = None,
    *,
    by_street: Annotated[bool, typer.Option("--by-street")] = False,
    by_community: Annotated[bool, typer.Option("--by-community")] = False,
    by_grid: Annotated[bool, typer.Option("--by-grid")] = False,
    by_collector: Annotated[bool, typer.Option("--by-collector")] = False,
    by_rule: Annotated[bool, typer.Option("--by-rule")] = False,
    rule: Annotated[str | None, typer.Option("--rule", metavar="CODE")] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1)] = 20,
    unmask: options.Unmask = False,
    top: options.Top = 20,
    show_all: options.ShowAll = False,
    street: options.Street = None,
    format: Annotated[ReportFormat, typer.Option("--format")] = ReportFormat.TABLE,  # noqa: A002 - the option's name
    output: options.Output = None,
    config: options.Config = None,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> int:
    """Show a run; it never exits with 1."""
    import polars as pl

    from gridaudit.report import StoredReport, report_text, write_areas
    from gridaudit.rulebook import load_rulebook
    from gridaudit.store import load_run

    session = open_session(config=config, lang=lang, quiet=quiet, no_color=no_color)
    given = {
        "street": by_street,
        "community": by_community,
        "grid": by_grid,
        "collector": by_collector,
        "rule": by_rule,
    }
    chosen = [level for level, is_given in given.items() if is_given] or (["rule"] if rule else ["street"])
    if len(chosen) > 1:
        raise ConfigError("E207", reason=say("say.usage_one_by", session.lang))
    if format is ReportFormat.XLSX and output is None:
        raise ConfigError("E207", reason=say("say.usage_needs_output", session.lang))
    if unmask:
        refuse_unless_allowed(session, shows_cells=rule is not None and format is not ReportFormat.XLSX)
    stored = load_run(session.store, run)
    areas = stored.frame("areas")
    if street is not None:
        street = known_street(areas.filter(pl.col("level") == "street")["street"].drop_nulls().to_list(), street)
    findings = stored.frame("findings")
    if unmask and rule is not None:
        findings = clear_rows(session, stored.manifest, findings.filter(pl.col("rule") == rule.strip().upper()))
        record(stored.folder, session, output)
    view = StoredReport(manifest=stored.manifest, areas=areas, findings=findings, tallies=stored.frame("tallies"))
    rulebook = load_rulebook(extra_folder=session.config.rules_folder, settings=session.config.rules)
    if format is ReportFormat.XLSX and output is not None:
        write_areas(output, view, chosen[0], lang=session.lang, street=street, rulebook=rulebook)
    else:
        text = report_text(
            view, chosen[0], format.value, lang=session.lang, street=street, rule=rule, limit=limit,
            top=None if show_all else top, width=GRID_SCREEN, color=session.wants_color() and output is None,
            min_cell=session.config.min_cell, rulebook=rulebook,
            ensure_ascii=output is None and not stdout_is_utf8(),
        )  # fmt: skip
        if output is None:
            print_text(text)
            return 0
        write_text(output, text, bom=format is ReportFormat.CSV, private=unmask)
    session.tell(say("say.written", session.lang, path=output))
    return 0
