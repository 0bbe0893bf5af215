"""`gridaudit demo`: sample district, check and report in one, in a temporary folder."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from gridaudit.cli import options
from gridaudit.cli.check import claimed, keeping, run_check
from gridaudit.cli.session import GRID_SCREEN, open_session, print_text
from gridaudit.text import say

_HOUSEHOLDS = 3000


def demo(
    *,
    folder: Annotated[Path | None, typer.Option("--folder", metavar="DIR")] = None,
    households: Annotated[int, typer.Option("--households", metavar="N", min=40)] = _HOUSEHOLDS,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> int:
    """Show what the program does, on invented people; always exit 0."""
    from gridaudit.report import check_text, write_areas_of
    from gridaudit.sample import DEFAULT_RATES, write_sample

    place = folder or Path(tempfile.mkdtemp(prefix="gridaudit-demo-"))
    written = write_sample(place, households=households, seed=1, rates=DEFAULT_RATES)
    session = open_session(config=place / "gridaudit.toml", lang=lang, quiet=quiet, no_color=no_color, near=[place])
    files = [place / name for name in written.files if name.endswith(".xlsx")]
    with claimed(session) as claim:
        outcome = run_check(session, files, claim, trigger="demo")
        with keeping(outcome, claim) as kept:
            print_text(
                check_text(outcome, "table", lang=session.lang, street=None, top=10, width=GRID_SCREEN,
                           color=session.wants_color(), min_cell=session.config.min_cell)
            )  # fmt: skip
            report = place / "report.xlsx"
            write_areas_of(report, outcome, "street", lang=session.lang)
            session.tell(say("say.written", session.lang, path=report))
    session.tell(say("say.kept", session.lang, path=kept[0]))
    return 0
