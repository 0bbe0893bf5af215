"""Ctrl-C: one line and exit code 130, soon. A reader deep in a workbook cannot be called back: it is not waited for."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

from gridaudit.errors import Exit

_GRACE_SECONDS = 2.0


def leave_soon(say_it: Callable[[], str]) -> None:
    """Have the first Ctrl-C end the program in order, or after two seconds anyhow; further ones do nothing.

    What is half written lies beside its place and is swept by the next run. A process that was started with the signal
    ignored (`nohup`, a background job) goes on ignoring it.

    Args:
        say_it: Gives the line to say when the order does not come in time.
    """

    def hard() -> None:
        with contextlib.suppress(OSError, ValueError):
            print(say_it(), file=sys.stderr, flush=True)
        os._exit(int(Exit.INTERRUPTED))

    def first(*_: Any) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        timer = threading.Timer(_GRACE_SECONDS, hard)
        timer.daemon = True
        timer.start()
        raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, first)


def go_on_ignoring() -> None:
    """Ignore the signal again where it was ignored: polars takes it over when it is loaded."""
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
