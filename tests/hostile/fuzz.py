"""The long run: mutants by the thousand, each audited whole; the only endings are a result or an E-code.

    python tests/hostile/fuzz.py --mutants 100000 [--seed 1] [--processes 2]

A process that dies (a panic that aborts, memory) is a failure too: the mutant is kept in the folder given by --keep.
"""

from __future__ import annotations

import argparse
import collections
import random
import subprocess
import sys
import tempfile
import time
import traceback
from datetime import UTC, date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
BATCH = 500


def ending(path: Path) -> str:
    """Audit a file; return `result` or the E-code."""
    from gridaudit.config import Config
    from gridaudit.errors import GridauditError, InputErrors
    from gridaudit.pipeline import audit
    from gridaudit.report import check_text

    try:
        outcome = audit(
            [path], config=Config(), as_of=date(2026, 9, 1), started_at=datetime(2026, 9, 1, tzinfo=UTC), run_id="fuzz",
            secret=b"fuzz", lang="en",
        )  # fmt: skip
        check_text(outcome, "table", lang="en")
    except InputErrors as error:
        return error.errors[0].code
    except GridauditError as error:
        return error.code
    return "result"


def batch(seed: int, count: int, folder: Path) -> None:
    """Audit so many mutants; print each ending. The mutant in work stands in the folder."""
    from mutants import mutant, seeds

    from gridaudit import pipeline
    from gridaudit.config import Config

    rules = pipeline.prepare_rules(Config())
    pipeline.prepare_rules = lambda *_, **__: rules  # loading them takes as long as the rest
    found = seeds()
    for number in range(seed, seed + count):
        chance = random.Random(number)
        # A workbook read in a process of its own takes as long as a hundred others.
        name = chance.choice([name for name in found if name != "a.ods"] * 40 + ["a.ods"])
        path = folder / name
        path.write_bytes(mutant(found[name], path.suffix, chance))
        before = time.monotonic()
        try:
            how = ending(path)
        except Exception:  # noqa: BLE001 - a failure is what is looked for; the next mutant is tried all the same
            how = "failure"
            print(number, traceback.format_exc(limit=-3), file=sys.stderr, flush=True)
        print(name, how, f"{time.monotonic() - before:.2f}", flush=True)


def main() -> int:
    """Run batches in processes of their own and count the endings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("mutants-that-failed"))
    parser.add_argument("--batch", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.batch is not None:
        batch(arguments.batch, arguments.mutants, arguments.folder)
        return 0
    endings: collections.Counter[str] = collections.Counter()
    slowest, deaths = 0.0, 0
    with tempfile.TemporaryDirectory() as name:
        done = 0
        while done < arguments.mutants:
            count = min(BATCH, arguments.mutants - done)
            command = [sys.executable, __file__, "--batch", str(arguments.seed + done), "--mutants", str(count)]
            run = subprocess.run([*command, "--folder", name], capture_output=True, text=True, check=False)
            lines = [line.split() for line in run.stdout.splitlines()]
            endings.update(line[1] for line in lines)
            slowest = max([slowest, *(float(line[2]) for line in lines)])
            sys.stderr.write(run.stderr)
            if run.returncode:
                deaths += 1
                _keep(arguments.keep, Path(name), arguments.seed + done + len(lines))
            done += len(lines) + bool(run.returncode)
            print(
                f"{done:,} mutants, {deaths} deaths, slowest {slowest:.2f} s, {dict(endings.most_common())}", flush=True
            )
    return 1 if deaths or endings["failure"] else 0


def _keep(kept: Path, folder: Path, number: int) -> None:
    """Keep the mutant that was in work when the process died."""
    kept.mkdir(exist_ok=True)
    newest = max(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    (kept / f"{number}{newest.suffix}").write_bytes(newest.read_bytes())


if __name__ == "__main__":
    sys.exit(main())
