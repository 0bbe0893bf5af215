"""`--unmask`: refused without the config's consent, marked in every format, recorded, and never kept."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files

import polars as pl
import pytest
from jsonschema import Draft202012Validator
from openpyxl import load_workbook

from gridaudit import read

WRONG = "430299199003071235"
ROWS = f"姓名,身份证号,网格编码,宗教信仰,重点人群\n张三,{WRONG},G1,佛教,社区矫正\n李四,430299199003071239,G1,佛教,无\n"
CONSENT = "as_of = 2026-09-01\n[privacy]\nallow_unmasked = true\n"
MARK = "未脱敏：含个人信息"


@pytest.fixture(autouse=True)
def place(tmp_path):
    (tmp_path / "people.csv").write_text(ROWS, "utf-8")
    (tmp_path / "gridaudit.toml").write_text(CONSENT, "utf-8")
    return tmp_path


def records_of(home):
    (manifest,) = home.glob("runs/*/manifest.json")
    return json.loads(manifest.read_text("utf-8")).get("unmasked", [])


@pytest.mark.parametrize(
    "command",
    [
        ("check", "people.csv", "--format", "csv"),
        ("report", "--by-rule", "--rule", "I103"),
        ("export", "--out", "out"),
    ],
)
@pytest.mark.parametrize("consent", ["", "[privacy]\nallow_unmasked = false\n"])
def test_without_consent_nothing_is_read(run_cli, place, home, monkeypatch, command, consent):
    (place / "gridaudit.toml").write_text(f"as_of = 2026-09-01\n{consent}", "utf-8")

    def reads(*_args, **_kwargs):
        raise AssertionError("something was read")

    monkeypatch.setattr(read.Reading, "__init__", reads)
    code, out, err = run_cli(*command, "--unmask")
    assert (code, out) == (2, "")
    assert "E241" in err
    assert "allow_unmasked = true" in err
    assert not (home / "runs").exists()


@pytest.mark.parametrize("command", [("check", "people.csv"), ("check", "people.csv", "--format", "json")])
def test_an_output_without_cells_is_refused(run_cli, command):
    code, out, err = run_cli(*command, "--unmask")
    assert (code, out) == (2, "")
    assert "E242" in err


def test_a_report_without_a_rule_is_refused(run_cli):
    run_cli("check", "people.csv")
    for options in (("--by-rule",), ("--by-street",), ("--rule", "I103", "--format", "xlsx", "-o", "a.xlsx")):
        code, out, err = run_cli("report", *options, "--unmask")
        assert (code, out) == (2, "")
        assert "E242" in err


def test_it_must_be_recorded(run_cli):
    code, out, err = run_cli("check", "people.csv", "--format", "csv", "--unmask", "--no-save")
    assert (code, out) == (2, "")
    assert "E243" in err


def test_lines_of_json_carry_the_mark_and_keep_the_mask(run_cli):
    _, out, _ = run_cli("check", "people.csv", "--format", "jsonl", "--unmask")
    findings = [json.loads(line) for line in out.splitlines()]
    assert all(finding["unmasked"] is True for finding in findings)
    (wrong,) = [finding for finding in findings if finding["rule"] == "I103"]
    assert (wrong["masked"], wrong["value"]) == ("4***************35", WRONG)
    schema = json.loads(files("gridaudit.report").joinpath("schemas", "finding.schema.json").read_text("utf-8"))
    for finding in findings:
        Draft202012Validator(schema).validate(finding)


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx"])
def test_files_carry_the_mark_and_are_the_owners_alone(run_cli, place, kind):
    path = place / f"a.{kind}"
    assert run_cli("check", "people.csv", "--format", kind, "--unmask", "-o", path)[0] == 1
    assert path.stat().st_mode & 0o777 == 0o600
    if kind == "xlsx":
        cells = [str(cell.value) for row in load_workbook(path).active.iter_rows() for cell in row]
        assert cells[14].startswith(MARK)
        assert {"内容(未脱敏)", WRONG} <= {*cells}
        return
    frame = pl.read_csv(path, infer_schema=False) if kind == "csv" else pl.read_parquet(path)
    assert set(frame["unmasked"].cast(pl.String)) == {"true"}
    assert frame.filter(rule="I103")["value"].to_list() == [WRONG]


@pytest.mark.parametrize(("kind", "mark"), [("table", MARK), ("md", MARK), ("json", '"unmasked": true')])
def test_the_rows_of_a_rule_carry_the_mark(run_cli, kind, mark):
    run_cli("check", "people.csv")
    code, out, _ = run_cli("report", "--by-rule", "--rule", "i103", "--format", kind, "--unmask")
    assert code == 0
    assert mark in out
    assert WRONG in out
    assert WRONG not in run_cli("report", "--rule", "I103", "--format", kind)[1]


def test_the_job_writes_files_of_another_name(run_cli, place, tmp_path):
    job = '[input.residents]\npath = "people.csv"\n[export]\nformats = ["csv", "json", "parquet"]\n'
    (place / "gridaudit.toml").write_text(CONSENT + job, "utf-8")
    assert run_cli("export", "--out", "out", "--unmask")[0] == 0
    (folder,) = [path for path in (tmp_path / "out").iterdir() if path.is_dir()]
    names = {path.name for path in folder.iterdir()}
    assert {"findings-unmasked.csv", "findings-unmasked.jsonl", "findings-unmasked.parquet"} <= names
    assert not {"findings.csv", "findings.jsonl", "findings.parquet"} & names
    assert json.loads((folder / "manifest.json").read_text("utf-8"))["unmasked"] is True
    assert folder.stat().st_mode & 0o777 == 0o700
    assert WRONG not in (folder / "summary.json").read_text("utf-8")


def test_the_kept_run_holds_the_record_and_no_clear_cell(run_cli, place, home):
    run_cli("check", "people.csv", "--format", "csv", "--unmask", "-o", "a.csv")
    run_cli("report", "--rule", "I103", "--unmask")
    first, second = records_of(home)
    assert first["to"] == str(place / "a.csv")
    assert second["to"] == "stdout"
    assert set(first) == {"at", "to"}
    assert all(entry["at"].endswith("+08:00") for entry in (first, second))
    for path in home.rglob("*.*"):
        content = str(pl.read_parquet(path).rows()) if path.suffix == ".parquet" else path.read_text("utf-8")
        assert WRONG not in content
    (findings,) = home.glob("runs/*/findings.parquet")
    assert not {"value", "unmasked"} & set(pl.read_parquet(findings).columns)


def test_a_file_that_changed_shows_nothing(run_cli, place, home):
    run_cli("check", "people.csv")
    (place / "people.csv").write_text(ROWS + "王五,1,G1,,\n", "utf-8")
    code, out, err = run_cli("report", "--rule", "I103", "--unmask")
    assert (code, out) == (2, "")
    assert "E331" in err
    assert "people.csv" in err
    (place / "people.csv").unlink()
    assert run_cli("report", "--rule", "I103", "--unmask")[0] == 2
    assert records_of(home) == []


def test_nothing_is_shown_that_could_not_be_recorded(run_cli, home, monkeypatch):
    run_cli("check", "people.csv")
    (manifest,) = home.glob("runs/*/manifest.json")

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gridaudit.disk.write", full)
    code, out, _ = run_cli("report", "--rule", "I103", "--unmask")
    assert (code, out) == (3, "")
    assert json.loads(manifest.read_text("utf-8"))["run"] == manifest.parent.name


@pytest.mark.parametrize("column", ["religion", "key_group"])
def test_religion_and_special_groups_stay_masked(run_cli, local_rules, column):
    said = '{ zh = "试", en = "try" }'
    rule = (
        f'name = "x"\ntable = "residents"\ncheck = "{column} = \'无\'"\nlevel = "info"\nloss = "none"\n'
        f'dimension = "conformity"\ncolumns = ["{column}"]\n'
        + "".join(f"{name} = {said}\n" for name in ("title", "why", "fix", "not_reported"))
    )
    options = ("--rules", local_rules(rule), "--format", "csv", "--unmask")
    out = run_cli("check", "people.csv", *options)[1]
    rows = [line for line in out.splitlines() if line.startswith("U101,")]
    assert rows
    assert "佛教" not in out
    assert "社区矫正" not in out


def test_the_cells_of_a_workbook_with_title_and_two_columns_of_phones(run_cli, tmp_path):
    from openpyxl import Workbook

    (tmp_path / "gridaudit.toml").write_text(CONSENT, "utf-8")
    workbook = Workbook()
    workbook.active.append(["信息表"])
    workbook.active.append(["姓名", "手机号码", "固定电话", "网格编码"])
    workbook.active.append(["张三", None, "1390000", "G1"])
    workbook.save(tmp_path / "a.xlsx")
    out = run_cli("check", "a.xlsx", "--format", "csv", "--unmask", "--select", "V108")[1]
    assert out.splitlines()[1].endswith(",1390000,true")


OF_A, OF_B = "43029919900307125X1", "43029919850307129Y2"


@pytest.fixture
def two_of_one_name(place):
    """Two files of one name; each has an ID number of 19 characters in its second row of data."""
    (place / "people.csv").unlink()
    for folder, first, second in (("a", "430299199003071239", OF_A), ("b", "430299198503071230", OF_B)):
        (place / folder).mkdir()
        rows = f"姓名,身份证号,网格编码\n李四,{first},G1\n张三,{second},G1\n"
        (place / folder / "people.csv").write_text(rows, "utf-8")
    return place


@pytest.mark.parametrize(("order", "cells"), [("ab", [OF_A, OF_B]), ("ba", [OF_B, OF_A])])
def test_each_of_two_files_of_one_name_shows_its_own_cells(run_cli, two_of_one_name, home, order, cells):
    given = [f"{folder}/people.csv" for folder in order]
    out = run_cli("check", *given, "--format", "jsonl", "--unmask", "--select", "I101")[1]
    findings = [json.loads(line) for line in out.splitlines()]
    assert [(finding["source"], finding["row"], finding["value"]) for finding in findings] == [
        ("people.csv", 3, cells[0]),
        ("people.csv", 3, cells[1]),
    ]
    (manifest,) = home.glob("runs/*/manifest.json")
    inputs = json.loads(manifest.read_text("utf-8"))["inputs"]
    assert [item["name"] for item in inputs] == ["people.csv", "people.csv"]
    assert [item["sha256"] for item in inputs] == [
        hashlib.sha256((two_of_one_name / path).read_bytes()).hexdigest() for path in given
    ]
    assert len({item["sha256"] for item in inputs}) == 2


def test_a_cell_of_two_files_of_one_name_is_refused_once_kept(run_cli, two_of_one_name, home):
    run_cli("check", "a/people.csv", "b/people.csv")
    job = f'{CONSENT}[input.residents]\npath = ["a/*.csv", "b/*.csv"]\n'
    (two_of_one_name / "gridaudit.toml").write_text(job, "utf-8")
    code, out, err = run_cli("report", "--rule", "I101", "--unmask")
    assert (code, out) == (2, "")
    assert "E332" in err
    assert "people.csv" in err
    assert records_of(home) == []


def test_a_kept_table_of_its_own_among_files_of_one_name_is_shown(run_cli, place):
    (place / "b").mkdir()
    (place / "b" / "people.csv").write_text("房屋编码,房屋地址,网格编码\nH1,甲路1号,G1\n", "utf-8")
    run_cli("check", "people.csv", "b/people.csv")
    code, out, _ = run_cli("report", "--rule", "I103", "--format", "json", "--unmask")
    assert code == 0
    assert [finding["value"] for finding in json.loads(out)["findings"]] == [WRONG]


def test_a_changed_file_among_two_of_one_name_shows_nothing(run_cli, two_of_one_name, monkeypatch):
    from gridaudit.cli import check

    run = check.run_check

    def changed(*args, **kwargs):
        outcome = run(*args, **kwargs)
        path = two_of_one_name / "a" / "people.csv"
        path.write_text(path.read_text("utf-8") + "王五,1,G1\n", "utf-8")
        return outcome

    monkeypatch.setattr(check, "run_check", changed)
    code, out, err = run_cli(
        "check", "a/people.csv", "b/people.csv", "--format", "jsonl", "--unmask", "--select", "I101"
    )
    assert (code, out) == (2, "")
    assert "E331" in err


@pytest.mark.usefixtures("two_of_one_name")
def test_files_of_one_name_are_counted_as_several(run_cli):
    out = run_cli("check", "a/people.csv", "b/people.csv")[1]
    assert "政治面貌 V105 (2 个文件)" in out
