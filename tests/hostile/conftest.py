"""Files on disk, and the command line as another process runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest
from bad_files import BAD, ODD

# A process begins with the peak of the one that starts it, so a small one stands between.
_MEASURED = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, encoding="utf-8")
memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({"code": done.returncode, "out": done.stdout, "err": done.stderr, "memory": memory}))
"""


@pytest.fixture(scope="session")
def bad_folder(tmp_path_factory):
    """A folder with every bad and every odd file."""
    folder = tmp_path_factory.mktemp("文件")
    for name, build in (BAD | ODD).items():
        (folder / name).write_bytes(build())
    return folder


@pytest.fixture
def run_alone(tmp_path):
    """Run a command in a process of its own; gives exit code, stdout, stderr, seconds and peak memory in MB."""

    def run(*arguments, cwd):
        environment = {**os.environ, "GRIDAUDIT_HOME": str(tmp_path / "store"), "PYTHONUTF8": "1"}
        command = [sys.executable, "-c", _MEASURED, sys.executable, "-m", "gridaudit", *map(str, arguments)]
        before = time.monotonic()
        done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, check=True)
        told = json.loads(done.stdout)
        return told["code"], told["out"], told["err"], time.monotonic() - before, told["memory"] / 1024

    return run
