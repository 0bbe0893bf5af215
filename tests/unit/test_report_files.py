"""What machines read: JSON lines, CSV, schemas, workbooks, the folder of the scheduled job."""

from __future__ import annotations

import csv
import io
import json
from importlib.resources import files

import openpyxl
import polars as pl
import pytest
from jsonschema import Draft202012Validator

from gridaudit.errors import OutputError
from gridaudit.judge import SHOWN
from gridaudit.report import (
    StoredReport,
    check_text,
    export_files,
    report_text,
    view_of,
    write_areas_of,
    write_findings,
)
from gridaudit.report.findings_files import findings_csv, findings_jsonl, guarded
from gridaudit.report.write import put

HOUSES = [
    {"house_id": f"H{number}", "address": f"样例路{number}号", "street": "东街", "community": "一村", "grid": "G1",
     "occupancy": "自住", "managed": "有"}
    for number in range(1, 9)
]  # fmt: skip
RESIDENTS = [
    {
        "name": "王小明",
        "id_no": "430299199003071239",
        "house_id": "H1",
        "street": "东街",
        "community": "一村",
        "grid": "G1",
    },
    {
        "name": "李红",
        "id_no": "430299199003071235",
        "house_id": "H2",
        "street": "东街",
        "community": "一村",
        "grid": "G1",
    },
    {"name": "", "id_no": "430299198507141031", "house_id": "H9", "street": "东街", "community": "一村", "grid": "G1"},
]
ROSTER = [{"grid": grid, "grid_name": f"{grid}网格", "street": "东街", "community": "一村"} for grid in ("G1", "G2")]
CANARIES = ("430299199003071239", "430299199003071235", "王小明", "李红")


@pytest.fixture
def outcome(audit_files):
    return audit_files(residents=RESIDENTS, houses=HOUSES, grids=ROSTER)


@pytest.fixture
def hostile():
    """A finding whose texts a spreadsheet could run."""
    row = dict.fromkeys(SHOWN) | {
        "rule": "F101", "family": "F", "level": "error", "table": "grids", "systematic": False, "key": "00",
        "message": "=HYPERLINK(1)", "street": "＝1+1", "source": "+a.xlsx", "masked": "\tx",
        "subject": {"grid": "@G1", "compound": None, "building": None, "unit": None, "room": None},
    }  # fmt: skip
    return pl.DataFrame([row], schema=SHOWN, orient="row")


def schema(name):
    text = files("gridaudit.report").joinpath("schemas", f"{name}.schema.json").read_text("utf-8")
    Draft202012Validator.check_schema(json.loads(text))
    return Draft202012Validator(json.loads(text))


def test_findings_follow_the_schema_in_the_order_of_the_contract(outcome):
    lines = check_text(outcome, "jsonl", lang="zh").splitlines()
    assert lines
    for text in lines:
        finding = json.loads(text)
        schema("finding").validate(finding)
        assert list(finding) == list(SHOWN)


def test_a_finding_without_a_row_has_a_subject(outcome):
    findings = [json.loads(text) for text in check_text(outcome, "jsonl", lang="zh").splitlines()]
    empty = next(finding for finding in findings if finding["rule"] == "C105")
    assert (empty["row"], empty["subject"]) == (None, {"grid": "G2"})


def test_summary_follows_the_schema(outcome):
    document = json.loads(check_text(outcome, "json", lang="zh"))
    schema("summary").validate(document)
    assert document["totals"]["records"] == len(RESIDENTS) + len(HOUSES)
    assert document["score"]["houses"] == len(HOUSES) + 1


def test_summary_for_a_stream_that_is_not_utf8(outcome):
    assert check_text(outcome, "json", lang="zh", ensure_ascii=True).isascii()


@pytest.mark.parametrize("kind", ["table", "json", "jsonl", "csv"])
def test_no_output_shows_a_person(outcome, kind):
    text = check_text(outcome, kind, lang="zh")
    assert not [canary for canary in CANARIES if canary in text]


def test_only_the_findings_shown(outcome):
    from dataclasses import replace

    some = replace(outcome, shown=frozenset({"I103"}))
    findings = [json.loads(text) for text in check_text(some, "jsonl", lang="zh").splitlines()]
    assert {finding["rule"] for finding in findings} == {"I103"}


