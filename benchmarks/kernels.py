"""What the facts and rules cost in memory, and the check digit against a library call per number.

python benchmarks/kernels.py [--households 91499]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
from stdnum.cn import ric
from stdnum.iso7064 import mod_11_2

from gridaudit.config import load_config
from gridaudit.derive import Circumstances, derive, load_area_codes
from gridaudit.derive.lattice.gaps import find_gaps
from gridaudit.derive.lattice.units import build_lattice
from gridaudit.judge import judge
from gridaudit.normalise import normalise
from gridaudit.pipeline import prepare_rules
from gridaudit.read import Reading
from gridaudit.rulebook import builtin_folder
from gridaudit.sample import DEFAULT_RATES, write_sample
from gridaudit.score import score


def best(work: Callable[[], Any], repeats: int = 5) -> tuple[float, Any]:
    """Return the least seconds of several runs, and the result."""
    least, result = float("inf"), None
    for _ in range(repeats):
        before = time.perf_counter()
        result = work()
        least = min(least, time.perf_counter() - before)
    return least, result


def check_digits(numbers: pl.Series) -> pl.Series:
    """The kernel of `derive.residents.identity` alone."""
    text = pl.col("number")
    total = text.str.slice(0, 17).str.to_integer(base=13, strict=False) % 11
    last = text.str.slice(17)
    value = pl.when(last == "X").then(10).otherwise(last.cast(pl.Int64, strict=False))
    return numbers.to_frame("number").select((total * 2 + value) % 11 == 1).to_series()


def main() -> None:
    """Build a district in memory and time each room."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=91_499)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_sample(folder, households=arguments.households, seed=1, rates=DEFAULT_RATES)
        config = load_config(folder / "gridaudit.toml")
        compiled = prepare_rules(config)
        paths = [*sorted(folder.glob("*.xlsx")), folder / "网格表.csv", folder / "小区表.csv"]
        sheets = list(Reading(paths))
        codes = load_area_codes(builtin_folder(), config.extra_area_codes)
        circumstances = Circumstances(as_of=config.as_of, area_codes=codes)  # type: ignore[arg-type]
        rooms: list[tuple[str, float]] = []
        seconds, tables = best(lambda: normalise(sheets))
        rooms.append(("normalise", seconds))
        seconds, facts = best(lambda: derive(tables, circumstances))
        rooms.append(("derive", seconds))
        seconds, findings = best(lambda: judge(facts, compiled, lang="en", secret=b"benchmark"))
        rooms.append(("judge", seconds))
        seconds, _ = best(lambda: score(facts, findings, managed=0.4, unmanaged=1.0, unknown=1.0))
        rooms.append(("score", seconds))
    for room, taken in rooms:
        print(f"{room:<10} {taken * 1000:7.0f} ms")
    print(f"facts, rules and score together {sum(taken for _, taken in rooms[1:]):.2f} s")
    lattice, _ = best(lambda: find_gaps(build_lattice(facts.houses)))
    unsplit = facts.houses.with_columns(
        pl.lit(None, dtype=pl.String).alias(name) for name in ("compound", "building", "unit", "floor", "room")
    )
    from_texts, _ = best(lambda: find_gaps(build_lattice(unsplit)))
    print(f"of derive: the room lattice {lattice * 1000:.0f} ms, from address texts alone {from_texts * 1000:.0f} ms")
    numbers = facts.residents.filter(pl.col("id_length") == 18)["id_no"].head(100_000)
    kernel, _ = best(lambda: check_digits(numbers))
    sample = numbers.head(5_000).to_list()
    digit, _ = best(lambda: [mod_11_2.is_valid(number) for number in sample], 3)
    whole, _ = best(lambda: [_is_valid(number) for number in sample], 1)
    per_row = kernel / numbers.len()
    print(f"check digit {per_row * 1e9:.0f} ns a number")
    print(f"a stdnum call for the digit costs {digit / len(sample) / per_row:,.0f} times as much")
    print(f"stdnum.cn.ric.is_valid costs {whole / len(sample) / per_row:,.0f} times as much")


def _is_valid(number: str) -> bool:
    try:
        return ric.is_valid(number)
    except KeyError:  # it does not know every county
        return False


if __name__ == "__main__":
    main()
