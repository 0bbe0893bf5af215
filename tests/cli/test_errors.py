"""What cannot start: exit 2 with an E-code, what comes near and what to do; nothing on stdout. And what breaks."""

from __future__ import annotations

import re

import pytest

from gridaudit.cli import check as check_command

BAD_USE = {
    "unknown command": (("chekc", "a.xlsx"), "E209", "check"),
    "unknown option": (("check", "{clean}", "--fail-no", "never"), "E208", "--fail-on"),
    "bad choice": (("check", "{clean}", "--fail-on", "eror"), "E210", "error"),
    "bad number": (("check", "{clean}", "--top", "many"), "E210", "--top"),
    "bad date": (("check", "{clean}", "--as-of", "2026-13-01"), "E210", "--as-of"),
    "bad language": (("check", "{clean}", "--lang", "fr"), "E210", "--lang"),
    "no file given": (("check",), "E207", "FILE"),
    "missing file": (("check", "{clean}/实有人囗_20260901.xlsx"), "E101", "实有人口_20260901.xlsx"),
    "unknown rule": (("check", "{clean}", "--select", "I1103"), "E221", "I103"),
    "unknown rule to ignore": (("check", "{clean}", "--ignore", "X1"), "E221", "X1"),
    "nothing left": (("check", "{clean}", "--select", "I103", "--ignore", "I"), "E223", ""),
    "unknown street": (("check", "{clean}", "--street", "望江街到"), "E222", "望江街道"),
    "unknown rule to explain": (("rules", "I1103"), "E221", "I103"),
    "no folder of rules": (("rules", "--rules", "none"), "E206", "none"),
    "no config": (("check", "{clean}", "--config", "none.toml"), "E204", "none.toml"),
    "no sheet": (("check", "{clean}", "--sheet", "表99"), "E111", "表99"),
    "bad rate": (("sample", "x", "--rate", "I1O3=0.1"), "E210", "--rate"),
    "no run yet": (("report",), "E311", ""),
    "no input named": (("export", "--out", "out"), "E224", ""),
    "no place for results": (("export",), "E207", "--out"),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("case", BAD_USE)
def test_bad_use_is_exit_2_with_a_suggestion(run_cli, clean, faults, case, lang):
    arguments, code, near = BAD_USE[case]
    arguments = [part.replace("{clean}", str(clean)) for part in arguments]
    if "--lang" not in arguments:
        arguments += ["--lang", lang]
    exit_code, out, err = run_cli(*arguments)
    assert (exit_code, out) == (2, "")
    assert re.match(rf"(?:错误|error) {code} ", err)
    assert near in err
    assert "Traceback" not in err
    assert [line for line in faults(err) if str(clean) not in line and "/" not in line] == []


@pytest.mark.parametrize(
    ("text", "code", "near"),
    [
        ("schema = 1\ndistrct = 'x'\n", "E202", "district"),
        ("[coefficients]\nmanagd = 0.4\n", "E202", "coefficients.managed"),
        ("[coefficients]\nmanaged = 'much'\n", "E203", "coefficients.managed"),
        ("[rules.T102]\nmax_day = 3\n", "E202", "max_days"),
        ("[rules.T120]\nmax_days = 3\n", "E221", "T102"),
        ("[grids]\npath = '网格.csv'\n", "E206", "网格.csv"),
        ("district = \n", "E204", "gridaudit.toml"),
        ("timezone = 'Asia/Zhuzhou'\n", "E203", "timezone"),
        ("[rules]\nselect = ['Q']\n", "E221", "Q"),
    ],
)
def test_a_bad_config_is_exit_2(run_cli, clean, tmp_path, text, code, near):
    (tmp_path / "gridaudit.toml").write_text(text, "utf-8")
    exit_code, out, err = run_cli("check", clean)
    assert (exit_code, out) == (2, "")
    assert code in err
    assert near in err


def test_no_table_is_exit_2_with_the_nearest_headings(run_cli, tmp_path):
    (tmp_path / "a.csv").write_text("居民名字,证件代号,电邮\n甲,乙,丙\n丁,戊,己\n", "utf-8")
    exit_code, out, err = run_cli("check", "a.csv")
    assert (exit_code, out) == (2, "")
    assert "E201" in err
    assert "居民名字 (A" in err
    assert "怎么办" in err


def test_every_file_that_cannot_be_read_is_said(run_cli, tmp_path):
    (tmp_path / "cut.xlsx").write_bytes(b"PK\x03\x04 cut")
    (tmp_path / "empty.xlsx").write_bytes(b"")
    (tmp_path / "page.xls").write_text("<html><table></table></html>", "utf-8")
    exit_code, out, err = run_cli("check", "cut.xlsx", "empty.xlsx", "page.xls", "gone.xlsx")
    assert (exit_code, out) == (2, "")
    for name, code in (("cut.xlsx", "E103"), ("empty.xlsx", "E103"), ("page.xls", "E105"), ("gone.xlsx", "E101")):
        assert re.search(rf"错误 {code} .*{name}", err)
    assert err.count("怎么办") == 4


def test_an_output_in_a_folder_that_cannot_be_written_says_so_for_every_format(run_cli, clean, tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    for kind in ("json", "jsonl", "parquet", "xlsx"):
        target = tmp_path / "file" / f"x.{kind}"
        exit_code, out, err = run_cli("check", clean, "--no-save", "--format", kind, "-o", target)
        assert (exit_code, out) == (3, "")
        assert "E301" in err


def test_a_store_that_cannot_be_written_is_exit_3(run_cli, clean, home):
    home.write_text("", "utf-8")
    exit_code, _, err = run_cli("check", clean)
    assert exit_code == 3
    assert "E302" in err
    assert "--no-save" in err


def test_a_heading_without_rows_is_exit_2(run_cli, tmp_path):
    (tmp_path / "a.csv").write_text("姓名,身份证号,网格编码\n", "utf-8")
    exit_code, out, err = run_cli("check", "a.csv")
    assert (exit_code, out) == (2, "")
    assert "E104" in err


def test_an_output_that_cannot_be_written_is_exit_3(run_cli, clean, tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    exit_code, _, err = run_cli("check", clean, "--no-save", "--format", "csv", "-o", tmp_path / "file" / "x.csv")
    assert exit_code == 3
    assert "E301" in err


def test_an_internal_error_is_exit_3_and_its_message_stays_unsaid(run_cli, clean, home, monkeypatch):
    def breaks(*_args, **_kwargs):
        message = "canary 430299199003071239"
        raise RuntimeError(message)

    monkeypatch.setattr(check_command, "exit_code", breaks)
    exit_code, _, err = run_cli("check", clean, "--no-save")
    log = (home / "crash.log").read_text("utf-8")
    assert exit_code == 3
    assert "E501" in err
    assert str(home / "crash.log") in err
    assert "RuntimeError" in log
    assert "check.py" in log
    assert "canary" not in log + err
    assert "430299" not in log + err


def test_an_interruption_is_exit_130(run_cli, clean, home, monkeypatch):
    def interrupted(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(check_command, "exit_code", interrupted)
    exit_code, _, err = run_cli("check", clean, "--no-save")
    assert exit_code == 130
    assert "E502" in err
    assert not (home / "crash.log").exists()
