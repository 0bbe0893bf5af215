"""`check --baseline`: against a kept run, against files, and when there is nothing to hold it against."""

from __future__ import annotations

import json
import re
import shutil

import polars as pl
import pytest
from openpyxl import load_workbook

from gridaudit.read import Reading

CODE, NUMBER, NAME, STATUS = "房屋编码", "身份证号码", "姓名", "人口状态"


def tables_of(folder):
    """The rows of both workbooks of a sample, as dictionaries by heading."""
    found = {}
    for sheet in Reading(sorted(folder.glob("实有*.xlsx"))):
        rows = [list(row) for row in sheet.frame.rows()]
        at = next(number for number, row in enumerate(rows) if any(CODE in str(cell) for cell in row))
        headings = [str(cell).strip("*") for cell in rows[at]]
        found[sheet.sheet] = [dict(zip(headings, row, strict=True)) for row in rows[at + 1 :]]
    return found["实有人口"], found["实有房屋"]


def present(row):
    return row[STATUS] in {"在住", "外出"} and len(row[NUMBER] or "") == 18


class Second:
    """A second round: one home deleted with its people, one person deleted, one number corrected, one person dead."""

    def __init__(self, folder, target):
        residents, houses = tables_of(folder)
        homes = {}
        for row in residents:
            if present(row):
                homes.setdefault(row[CODE], []).append(row)
        full = [code for code, people in homes.items() if len(people) == 4 and any(h[CODE] == code for h in houses)]
        self.home = full[0]
        self.gone, self.corrected, self.dead = (homes[code][3] for code in full[1:4])
        kept = [row for row in residents if row[CODE] != self.home and row is not self.gone]
        for row in kept:
            if row is self.corrected:
                row[NUMBER] = row[NUMBER][:16] + ("1" if row[NUMBER][16] != "1" else "2") + row[NUMBER][17]
            if row is self.dead:
                row[STATUS] = "死亡"
        self.folder = target
        target.mkdir()
        for side in ("gridaudit.toml", "codes.csv", "小区表.csv", "网格表.csv"):
            shutil.copy(folder / side, target)
        self.write("people", kept)
        self.write("homes", [row for row in houses if row[CODE] != self.home])
        self.files = (target / "people.csv", target / "homes.csv")

    def write(self, name, rows):
        pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String)).write_csv(self.folder / f"{name}.csv")


@pytest.fixture
def second(clean, tmp_path):
    return Second(clean, tmp_path / "second")


@pytest.fixture
def gone(run_cli, second):
    """The findings C107 and C108 of the second round against something, by rule."""

    def build(*baseline):
        against = (item for name in baseline for item in ("--baseline", name))
        options = ("--select", "C107,C108", "--format", "jsonl", "--no-save")
        code, out, err = run_cli("check", *second.files, *against, *options)
        assert err == ""
        assert code == 1
        found = [json.loads(line) for line in out.splitlines()]
        return {item["rule"]: item for item in found}, len(found)

    return build


def test_files_tell_what_is_gone_and_who(gone, clean, second):
    found, n = gone(*sorted(clean.glob("实有*.xlsx")))
    assert n == 2
    home, person = found["C107"], found["C108"]
    assert (home["row"], home["sheet"], home["column"]) == (None, None, None)
    assert (home["table"], home["house"], home["level"]) == ("houses", second.home, "error")
    names = ", ".join(path.name for path in sorted(clean.glob("实有*.xlsx")))
    assert home["source"] == names
    assert home["message"] == f"上轮({names})登记的房屋这次没有了，当时登记 4 人，没有说明去向"
    assert (person["table"], person["house"]) == ("residents", second.gone[CODE])
    assert person["masked"] == second.gone[NAME][0] + "*" * (len(second.gone[NAME]) - 1)
    assert person["grid"] == second.gone["网格编码"]
    assert person["suggestion"] == "confirm-what-became-of-it"


