"""`gridaudit`: the commands, and the one place where errors become words and exit codes."""

from __future__ import annotations

import contextlib
import gc
import os
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from gridaudit import __version__
from gridaudit.cli import check, columns, demo, doctor, export, helptext, init, report, rules, runs, sample
from gridaudit.cli.interrupt import leave_soon
from gridaudit.cli.memory import keep_freed_memory
from gridaudit.cli.private import hush_libraries, private_file, private_folder
from gridaudit.cli.session import language
from gridaudit.errors import ConfigError, Exit, GridauditError, InputErrors
from gridaudit.text import Lang, has, say

COMMANDS: dict[str, Callable[..., int]] = {
    "check": check.check,
    "report": report.report,
    "export": export.export,
    "rules": rules.rules,
    "columns": columns.columns,
    "init": init.init,
    "runs": runs.runs,
    "sample": sample.sample,
    "demo": demo.demo,
    "doctor": doctor.doctor,
}

_HELP = {"help_option_names": ["--help", "-h"], "max_content_width": 80}
_WITH_VALUE = ("--lang", "--config")
_FLAGS = ("--quiet", "-q", "--no-color")


def build_app(lang: Lang) -> Any:
    """Return the command group with its help in `lang`."""
    app = typer.Typer(
        cls=helptext.Group, rich_markup_mode=None, pretty_exceptions_enable=False, no_args_is_help=True,
        help=say("command.app", lang), context_settings=_HELP,
    )  # fmt: skip
    app.callback(invoke_without_command=True)(_global_options)
    for name, function in COMMANDS.items():
        app.command(name, cls=helptext.Command, help=say(f"command.{name}", lang), context_settings=_HELP)(function)
    group: Any = typer.main.get_command(app)
    helptext.describe(group, lang)
    return group


def _global_options(
    *,
    version: Annotated[bool, typer.Option("--version", is_eager=True)] = False,
) -> None:
    if version:
        print(f"gridaudit {__version__}")
        raise typer.Exit


def entry() -> None:
    """Run as the console script: leave without handing a gigabyte of cells back piece by piece."""
    _with_names_in_utf8()
    keep_freed_memory()
    hush_libraries()
    leave_soon(_interrupted)
    try:
        main()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _with_names_in_utf8() -> None:
    """Begin again where the locale knows ASCII alone (cron, `LC_ALL=C`): Chinese file names cannot be said there."""
    encoding = sys.getfilesystemencoding().lower()
    if os.name == "posix" and encoding in {"ascii", "us-ascii", "646"} and not sys.flags.utf8_mode:
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 - ourselves


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and leave with its exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    _tame_streams()
    _tune()
    lang: Lang = "zh"
    try:
        lang = language(_given_language(arguments))
        code = _run(arguments, lang)
    except GridauditError as error:
        print(render(error, lang), file=sys.stderr)
        code = int(error.exit_code)
    except KeyboardInterrupt:
        print(_interrupted(lang), file=sys.stderr)
        code = int(Exit.INTERRUPTED)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - for the flush at exit
        code = int(Exit.DONE)
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 - the one boundary; a panic of a library is no Exception
        print(render(_internal(error), lang), file=sys.stderr)
        code = int(Exit.BROKE)
    sys.exit(code)


def _interrupted(lang: Lang | None = None) -> str:
    chosen = lang
    if chosen is None:
        with contextlib.suppress(GridauditError):
            chosen = language(_given_language(sys.argv[1:]))
    return render(GridauditError("E502"), chosen or "zh")


def _run(arguments: list[str], lang: Lang) -> int:
    """Give the arguments to the command; its usage errors become errors of ours."""
    arguments, name = _command_first(arguments)
    if name and name not in COMMANDS:
        raise ConfigError("E209", command=name, near=tuple(get_close_matches(name, COMMANDS, n=3)))
    try:
        result = build_app(lang).main(args=arguments, prog_name="gridaudit", standalone_mode=False)
    except typer.Abort:
        raise KeyboardInterrupt from None
    except Exception as error:
        if hasattr(error, "format_message"):
            raise _usage(error, name, arguments, lang) from None
        raise
    if result == Exit.INTERRUPTED:  # what Typer makes of Ctrl-C
        raise KeyboardInterrupt
    return result if isinstance(result, int) else 0


def _command_first(arguments: list[str]) -> tuple[list[str], str]:
    """Options that every command knows may stand before it: `gridaudit --lang en check FILE`."""
    before: list[str] = []
    rest = list(arguments)
    while rest and rest[0].partition("=")[0] in {*_WITH_VALUE, *_FLAGS}:
        before.append(rest.pop(0))
        if before[-1] in _WITH_VALUE and rest:
            before.append(rest.pop(0))
    if not rest:
        return ["--help"], ""
    if rest[0].startswith("-"):
        return rest, ""
    return [rest[0], *before, *rest[1:]], rest[0]


