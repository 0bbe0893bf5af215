"""Every screen fits a console of 80 columns (the per-grid table 96), in any code page."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

LEVELS = ("street", "community", "grid", "collector", "rule")


def width_of(level):
    return 96 if level in {"grid", "collector"} else 80


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_screens_of_check(run_cli, planted, clean, faults, lang):
    for folder in (planted, clean):
        _, out, err = run_cli("check", folder, "--lang", lang, "--all")
        start = out.index("网格质量" if lang == "zh" else "Data quality by grid")
        assert faults(out[:start]) == []
        assert faults(out[start:], 96) == []
        assert faults(err, 200) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_screens_of_report(run_cli, planted, faults, lang):
    run_cli("check", planted, "-q")
    for level in LEVELS:
        assert faults(run_cli("report", f"--by-{level}", "--lang", lang, "--all")[1], width_of(level)) == []
        street = run_cli("report", f"--by-{level}", "--lang", lang, "--street", "望江街道")[1]
        assert faults(street, width_of(level)) == []
    for rule in ("I103", "I109", "C105", "C110", "D106", "W101", "V108"):
        assert faults(run_cli("report", "--rule", rule, "--lang", lang)[1]) == []
    assert faults(run_cli("runs", "--lang", lang)[1]) == []


@pytest.fixture
def in_process(tmp_path):
    """Run a command in a process of its own, its output redirected."""

    def run(*arguments, encoding="gbk"):
        own = {"PYTHONIOENCODING": encoding, "GRIDAUDIT_HOME": str(tmp_path / "store"), "GRIDAUDIT_LANG": "zh"}
        environment = {**os.environ, **own, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "0"}
        command = [sys.executable, "-m", "gridaudit", *map(str, arguments)]
        done = subprocess.run(command, check=False, capture_output=True, cwd=tmp_path, env=environment)
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture
def rare(tmp_path):
    """A file and a district with a character that GBK lacks."""
    (tmp_path / "gridaudit.toml").write_text('district = "𠮷祥区"\nas_of = 2026-09-01\n', "utf-8")
    path = tmp_path / "r.csv"
    path.write_text("姓名,身份证号,网格编码,街道\n𠮷大力,430299199003071235,𠮷1,𠮷街\n", "utf-8")
    return path


def test_a_console_that_is_not_utf_8(in_process, rare):
    code, out, err = in_process("check", rare, "--select", "I103")
    assert code == 1
    assert "?祥区" in out.decode("gbk")
    assert "结果已保存" in err.decode("gbk")
    code, out, _ = in_process("report", "--by-grid")
    assert code == 0
    assert "网格" in out.decode("gbk")
    code, out, err = in_process("check", "𠮷.xlsx")
    assert (code, out) == (2, b"")
    assert "E101" in err.decode("gbk")


@pytest.mark.parametrize("kind", ["json", "jsonl"])
def test_json_is_right_in_any_code_page(in_process, rare, kind):
    code, out, _ = in_process("check", rare, "--select", "I103", "--format", kind, "--no-save")
    assert code == 1
    assert out.isascii()
    document = json.loads(out.splitlines()[0] if kind == "jsonl" else out)
    assert (document["street"] if kind == "jsonl" else document["district"])[0] == "𠮷"


def test_json_on_a_utf_8_stream_is_readable(in_process, rare):
    code, out, _ = in_process("check", rare, "--format", "json", "--no-save", "--select", "I103", encoding="utf-8")
    assert code == 1
    assert "𠮷祥区" in out.decode()


def test_the_console_script_leaves_with_the_same_code(in_process, clean):
    assert in_process("check", clean, "--no-save", "-q")[0] == 0
    assert in_process("chekc")[0] == 2


def test_a_reader_that_goes_away_is_no_error(tmp_path, planted):
    environment = {**os.environ, "GRIDAUDIT_HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "gridaudit", "check", str(planted), "--format", "jsonl", "--no-save", "-q"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() in {0, 1}
