"""`check` of a whole district against the bare read of the same two workbooks, in turn, in one run.

python benchmarks/district.py [--households 91499] [--runs 5] [--shared-strings]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BARE = Path(__file__).with_name("bare_read.py")
SAVE_AGAIN = Path(__file__).with_name("save_again.py")


def measure(command: list[str], folder: Path) -> tuple[float, float]:
    """Run a command; return its seconds and its peak memory in MB."""
    before = time.perf_counter()
    environment = {**os.environ, "GRIDAUDIT_HOME": str(folder / "store")}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, _, usage = os.wait4(process.pid, 0)
    return time.perf_counter() - before, usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


def main() -> None:
    """Measure and print medians and the ratio pair by pair."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=91_499)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--shared-strings", action="store_true", help="workbooks as a spreadsheet program saves them")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # In a process of its own: a child's peak memory begins with what its parent holds.
        sample = [sys.executable, "-m", "gridaudit", "sample", str(folder), "--households", str(arguments.households)]
        subprocess.run(sample, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        files = [str(path) for path in sorted(folder.glob("*.xlsx"))]
        if arguments.shared_strings:
            subprocess.run([sys.executable, str(SAVE_AGAIN), *files], check=True)
        print(f"{arguments.households:,} homes, {os.cpu_count()} processors")
        check = [sys.executable, "-m", "gridaudit", "check", "--quiet", "--fail-on", "never", *files]
        bare = [sys.executable, str(BARE), *files]
        measure(check, folder), measure(bare, folder)
        pairs = [(measure(check, folder), measure(bare, folder)) for _ in range(arguments.runs)]
    for label, values in (("check", [pair[0] for pair in pairs]), ("bare read", [pair[1] for pair in pairs])):
        seconds, memory = (statistics.median(column) for column in zip(*values, strict=True))
        print(f"{label:<10} {seconds:6.2f} s  {memory:7.0f} MB")
    for label, index in (("time", 0), ("memory", 1)):
        ratios = sorted(one[index] / other[index] for one, other in pairs)
        print(f"{label} ratio  median {statistics.median(ratios):.2f}  ({ratios[0]:.2f} to {ratios[-1]:.2f})")


if __name__ == "__main__":
    main()
