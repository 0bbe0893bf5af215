"""No network, a store that is its owner's alone, no words of a library, no locals in a traceback, no live formulas."""

from __future__ import annotations

import os
import platform
import signal
import socket
import subprocess
import sys

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from gridaudit.cli.main import build_app
from gridaudit.report.findings_files import FORMULA_STARTS, guarded_csv

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def test_a_whole_check_report_and_export_open_no_socket(run_cli, planted, monkeypatch):
    def no_network(*_args, **_kwargs):
        raise AssertionError("a socket")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, no_network)
    config = ("--config", planted / "gridaudit.toml")
    assert run_cli("check", planted, *config, "--fail-on", "never")[0] == 0
    assert run_cli("report", "--by-grid", "--format", "xlsx", "-o", "a.xlsx", *config)[0] == 0
    assert run_cli("columns", next(planted.glob("实有人口*")))[0] == 0
    assert run_cli("export", "--out", "out", *config)[0] == 0


FILTERED = """
import ctypes, platform, struct, sys
number = {"x86_64": 41, "aarch64": 198}[platform.machine()]
# Of every system call: is it socket(AF_INET or AF_INET6)? Then the kernel ends the process.
steps = [(0x20, 0, 0, 0), (0x15, 0, 4, number), (0x20, 0, 0, 16), (0x15, 1, 0, 2), (0x15, 0, 1, 10),
         (0x06, 0, 0, 0x80000000), (0x06, 0, 0, 0x7FFF0000)]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
program = Program(len(steps), ctypes.addressof(code))
libc = ctypes.CDLL(None)
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.byref(program), 0, 0):
    sys.exit(77)
"""
RUN = """
from gridaudit.cli.main import main
main([*sys.argv[1:]])
"""
TALK = """
import socket
socket.socket(socket.AF_INET)
"""


@pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in {"x86_64", "aarch64"}, reason="a system-call filter of Linux"
)
@pytest.mark.parametrize("command", ["check", "export"])
def test_nothing_below_python_asks_for_a_socket_either(planted, tmp_path, command):
    """Libraries in other languages do not go through Python: the kernel itself ends a process that asks for one."""

    def run(program, *arguments):
        own = {"GRIDAUDIT_HOME": str(tmp_path / "store"), "PYTHONPATH": os.pathsep.join(sys.path)}
        return subprocess.run(
            [sys.executable, "-c", FILTERED + program, *map(str, arguments)],
            check=False, capture_output=True, env={**os.environ, **own}, cwd=tmp_path,
        ).returncode  # fmt: skip

    talking = run(TALK)
    if talking == 77:
        pytest.skip("the kernel does not allow filters here")
    assert talking == -signal.SIGSYS
    config = ("--config", planted / "gridaudit.toml")
    options = {"check": [planted, "--fail-on", "never", *config], "export": ["--out", tmp_path / "out", *config]}
    assert run(RUN, command, *options[command]) == 0


def modes(folder):
    return {path.relative_to(folder): path.stat().st_mode & 0o777 for path in folder.rglob("*")}


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_the_store_is_its_owners_alone_whatever_the_umask(run_cli, planted, home):
    before = os.umask(0)
    try:
        assert run_cli("check", planted, "-q", "--fail-on", "never")[0] == 0
        assert run_cli("check", planted, "-q", "--header-row", "999")[0] in {1, 2}
    finally:
        os.umask(before)
    kept = modes(home)
    assert home.stat().st_mode & 0o777 == 0o700
    assert len(kept) > 5
    for path, mode in kept.items():
        assert mode == (0o700 if (home / path).is_dir() else 0o600), path


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_folder_that_was_there_keeps_its_permissions(run_cli, planted, home):
    home.mkdir(mode=0o750)
    home.chmod(0o750)
    run_cli("check", planted, "-q")
    assert home.stat().st_mode & 0o777 == 0o750
    assert (home / "runs").stat().st_mode & 0o777 == 0o700


def test_tracebacks_with_locals_are_off():
    """Typer's own tracebacks print the variables of every frame; making the commands must not install them."""
    for lang in ("zh", "en"):
        build_app(lang)
    assert sys.excepthook.__module__.partition(".")[0] not in {"typer", "rich"}


