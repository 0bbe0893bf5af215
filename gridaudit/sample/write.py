"""Writes the sample district as an officer would find it: two workbooks, four tables, a config."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import polars as pl

from gridaudit.sample import house_cells, resident_cells
from gridaudit.sample.cases import either
from gridaudit.sample.defects import plant, reserve_size
from gridaudit.sample.defects.planter import FLAGGED
from gridaudit.sample.district import build_district
from gridaudit.sample.draws import Draws
from gridaudit.sample.families import AS_OF
from gridaudit.sample.notes import CONFIG, readme
from gridaudit.sample.words import default_rates, text
from gridaudit.sample.workbook import FIRST_ROW, write_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DEFAULT_RATES = default_rates()
STAMP = AS_OF.strftime("%Y%m%d")
FILES = {
    "residents": f"实有人口_{STAMP}.xlsx",
    "houses": f"实有房屋_{STAMP}.xlsx",
    "grids": "网格表.csv",
}
NUMBER_CELLS = ("序号", "年龄", "居住人数", "建筑面积")
WIDE = {"身份证号码": 21, "房屋编码": 24, "房屋地址": 44, "户籍地址": 40, "网格编码": 18}


@dataclass(frozen=True)
class SampleSummary:
    """What was written.

    Attributes:
        folder: Where to.
        files: Names of the files in it.
        n_houses: Rows of the houses' workbook.
        n_residents: Rows of the residents' workbook.
        n_grids: Rows of the roster.
        planted: Findings to be expected, by rule code.
    """

    folder: Path
    files: tuple[str, ...]
    n_houses: int
    n_residents: int
    n_grids: int
    planted: dict[str, int]


def write_sample(folder: Path, *, households: int, seed: int, rates: Mapping[str, float]) -> SampleSummary:
    """Write a sample district; the same arguments give the same bytes.

    Args:
        folder: Where to; made if it is missing, files of the same names are replaced.
        households: Homes in the district, vacant ones and shops included.
        seed: Chooses one of many districts.
        rates: Share of the eligible rows that carry each defect, by rule code; `{}` for none.
    """
    _vet(rates)
    draws = Draws(seed)
    rates = {code: float(rate) for code, rate in rates.items()}
    district = build_district(draws, households, reserve_size(rates, households))
    planted = plant(draws, district.tables, district.reserve, rates)
    tables = planted.tables
    roster = _roster(draws, tables["grids"], tables["houses"])
    truth = _truth(planted.marks, planted.omitted, tables)
    flagged = truth.filter(pl.col("role") == FLAGGED)
    counts = dict(flagged.group_by("rule").len().sort("rule").iter_rows())
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        books = [pool.submit(_book, folder, name, tables[name]) for name in ("residents", "houses")]
        _csv(folder / FILES["grids"], roster)
        _csv(folder / "小区表.csv", district.compounds)
        _csv(folder / "codes.csv", _codes())
        _csv(folder / "truth.csv", truth)
        _note(folder / "gridaudit.toml", CONFIG)
        _note(folder / "README.md", readme(counts, households, seed))
        for book in books:
            book.result()
    names = (*FILES.values(), "小区表.csv", "codes.csv", "gridaudit.toml", "truth.csv", "README.md")
    sizes = (tables["houses"].height, tables["residents"].height, roster.height)
    return SampleSummary(folder, names, *sizes, counts)


def _vet(rates: Mapping[str, float]) -> None:
    for code, rate in rates.items():
        if code not in DEFAULT_RATES:
            near = ", ".join(get_close_matches(code, DEFAULT_RATES)) or "none"
            msg = f"no defect of rule {code} can be planted; nearest: {near}"
            raise ValueError(msg)
        if not 0 <= rate <= 1:
            msg = f"the rate of {code} must lie between 0 and 1"
            raise ValueError(msg)


def _book(folder: Path, name: str, frame: pl.DataFrame) -> None:
    word = FILES[name].split("_", maxsplit=1)[0]
    is_residents = name == "residents"
    headings = resident_cells.HEADINGS if is_residents else house_cells.HEADINGS
    numbers = {heading: pl.lit(value=True) for heading in NUMBER_CELLS if heading in headings}
    if is_residents:
        numbers["身份证号码"] = pl.col("as_number")
    helpers = ("as_number",) if is_residents else ()
    write_workbook(
        folder / FILES[name],
        frame.select(*headings, *helpers),
        sheet=word,
        title=f"{text('district')}{word}信息导出表",
        required=("姓名", "身份证号码", "房屋编码") if is_residents else ("房屋编码", "网格编码", "房屋地址"),
        numbers=numbers,
        widths={heading: WIDE.get(heading, 12) for heading in headings},
    )


def _roster(draws: Draws, grids: pl.DataFrame, houses: pl.DataFrame) -> pl.DataFrame:
    """The roster: expects about as many homes as there are, far more where that is planted."""
    home = either(pl.col("房屋编码") == "", pl.col("房屋地址"), pl.col("房屋编码"))
    homes = houses.group_by(grid="网格编码").agg(n=home.n_unique().cast(pl.Int64))
    grids = grids.join(homes, on="grid", how="left", maintain_order="left")
    about = (pl.col("n") * draws.between("expected", 94, 104) / 100).floor()
    usual = either("empty", pl.col("n_homes"), about)
    expected = either("expects_more", pl.col("n") * 2 + 5, usual)
    return grids.select(
        街道="street",
        社区="community",
        网格编码="grid",
        网格名称="grid_name",
        应有户数=expected.cast(pl.Int64),
        网格员="collector",
    )


def _truth(marks: pl.DataFrame, omitted: pl.DataFrame, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Where the planted defects are, by the row numbers a person sees; what is missing, by what it is."""
    seats = [
        frame.select(
            "row",
            table=pl.lit(name),
            file=pl.lit(FILES[name]),
            seat=pl.int_range(pl.len()) + (2 if name == "grids" else FIRST_ROW),
        )
        for name, frame in tables.items()
    ]
    found = marks.join(pl.concat(seats), on=["table", "row"], how="inner")
    rows = found.select("rule", "table", "file", row="seat", role="role", subject=pl.lit(None, dtype=pl.String))
    missing = omitted.with_columns(file=pl.lit(FILES["houses"]), row=pl.lit(None, dtype=rows.schema["row"]))
    return pl.concat([rows, missing.select(rows.columns)]).sort("rule", "table", "row", "role", "subject")


def _codes() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "code": [text("area_code")],
            "name": [text("district")],
            "first_year": [1983],
            "last_year": [None],
        }
    )


def _csv(path: Path, frame: pl.DataFrame) -> None:
    frame.write_csv(path, include_bom=True)


def _note(path: Path, content: str) -> None:
    path.write_bytes(content.encode())
