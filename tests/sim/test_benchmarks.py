"""The benchmarks run: what they name in the program is still there. Times are not looked at."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.parametrize(
    ("script", "options", "said"),
    [
        ("facts.py", ["--runs", "1"], ["ID numbers", "households (family L)", "held against a kept run", "together"]),
        ("kernels.py", [], ["facts, rules and score together", "check digit"]),
        ("district.py", ["--runs", "1"], ["400 homes", "bare read", "time ratio", "memory ratio"]),
        ("district.py", ["--runs", "1", "--shared-strings"], ["400 homes", "bare read", "time ratio", "memory ratio"]),
    ],
)
def test_a_benchmark_runs_on_a_small_district(script, options, said, tmp_path):
    command = [sys.executable, str(BENCHMARKS / script), "--households", "400", *options]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    for words in said:
        assert words in done.stdout
