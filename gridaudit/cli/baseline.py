"""The earlier round that `--baseline` or the config names: a run of the store, or files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from gridaudit.cli.session import Session
from gridaudit.text import say

if TYPE_CHECKING:
    from gridaudit.derive.rounds.baseline import Baseline

LATEST = "latest"


def earlier_round(session: Session, given: Sequence[str], *, secret: bytes, as_of: date) -> Baseline | None:
    """Return the round to hold this one against; none when nobody names one, or on the first run of `latest`.

    Args:
        session: Settings and store.
        given: What the command line names, before the config.
        secret: With which the keys of this run are made.
        as_of: The date this run's data speak of.

    Raises:
        StoreError: E311 no run yet (when the command line asks), E312 no such run, E303 damaged, E304 newer.
        InputError: A file that cannot be read.
    """
    from gridaudit import store
    from gridaudit.earlier import read_baseline
    from gridaudit.score import baseline_of

    names = list(given or session.config.baseline)
    if not names:
        return None
    if not names_a_run(session, given):
        base = Path() if given or session.config.path is None else session.config.path.parent
        paths = [path for name in names for path in _expanded(base / name)]
        return read_baseline(paths, config=session.config, as_of=as_of, secret=secret, progress=session.progress)
    if names == [LATEST] and not given and not store.list_runs(session.store):
        session.tell(say("say.first_round", session.lang))
        return None
    run = store.load_run(session.store, None if names == [LATEST] else names[0])
    return baseline_of(run.run_id, run.frame("records"))


def names_a_run(session: Session, given: Sequence[str]) -> bool:
    """Tell a run from files: one name, without a suffix, that is no file or folder."""
    names = list(given or session.config.baseline)
    base = Path() if given or session.config.path is None else session.config.path.parent
    return len(names) == 1 and not Path(names[0]).suffix and not (base / names[0]).exists()


def _expanded(path: Path) -> list[Path]:
    """Expand patterns that the shell left alone."""
    if any(sign in path.name for sign in "*?") and not path.exists():
        return sorted(path.parent.glob(path.name)) or [path]
    return [path]
