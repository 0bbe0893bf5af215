"""`report` and `runs`: a run that is kept, in every level and format."""

from __future__ import annotations

import csv
import io
import json

import pytest
from openpyxl import load_workbook

LEVELS = ("street", "community", "grid", "collector", "rule")


@pytest.fixture
def kept(run_cli, planted, home):
    """A run of the district with defects; gives its name."""
    assert run_cli("check", planted, "-q")[0] == 1
    (folder,) = (home / "runs").iterdir()
    return folder.name


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_in_every_format(run_cli, kept, tmp_path, level):
    option = f"--by-{level}"
    for lang in ("zh", "en"):
        code, table, err = run_cli("report", option, "--lang", lang)
        assert (code, err) == (0, "")
        assert table
        code, text, _ = run_cli("report", option, "--format", "md", "--lang", lang)
        assert code == 0
        assert "| :--" in text or "|:--" in text or "|---" in text or "| ---" in text
    document = json.loads(run_cli("report", option, "--format", "json")[1])
    assert document["run"] == kept
    rows = list(csv.DictReader(io.StringIO(run_cli("report", option, "--format", "csv")[1])))
    assert rows
    book = tmp_path / f"{level}.xlsx"
    code, out, err = run_cli("report", option, "--format", "xlsx", "-o", book)
    assert (code, out) == (0, "")
    assert book.name in err
    cells = [cell for sheet in load_workbook(book).worksheets for row in sheet.iter_rows() for cell in row]
    assert len(cells) > 20
    assert not [cell for cell in cells if cell.data_type == "f"]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", ["json", "csv", "md", "table"])
@pytest.mark.usefixtures("kept")
def test_a_file_holds_what_the_screen_shows(run_cli, tmp_path, level, kind):
    target = tmp_path / f"report.{kind}"
    shown = run_cli("report", f"--by-{level}", "--format", kind)[1]
    assert run_cli("report", f"--by-{level}", "--format", kind, "-o", target)[:2] == (0, "")
    content = target.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") == (kind == "csv")
    assert content.decode("utf-8-sig") == shown


@pytest.mark.usefixtures("kept")
def test_street_is_the_usual_level(run_cli):
    assert run_cli("report")[1] == run_cli("report", "--by-street")[1]


@pytest.mark.usefixtures("kept")
def test_an_xlsx_needs_a_file(run_cli):
    code, out, err = run_cli("report", "--format", "xlsx")
    assert (code, out) == (2, "")
    assert "E207" in err


def test_a_run_is_known_by_its_first_characters(run_cli, kept):
    everything = run_cli("report")[1]
    assert run_cli("report", kept)[1] == everything
    assert run_cli("report", kept[:8])[1] == everything


def test_an_unknown_run_is_said_with_those_there_are(run_cli, kept):
    code, out, err = run_cli("report", "1999")
    assert (code, out) == (2, "")
    assert "E312" in err
    assert kept in err


def test_a_beginning_that_two_runs_share_is_refused(run_cli, kept, planted):
    run_cli("check", planted, "-q")
    code, out, err = run_cli("report", kept[:4])
    assert (code, out) == (2, "")
    assert "E312" in err


@pytest.mark.usefixtures("kept")
def test_just_one_level_at_a_time(run_cli):
    code, out, err = run_cli("report", "--by-street", "--by-grid")
    assert (code, out) == (2, "")
    assert "E207" in err
    assert "--by-" in err


@pytest.mark.usefixtures("kept")
def test_the_findings_of_one_rule(run_cli):
    everything = json.loads(run_cli("report", "--rule", "D103", "--format", "json")[1])["findings"]
    assert len(everything) == 4
    some = json.loads(run_cli("report", "--rule", "d103", "--limit", "1", "--format", "json")[1])["findings"]
    assert some == everything[:1]
    assert {item["rule"] for item in everything} == {"D103"}
    code, out, _ = run_cli("report", "--rule", "D103", "--limit", "1")
    assert code == 0
    assert str(everything[0]["row"]) in out
    assert run_cli("report", "--by-rule", "--rule", "D103", "--limit", "1")[1] == out


@pytest.mark.usefixtures("kept")
def test_masks_of_one_rule(run_cli):
    for rule in ("I103", "I109", "V108", "D103"):
        rows = json.loads(run_cli("report", "--rule", rule, "--format", "json")[1])["findings"]
        assert rows
        assert all(item["masked"] is None or "*" in item["masked"] for item in rows)


@pytest.mark.usefixtures("kept")
def test_an_unknown_rule_gets_a_suggestion(run_cli):
    code, out, err = run_cli("report", "--rule", "I1103")
    assert (code, out) == (2, "")
    assert "E221" in err
    assert "I103" in err


@pytest.mark.usefixtures("kept")
def test_one_street(run_cli):
    code, out, _ = run_cli("report", "--by-grid", "--street", "望江街道", "--all")
    assert code == 0
    assert "望江街道" in out
    assert "云溪街道" not in out
    code, out, err = run_cli("report", "--street", "望江")
    assert (code, out) == (2, "")
    assert "E222" in err
    assert "望江街道" in err


def test_runs_lists_them_oldest_first(run_cli, kept, clean):
    run_cli("check", clean, "-q")
    code, out, err = run_cli("runs")
    assert (code, err) == (0, "")
    heading, first, second = out.splitlines()
    assert "得分" in heading
    assert first.startswith(kept)
    assert second.split()[-2] == "100.0"


def test_no_run_yet(run_cli):
    code, out, err = run_cli("runs")
    assert (code, out) == (0, "")
    assert "gridaudit check" in err


def test_a_damaged_run_is_exit_2(run_cli, kept, home):
    (home / "runs" / kept / "areas.parquet").write_bytes(b"PAR1")
    code, out, err = run_cli("report")
    assert (code, out) == (2, "")
    assert "E303" in err


def test_a_last_run_without_manifest_is_damaged_not_passed_over(run_cli, kept, home):
    (home / "runs" / "20270101T000000+0800").mkdir()
    code, out, err = run_cli("report")
    assert (code, out) == (2, "")
    assert "E303" in err
    assert "manifest.json" in err
    assert run_cli("report", kept)[0] == 0
