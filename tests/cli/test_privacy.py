"""A planted name, number and phone appear in nothing that any command prints or writes."""

from __future__ import annotations

import zipfile

import polars as pl
import pytest
from openpyxl import Workbook

NAME, ID_NO, PHONE = "欧阳密探", "430299199003071235", "13956781234"
CANARIES = (NAME, ID_NO, ID_NO[:17], ID_NO[6:14], PHONE)
RESIDENTS = tuple("姓名 身份证号 性别 出生日期 民族 与户主关系 人口类型 联系电话 房屋编码 网格编码 街道 社区".split())
HOUSES = (
    "房屋编码",
    "房屋地址",
    "网格编码",
    "街道",
    "社区",
    "房主姓名",
    "房主联系电话",
    "居住状态",
    "有无物业",
    "建筑面积",
    "房屋用途",
)
AREA = ("G1", "东街", "一村")
PEOPLE = (
    (NAME, ID_NO, "女", "1991-01-01", "汉族", "户主", "常住人口", PHONE, "H1", *AREA),
    (NAME, ID_NO, PHONE, ID_NO, NAME, PHONE, NAME, ID_NO, "H1", *AREA),
    ("张三", ID_NO[:17] + "9", NAME, PHONE, ID_NO, ID_NO, PHONE, NAME + "123", "H2", *AREA),
    (NAME, ID_NO[:17] + "9", "男", "1990-03-07", PHONE, NAME, ID_NO, PHONE + "9", ID_NO, *AREA),
    (PHONE, ID_NO[:17], "男", ID_NO[:17], "汉族", "户主", "流动人口", "", PHONE, *AREA),
    (ID_NO, PHONE, NAME, NAME, "汉族", "配偶", "常住人口", NAME, NAME, *AREA),
    ("", NAME, "", "", "", "", "", "", "", *AREA),
)
HOMES = (
    ("H1", f"样例路1号{NAME}宅", *AREA, NAME, PHONE, "空置", NAME, "0.5", PHONE),
    ("H1", "样例路1号", *AREA, PHONE, NAME, ID_NO, PHONE, NAME, ID_NO),
    (ID_NO, "样例路3号", *AREA, ID_NO, ID_NO, "自住", ID_NO, PHONE, NAME),
    (PHONE, NAME, *AREA, NAME + PHONE, PHONE + "0", PHONE, "有", "90", "住宅"),
)
FORMATS = '[export]\nformats = ["csv", "json", "xlsx", "parquet"]\n'


def book(path, headings, rows, *, numbers=()):
    workbook = Workbook()
    sheet = workbook.active
    sheet.append([f"实有人口信息 制表 {NAME} {PHONE}"])
    sheet.append(headings)
    for row in rows:
        sheet.append(row)
    for number in numbers:
        sheet.append([NAME, number, *[None] * (len(headings) - 5), "H1", *AREA])
    sheet.append(["合计", len(rows)])
    sheet.append([f"填表人：{NAME} 电话 {PHONE}"])
    workbook.save(path)


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    book(folder / "residents.xlsx", RESIDENTS, PEOPLE, numbers=[int(ID_NO), int(ID_NO)])
    book(folder / "houses.xlsx", HOUSES, HOMES)
    inputs = '[input.residents]\npath = "residents.xlsx"\n[input.houses]\npath = "houses.xlsx"\n'
    (folder / "gridaudit.toml").write_text(f"as_of = 2026-09-01\n{inputs}{FORMATS}", "utf-8")
    return folder


def texts(path):
    """What a file holds, unpacked."""
    if path.suffix == ".parquet":
        return "\n".join(str(row) for row in pl.read_parquet(path).rows())
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as parts:
            return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return path.read_bytes().decode("utf-8", "replace")


def clear(text):
    return [canary for canary in CANARIES if canary in text]


