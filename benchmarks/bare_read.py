"""The floor: the same workbooks read with the same reader in two threads, and nothing else done with them."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fastexcel
import polars as pl


def load(path: Path) -> pl.DataFrame:
    """Read the first sheet as text."""
    reader = fastexcel.read_excel(path)
    return pl.DataFrame(reader.load_sheet_eager(0, header_row=None, skip_rows=0, dtypes="string"))


if __name__ == "__main__":
    with ThreadPoolExecutor(2) as pool:
        frames = list(pool.map(load, map(Path, sys.argv[1:])))
    print([frame.shape for frame in frames])
