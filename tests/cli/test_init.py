"""`init`: a first config from the headings of the files; `check` then needs no arguments."""

from __future__ import annotations

import json
import re
import shutil
import tomllib

import jsonschema
import pytest
from openpyxl import Workbook

from gridaudit.config import load_config

RUOYI = "姓名,性别,身份证号,网格编码,创建者,创建时间,更新者,更新时间,删除标志,电联系话,血型"
PERSON = "王小明,0,430299199003071239,G1,admin,2026-01-01,admin,2026-02-01,0,13900000000,A"


@pytest.fixture
def exports(planted, tmp_path):
    """A folder with the exports of the sample district, its roster, compounds and codes, without its config."""
    folder = tmp_path / "work"
    shutil.copytree(planted, folder, ignore=shutil.ignore_patterns("*.toml", "*.md", "truth.csv"))
    return folder


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_config_it_writes_loads_and_check_runs_from_it(run_cli, exports, monkeypatch, faults, lang):
    monkeypatch.chdir(exports)
    code, out, err = run_cli("init", "--lang", lang)
    assert (code, err) == (0, "")
    assert faults(out) == []
    assert "gridaudit check" in out.splitlines()[-1]
    path = exports / "gridaudit.toml"
    data = tomllib.loads(path.read_text("utf-8"))
    assert data["input"]["residents"]["path"] == "实有人口_*.xlsx"
    assert data["input"]["houses"]["path"] == "实有房屋_*.xlsx"
    assert data["grids"]["path"] == "网格表.csv"
    assert data["coefficients"]["compounds"] == "小区表.csv"
    assert data["area_codes"]["extra"] == "codes.csv"
    assert (data["lang"], "as_of" in data) == (lang, False)
    assert load_config(path).roster == exports / "网格表.csv"
    code, out, _ = run_cli("check", "--fail-on", "never", "--format", "json", "--as-of", "2026-09-01")
    assert code == 0
    inputs = [item["name"] for item in json.loads(out)["inputs"]]
    assert {name.split("_")[0] for name in inputs} == {"实有人口", "实有房屋", "网格表.csv", "小区表.csv"}


def test_comments_are_in_the_language_chosen(run_cli, exports):
    for lang in ("zh", "en"):
        run_cli("init", exports, "--out", exports / f"{lang}.toml", "--lang", lang)
    english = (exports / "en.toml").read_text("utf-8")
    comments = "\n".join(line.partition("#")[2] for line in english.splitlines() if "path" not in line)
    assert re.findall(r"[\u4e00-\u9fff]+", comments.replace("有无物业", "")) == []
    assert "数据日期" in (exports / "zh.toml").read_text("utf-8")


def test_it_never_writes_over_a_config(run_cli, exports, monkeypatch):
    monkeypatch.chdir(exports)
    path = exports / "gridaudit.toml"
    path.write_text("# mine\n", "utf-8")
    code, out, err = run_cli("init")
    assert (code, out) == (2, "")
    assert "E233" in err
    assert "--force" in err
    assert path.read_text("utf-8") == "# mine\n"
    assert run_cli("init", "--force")[0] == 0
    assert "[input.residents]" in path.read_text("utf-8")


def test_a_layout_and_odd_headings(run_cli, tmp_path):
    (tmp_path / "人员.csv").write_text(f"{RUOYI}\n{PERSON}\n", "utf-8")
    code, out, _ = run_cli("init")
    assert code == 0
    assert "ruoyi" in out
    assert "没有房屋表" in out
    text = (tmp_path / "gridaudit.toml").read_text("utf-8")
    data = tomllib.loads(text)
    assert data["input"]["residents"]["profile"] == "ruoyi"
    assert data["input"]["residents"]["path"] == "人员.csv"
    assert re.search(r'^# phone = "电联系话"', text, re.MULTILINE)
    assert "血型" in text
    assert "王小明" not in text
    assert "430299199003071239" not in text
    assert "houses" not in data["input"]


def test_the_sex_is_read_as_the_layout_says(run_cli, tmp_path):
    (tmp_path / "人员.csv").write_text(f"{RUOYI}\n{PERSON}\n", "utf-8")
    run_cli("init")
    code, out, _ = run_cli("check", "--select", "I110", "--format", "csv", "--no-save")
    assert (code, len(out.strip().splitlines())) == (0, 1)
    (tmp_path / "人员.csv").write_text(f"{RUOYI}\n{PERSON.replace(',0,430', ',1,430')}\n", "utf-8")
    assert "I110" in run_cli("check", "--select", "I110", "--format", "csv", "--no-save")[1]


