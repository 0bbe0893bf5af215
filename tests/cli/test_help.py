"""Help: every option of every command is listed with what it is for, in both languages."""

from __future__ import annotations

import re

import pytest

from gridaudit import __version__
from gridaudit.cli.main import COMMANDS, build_app

LANGS = ("zh", "en")


def option_lines(help_text):
    """Each option of a help screen with its text, wrapped lines joined."""
    entries = {}
    current = None
    for line in help_text.splitlines():
        found = re.match(r"  (?:-\w, )?(--[a-z-]+|-\w)\b(.*)", line)
        if found:
            current = found.group(1)
            entries[current] = found.group(2)
        elif current and line.startswith("      "):
            entries[current] += " " + line.strip()
        else:
            current = None
    return entries


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_lists_every_option(run_cli, faults, command, lang):
    code, out, err = run_cli(command, "--help", "--lang", lang)
    assert (code, err) == (0, "")
    shown = option_lines(out)
    for parameter in build_app(lang).commands[command].params:
        names = [name for name in parameter.opts if name.startswith("--")]
        if names:
            assert parameter.help, names
            assert names[0] in shown
            assert parameter.help.split()[0][:4] in shown[names[0]]
        else:
            assert parameter.help, parameter.name
            assert parameter.help.split()[0] in out
    assert faults(out) == []
    is_chinese = any("一" <= sign <= "鿿" for sign in out)
    assert is_chinese == (lang == "zh")


@pytest.mark.parametrize("lang", LANGS)
def test_help_of_all_lists_every_command(run_cli, faults, lang):
    code, out, _ = run_cli("--lang", lang, "--help")
    assert code == 0
    assert all(re.search(rf"^  {command} +\S", out, re.MULTILINE) for command in COMMANDS)
    assert faults(out) == []


def test_no_argument_prints_help(run_cli):
    code, out, err = run_cli()
    assert "check" in out + err
    assert code in {0, 2}


def test_short_help_works(run_cli):
    assert run_cli("check", "-h")[0] == 0
    assert run_cli("-h")[0] == 0


def test_version(run_cli):
    assert run_cli("--version") == (0, f"gridaudit {__version__}\n", "")
