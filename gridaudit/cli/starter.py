"""The text of a first config: what was found in the files, with comments in the language of the run."""

from __future__ import annotations

import os
import textwrap
from dataclasses import dataclass
from pathlib import Path

from gridaudit import schema
from gridaudit.cli.columns import toml_text
from gridaudit.config import CONFIG_NAME
from gridaudit.normalise import Heading
from gridaudit.normalise.nearest import nearest_columns
from gridaudit.read import Sheet
from gridaudit.report.cells import printable
from gridaudit.schema.profile import builtin_profiles
from gridaudit.text import Lang, say

SCHEMA_NAME = "gridaudit.schema.json"
_NEAR = 0.5
_WIDE = 78


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A sheet that was looked at: its file and the pattern for it, its heading, and the row when it must be given."""

    path: Path
    pattern: str
    sheet: Sheet
    heading: Heading
    header_row: int | None
    n_sheets: int

    @property
    def table(self) -> str | None:
        """The table it holds, if any."""
        return self.heading.table


def config_text(found: list[Found], folder: Path, lang: Lang, *, extra_codes: str | None = None) -> str:
    """Return a config for the files found.

    Args:
        found: Every sheet that was looked at.
        folder: Where the config will be; its paths are relative to it.
        lang: Language of the comments.
        extra_codes: A file of further area codes beside them.
    """
    parts = [
        f"#:schema ./{SCHEMA_NAME}",
        *_comment("top", lang),
        "",
        "schema = 1",
        f"district = {toml_text(say('init.district', lang))}  # {say('init.c_district', lang)}",
        f"# as_of = 2026-09-01  # {say('init.c_as_of', lang)}",
        f'lang = "{lang}"',
        *_comment("profiles", lang, names=textwrap.fill(", ".join(builtin_profiles()), _WIDE, break_on_hyphens=False)),
        '# profile = "gbt31000"',
    ]
    for table in ("residents", "houses"):
        parts += ["", *_input(table, [item for item in found if item.table == table], folder, lang)]
    side = [item for item in found if item.table in {"grids", "compounds"} and _is_side_file(item, found)]
    parts += ["", *_side(side, "grids", folder, lang), "", *_side(side, "compounds", folder, lang)]
    parts += ["", *_comment("area_codes", lang)]
    parts += (
        ["[area_codes]", f"extra = {toml_text(extra_codes)}"]
        if extra_codes
        else ["# [area_codes]", '# extra = "codes.csv"']
    )
    parts += [
        "",
        *_comment("rules", lang),
        "# [rules]",
        '# ignore = ["T102"]',
        '# folder = "my-rules"',
        "# [rules.T102]",
    ]
    parts += ["# max_days = 730", "", *_comment("export", lang), "# [export]", '# out = "out"']
    return "\n".join(parts) + "\n"


def summary_lines(found: list[Found], folder: Path, target: Path, lang: Lang) -> list[str]:
    """Return what was found and written, and the next command, in lines for the screen."""
    from rich.cells import chop_cells

    lines = [say("init.written", lang, path=printable(str(target)))]
    for item in found:
        name = printable(item.path.name if item.n_sheets == 1 else f"{item.path.name} / {item.sheet.sheet}")
        what = say(f"say.table_{item.table}" if item.table else "init.not_a_table", lang)
        layout = item.heading.layout
        told = say("init.layout", lang, name=layout.profile.name) if layout is not None and item.table else ""
        lines.append(f"  {what}  {name}{told}")
    held = {item.table for item in found}
    absent = [say(f"say.table_{table}", lang) for table in ("residents", "houses") if table not in held]
    lines += ["  " + say("init.none_found", lang, table=name) for name in absent]
    where = "" if target.name == CONFIG_NAME and folder.resolve() == Path.cwd() else f" --config {target}"
    lines.append(say("init.next", lang, where=printable(where)))
    return [piece for line in lines for piece in chop_cells(line, _WIDE)]


def relative(path: Path, folder: Path) -> str:
    """Return a path as seen from a folder, with forward slashes; absolute from another drive."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return path.resolve().as_posix()


