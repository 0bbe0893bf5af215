"""Everything for machines, under one name."""

from gridaudit.report.area_files import areas_csv, areas_json, json_text, summary_json
from gridaudit.report.findings_files import findings_csv, findings_jsonl, findings_parquet, parquet

__all__ = [
    "areas_csv",
    "areas_json",
    "findings_csv",
    "findings_jsonl",
    "findings_parquet",
    "json_text",
    "parquet",
    "summary_json",
]
