"""A place in the store for one run: its name, taken before the audit, and the secret its keys are made with."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gridaudit import disk
from gridaudit.errors import OutputError, StoreError
from gridaudit.store.leftovers import TEMPORARY, alone_in_store, remove, sweep

_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A name that no other run takes, for as long as the process lives."""

    folder: Path
    run_id: str
    key: bytes

    @property
    def target(self) -> Path:
        """The folder of the run once it is finished."""
        return self.folder / "runs" / self.run_id

    @property
    def temporary(self) -> Path:
        """Where it is written first."""
        return self.folder / "runs" / f"{TEMPORARY}{self.run_id}"


@contextmanager
def claimed(folder: Path, started_at: datetime) -> Iterator[Claim]:
    """Take a name in the store, make the secret on first use, and sweep what killed runs left.

    Raises:
        OutputError: E302, the store cannot be written.
        StoreError: E305, the secret is damaged.
        LockHeldError: E401, somebody holds the store's lock for half a minute.
    """
    from filelock import FileLock

    with alone_in_store(folder):
        key = secret(folder)
        sweep(folder)
        sweep(folder / "runs")
        claim = Claim(folder=folder, run_id=new_run_id(folder, started_at), key=key)
        path = claim.temporary.with_name(f"{claim.temporary.name}.lock")
        mine = FileLock(path, timeout=0, mode=0o600)
        mine.acquire()
    try:
        yield claim
    finally:
        remove(claim.temporary)
        remove(path)
        mine.release()
        remove(path)  # Windows removes no open file


def new_run_id(folder: Path, started_at: datetime) -> str:
    """Return the start time as a name that is not taken: 20260901T063000+0800."""
    base = started_at.strftime("%Y%m%dT%H%M%S%z")
    name, number = base, 1
    while os.path.lexists(folder / "runs" / name) or os.path.lexists(folder / "runs" / f"{TEMPORARY}{name}.lock"):
        number += 1
        name = f"{base}-{number}"
    return name


def secret(folder: Path) -> bytes:
    """Return the store's secret, made on first use and readable by its owner alone; it is never replaced.

    Raises:
        OutputError: E302, the store cannot be written.
        StoreError: E305, the secret is not one of ours: with another one no earlier run could be compared.
    """
    path = folder / "key"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        content = path.read_bytes()
    except OSError as error:
        raise OutputError("E302", folder=str(folder), reason=disk.reason(error)) from None
    if len(content) != _SECRET_BYTES:
        raise StoreError("E305", file=str(path))
    return content


def _make(path: Path) -> None:
    """Write the secret beside and link it into place: whole or not there, and the first one stays."""
    temporary = path.with_name(f"{TEMPORARY}key-{os.getpid()}")
    temporary.unlink(missing_ok=True)
    try:
        disk.write(temporary, secrets.token_bytes(_SECRET_BYTES), mode=0o600)
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass
        except OSError:  # no hard links here (a USB stick); the store's lock keeps others out
            if not path.exists():
                temporary.rename(path)
        disk.settle(path.parent)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
