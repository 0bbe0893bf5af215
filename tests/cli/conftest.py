"""The command line run in this process, and small sample districts that nobody changes."""

from __future__ import annotations

import unicodedata
from hashlib import sha256

import pytest
from rich.cells import cell_len

from gridaudit.cli.main import main
from gridaudit.sample import DEFAULT_RATES, write_sample

U101 = """\
name = "rented-out-large"
table = "houses"
when = "occupancy = '出租'"
check = "area_m2 <= 10"
level = "warning"
loss = "none"
dimension = "conformity"
columns = ["area_m2"]
title = { zh = "出租房屋的面积要再看一次", en = "Look again at the area" }
why = { zh = "试试本地规则。", en = "A local rule to try." }
fix = { zh = "再看一次。", en = "Look again." }
not_reported = { zh = "其他房屋。", en = "Other houses." }
"""


@pytest.fixture(scope="session")
def planted(tmp_path_factory):
    """The folder of a district with defects."""
    folder = tmp_path_factory.mktemp("planted")
    return write_sample(folder, households=150, seed=3, rates=DEFAULT_RATES).folder


@pytest.fixture(scope="session")
def clean(tmp_path_factory):
    """The folder of a district without."""
    return write_sample(tmp_path_factory.mktemp("clean"), households=150, seed=3, rates={}).folder


@pytest.fixture
def home(tmp_path):
    """Where the runs of the test are kept."""
    return tmp_path / "store"


@pytest.fixture
def run_cli(monkeypatch, tmp_path, home, capsys):
    """Run a command; gives exit code, stdout and stderr."""
    monkeypatch.setenv("GRIDAUDIT_HOME", str(home))
    monkeypatch.setenv("GRIDAUDIT_LANG", "zh")
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        capsys.readouterr()
        with pytest.raises(SystemExit) as leaving:
            main([str(item) for item in arguments])
        return leaving.value.code, *capsys.readouterr()

    return run


@pytest.fixture
def local_rules(tmp_path):
    """A folder with one local rule, or with the text given."""

    def build(text=U101, name="U101.toml"):
        folder = tmp_path / "my-rules"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
        return folder

    return build


@pytest.fixture(scope="session")
def faults():
    """Lines that a narrow console would spoil: too wide, or with a character of ambiguous width."""

    def look(text, width=80):
        lines = text.splitlines()
        wide = [line for line in lines if cell_len(line) > width]
        return wide + [line for line in lines if any(unicodedata.east_asian_width(sign) == "A" for sign in line)]

    return look


@pytest.fixture(scope="session")
def digests():
    """SHA-256 of every file below a folder."""

    def look(folder):
        files = (path for path in folder.rglob("*") if path.is_file())
        return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}

    return look
