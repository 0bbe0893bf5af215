"""`gridaudit runs`: the runs that are kept."""

from __future__ import annotations

from gridaudit.cli import options
from gridaudit.cli.session import open_session, print_text
from gridaudit.text import say


def runs(*, config: options.Config = None, lang: options.Lang = None, quiet: options.Quiet = False) -> int:
    """List the runs, oldest first."""
    from gridaudit.store import list_runs

    session = open_session(config=config, lang=lang, quiet=quiet)
    kept = list_runs(session.store)
    if not kept:
        session.tell(say("say.no_runs", session.lang))
        return 0
    lines = [say("say.runs_head", session.lang)]
    for run in kept:
        rows = sum(int(item.get("rows", 0)) for item in run.manifest.get("inputs", ()))
        score = run.manifest.get("score")
        shown = "NA" if score is None else f"{score:.1f}"
        lines.append(
            f"{run.run_id:<27}{run.manifest.get('as_of', ''):<11}{rows:>9,}{run.manifest.get('findings', 0):>9,}"
            f"{shown:>8}  {run.manifest.get('trigger', '')}"
        )
    print_text("\n".join(lines))
    return 0
