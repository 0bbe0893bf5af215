"""`gridaudit runs`: the runs that are kept; `runs prune` deletes old ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridaudit import disk
from gridaudit.cli import options
from gridaudit.cli.export import LOCK
from gridaudit.cli.session import Session, open_session, print_text
from gridaudit.errors import ConfigError, OutputError
from gridaudit.text import Lang, say

if TYPE_CHECKING:
    from gridaudit.store import Pruning, StoredRun


def runs(
    action: Annotated[str | None, typer.Argument(metavar="[prune]", show_default=False)] = None,
    *,
    keep: Annotated[int | None, typer.Option("--keep", metavar="N", min=1)] = None,
    older_than: Annotated[int | None, typer.Option("--older-than", metavar="DAYS", min=1)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR")] = None,
    config: options.Config = None,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
) -> int:
    """List the runs, oldest first, or delete old ones."""
    from gridaudit.store import list_runs

    session = open_session(config=config, lang=lang, quiet=quiet)
    if action == "prune":
        return _prune(session, keep, older_than, out, dry_run=dry_run)
    if action is not None:
        raise ConfigError("E209", command=f"runs {action}", near=("runs prune",))
    given = {"--keep": keep, "--older-than": older_than, "--dry-run": dry_run or None, "--out": out}
    for name, value in given.items():
        if value is not None:
            raise ConfigError("E207", reason=say("say.usage_only_prune", session.lang, name=name))
    kept = list_runs(session.store)
    if not kept:
        session.tell(say("say.no_runs", session.lang))
        return 0
    print_text("\n".join([say("say.runs_head", session.lang), *(_line(run, session.lang) for run in kept)]))
    return 0


def _line(run: StoredRun, lang: Lang) -> str:
    if run.is_newer:
        return f"{run.run_id:<27}{say('say.run_newer', lang)}"
    if run.damaged:
        return f"{run.run_id:<27}{say('say.run_damaged', lang, file=run.damaged)}"
    rows = sum(int(item.get("rows", 0)) for item in run.manifest.get("inputs", ()))
    score = run.manifest.get("score")
    shown = "NA" if score is None else f"{score:.1f}"
    return (
        f"{run.run_id:<27}{run.manifest.get('as_of', ''):<11}{rows:>9,}{run.manifest.get('findings', 0):>9,}"
        f"{shown:>8}  {run.manifest.get('trigger', '')}"
    )


def _prune(session: Session, keep: int | None, older_than: int | None, out: Path | None, *, dry_run: bool) -> int:
    """Delete old runs of the store, or old folders of an export; asks nothing."""
    from gridaudit.store import latest_of, prune, pruning

    if keep is None and older_than is None:
        raise ConfigError("E207", reason=say("say.usage_prune", session.lang))
    pointing = out or session.config.export_out
    folder = out or session.store / "runs"
    if not folder.is_dir():
        session.tell(say("say.no_runs", session.lang))
        return 0
    with _locked(session, out):
        plan = pruning(
            folder, now=session.started_at, keep=keep, older_than=older_than,
            named=latest_of(pointing) if pointing is not None else (),
        )  # fmt: skip
        try:
            if not dry_run:
                prune(plan)
        except OSError as error:
            raise OutputError("E301", file=folder.name, reason=disk.reason(error)) from None
    print_text("\n".join(_said(plan, session.lang, "would" if dry_run else "did")))
    return 0


@contextmanager
def _locked(session: Session, out: Path | None) -> Iterator[None]:
    from gridaudit.store import alone, alone_in_store

    with alone(out / LOCK, timeout=0) if out is not None else alone_in_store(session.store):
        yield


def _said(plan: Pruning, lang: Lang, mood: str) -> Iterator[str]:
    for run in plan.delete:
        yield say(f"say.prune_{mood}", lang, run=run.run_id)
    for run, why in plan.spared:
        yield say("say.prune_spared", lang, run=run.run_id, why=say(f"say.prune_{why}", lang))
    yield say(
        f"say.prune_sum_{mood}", lang, deleted=len(plan.delete), kept=plan.n_runs - len(plan.delete),
        leftovers=len(plan.leftovers),
    )  # fmt: skip
