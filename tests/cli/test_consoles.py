"""Code pages, locales, widths, colours, closed pipes and Ctrl-C, in processes of their own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time

import pytest
from rich.cells import cell_len

POSIX = pytest.mark.skipif(os.name != "posix", reason="terminals and signals of POSIX")
CSI = "\x1b["


@pytest.fixture
def environment(tmp_path):
    """A plain environment: no language, no encoding, no terminal settings but those given."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "SYSTEMROOT", "TMPDIR", "TEMP"}}
    own = {"PYTHONPATH": os.pathsep.join(sys.path), "GRIDAUDIT_HOME": str(tmp_path / "store"), "GRIDAUDIT_LANG": "zh"}
    return {**kept, **own}


@pytest.fixture
def run(environment, tmp_path):
    """Run a command, its output redirected; gives exit code, stdout and stderr as bytes."""

    def start(*arguments, options=(), **variables):
        done = subprocess.run(
            [sys.executable, *options, "-m", "gridaudit", *map(str, arguments)],
            check=False, capture_output=True, cwd=tmp_path, env={**environment, **variables}, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    return start


@pytest.fixture
def rare(tmp_path):
    """Grids, streets and a district with characters that GBK lacks or draws from its last rows."""
    (tmp_path / "gridaudit.toml").write_text('district = "𠮷祥区"\nas_of = 2026-09-01\n', "utf-8")
    rows = "".join(f"张三,{number},𠮷{number}网格,䶮街,𠮷安社区\n" for number in range(3))
    (tmp_path / "r.csv").write_text(f"姓名,身份证号,网格编码,街道,社区\n{rows}", "utf-8")
    return tmp_path / "r.csv"


@pytest.mark.parametrize(
    ("encoding", "lang"),
    [*((name, "zh") for name in ("cp936", "ascii", "latin-1", "utf-8", "gb18030")), ("gbk", "en"), ("cp437", "en")],
)
def test_redirected_output_decodes_in_any_code_page(run, rare, encoding, lang):
    for arguments, wanted in (
        (("check", rare), 1),
        (("report", "--by-grid"), 0),
        (("report", "--rule", "I101"), 0),
        (("check", rare, "--format", "jsonl"), 1),
        (("check", "不在.csv"), 2),
        (("doctor",), 0),
    ):
        code, out, err = run(*arguments, "--lang", lang, PYTHONIOENCODING=encoding)
        assert code == wanted, (arguments, err)
        assert b"Traceback" not in err
        out.decode(encoding)
        err.decode(encoding)
        assert out or wanted == 2


@pytest.mark.parametrize(
    "variables",
    [
        {"LANG": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
        {"LANG": "zh_CN.GB2312", "PYTHONUTF8": "0"},
    ],
)
def test_any_locale(run, rare, variables, tmp_path):
    """Also with a Chinese file name in a locale that has no Chinese."""
    named = tmp_path / "实有人口.csv"
    named.write_bytes(rare.read_bytes())
    code, out, err = run("check", named, "-o", "结果.json", "--format", "json", **variables)
    assert (code, out) == (1, b""), err
    assert b"Traceback" not in err
    assert "𠮷祥区" in (tmp_path / "结果.json").read_text("utf-8")
    assert run("report", **variables)[0] == 0


def test_no_file_is_opened_without_its_encoding(run, rare, tmp_path):
    """The warning is an error: one file opened with the locale's encoding would end the command with code 3."""
    (tmp_path / "gridaudit.toml").write_text(
        'as_of = 2026-09-01\n[input.residents]\npath = "r.csv"\n'
        '[export]\nformats = ["csv", "json", "xlsx", "parquet"]\n',
        "utf-8",
    )
    options = ("-X", "warn_default_encoding", "-W", "error::EncodingWarning")
    for arguments, wanted in (
        (("check", rare), 1),
        (("check", rare, "--format", "csv", "-o", "a.csv"), 1),
        (("report", "--by-grid"), 0),
        (("export", "--out", "out"), 0),
        (("columns", rare, "--save"), 0),
        (("rules", "I103"), 0),
        (("runs",), 0),
        (("sample", "district", "--households", "40"), 0),
        (("doctor",), 0),
        (("--help",), 0),
    ):
        code, _, err = run(*arguments, options=options, PYTHONWARNDEFAULTENCODING="1")
        assert (code, b"EncodingWarning" in err) == (wanted, False), (arguments, err)


@pytest.mark.parametrize("columns", ["40", "60", "200"])
def test_redirected_screens_do_not_follow_the_terminal(run, planted, columns):
    """What is printed into a file is the same everywhere."""
    wanted = run("check", planted, "--no-save", COLUMNS="80", PYTHONIOENCODING="utf-8")[1]
    started = rb"20\d\d-\d\d-\d\d \d\d:\d\d"
    got = run("check", planted, "--no-save", COLUMNS=columns, PYTHONIOENCODING="utf-8")[1]
    assert re.sub(started, b"", got) == re.sub(started, b"", wanted)
    help_text = run("check", "--help", COLUMNS=columns, PYTHONIOENCODING="utf-8")[1].decode("utf-8")
    assert max(cell_len(line) for line in help_text.splitlines()) <= 80


def on_terminal(arguments, environment, folder, *, size=(40, 100)):
    """Run a command on a terminal of its own; gives exit code and all it drew."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "gridaudit", *map(str, arguments)],
        stdin=theirs, stdout=theirs, stderr=theirs, env=environment, cwd=folder, close_fds=True,
    )  # fmt: skip
    os.close(theirs)
    drawn = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other side has gone
            break
        if not part:
            break
        drawn += part
    os.close(ours)
    return process.wait(), drawn.decode("utf-8", "replace")


@POSIX
@pytest.mark.parametrize(
    ("variables", "options", "has_color"),
    [
        ({"TERM": "xterm"}, (), True),
        ({"TERM": "xterm", "NO_COLOR": ""}, (), True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, (), False),
        ({"TERM": "dumb"}, (), False),
        ({"TERM": "xterm"}, ("--no-color",), False),
    ],
)
def test_colour_only_on_a_terminal_that_wants_it(environment, planted, tmp_path, variables, options, has_color):
    settings = {**environment, **variables, "PYTHONIOENCODING": "utf-8"}
    code, drawn = on_terminal(("check", planted, *options), settings, tmp_path)
    assert code == 1
    assert (CSI in drawn) == has_color
    assert "得分" in drawn


@POSIX
@pytest.mark.parametrize("columns", [40, 60, 200])
def test_narrow_and_wide_terminals_get_the_same_lines(environment, planted, tmp_path, columns):
    settings = {**environment, "TERM": "dumb", "PYTHONIOENCODING": "utf-8"}
    code, drawn = on_terminal(("report", "--by-street"), settings, tmp_path, size=(24, columns))
    assert code == 2
    code, drawn = on_terminal(("check", planted), settings, tmp_path, size=(24, columns))
    assert code == 1
    assert max(cell_len(line) for line in drawn.splitlines() if "保存" not in line) <= 96
    assert "读取文件 ..." in drawn


@POSIX
@pytest.mark.parametrize("arguments", [("check", "{planted}"), ("rules",), ("check", "{planted}", "--format", "jsonl")])
def test_a_reader_that_leaves_early_is_no_error(environment, planted, tmp_path, arguments):
    """`gridaudit ... | head -1`"""
    command = [sys.executable, "-m", "gridaudit", *(part.format(planted=planted) for part in arguments)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=tmp_path
    ) as process:
        process.stdout.close()
        said = process.stderr.read()
        assert process.wait() in {0, 1}
    assert b"Traceback" not in said
    assert b"Broken" not in said
    assert b"Exception ignored" not in said


SLOW = """
import sys, time
from gridaudit import pipeline, judge, report, read
from gridaudit.cli import main
from gridaudit.report import write
def slowly(work):
    def wait(*args, **kwargs):
        print("here", file=sys.stdout, flush=True)
        {wait}
        return work(*args, **kwargs)
    return wait
{patch}
sys.argv = ["gridaudit", *sys.argv[1:]]
main.entry()
"""
SPOTS = {
    "reading": "import gridaudit.read.file as f; f.read_piece = slowly(f.read_piece)",
    "judging": "pipeline.judge = slowly(pipeline.judge)",
    "writing": "report.export_files = slowly(report.export_files)",
}
BUSY = "[__import__('polars').Series([3, 1, 2]).sort() for _ in range(40_000)]"
IN_PYTHON, IN_A_LIBRARY = "[time.sleep(0.05) for _ in range(200)]", "time.sleep(10)"


@POSIX
@pytest.mark.parametrize("wait", [IN_PYTHON, IN_A_LIBRARY])
@pytest.mark.parametrize("spot", SPOTS)
def test_ctrl_c_is_130_one_line_and_no_mess(environment, planted, tmp_path, spot, wait):
    program = SLOW.replace("{wait}", wait).replace("{patch}", SPOTS[spot])
    out = tmp_path / "out"
    command = [sys.executable, "-c", program, "export", "--out", str(out), "--config", str(planted / "gridaudit.toml")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path,
        env={**environment, "PYTHONIOENCODING": "utf-8"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - a job in the background ignores it
    ) as process:  # fmt: skip
        assert process.stdout.readline() == b"here\n"
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        said = process.stderr.read().decode("utf-8")
        assert process.wait() == 130
    assert time.monotonic() - started < 8
    assert said == "错误 E502 已中断\n"
    assert not (out / "latest.json").exists()
    assert [path.name for path in out.rglob(".tmp*")] == []
    assert [path.name for path in tmp_path.rglob(".tmp*")] == []


@POSIX
def test_a_job_started_with_the_signal_ignored_goes_on(environment, planted, tmp_path):
    """`nohup`, or a job in the background of a script."""
    program = SLOW.replace("{wait}", BUSY).replace("{patch}", SPOTS["judging"])
    command = [sys.executable, "-c", program, "check", str(planted), "--no-save", "-q", "--fail-on", "never"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=environment,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),  # noqa: PLW1509 - as nohup does it
    ) as process:  # fmt: skip
        assert process.stdout.readline() == b"here\n"
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        assert process.wait() == 0
