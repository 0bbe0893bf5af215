"""Write workbooks again as a spreadsheet program saves them: with shared strings.

Usage: python benchmarks/save_again.py FILE...
"""

from __future__ import annotations

import sys
from pathlib import Path

import fastexcel
import polars as pl
import xlsxwriter


def save_again(path: Path) -> None:
    """Write the first sheet of a workbook again, all cells as text."""
    reader = fastexcel.read_excel(path)
    sheet = reader.load_sheet_eager(0, header_row=None, skip_rows=0, dtypes="string")
    with xlsxwriter.Workbook(str(path)) as book:
        target = book.add_worksheet(reader.sheet_names[0])
        for number, row in enumerate(pl.DataFrame(sheet).iter_rows()):
            for column, text in enumerate(row):
                if text is not None:
                    target.write_string(number, column, text)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        save_again(Path(name))