def test_csv_never_holds_a_formula(hostile):
    (row,) = csv.DictReader(io.StringIO(findings_csv(hostile)))
    assert (row["message"], row["street"], row["source"], row["masked"]) == (
        "'=HYPERLINK(1)",
        "'＝1+1",
        "'+a.xlsx",
        "'\tx",
    )
    assert json.loads(row["subject"]) == {"grid": "@G1"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_every_start_of_a_formula_is_guarded(start):
    assert pl.DataFrame({"a": [f"{start}1", "1"]}).select(guarded(pl.col("a")))["a"].to_list() == [f"'{start}1", "1"]


def test_json_lines_keep_text_as_it_is(hostile):
    assert json.loads(findings_jsonl(hostile))["message"] == "=HYPERLINK(1)"


def test_workbook_of_areas(outcome, tmp_path):
    path = tmp_path / "a.xlsx"
    write_areas_of(path, outcome, "grid", lang="zh")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["质量", "规则"]
    sheet = book["质量"]
    assert sheet["A1"].value == "网格质量"
    assert [cell.value for cell in sheet[3]][:5] == ["街道(镇)", "社区(村)", "网格", "网格编码", "户数"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref.split(":")[0]) == ("E4", "A3")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (
        "landscape",
        9,
        0,
    )
    assert sheet.print_title_rows == "$3:$3"
    scores = {row[3].value: row[7].value for row in sheet.iter_rows(min_row=4, max_row=5)}
    assert scores["G2"] == "NA"
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_workbook_of_findings_takes_text_as_text(outcome, tmp_path, hostile):
    from gridaudit.report.xlsx import findings_workbook

    view, path = view_of(outcome), tmp_path / "f.xlsx"
    findings_workbook(path, view.header, view.areas, hostile, "en")
    sheet = openpyxl.load_workbook(path).active
    cells = {cell.value: cell.data_type for row in sheet.iter_rows(min_row=4) for cell in row if cell.value is not None}
    assert cells["=HYPERLINK(1)"] == "s"
    assert "error" in cells


def test_the_same_outcome_gives_the_same_bytes(outcome, tmp_path):
    names = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        names = export_files(folder, outcome, ("csv", "json", "parquet", "xlsx"), lang="zh")
    assert len(names) == 8
    assert not [
        name for name in names if (tmp_path / "one" / name).read_bytes() != (tmp_path / "two" / name).read_bytes()
    ]


def test_exported_csv_is_utf8_with_its_mark(outcome, tmp_path):
    export_files(tmp_path, outcome, ("csv",), lang="zh")
    for name in ("summary.csv", "findings.csv"):
        content = (tmp_path / name).read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.count(b"\xef\xbb\xbf") == 1


def test_findings_as_parquet_have_only_what_is_shown(outcome, tmp_path):
    write_findings(tmp_path / "f.parquet", outcome, "parquet", lang="zh")
    assert pl.read_parquet(tmp_path / "f.parquet").columns == list(SHOWN)


def test_a_place_that_cannot_be_written_is_an_error_of_ours(tmp_path):
    (tmp_path / "taken").mkdir()
    with pytest.raises(OutputError) as raised:
        put(tmp_path / "taken", b"")
    assert raised.value.code == "E301"
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


@pytest.mark.parametrize("level", ["street", "community", "grid", "collector", "rule"])
@pytest.mark.parametrize("kind", ["table", "json", "csv", "md"])
def test_a_kept_run_reads_like_the_run(outcome, level, kind):
    from gridaudit.store import manifest

    rows = outcome.findings.rows.select(list(SHOWN))
    stored = StoredReport(
        manifest=json.loads(json.dumps(manifest(outcome))), areas=outcome.card.areas, findings=rows,
        tallies=outcome.findings.tallies,
    )  # fmt: skip
    assert stored.view.header == view_of(outcome).header
    text = report_text(stored, level, kind, lang="zh", street="东街")
    assert text.endswith("\n")
    if kind == "json":
        json.loads(text)


def test_rows_of_one_rule(outcome):
    from gridaudit.store import manifest

    stored = StoredReport(
        manifest=manifest(outcome), areas=outcome.card.areas, findings=outcome.findings.rows,
        tallies=outcome.findings.tallies,
    )  # fmt: skip
    texts = {kind: report_text(stored, "rule", kind, lang="en", rule="i103") for kind in ("table", "json", "csv", "md")}
    assert all("4***************35" in text.replace("\\", "") for text in texts.values())
