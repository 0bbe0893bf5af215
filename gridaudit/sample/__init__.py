"""A fictional district to try gridaudit on, with defects planted where `truth.csv` says."""

from __future__ import annotations

from gridaudit.sample.write import DEFAULT_RATES, SampleSummary, write_sample

__all__ = ["DEFAULT_RATES", "SampleSummary", "write_sample"]
