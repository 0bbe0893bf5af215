"""What people and machines get of a run: each renders an outcome or a kept run, none computes one."""

from gridaudit.report.header import Header, StoredReport, View, header_of, header_of_manifest, view_of
from gridaudit.report.texts import check_text, report_text, rules_text
from gridaudit.report.write import export_files, write_areas, write_areas_of, write_findings

__all__ = [
    "Header",
    "StoredReport",
    "View",
    "check_text",
    "export_files",
    "header_of",
    "header_of_manifest",
    "report_text",
    "rules_text",
    "view_of",
    "write_areas",
    "write_areas_of",
    "write_findings",
]
