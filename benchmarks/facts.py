"""What every module of facts costs on a district in memory: processor milliseconds, least of several, in one run.

python benchmarks/facts.py [--households 91499] [--runs 5]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import polars as pl

from gridaudit import derive as everything
from gridaudit.config import load_config
from gridaudit.derive import Circumstances, counts, derive, derive_houses, load_area_codes
from gridaudit.derive.houses import facts as of_houses
from gridaudit.derive.rounds.baseline import compare
from gridaudit.derive.rounds.kept import to_keep
from gridaudit.judge import INTERNAL, SHOWN
from gridaudit.normalise import normalise
from gridaudit.read import Reading
from gridaudit.rulebook import builtin_folder
from gridaudit.sample import DEFAULT_RATES, write_sample
from gridaudit.score import base_of, baseline_of, records
from gridaudit.score.frame import home_frame

SECRET = b"benchmark"
NO_FINDINGS = pl.DataFrame(schema={**SHOWN, **INTERNAL})
# Where functions are called from that are watched, and that have work done beside.
ROOMS = (everything, of_houses, counts)
# The functions that `derive` calls, and what they are about.
MODULES = {
    "add_copies": "rows copied whole", "add_house_keys": "homes: keys", "add_places": "places of houses",
    "add_house_duplicates": "duplicates of houses", "add_coefficients": "coefficients",
    "build_lattice": "room lattice: units laid out", "find_gaps": "room lattice: gaps",
    "add_spellings": "houses under two spellings", "add_room_facts": "rooms", "add_management_agreement": "management",
    "linked_places": "residents linked to homes", "add_identity": "ID numbers", "add_person": "a person's own row",
    "add_near_doubles": "near doubles of people", "add_person_duplicates": "duplicates of people",
    "add_household": "households (family L)", "phone_facts": "phones", "add_occupants": "occupants",
    "add_owner_facts": "owners", "add_grid_facts": "roster", "count_kinds": "grids of the same kind: counts",
    "grid_figures": "grids of the same kind: limits",
}  # fmt: skip


def watched(spent: dict[str, list[float]]) -> None:
    """Have each of the functions note what it takes; a function called twice is one entry a call."""
    for name, label in MODULES.items():
        room = next(room for room in ROOMS if hasattr(room, name))
        setattr(room, name, timed(label, getattr(room, name), spent))


def timed(label: str, work: Callable[..., Any], spent: dict[str, list[float]]) -> Callable[..., Any]:
    """Return the work, noting its processor time, with nothing beside it."""

    def noting(*arguments: Any, **options: Any) -> Any:
        before = time.process_time()
        result = work(*arguments, **options)
        spent[label].append(time.process_time() - before)
        return result

    return noting


class Alone:
    """Runs at once what would run beside, so that times can be told apart."""

    def __init__(self, *_: object) -> None:
        """Take the number of workers, and have none."""

    def __enter__(self) -> Self:
        """Nothing to begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Alone:
        """Do the work."""
        self.done = work(*arguments)
        return self

    def result(self) -> Any:
        """Return what it gave."""
        return self.done


def least(times: list[float], runs: int) -> float:
    """Return the least a run took for a module, which may have been called several times in it."""
    calls = len(times) // runs
    return min(sum(times[at : at + calls]) for at in range(0, len(times), calls))


def main() -> None:
    """Derive a district several times and print one line a module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=91_499)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_sample(folder, households=arguments.households, seed=1, rates=DEFAULT_RATES)
        config = load_config(folder / "gridaudit.toml")
        codes = load_area_codes(builtin_folder(), config.extra_area_codes)
        tables = normalise(
            list(Reading([*sorted(folder.glob("*.xlsx")), folder / "网格表.csv", folder / "小区表.csv"]))
        )
    circumstances = Circumstances(as_of=config.as_of, area_codes=codes)  # type: ignore[arg-type]
    spent: dict[str, list[float]] = defaultdict(list)
    watched(spent)
    for room in ROOMS:
        room.ThreadPoolExecutor = Alone  # type: ignore[attr-defined]
    keep, against = timed("what the run keeps", to_keep, spent), timed("held against a kept run", compare, spent)
    for turn in range(arguments.runs):
        facts = derive(tables, circumstances, derive_houses(tables, circumstances))
        kept = keep(facts.residents, facts.houses, SECRET)
        if turn == 0:
            base = base_of(facts.residents, facts.houses)
            frame = home_frame(base, facts, NO_FINDINGS, unknown=1.0)
            baseline = baseline_of("a run", records(frame.with_columns(lost=pl.lit(0, dtype=pl.Int64)), kept))
        against(baseline, kept, houses=facts.houses, dispositions=None, secret=SECRET)
    rows = [(label, 1000 * least(times, arguments.runs)) for label, times in spent.items()]
    for label, milliseconds in sorted(rows, key=lambda row: -row[1]):
        print(f"{label:<34} {milliseconds:6.0f} ms")
    together = sum(milliseconds for label, milliseconds in rows if "against" not in label)
    print(f"{'together, without a baseline':<34} {together:6.0f} ms")


if __name__ == "__main__":
    main()
