"""What every report says of the sample district, word for word. UPDATE_GOLDEN=1 writes the files again."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gridaudit.config import load_config
from gridaudit.pipeline import audit
from gridaudit.report import StoredReport, check_text, report_text
from gridaudit.store import manifest

HERE = Path(__file__).parent
SAMPLES = HERE.parents[1] / "samples"
LEVELS = ("street", "community", "grid", "collector", "rule")
CHECKS = (
    ("table", "zh", "txt"),
    ("table", "en", "txt"),
    ("json", "zh", "json"),
    ("jsonl", "zh", "jsonl"),
    ("csv", "en", "csv"),
)
REPORTS = (("table", "zh", "txt"), ("md", "en", "md"))


@pytest.fixture(scope="module", params=["zh", "en"])
def run(request):
    """The run in a language, and the same run as it is kept."""
    started_at = datetime(2026, 9, 1, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    outcome = audit(
        sorted(SAMPLES.glob("*.xlsx")), config=load_config(SAMPLES / "gridaudit.toml"), as_of=started_at.date(),
        started_at=started_at, run_id="golden", secret=b"golden", lang=request.param,
    )  # fmt: skip
    frames = {"areas": outcome.card.areas, "findings": outcome.findings.rows, "tallies": outcome.findings.tallies}
    return request.param, outcome, StoredReport(manifest=manifest(outcome), **frames)


@pytest.mark.parametrize(
    ("what", "kind", "lang", "ext"),
    [*[("check", *form) for form in CHECKS], *[(level, *form) for level in LEVELS for form in REPORTS]],
)
def test_every_report_reads_as_it_did(run, what, kind, lang, ext):
    of_run, outcome, stored = run
    if of_run != lang:
        return
    draw = {"check": lambda: check_text(outcome, kind, lang=lang)}
    text = draw.get(what, lambda: report_text(stored, what, kind, lang=lang))()
    path = HERE / f"{what}-{lang}.{ext}"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")
