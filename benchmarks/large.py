"""`check` of millions of residents from Parquet: time and peak memory.

A sample district is repeated under other area codes, so that every ID number, house code and grid is its own.

python benchmarks/large.py [--residents 10000000] [--shuffled] [--csv] [--folder DIR]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path

import fastexcel
import polars as pl
import pyarrow.parquet as pq

from gridaudit.derive import load_area_codes
from gridaudit.rulebook import builtin_folder

HOUSEHOLDS = 100_000
OWN = "430299"
CODED = ("身份证号码*", "房屋编码*", "网格编码", "网格编码*")
NAMED = ("街道", "社区", "网格名称")
PHONES = ("联系电话", "房主联系电话")
ROW_GROUP = 262_144


def table(path: Path) -> pl.DataFrame:
    """Read a sheet of the sample: its heading is in the second row."""
    cells = fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string").to_polars()
    headings = cells.row(1)
    return cells.slice(2).rename(dict(zip(cells.columns, headings, strict=True)))


def renamed(frame: pl.DataFrame, number: int, area: int) -> pl.DataFrame:
    """Return the district under another area code, with other names, phones and right check digits."""
    has = frame.columns
    columns = [pl.col(name).str.replace(f"^{OWN}", f"{area}") for name in CODED if name in has and name[0] != "身"]
    columns += [pl.concat_str(pl.lit(f"{number:02d}"), pl.col(name)).alias(name) for name in NAMED if name in has]
    for name in PHONES:
        if name in has:
            phone, shifted = pl.col(name), (pl.col(name).str.slice(3, 4).cast(pl.Int64, strict=False) + 131 * number)
            other = phone.str.head(3) + (shifted % 10_000).cast(pl.String).str.zfill(4) + phone.str.slice(7)
            columns.append(pl.when(phone.str.contains("^1[0-9]{10}$")).then(other).otherwise(phone).alias(name))
    frame = frame.with_columns(columns)
    if CODED[0] not in has:
        return frame
    cell = pl.col(CODED[0])
    value = pl.when(cell.str.tail(1) == "X").then(10).otherwise(cell.str.tail(1).cast(pl.Int64, strict=False))
    is_right = cell.str.contains("^[0-9]{17}[0-9X]$") & ((2 * _sum(cell) + value) % 11 == 1)
    moved = cell.str.replace(f"^{OWN}", f"{area}")
    digit = (1 - 2 * _sum(moved)) % 11
    last = pl.when(digit == 10).then(pl.lit("X")).otherwise(digit.cast(pl.String))
    return frame.with_columns(pl.when(is_right).then(moved.str.head(17) + last).otherwise(moved).alias(CODED[0]))


def _sum(cell: pl.Expr) -> pl.Expr:
    return cell.str.head(17).str.to_integer(base=13, strict=False) % 11


def write(folder: Path, residents: int, csv: bool, shuffled: bool) -> None:  # noqa: FBT001
    """Write about so many residents with their houses, the roster, compounds and config beside them."""
    sample = folder / "sample"
    command = [sys.executable, "-m", "gridaudit", "sample", str(sample), "--households", str(HOUSEHOLDS)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    tables = {path.stem.split("_")[0]: table(path) for path in sorted(sample.glob("*.xlsx"))}
    per_district = tables["实有人口"].height
    districts = max(1, round(residents / per_district))
    known = load_area_codes(builtin_folder(), None)
    usable = known.filter(pl.col("area_ended").is_null(), pl.col("area") % 100 > 20, pl.col("area") < 660_000)["area"]
    areas = usable.head(districts).to_list()
    paths = []
    for name, frame in tables.items():
        paths.append(folder / f"{name}.parquet")
        with pq.ParquetWriter(paths[-1], frame.head(0).to_arrow().schema, compression="zstd") as writer:
            for number, area in enumerate(areas):
                writer.write_table(renamed(frame, number, area).to_arrow(), row_group_size=ROW_GROUP)
        if shuffled:
            pl.read_parquet(paths[-1]).sample(fraction=1, shuffle=True, seed=1).write_parquet(paths[-1])
        if csv:
            pl.scan_parquet(paths[-1]).sink_csv(paths[-1].with_suffix(".csv"))
            paths[-1] = paths[-1].with_suffix(".csv")
    for name in ("网格表.csv", "小区表.csv"):
        small = pl.read_csv(sample / name, infer_schema=False)
        pl.concat(renamed(small, number, area) for number, area in enumerate(areas)).write_csv(folder / name)
    (folder / "gridaudit.toml").write_bytes((sample / "gridaudit.toml").read_bytes())
    (folder / "codes.csv").write_bytes((sample / "codes.csv").read_bytes())


def main() -> None:
    """Write, check and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=10_000_000)
    parser.add_argument("--csv", action="store_true")
    parser.add_argument("--shuffled", action="store_true")
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "gridaudit.toml").exists():
            # In a process of its own: a child's peak memory begins with what its parent holds.
            arguments_of_write = (folder, arguments.residents, arguments.csv, arguments.shuffled)
            writer = get_context("spawn").Process(target=write, args=arguments_of_write)
            writer.start()
            writer.join()
        files = sorted(map(str, folder.glob("实有*.csv" if arguments.csv else "实有*.parquet")))
        command = [sys.executable, "-m", "gridaudit", "check", "--quiet", "--fail-on", "never", *files]
        environment = {**os.environ, "GRIDAUDIT_HOME": str(folder / "store"), "POLARS_MAX_THREADS": "2"}
        before = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - before
    print(f"about {arguments.residents:,} residents, exit {os.waitstatus_to_exitcode(status)}")
    print(f"{seconds:.1f} s, {usage.ru_utime + usage.ru_stime:.1f} s of processors, load {os.getloadavg()[0]:.1f}")
    print(f"peak memory {usage.ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
