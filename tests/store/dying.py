"""`python dying.py N FOLDER ARGUMENTS...`: the command line, killed (SIGKILL) before it does the Nth thing to FOLDER.

What is done to files is told by Python's audit events; N = 0 kills nothing and
says on stderr how many things there are.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress

WATCHED = {"open", "os.mkdir", "os.rename", "os.link", "os.remove", "os.rmdir", "os.chmod", "shutil.rmtree"}
wanted, folder, *arguments = sys.argv[1:]
state = {"done": 0}


def watch(event, details):
    if event in WATCHED and str(details[0]).startswith(folder):
        state["done"] += 1
        if state["done"] == int(wanted):
            os.kill(os.getpid(), signal.SIGKILL)


sys.addaudithook(watch)

from gridaudit.cli.main import main  # noqa: E402 - after the hook

with suppress(SystemExit):
    main(arguments)
print(f"done={state['done']}", file=sys.stderr)  # noqa: T201 - for the test