@pytest.mark.parametrize("name", ["latest", "whole", "prefix"])
def test_a_kept_run_tells_where_but_not_who(run_cli, gone, clean, home, second, name):
    assert run_cli("check", clean)[0] == 0
    run = next(home.glob("runs/*")).name
    found, n = gone({"latest": "latest", "whole": run, "prefix": run[:10]}[name])
    assert n == 2
    assert found["C107"]["house"] == second.home
    assert found["C108"]["house"] == second.gone[CODE]
    assert found["C108"]["masked"] is None
    assert {item["source"] for item in found.values()} == {run}


def test_run_and_files_give_the_same_score_which_is_lower(run_cli, clean, second):
    run_cli("check", clean)
    scores = []
    for options in ((), ("--baseline", "latest"), ("--baseline", clean)):
        document = json.loads(run_cli("check", *second.files, *options, "--format", "json", "--no-save")[1])
        assert bool(document["baseline"]) == bool(options)
        scores.append(document["score"]["score"])
        assert document["not_evaluated"] == ([] if options else ["C107", "C108"])
    assert scores[1] == scores[2] < scores[0] - 1


def test_the_screen_says_what_was_held_against_what(run_cli, clean, second):
    run_cli("check", clean)
    out = re.sub(r"\s", "", run_cli("check", *second.files, "--baseline", "latest")[1])
    assert re.search(
        r"注意对照\d{8}T\d{6}[^：]*：上轮150户、\d+人，没有了且没有说明的1户、1人，认出改号改名的1得分", out
    )


def test_the_config_names_it_and_the_first_round_has_none(run_cli, clean, second):
    config = second.folder / "gridaudit.toml"
    config.write_text('baseline = "latest"\n' + config.read_text("utf-8"), "utf-8")
    code, _, err = run_cli("check", clean, "--config", config)
    assert code == 0
    assert "第一轮：还没有可对照的运行记录" in err
    assert run_cli("check", *second.files, "--config", config, "--select", "C107,C108")[0] == 1
    assert "baseline" in run_cli("check", *second.files, "--config", config, "--show-config")[1]


def test_files_of_the_config_are_beside_it(run_cli, clean, second):
    earlier = second.folder / "earlier"
    earlier.mkdir()
    for path in clean.glob("实有*.xlsx"):
        shutil.copy(path, earlier)
    config = second.folder / "gridaudit.toml"
    config.write_text('baseline = ["earlier/实有*.xlsx"]\n' + config.read_text("utf-8"), "utf-8")
    assert run_cli("check", *second.files, "--select", "C107", "--no-save")[0] == 1


def test_a_list_of_dispositions_explains_a_home(run_cli, clean, second):
    (second.folder / "去向.csv").write_text(f"房屋编码,去向,日期\n{second.home},拆迁,2026-08-15\n", "utf-8")
    config = second.folder / "gridaudit.toml"
    config.write_text('dispositions = "去向.csv"\n' + config.read_text("utf-8"), "utf-8")
    options = ("--baseline", clean, "--format", "json", "--no-save")
    document = json.loads(run_cli("check", *second.files, *options)[1])
    assert {item["rule"]: item["failed"] for item in document["rules"] if item["rule"] in {"C107", "C108"}} == {
        "C107": 0, "C108": 1 + 4,
    }  # fmt: skip
    (second.folder / "去向.csv").write_text(f"房屋编码,去向,日期\n{second.home},拆迁,2026-09-15\n", "utf-8")
    assert run_cli("check", *second.files, "--baseline", clean, "--select", "C107", "--no-save")[0] == 1


@pytest.mark.parametrize(
    ("name", "code"), [("nosuch", "E312"), ("nosuch.xlsx", "E101"), ("latest", "E311"), ("gridaudit.toml", "E1")]
)
def test_what_cannot_be_compared_with_is_said(run_cli, clean, second, name, code):
    if name == "nosuch":
        run_cli("check", clean)
    got, out, err = run_cli("check", *second.files, "--baseline", name)
    assert (got, out) == (2, "")
    assert f"错误 {code}" in err


def test_a_damaged_run_is_not_compared_with(run_cli, clean, second, home):
    run_cli("check", clean)
    (next(home.glob("runs/*")) / "records.parquet").write_bytes(b"PAR1")
    got, _, err = run_cli("check", *second.files, "--baseline", "latest")
    assert got == 2
    assert "E303" in err