CRASH = """
import sys
from gridaudit.cli import check, main
def breaks(*args, **kwargs):
    import os, polars
    secret = "430299198511236784"
    os.write(2, b"thread panicked at 430299198511236784")
    raise {kind}(secret)
class PanicException(BaseException):
    pass
check.run_check = breaks
sys.argv = ["gridaudit", "check", sys.argv[1]]
main.entry()
"""


@pytest.mark.parametrize("kind", ["RuntimeError", "PanicException", "polars.exceptions.ComputeError", "MemoryError"])
def test_a_crash_of_the_real_program_prints_neither_locals_nor_what_a_library_says(planted, tmp_path, kind):
    environment = {
        **os.environ, "GRIDAUDIT_HOME": str(tmp_path / "store"), "GRIDAUDIT_LANG": "zh",
        "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8",
    }  # fmt: skip
    program = CRASH.replace("{kind}", kind)
    done = subprocess.run(
        [sys.executable, "-c", program, str(planted)],
        check=False, capture_output=True, text=True, encoding="utf-8", env=environment, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.startswith("错误 E501 程序内部出错")
    assert "430299" not in done.stderr
    assert "Traceback" not in done.stderr
    assert "430299" not in (tmp_path / "store" / "crash.log").read_text("utf-8")


texts = st.text(max_size=12)
dangerous = st.builds(str.__add__, st.sampled_from(STARTS), texts)


@given(st.lists(st.one_of(dangerous, texts), min_size=1, max_size=6))
def test_no_cell_of_a_csv_begins_like_a_formula(values):
    frame = pl.DataFrame({"name": values, "n": range(len(values))}, schema={"name": pl.String, "n": pl.Int64})
    back = pl.read_csv(guarded_csv(frame).encode(), infer_schema=False)
    for written, value in zip(back["name"], values, strict=True):
        assert not (written or "").startswith(STARTS)
        assert (written or "") in {value, f"'{value}"}


def test_the_starts_of_formulas_are_all_known():
    assert set(STARTS) == set(FORMULA_STARTS)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("rest", ['HYPERLINK("http://a.invalid","a")', "cmd|' /C calc'!A0"])
def test_names_of_areas_and_collectors_are_never_formulas(audit_files, tmp_path, start, rest):
    from gridaudit.report import StoredReport, check_text, report_text, write_areas_of, write_findings
    from gridaudit.store import manifest

    name = f"{start}{rest}街道"
    area = {"street": name, "community": f"{name}社区", "grid_name": f"{name}网格", "collector": name}
    houses = [{"house_id": f"{number}", "address": f"a{number}", **area} for number in range(6)]
    people = [{"name": "张三", "id_no": "1", "house_id": "99", **area} for _ in range(6)]
    outcome = audit_files(residents=people, houses=houses)
    folder = tmp_path / "out"
    for kind in ("parquet", "xlsx"):
        write_findings(folder / f"findings.{kind}", outcome, kind, lang="zh")
    for level in ("street", "grid", "collector"):
        write_areas_of(folder / f"{level}.xlsx", outcome, level, lang="zh")
    frames = {"areas": outcome.card.areas, "findings": outcome.findings.rows, "tallies": outcome.findings.tallies}
    stored = StoredReport(manifest=manifest(outcome), **frames)
    csvs = [check_text(outcome, "csv", lang="zh")]
    csvs += [report_text(stored, level, "csv", lang="zh") for level in ("street", "community", "grid", "collector")]
    for text in csvs:
        cells = [cell for row in pl.read_csv(text.encode(), infer_schema=False).rows() for cell in row if cell]
        assert [cell for cell in cells if cell.startswith(STARTS)] == []
    seen = 0
    for path in folder.glob("*.xlsx"):
        for sheet in load_workbook(path):
            for row in sheet.iter_rows():
                assert [cell.coordinate for cell in row if cell.data_type == "f" or cell.hyperlink] == []
                seen += sum(str(cell.value).endswith("街道") for cell in row)
    assert seen
