"""`check`: exit codes, what is shown, formats, what is kept."""

from __future__ import annotations

import csv
import io
import json
import re
from importlib.resources import files

import jsonschema
import polars as pl
import pytest
from openpyxl import load_workbook

SCHEMAS = files("gridaudit.report").joinpath("schemas")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def schema(name):
    return json.loads(SCHEMAS.joinpath(f"{name}.schema.json").read_text("utf-8"))


@pytest.fixture
def findings(run_cli, planted):
    """The findings of a check with options, as dictionaries."""

    def build(*options):
        _, out, _ = run_cli("check", planted, "--no-save", "--format", "jsonl", *options)
        return [json.loads(line) for line in out.splitlines()]

    return build


def test_a_clean_district_is_exit_0(run_cli, clean):
    code, out, err = run_cli("check", clean)
    assert code == 0
    assert "得分 100.0" in out
    assert "错误 " not in err


def test_findings_are_exit_1(run_cli, planted):
    assert run_cli("check", planted)[0] == 1


@pytest.mark.parametrize(
    ("rule", "level", "expected"),
    [
        ("I103", "error", 1),
        ("I103", "never", 0),
        ("F105", "error", 0),
        ("F105", "warning", 1),
        ("I112", "warning", 0),
    ],
)
def test_fail_on_says_from_which_level(run_cli, planted, rule, level, expected):
    assert run_cli("check", planted, "--select", rule, "--fail-on", level, "--no-save")[0] == expected


@pytest.mark.parametrize(("limit", "expected"), [("0", 0), ("10", 0), ("99.99", 1)])
def test_fail_under_looks_at_the_score(run_cli, planted, limit, expected):
    assert run_cli("check", planted, "--fail-on", "never", "--fail-under", limit, "--no-save")[0] == expected


def test_a_clean_score_is_not_below_100(run_cli, clean):
    assert run_cli("check", clean, "--fail-under", "100", "--no-save")[0] == 0


def test_select_and_ignore_filter_what_is_shown_but_not_the_score(run_cli, planted, findings):
    everything = findings()
    assert {item["family"] for item in everything} >= set("IDFCVT")
    assert {item["family"] for item in findings("--select", "I1,D")} == {"I", "D"}
    kept = {item["rule"] for item in findings("--select", "I", "--ignore", "I103，I101")}
    assert kept
    assert not kept & {"I103", "I101"}
    summary = json.loads(run_cli("check", planted, "--no-save", "--format", "json")[1])
    selected = json.loads(run_cli("check", planted, "--no-save", "--format", "json", "--select", "T")[1])
    assert selected["score"] == summary["score"]
    assert {item["rule"][0] for item in selected["rules"]} == {"T"}
    screen = run_cli("check", planted, "--no-save", "--select", "T")[1]
    assert re.search(r"^超期 +T ", screen, re.MULTILINE)
    assert not re.search(r"^身份证错误 +I ", screen, re.MULTILINE)


def test_what_is_ignored_does_not_fail_the_check(run_cli, planted, findings):
    errors = sorted({item["rule"] for item in findings() if item["level"] == "error"})
    assert run_cli("check", planted, "--no-save", "--ignore", ",".join(errors))[0] == 0


def test_street_shows_its_grids_and_findings_only(run_cli, planted, findings):
    code, out, _ = run_cli("check", planted, "--no-save", "--street", "望江街道")
    table = out[out.index("网格质量") :]
    assert code == 1
    assert "望江街道" in table
    assert "云溪街道" not in table
    assert {item["street"] for item in findings("--street", "望江街道")} == {"望江街道"}


def test_top_and_all_say_how_many_grids(run_cli, planted):
    few = run_cli("check", planted, "--no-save", "--top", "3")[1]
    some = run_cli("check", planted, "--no-save", "--top", "9")[1]
    every = run_cli("check", planted, "--no-save", "--all")[1]
    assert len(some.splitlines()) - len(few.splitlines()) == 6
    assert len(every.splitlines()) > len(some.splitlines())
    assert "--all" in few
    assert "--all" not in every


def test_json_is_the_summary_and_keeps_to_its_schema(run_cli, planted, tmp_path):
    code, out, _ = run_cli("check", planted, "--no-save", "--format", "json")
    assert code == 1
    jsonschema.validate(json.loads(out), schema("summary"))
    target = tmp_path / "out" / "summary.json"
    code, shown, err = run_cli("check", planted, "--no-save", "--format", "json", "-o", target)
    assert (code, shown) == (1, "")
    assert target.name in err
    written = json.loads(target.read_text("utf-8"))
    jsonschema.validate(written, schema("summary"))
    assert written["totals"] == json.loads(out)["totals"]


def test_jsonl_lines_keep_to_their_schema_and_order(run_cli, planted):
    out = run_cli("check", planted, "--no-save", "--format", "jsonl")[1]
    of_finding = schema("finding")
    lines = [json.loads(line) for line in out.splitlines()]
    for line in lines:
        jsonschema.validate(line, of_finding)
        assert list(line) == of_finding["required"]
    assert any(line["row"] is None and line["subject"] for line in lines)


