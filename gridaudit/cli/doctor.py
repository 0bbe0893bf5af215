"""`gridaudit doctor`: what on this machine could hurt, item by item, with what to do. Reads no data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.cells import cell_len

from gridaudit import __version__
from gridaudit.cli import machine, options, premises
from gridaudit.cli.machine import Finding
from gridaudit.cli.session import language, print_text, stdout_is_utf8, store_folder, write_text
from gridaudit.config import Config, find_config, load_config
from gridaudit.errors import Exit, GridauditError
from gridaudit.text import Lang, say

_WIDTH, _LABEL, _STATUS = 80, 12, 8
_MANIFEST = "runs/*/manifest.json"
_FOLDED_AT = " /,"


class DoctorFormat(StrEnum):
    """Formats of `doctor`."""

    TABLE = "table"
    JSON = "json"


def doctor(
    *,
    format: Annotated[DoctorFormat, typer.Option("--format")] = DoctorFormat.TABLE,  # noqa: A002 - the option's name
    output: options.Output = None,
    config: options.Config = None,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
) -> int:
    """Print what was looked at; exit 2 when something is bad. Quiet, only what is not well."""
    path = config or find_config((), start=Path.cwd())
    settings, about_config = _config(path)
    chosen = language(lang, settings.lang)
    found = [*_machine(chosen), *_premises(path, settings), about_config]
    is_processor_fit = all(item.status != "bad" for item in found if item.item in {"processor", "polars"})
    if is_processor_fit and about_config.status != "bad":
        found.append(premises.look_at_rules(settings))
    else:
        found.append(Finding("rules", "unknown", "-"))
    shown = [item for item in found if item.status in {"look", "bad"}] if quiet else found
    if format is DoctorFormat.JSON:
        text = _document(found, ascii_only=output is None and not stdout_is_utf8())
    else:
        pointer = [] if quiet else [say("doctor.settings", chosen)]
        text = "\n".join([*_screen(shown, chosen), *pointer])
    if output is not None:
        write_text(output, text + "\n")
    elif text.strip():
        print_text(text)
    return int(Exit.COULD_NOT_START if any(item.status == "bad" for item in found) else Exit.DONE)


def _machine(lang: Lang) -> Iterator[Finding]:
    yield machine.look_at_processor()
    yield machine.look_at_polars()
    yield machine.look_at_python()
    yield machine.look_at_libraries()
    yield machine.look_at_output(lang)
    yield machine.look_at_locale()
    yield machine.look_at_width()


def _premises(config: Path | None, settings: Config) -> Iterator[Finding]:
    store = store_folder(config)
    yield premises.look_at_clock(datetime.now().astimezone(), _last_run(store))
    yield premises.look_at_store(store)
    yield premises.look_at_secret(store)
    yield premises.look_at_disk("disk", settings.export_out or store)
    yield premises.look_at_disk("temporary", premises.temporary_folder())
    yield premises.look_at_memory()


def _config(path: Path | None) -> tuple[Config, Finding]:
    if path is None:
        return Config(), Finding("config", "ok", "-", "config_none")
    try:
        return load_config(path), Finding("config", "ok", str(path))
    except GridauditError as error:
        return Config(path=path), Finding("config", "bad", f"{path} {error.code}", "config", {"code": error.code})


def _last_run(store: Path) -> str:
    """When the last run kept began; nothing when there is none or its manifest cannot be read."""
    try:
        newest = max(store.glob(_MANIFEST), default=None)
        return "" if newest is None else str(json.loads(newest.read_text("utf-8")).get("started_at", ""))
    except (OSError, ValueError):
        return ""


def _screen(found: Sequence[Finding], lang: Lang) -> list[str]:
    lines = [f"{say('doctor.title', lang)}  gridaudit {__version__}", ""] if found else []
    for item in found:
        status = _padded(say(f"doctor_status.{item.status}", lang), _STATUS)
        label = _padded(say(f"doctor_item.{item.item}", lang), _LABEL)
        lines += _folded(f"{status}{label}{item.seen}", indent=_STATUS + _LABEL)
        if item.reason is not None and item.status != "ok":
            remedy = say(f"doctor_do.{item.reason}", lang, **item.params)
            lines += _folded(f"{' ' * _STATUS}{say('report.do', lang)}{remedy}", indent=_STATUS + 2)
    bad, look = (sum(item.status == status for item in found) for status in ("bad", "look"))
    return [*lines, "", say("doctor.sum", lang, bad=bad, look=look)] if found else lines


def _document(found: Sequence[Finding], *, ascii_only: bool) -> str:
    """Keys and words are English and never translated."""
    document = {
        "schema_version": 1,
        "tool": f"gridaudit {__version__}",
        "items": [
            {"item": item.item, "status": item.status, "seen": item.seen,
             "reason": item.reason if item.status != "ok" else None}
            for item in found
        ],
    }  # fmt: skip
    return json.dumps(document, ensure_ascii=ascii_only, indent=1)


def _padded(text: str, width: int) -> str:
    return text + " " * max(1, width - cell_len(text))


def _folded(text: str, *, indent: int) -> list[str]:
    """Break a line at 80 cells: behind a blank, a comma or a slash where there is one, else anywhere."""
    lines = []
    while cell_len(text) > _WIDTH:
        end = max(index for index in range(1, len(text)) if cell_len(text[:index]) <= _WIDTH)
        breaks = [index + 1 for index in range(indent, end) if text[index] in _FOLDED_AT or cell_len(text[index]) > 1]
        end = breaks[-1] if breaks else end
        lines.append(text[:end].rstrip())
        text = " " * indent + text[end:].lstrip()
    return [*lines, text.rstrip()]