def test_a_heading_far_down_gets_its_row(run_cli, tmp_path):
    lines = [f"说明第{number}条" for number in range(1, 30)]
    (tmp_path / "r.csv").write_text(
        "\n".join([*lines, "姓名,身份证号,网格编码", "王小明,430299199003071235,G1"]) + "\n", "utf-8"
    )
    assert run_cli("check", "r.csv", "--no-save")[0] == 2
    assert run_cli("init")[0] == 0
    assert tomllib.loads((tmp_path / "gridaudit.toml").read_text("utf-8"))["input"]["residents"]["header_row"] == 30
    assert run_cli("check", "--select", "I103", "--no-save")[0] == 1


def test_several_sheets_and_several_files(run_cli, tmp_path):
    book = Workbook()
    book.active.title = "人口"
    book.active.append(["姓名", "身份证号", "网格编码"])
    book.active.append(["王小明", "430299199003071239", "G1"])
    sheet = book.create_sheet("房屋")
    sheet.append(["房屋编码", "房屋地址", "居住状态"])
    sheet.append(["F1", "芦苇路1号", "自住"])
    book.save(tmp_path / "东街_20260901.xlsx")
    (tmp_path / "西街_2026-09.csv").write_text("姓名,身份证号,网格编码\n唐小雨,430299199105122345,G2\n", "utf-8")
    assert run_cli("init")[0] == 0
    data = tomllib.loads((tmp_path / "gridaudit.toml").read_text("utf-8"))["input"]
    assert data["residents"]["path"] == ["东街_*.xlsx", "西街_*.csv"]
    assert data["houses"]["path"] == "东街_*.xlsx"
    code, out, _ = run_cli("check", "--fail-on", "never", "--format", "json", "--no-save")
    assert code == 0
    assert sorted((item["name"], item["rows"]) for item in json.loads(out)["inputs"]) == [
        ("东街_20260901.xlsx", 1), ("东街_20260901.xlsx", 1), ("西街_2026-09.csv", 1),
    ]  # fmt: skip


def test_a_pattern_never_means_another_file(run_cli, tmp_path):
    """导出_*.csv would also mean 导出_房屋.csv."""
    (tmp_path / "导出_20260901.csv").write_text("姓名,身份证号\n王小明,1\n", "utf-8")
    (tmp_path / "导出_房屋.csv").write_text("房屋编码,房屋地址,居住状态\nF1,芦苇路1号,自住\n", "utf-8")
    run_cli("init")
    data = tomllib.loads((tmp_path / "gridaudit.toml").read_text("utf-8"))["input"]
    assert (data["residents"]["path"], data["houses"]["path"]) == ("导出_20260901.csv", "导出_房屋.csv")


def test_files_of_another_folder(run_cli, exports, tmp_path):
    target = tmp_path / "conf" / "my.toml"
    code, out, _ = run_cli("init", exports, "--out", target)
    assert code == 0
    assert f"gridaudit check --config {target}" in out.replace("\n", "")
    assert tomllib.loads(target.read_text("utf-8"))["input"]["houses"]["path"] == "../work/实有房屋_*.xlsx"
    assert run_cli("check", "--config", target, "--fail-on", "never", "--no-save")[0] == 0


def test_a_folder_without_tables(run_cli, tmp_path):
    code, out, err = run_cli("init")
    assert (code, out) == (2, "")
    assert "E110" in err
    assert not (tmp_path / "gridaudit.toml").exists()


def test_the_schema_for_editors(run_cli, exports, tmp_path):
    code, out, _ = run_cli("init", "--schema")
    assert code == 0
    schema = json.loads(out)
    run_cli("init", exports, "--out", tmp_path / "g.toml")
    text = (tmp_path / "g.toml").read_text("utf-8")
    assert text.startswith("#:schema ./gridaudit.schema.json\n")
    jsonschema.validate(tomllib.loads(text), schema)
    assert run_cli("init", "--schema", "--out", tmp_path / "gridaudit.schema.json")[0] == 0
    assert json.loads((tmp_path / "gridaudit.schema.json").read_text("utf-8")) == schema