def test_csv_opens_in_a_spreadsheet(run_cli, planted, tmp_path, findings):
    target = tmp_path / "findings.csv"
    assert run_cli("check", planted, "--no-save", "--format", "csv", "--output", target)[0] == 1
    content = target.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0] == schema("finding")["required"]
    assert not [cell for row in rows for cell in row if cell.startswith(FORMULA)]
    assert len(rows) - 1 == len(findings())
    on_stdout = run_cli("check", planted, "--no-save", "--format", "csv")[1]
    assert len(on_stdout.splitlines()) == len(rows)


def test_parquet_and_workbook_hold_the_findings(run_cli, planted, tmp_path, findings):
    table, book = tmp_path / "f.parquet", tmp_path / "f.xlsx"
    assert run_cli("check", planted, "--no-save", "--format", "parquet", "-o", table)[:2] == (1, "")
    assert run_cli("check", planted, "--no-save", "--format", "xlsx", "-o", book)[:2] == (1, "")
    frame = pl.read_parquet(table)
    n_findings = len(findings())
    assert frame.columns == schema("finding")["required"]
    assert frame.height == n_findings
    sheets = load_workbook(book).worksheets
    cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row]
    assert max(sheet.max_row for sheet in sheets) >= n_findings
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]


@pytest.mark.parametrize("kind", ["parquet", "xlsx"])
def test_binary_formats_need_a_file(run_cli, planted, kind):
    code, out, err = run_cli("check", planted, "--format", kind)
    assert (code, out) == (2, "")
    assert "E207" in err
    assert "-o" in err


def test_no_save_keeps_nothing(run_cli, planted, home):
    run_cli("check", planted, "--no-save")
    assert not list(home.glob("runs/*"))
    assert not (home / "key").exists()


def test_a_run_is_kept_and_said(run_cli, planted, home):
    _, _, err = run_cli("check", planted)
    (folder,) = (home / "runs").iterdir()
    assert folder.name in err
    assert {path.name for path in folder.iterdir()} >= {"manifest.json", "findings.parquet", "areas.parquet"}
    assert (home / "key").stat().st_mode & 0o777 == 0o600


def test_quiet_says_nothing_on_stderr(run_cli, planted):
    assert run_cli("check", planted, "--quiet")[2] == ""


def test_the_second_run_compares_with_the_first(run_cli, planted, clean):
    before = re.search(r"得分 ([0-9.]+)", run_cli("check", planted)[1]).group(1)
    out = run_cli("check", clean)[1]
    assert "第 2 次" in out
    assert float(before) < 96
    assert f"上次 {before}" in out


def test_as_of_is_printed_and_kept(run_cli, clean, home):
    out = run_cli("check", clean, "--as-of", "2026-10-01")[1]
    assert "2026-10-01" in out
    (manifest,) = home.glob("runs/*/manifest.json")
    assert json.loads(manifest.read_text("utf-8"))["as_of"] == "2026-10-01"


def test_the_same_input_gives_the_same_bytes_in_any_order(run_cli, planted, home, tmp_path):
    books = sorted(planted.glob("*.xlsx"))
    contents = []
    for number, paths in enumerate((books, books[::-1], [planted])):
        run_cli("check", *paths, "--format", "csv", "-o", tmp_path / f"{number}.csv")
        contents.append((tmp_path / f"{number}.csv").read_bytes())
    assert contents[0] == contents[1] == contents[2]
    keys = pl.read_csv(tmp_path / "0.csv")["key"]
    (home / "key").unlink()
    run_cli("check", planted, "--format", "csv", "-o", tmp_path / "other.csv")
    assert not set(keys) & set(pl.read_csv(tmp_path / "other.csv")["key"])


def test_input_files_are_not_changed(run_cli, planted, digests):
    before = digests(planted)
    run_cli("check", planted)
    run_cli("columns", next(planted.glob("实有人口*")))
    run_cli("report")
    assert digests(planted) == before


def test_the_heading_row_and_sheet_named_are_those_of_the_files_named(run_cli, clean):
    """The roster that the config names has a heading row and a sheet of its own."""
    books = sorted(clean.glob("*.xlsx"))
    for options in (("--sheet", "实有人口", "--sheet", "实有房屋"), ("--header-row", "2")):
        code, out, _ = run_cli("check", *books, *options, "--no-save")
        assert code == 0
        assert "18/18 网格" in out, options


def test_a_pattern_left_by_the_shell_is_expanded(run_cli, clean):
    assert run_cli("check", clean / "实有*.xlsx", "--no-save")[0] == 0


def test_options_may_stand_before_the_command(run_cli, clean):
    code, out, _ = run_cli("--lang", "en", "-q", "check", clean, "--no-save")
    assert code == 0
    assert out.startswith("Check ")


def test_the_last_run_is_found_again_without_a_store_named(run_cli, clean, monkeypatch, tmp_path):
    """README: `check samples`, then `report`, typed in the same folder."""
    folder = tmp_path / "samples"
    folder.mkdir()
    for path in clean.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    monkeypatch.delenv("GRIDAUDIT_HOME")
    assert run_cli("check", "samples")[0] == 0
    code, out, err = run_cli("report")
    assert (code, err) == (0, "")
    assert "100.0" in out


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_first_screen_is_short(run_cli, planted, lang):
    out = run_cli("check", planted, "--no-save", "--lang", lang)[1]
    first = out[: out.index("网格质量" if lang == "zh" else "Data quality by grid")]
    assert len(first.rstrip().splitlines()) <= 32