def _usage(error: Any, command: str, arguments: list[str], lang: Lang) -> ConfigError:
    """Turn a usage error of the option parser into one of ours, told by its fields."""
    kind = type(error).__name__
    parameter = getattr(error, "param", None)
    if kind == "NoSuchOption":
        near = tuple(getattr(error, "possibilities", None) or ())
        return ConfigError("E208", option=error.option_name, near=near, command=command)
    names: list[str] = parameter.opts if parameter is not None else []
    label = next((name for name in names if name.startswith("--")), None) or getattr(parameter, "metavar", None) or ""
    if kind == "MissingParameter":
        return ConfigError("E207", reason=say("say.usage_missing", lang, name=label))
    if kind == "BadParameter" and label:
        given = [value for name, value in pairwise(arguments) if name in names]
        choices = tuple(re.findall(r"'([a-z]+)'", error.format_message().partition("not one of")[2]))
        return ConfigError("E210", option=label, value=given[-1] if given else "?", near=choices, command=command)
    return ConfigError("E207", reason=error.format_message())


def render(error: GridauditError, lang: Lang) -> str:
    """Return an error as a person reads it: what happened, what was seen, nearest matches, what to do."""
    if isinstance(error, InputErrors):
        return "\n".join(render(part, lang) for part in error.errors)
    params = {key: _named(key, value, lang) for key, value in error.params.items()}
    lines = [f"{say('error.level', lang)} {error.code} {say(f'error.{_variant(error)}', lang, **params)}"]
    if error.code == "E201":
        lines += _headings_seen(error, lang)
    if error.params.get("others"):
        lines.append(say("error.others", lang, **error.params))
    if error.near:
        lines.append(say("error.near", lang, names=", ".join(str(name) for name in error.near)))
    if has(f"do.{error.code}"):
        lines.append(say("error.do", lang, text=say(f"do.{error.code}", lang, **error.params)))
    return "\n".join(lines)


def _variant(error: GridauditError) -> str:
    """The key of an error's sentence: some codes have a more telling one for a special case."""
    return f"{error.code}_{error.params['variant']}" if "variant" in error.params else error.code


def _named(key: str, value: object, lang: Lang) -> object:
    """What a file holds and why writing failed, in words (`kind.HTML`, `reason.ENOSPC`); anything else as it is."""
    entry = f"{key}.{value}"
    return say(entry, lang) if key in {"kind", "reason"} and has(entry) else value


def _headings_seen(error: GridauditError, lang: Lang) -> list[str]:
    """What was needed and what comes near; a row that may be somebody's data is not shown."""
    from gridaudit.schema.headings import shown_headings

    texts = str(error.params.get("headings", "")).split("、")
    shown = shown_headings(texts)
    nearest: Any = error.params.get("nearest", ())
    lines = [say("error.E201_header", lang)] if nearest else []
    by_text = dict(zip(texts, shown, strict=True))
    for zh, en, heading, letters, score in nearest:
        seen = by_text.get(heading) or shown_headings([*texts, heading])[-1]
        lines.append(_nearest_line((zh, en, seen, letters, score), lang))
    if any(shown):
        lines.append(say("error.E201_found", lang, headings="、".join(shown)))
    return lines


def _nearest_line(entry: tuple[str, str, str, str, str], lang: Lang) -> str:
    zh, en, heading, letters, score = entry
    wanted = zh if lang == "zh" else en
    width = 14 - sum(1 for character in wanted if ord(character) > 0x2E80)
    place = f"{heading} ({letters})"
    wide = sum(1 for character in place if ord(character) > 0x2E80)
    return f"  {wanted:<{width}}{place:<{25 - wide}}{score}"


def _internal(error: BaseException) -> GridauditError:
    """Keep where it broke, not what it said: libraries quote cells in their messages."""
    where = "unknown"
    with contextlib.suppress(OSError):
        folder = Path(os.environ.get("GRIDAUDIT_HOME", ".gridaudit"))
        private_folder(folder)
        path = folder / "crash.log"
        frames = traceback.extract_tb(error.__traceback__)
        lines = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
        private_file(path, "\n".join([f"gridaudit {__version__}", type(error).__name__, *lines]) + "\n")
        where = str(path)
    return GridauditError("E501", kind=type(error).__name__, log=where)


def _given_language(arguments: list[str]) -> str | None:
    for index, argument in enumerate(arguments):
        if argument == "--lang" and index + 1 < len(arguments):
            return arguments[index + 1]
        if argument.startswith("--lang="):
            return argument.partition("=")[2]
    return None


def _tune() -> None:
    """A short process with millions of texts: no garbage rounds, and threads that give way at once."""
    gc.disable()
    sys.setswitchinterval(0.0002)


def _tame_streams() -> None:
    """A character that the console's code page lacks is replaced; it never ends a run."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