def _comment(key: str, lang: Lang, **params: object) -> list[str]:
    return [f"# {line}" for line in say(f"init.c_{key}", lang, **params).splitlines()]


def _input(table: str, found: list[Found], folder: Path, lang: Lang) -> list[str]:
    """The section of a table: active when a file holds it, else as an example."""
    lines = _comment(table, lang)
    if not found:
        return [*lines, f"# [input.{table}]", f"# path = {toml_text(say(f'init.example_{table}', lang))}"]
    patterns = list(dict.fromkeys(f"{relative(item.path.parent, folder)}/{item.pattern}" for item in found))
    patterns = [pattern.removeprefix("./") for pattern in patterns]
    shown = toml_text(patterns[0]) if len(patterns) == 1 else f"[{', '.join(toml_text(item) for item in patterns)}]"
    lines += [f"[input.{table}]", f"path = {shown}", f'# max_age = "8d"  # {say("init.c_max_age", lang)}']
    if any(item.n_sheets > 1 for item in found):
        lines.append(f"# sheet = {toml_text(found[0].sheet.sheet)}  # {say('init.c_sheet', lang)}")
    lines += [f"header_row = {row}" for row in dict.fromkeys(item.header_row for item in found) if row is not None][:1]
    return [*lines, *_profile(found, lang), *_columns(table, found, lang)]


def _profile(found: list[Found], lang: Lang) -> list[str]:
    """The layout recognised; as a comment where only the officer can know what its codes mean."""
    layouts = [item.heading.layout for item in found]
    first = layouts[0]
    if first is None or any(layout is None or layout.profile.name != first.profile.name for layout in layouts):
        return []
    title = first.profile.zh if lang == "zh" else first.profile.en
    line = f'profile = "{first.profile.name}"  # {title}'
    return (
        [line]
        if all(layout.is_certain for layout in layouts if layout is not None)
        else [f"# {line}: {say('init.c_uncertain', lang)}"]
    )


def _columns(table: str, found: list[Found], lang: Lang) -> list[str]:
    """Headings that were not recognised, each with the column that comes nearest, as comments."""
    known = schema.columns(table)
    lines = [f"[input.{table}.columns]", *_comment("columns", lang)]
    unused: list[str] = []
    for item in found:
        used = {index for indexes in item.heading.mapping.values() for index in indexes}
        texts = [text for index, text in enumerate(item.heading.texts) if text and index not in used]
        unread = item.heading.layout.layout(table) if item.heading.layout is not None else None
        unused += [text for text in texts if unread is None or text not in unread.others]
    serial = schema.words()["serial_headings"]
    rest = []
    for text in dict.fromkeys(text for text in unused if schema.code_form(text) not in serial):
        taken = {name for item in found for name in item.heading.mapping}
        name, score = nearest_columns(text, table, taken)[0]
        label = known[name].zh if lang == "zh" else known[name].en
        if score >= _NEAR:
            lines.append(f"# {name} = {toml_text(text)}  # {label}? {score:.2f}")
        else:
            rest.append(" ".join(printable(text).split()))
    return [*lines, *(_comment("unused", lang, names=", ".join(rest)) if rest else [])]


def _is_side_file(item: Found, found: list[Found]) -> bool:
    """A file of its own; a roster on a sheet of the exports is read with them."""
    return all(other.table not in {"residents", "houses"} for other in found if other.path == item.path)


def _side(found: list[Found], table: str, folder: Path, lang: Lang) -> list[str]:
    section, key = {"grids": ("grids", "path"), "compounds": ("coefficients", "compounds")}[table]
    files = list(dict.fromkeys(relative(item.path, folder) for item in found if item.table == table))
    lines = [*_comment(table, lang)]
    more = ["# managed = 0.4", "# unmanaged = 1.0", "# unknown = 1.0"] if table == "compounds" else []
    if not files:
        return [*lines, f"# [{section}]", *more, f"# {key} = {toml_text(say(f'init.example_{table}', lang))}"]
    others = [f"# {key} = {toml_text(file)}" for file in files[1:]]
    return [*lines, f"[{section}]", *more, f"{key} = {toml_text(files[0])}", *others]