@pytest.fixture
def silent(run_cli):
    """Run a command and see that it says no canary; gives its exit code."""

    def run(*arguments):
        code, out, err = run_cli(*arguments)
        assert clear(out) == [], arguments
        assert clear(err) == [], arguments
        return code

    return run


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_of_a_person_is_said_or_kept(silent, place, tmp_path, home, lang):
    out = tmp_path / "out"
    for kind in ("table", "json", "jsonl", "csv"):
        assert silent("check", place, "--lang", lang, "--format", kind, "--all") == 1
    for kind in ("json", "jsonl", "csv", "parquet", "xlsx"):
        assert silent("check", place, "--lang", lang, "--format", kind, "-o", out / f"check.{kind}") == 1
    levels = ("street", "community", "grid", "collector", "rule")
    for kind in ("table", "json", "csv", "md", "xlsx"):
        for level in levels:
            options = ("--lang", lang, f"--by-{level}", "--format", kind, "--all")
            assert silent("report", *options, "-o", out / f"{level}.{kind}") == 0
    (findings,) = {path.parent / "findings.parquet" for path in home.glob("runs/*/findings.parquet")} & {
        max(home.glob("runs/*/findings.parquet"))
    }
    rules = pl.read_parquet(findings)["rule"].unique().to_list()
    assert len(rules) > 15
    for rule in rules:
        assert silent("report", "--rule", rule, "--lang", lang) == 0
    for name in ("residents.xlsx", "houses.xlsx"):
        assert silent("columns", place / name, "--save", "--lang", lang) == 0
    assert silent("runs", "--lang", lang) == 0
    assert silent("export", "--config", place / "gridaudit.toml", "--out", out, "--lang", lang) == 0
    written = [path for folder in (home, out) for path in folder.rglob("*") if path.is_file() and path.name != "key"]
    assert len(written) > 60
    assert {path.name: clear(texts(path)) for path in written if clear(texts(path))} == {}
    assert clear((place / "columns.toml").read_text("utf-8")) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_error_about_a_file_does_not_quote_it(silent, tmp_path, lang):
    rows = [f"{NAME},{ID_NO},{PHONE},样例路1号", f"{NAME},{ID_NO},{PHONE},样例路2号"]
    (tmp_path / "no-heading.csv").write_text("\n".join(rows), "utf-8")
    (tmp_path / "no-rows.csv").write_text("姓名,身份证号\n", "utf-8")
    (tmp_path / "damaged.xlsx").write_bytes(b"PK\x03\x04" + "\n".join(rows).encode())
    (tmp_path / "page.xls").write_text(f"<html><td>{NAME}</td><td>{ID_NO}</td></html>", "utf-8")
    (tmp_path / "odd.csv").write_bytes("\n".join(rows).encode() + b"\xff\xfe\x80")
    for name in ("no-heading.csv", "no-rows.csv", "damaged.xlsx", "page.xls", "odd.csv"):
        assert silent("check", name, "--lang", lang) == 2
        silent("columns", name, "--lang", lang)


@pytest.mark.parametrize("command", ["check", "columns"])
def test_a_file_without_heading_and_without_digits_is_not_quoted(silent, tmp_path, command):
    row = f"{NAME},男,汉族,已婚,高中\n"
    (tmp_path / "no-heading.csv").write_text(row + row, "utf-8")
    silent(command, "no-heading.csv")


def test_keys_need_the_secret(run_cli, place, home, tmp_path):
    """The same findings under another secret have other keys; the secret is its owner's alone."""
    run_cli("check", place, "--format", "csv", "-o", tmp_path / "a.csv")
    assert (home / "key").stat().st_mode & 0o777 == 0o600
    assert (home / "key").stat().st_size == 32
    keys = set(pl.read_csv(tmp_path / "a.csv")["key"])
    (home / "key").write_bytes(b"x" * 32)
    run_cli("check", place, "--format", "csv", "-o", tmp_path / "b.csv")
    assert keys.isdisjoint(pl.read_csv(tmp_path / "b.csv")["key"])


OF_RECORDS = (
    "kind key home street community grid coefficient coefficient_known lost house spot ended "
    "called born ends named salt"
)


@pytest.fixture
def kept(run_cli, tmp_path, home):
    """The tables of a kept run of two homes and two people; the second person's number is wrong."""
    (tmp_path / "people.csv").write_text(
        "姓名,身份证号,出生日期,房屋编码,街道,社区,网格编码,采集人\n"
        "王小明,430299199003071239,1990-03-07,H1,东街,一村,G1,周采集\n"
        f"{NAME},{ID_NO},1990-03-07,H2,东街,一村,G1,周采集\n",
        "utf-8",
    )
    (tmp_path / "houses.csv").write_text(
        "房屋编码,房屋地址,街道,社区,网格编码,居住状态,房主姓名\n"
        f"H1,样例路1号101室,东街,一村,G1,自住,{NAME}\nH2,样例路2号202室,东街,一村,G1,拆除,{NAME}\n",
        "utf-8",
    )
    (tmp_path / "roster.csv").write_text("街道,社区,网格编码,采集人\n东街,一村,G1,周采集\n", "utf-8")
    (tmp_path / "gridaudit.toml").write_text('as_of = 2026-09-01\n[grids]\npath = "roster.csv"\n', "utf-8")
    run_cli("check", "people.csv", "houses.csv")
    return {path.stem: pl.read_parquet(path) for path in home.glob("runs/*/*.parquet")}


def test_what_the_records_of_a_run_hold(kept):
    records = kept["records"]
    assert records.columns == OF_RECORDS.split()
    assert records.filter(kind="home").select("house", "ended", "grid").sort("house").rows() == [
        ("H1", False, "G1"),
        ("H2", True, "G1"),
    ]
    assert records.filter(kind="person").select("street", "community", "grid").rows() == [("东街", "一村", "G1")] * 2
    assert records.filter(kind="person")["house"].null_count() == 2
    keys = [key for key in (*records["key"], *records["home"]) if key is not None]
    assert len(keys) == 6
    assert all(len(key) == 24 and set(key) <= set("0123456789abcdef") for key in keys)
    short = ("spot", "called", "born", "ends", "named")
    assert set(records.select(short).dtypes) == {pl.UInt32}
    filled = {kind: [records.filter(kind=kind)[name].count() for name in short] for kind in ("home", "person")}
    assert filled == {"home": [2, 0, 0, 0, 0], "person": [0, 2, 2, 2, 2]}
    # The earlier key of a home, for the people gone from it.
    assert records["salt"].null_count() == records.height


def test_collectors_are_named_in_the_areas_of_a_run_and_nowhere_else(kept):
    naming = {name for name, frame in kept.items() if "周采集" in str(frame.rows())}
    assert naming == {"areas"}