def test_an_older_run_accuses_nobody_whom_somebody_new_may_be(run_cli, clean, second, home, gone):
    """It kept no parts of numbers: who stands new in the home may be the one whose number was corrected."""
    run_cli("check", clean)
    run = next(home.glob("runs/*"))
    records = pl.read_parquet(run / "records.parquet")
    records.drop("house", "spot", "ended", "called", "born", "ends", "named").write_parquet(run / "records.parquet")
    manifest = json.loads((run / "manifest.json").read_text("utf-8"))
    del manifest["contents"]
    (run / "manifest.json").write_text(json.dumps(manifest | {"schema_version": 1}), "utf-8")
    found, n = gone("latest")
    assert n == 2
    assert found["C107"]["house"] is None
    assert found["C108"]["house"] is None
    assert found["C108"]["grid"] == second.gone["网格编码"]
    out = run_cli("check", *second.files, "--baseline", "latest")[1].replace("\n  ", "")
    assert "是旧版本记下的" in out


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_files_of_findings_have_them_without_a_row(run_cli, clean, second, tmp_path, kind):
    path = tmp_path / f"findings.{kind}"
    run_cli("check", *second.files, "--baseline", clean, "--select", "C107", "--no-save", "--format", kind, "-o", path)
    if kind == "xlsx":
        cells = [[cell.value for cell in row] for row in load_workbook(path).worksheets[0].iter_rows()]
        at = next(number for number, row in enumerate(cells) if "C107" in row)
        assert second.home in cells[at]
    else:
        table = pl.read_csv(path, infer_schema=False) if kind == "csv" else pl.read_parquet(path)
        assert table.select("rule", "row", "house").rows() == [("C107", None, second.home)]


def test_the_report_of_the_run_kept_shows_them(run_cli, clean, second, home):
    run_cli("check", *second.files, "--baseline", clean)
    for options in (("--by-rule", "--rule", "C107"), ("--by-grid",), ("--by-street",)):
        assert run_cli("report", *options)[0] == 0
    assert second.home in run_cli("report", "--by-rule", "--rule", "C107")[1]
    manifest = json.loads((next(home.glob("runs/*")) / "manifest.json").read_text("utf-8"))
    assert manifest["baseline"] == ", ".join(path.name for path in sorted(clean.glob("实有*.xlsx")))


def test_what_is_gone_has_no_cell_to_unmask(run_cli, clean, second):
    config = second.folder / "gridaudit.toml"
    config.write_text(config.read_text("utf-8") + "\n[privacy]\nallow_unmasked = true\n", "utf-8")
    options = ("--baseline", clean, "--select", "C108", "--format", "jsonl", "--unmask")
    code, out, _ = run_cli("check", *second.files, *options)
    assert code == 1
    found = json.loads(out)
    assert found["value"] is None
    assert second.gone[NAME] not in out


def test_a_home_that_is_gone_is_not_asked_about_as_a_gap_of_its_building(run_cli, clean, second):
    def rules(*options):
        out = run_cli("check", *second.files, "--select", "C", "--format", "jsonl", "--no-save", *options)[1]
        return sorted(item["rule"] for item in map(json.loads, out.splitlines()) if item["rule"] != "C110")

    assert rules() == ["C104"]
    assert rules("--baseline", clean) == ["C107", "C108"]


@pytest.mark.parametrize("against", ["latest", "files"])
def test_every_home_has_a_new_code_and_the_names_another_heading(run_cli, gone, clean, second, against):
    """What is gone is found as before: homes by their address, people in them, and nobody else is accused."""
    run_cli("check", clean)
    for name in ("people", "homes"):
        table = pl.read_csv(second.folder / f"{name}.csv", infer_schema=False)
        recoded = table.with_columns(pl.lit("N") + pl.col(CODE).str.reverse())
        renamed = recoded.rename({NAME: "名字"}, strict=False)
        renamed.write_csv(second.folder / f"{name}.csv")
    found, n = gone("latest" if against == "latest" else str(clean))
    assert n == 2
    assert found["C107"]["house"] == second.home
    assert found["C108"]["house"] == second.gone[CODE]
