"""`sample` and `demo`, and the sample district of the repository."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

SAMPLES = Path(__file__).parents[2] / "samples"


def test_the_samples_of_the_repository_are_fresh(run_cli, digests, tmp_path):
    """`gridaudit sample samples --households 260 --seed 1` makes them again, byte for byte."""
    code, out, _ = run_cli("sample", tmp_path / "samples", "--households", "260", "--seed", "1")
    assert code == 0
    assert "truth.csv" in out
    made, kept = digests(tmp_path / "samples"), digests(SAMPLES)
    assert {name: kept.get(name) for name in made} == made
    assert {name for name in kept if not name.startswith(".gridaudit")} == set(made)
    assert {"gridaudit.toml", "truth.csv", "README.md"} <= set(made)
    assert sum((SAMPLES / name).stat().st_size for name in made) < 300_000


def test_the_command_of_the_readme(run_cli):
    code, out, _ = run_cli("check", "--fail-on", "never", SAMPLES)
    assert code == 0
    assert "得分 9" in out


@pytest.mark.parametrize("rates", [("0",), ("0", "I103=0.05"), ("I103=0.05",), ("i103=0.05",)])
def test_rates(run_cli, tmp_path, rates):
    options = [part for rate in rates for part in ("--rate", rate)]
    assert run_cli("sample", "d", "--households", "60", *options)[0] == 0
    lines = (tmp_path / "d" / "truth.csv").read_text("utf-8-sig").splitlines()[1:]
    assert {line[:4] for line in lines} == (set() if rates == ("0",) else {"I103"})


def test_demo_shows_and_writes_a_report(run_cli, faults, tmp_path):
    for lang in ("zh", "en"):
        code, out, err = run_cli("demo", "--folder", tmp_path / lang, "--households", "60", "--lang", lang)
        assert code == 0
        assert out
        assert "report.xlsx" in err
        assert faults(out, 96) == []
        assert load_workbook(tmp_path / lang / "report.xlsx").worksheets


def test_demo_in_a_folder_of_its_own(run_cli, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert run_cli("demo", "--households", "60", "-q")[0] == 0
    assert len(list(tmp_path.glob("gridaudit-demo-*/report.xlsx"))) == 1
