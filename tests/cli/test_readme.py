"""Both READMEs: what they say to type exists, and their generated blocks are fresh."""

from __future__ import annotations

import json
import re
import runpy
import tomllib
from pathlib import Path

import pytest

from gridaudit.case_runner import run_case
from gridaudit.cli.main import build_app
from gridaudit.config import load_config
from gridaudit.errors import Exit
from gridaudit.rulebook import FAMILIES, load_rule

ROOT = Path(__file__).parents[2]
BLOCKS = runpy.run_path(str(ROOT / "tests" / "make_blocks.py"))
LANGS = {name: lang for name, lang in BLOCKS["DOCUMENTS"].items() if name.startswith("README")}
COMMANDS = build_app("en").commands
OPTIONS = {
    name: {option for item in command.params for option in item.opts} | {"--help"} for name, command in COMMANDS.items()
}


@pytest.fixture(params=LANGS)
def readme(request):
    return request.param, (ROOT / request.param).read_text("utf-8")


def fenced(text, kind):
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def commands(text):
    """Every `gridaudit ...` that a block or a sentence says to type."""
    lines = [
        line.partition(" #")[0]
        for kind in ("sh", "cron", "text")
        for block in fenced(text, kind)
        for line in block.splitlines()
    ]
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    lines += [said for said in re.findall(r"`([^`\n]+)`", prose) if not said.startswith("from ")]
    for line in lines:
        for part in re.split(r"&&|(?<=\S)  +(?=gridaudit)", line):
            if found := re.search(r"(?:^|/|\\| )gridaudit ((?:[a-z]+ ?)(?: ?\S+)*)$", part.strip()):
                yield found.group(1).split()


def test_every_command_line_exists(readme):
    lines = list(commands(readme[1]))
    assert len(lines) > 12
    for command, *rest in lines:
        assert command in COMMANDS, (command, rest)
        for word in rest:
            if word.startswith("-"):
                assert word in OPTIONS[command], (command, word)


def test_every_command_is_named(readme):
    named = {command for command, *_ in commands(readme[1])}
    assert named >= set(COMMANDS) - {"sample", "runs"}


def test_every_option_exists(readme):
    said = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", re.sub(r"<!--.*?-->", "", readme[1])))
    every = set().union(*OPTIONS.values())
    assert said - every == set()


def test_every_link_leads_somewhere(readme):
    targets = re.findall(r"\]\(([^)#:]+)\)", readme[1])
    assert [target for target in targets if not (ROOT / target).exists()] == []
    paths = re.findall(r"`((?:gridaudit|rules|tests|samples|docs)/[^` ]*)`", readme[1])
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_each_links_to_the_other():
    for name, other in (("README.md", "README.zh-CN.md"), ("README.zh-CN.md", "README.md")):
        assert f"]({other})" in "\n".join((ROOT / name).read_text("utf-8").splitlines()[:3])


def test_the_generated_blocks_are_fresh(readme):
    name, text = readme
    for block in ("screen", "families", "rule"):
        assert text.count(f"<!-- {block}:begin -->\n") == text.count(f"<!-- {block}:end -->\n") == 1
    assert BLOCKS["rewritten"](text, LANGS[name]) == text, "run python tests/make_blocks.py"


def test_both_say_the_same():
    """Same sections, tables of the same size, same blocks but for comments and screens."""
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))

    def shape(text):
        lines = [re.match(r"(#+ |\|(?=-)|```\w*|- )", line) for line in text.splitlines()]
        return [found.group(1) for found in lines if found]

    def typed(text):
        kinds = ("sh", "cron", "toml", "python")
        return [re.sub(r"\s*#.*", "", block).split() for kind in kinds for block in fenced(text, kind)]

    assert shape(english) == shape(chinese)
    assert typed(english) == typed(chinese)
    assert len(re.findall(r"^\|", english, re.MULTILINE)) == len(re.findall(r"^\|", chinese, re.MULTILINE))


def test_the_config_of_the_readme_can_be_used(readme, tmp_path):
    (block,) = [block for block in fenced(readme[1], "toml") if block.startswith("schema")]
    for name in ("网格表.csv", "小区表.csv", "codes.csv"):
        (tmp_path / name).write_text("", "utf-8")
    (tmp_path / "my-rules").mkdir()
    (tmp_path / "gridaudit.toml").write_text(block, "utf-8")
    config = load_config(tmp_path / "gridaudit.toml")
    assert config.rules == {"T102": {"max_days": 730}}
    assert config.columns["residents"] == {"id_no": "证件编号"}


def test_the_exit_codes_are_all(readme):
    listed = re.findall(r"^\| (\d+) \|", readme[1], re.MULTILINE)
    assert [int(code) for code in listed] == [int(code) for code in Exit]


def test_the_families_are_all(readme):
    section = readme[1].split("<!-- families:begin -->")[1].split("<!-- families:end -->")[0]
    assert set(re.findall(r"^\| ([A-Z]) \|", section, re.MULTILINE)) <= set(FAMILIES)


def test_the_local_rule_of_the_readme_works(readme, run_cli, planted, tmp_path):
    (block,) = [block for block in fenced(readme[1], "toml") if "U101" in block]
    assert tomllib.loads(block) == tomllib.loads(BLOCKS["RULE"])
    folder = tmp_path / "my-rules"
    folder.mkdir()
    path = folder / "U101.toml"
    path.write_text(block, "utf-8")
    rule = load_rule(path)
    assert {case.verdict for case in rule.cases} == {"pass", "fail", "skip"}
    assert [run_case(rule, case) for case in rule.cases] == [case.verdict for case in rule.cases]
    assert run_cli("rules", "U101", "--rules", folder, "--cases")[0] == 0
    assert "300" in run_cli("rules", "U101", "--rules", folder)[1]
    path.write_text(block.replace("max_m2 = 300", "max_m2 = 30"), "utf-8")
    code, out, _ = run_cli("check", planted, "--rules", folder, "--select", "U", "--format", "jsonl")
    assert code == 0
    assert {json.loads(line)["rule"] for line in out.splitlines()} == {"U101"}


def test_the_first_commands_do_what_is_said(run_cli, monkeypatch):
    """`gridaudit check --fail-on never samples`, then `gridaudit report`, in the repository itself."""
    monkeypatch.chdir(ROOT)
    assert run_cli("check", "--fail-on", "never", "samples")[0] == 0
    for options in (["--by-street"], ["--rule", "I103", "--limit", "50"]):
        assert run_cli("report", *options)[0] == 0


def test_the_rooms_stand_in_the_order_that_is_proved(readme):
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = [set(layer.split(" | ")) for layer in contracts[0]["layers"]]
    (said,) = re.findall(r"^`errors`.*\n.*`cli`[.。]$", readme[1], re.MULTILINE)
    rooms = [set(re.findall(r"`(\w+)`", layer)) for layer in re.split(r"[,、]", said)]
    assert [*rooms, {"__main__"}] == layers[::-1]


def test_the_python_of_the_readme_runs(readme, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    (block,) = fenced(readme[1], "python")
    (tmp_path / "example.py").write_text(block, "utf-8")
    outcome = runpy.run_path(str(tmp_path / "example.py"))["outcome"]
    assert outcome.run.run_id == "by-hand"
    assert outcome.run.district == "样例区"
    streets = outcome.card.areas.filter(level="street")
    assert streets["score"].null_count() == 0
    out = capsys.readouterr().out
    assert [street in out for street in streets["street"]] == [True] * 8
    assert "I103" in set(outcome.findings.rows["rule"])
