"""`gridaudit init`: writes a commented config from the files found and their headings."""

from __future__ import annotations

import fnmatch
import glob
import re
from collections.abc import Iterable
from importlib.resources import files as package_files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridaudit.cli import options
from gridaudit.cli.check import expanded
from gridaudit.cli.session import language, print_text, write_text
from gridaudit.config import CONFIG_NAME
from gridaudit.errors import ConfigError

if TYPE_CHECKING:
    from gridaudit.cli.starter import Found
    from gridaudit.normalise import Heading
    from gridaudit.read import Sheet

# A heading further down than is searched by itself is looked for as far as this row.
_DEEPEST_HEADING = 100
# The date in the name of an export; what is left of the name must still tell it from others.
_DATE = re.compile(
    r"(?<!\d)20\d\d[-_.年]?(?:1[0-2]|0?[1-9])(?:月|[-_.月]?(?:3[01]|[12]\d|0?[1-9])日?)?(?:[-_T ]\d{4,6})?(?!\d)"
)


def init(
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE...]", show_default=False)] = None,
    *,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE")] = None,
    force: Annotated[bool, typer.Option("--force")] = False,
    schema: Annotated[bool, typer.Option("--schema")] = False,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
) -> int:
    """Write a config for the files, or for those of the current folder; never over one that is there."""
    told = language(lang)
    if schema:
        text = package_files("gridaudit.schema").joinpath("gridaudit.schema.json").read_text("utf-8")
        print_text(text) if out is None else write_text(out, text)
        return 0
    target = out or Path(CONFIG_NAME)
    if target.exists() and not force:
        raise ConfigError("E233", file=target.name)
    from gridaudit.cli.starter import config_text, summary_lines

    found = _looked_through(expanded(files or [Path()]))
    write_text(target, config_text(found, target.parent, told, extra_codes=_codes_file(found, target.parent)))
    if not quiet:
        print_text("\n".join(summary_lines(found, target.parent, target, told)))
    return 0


def _looked_through(paths: list[Path]) -> list[Found]:
    """Return what each sheet of the files is."""
    from gridaudit.cli.starter import Found
    from gridaudit.read import Reading

    sheets = sorted(Reading(paths), key=lambda item: item.order)
    names = {sheet.path for sheet in sheets}
    found = []
    for sheet in sheets:
        heading, row = _heading(sheet)
        found.append(
            Found(
                path=sheet.path, pattern=_pattern(sheet.path, names), sheet=sheet, heading=heading,
                header_row=row, n_sheets=sum(item.path == sheet.path for item in sheets),
            )
        )  # fmt: skip
    return found


def _heading(sheet: Sheet) -> tuple[Heading, int | None]:
    """The heading, and its row when it is not found by itself."""
    from gridaudit.normalise import find_heading
    from gridaudit.normalise.header import SEARCHED_ROWS

    heading = find_heading(sheet)
    if heading.table is not None or sheet.frame.height <= SEARCHED_ROWS:
        return heading, None
    for row in range(SEARCHED_ROWS + 1, min(sheet.frame.height, _DEEPEST_HEADING) + 1):
        deeper = find_heading(sheet, row=row)
        if deeper.table is not None:
            below = find_heading(sheet, row=row + 1)  # two rows were tried together; the lower may be all of it
            return (below, row + 1) if len(below.mapping) >= len(deeper.mapping) else (deeper, row)
    return heading, None


def _pattern(path: Path, others: Iterable[Path]) -> str:
    """The name with `*` for its date, unless that would mean another of the files as well."""
    before, *after = _DATE.split(path.name)
    if not after or not re.search(r"\w", before + "".join(after).removesuffix(path.suffix)):
        return glob.escape(path.name)
    pattern = "*".join(glob.escape(part) for part in (before, *after))
    bare = _DATE.sub("", path.name)
    meant = [other for other in others if fnmatch.fnmatch(other.name, pattern) and _DATE.sub("", other.name) != bare]
    return glob.escape(path.name) if meant else pattern


def _codes_file(found: list[Found], folder: Path) -> str | None:
    """The file of further area codes beside the exports, if there is one."""
    from gridaudit.cli.starter import relative

    for item in found:
        candidate = item.path.parent / "codes.csv"
        if candidate.is_file():
            return relative(candidate, folder)
    return None
