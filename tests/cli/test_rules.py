"""`rules`: the catalogue, a rule explained, cases, and local rules in every place that rules appear."""

from __future__ import annotations

import json

import pytest

from gridaudit.rulebook import load_rulebook

RULEBOOK = load_rulebook()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_catalogue_names_every_rule(run_cli, faults, lang):
    code, out, err = run_cli("rules", "--lang", lang)
    assert (code, err) == (0, "")
    assert all(rule.code in out for rule in RULEBOOK)
    assert faults(out) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_rule_is_explained(run_cli, faults, lang):
    for rule in RULEBOOK.rules[::9]:
        code, out, err = run_cli("rules", rule.code.lower(), "--lang", lang)
        assert (code, err) == (0, "")
        title = rule.title.in_(lang)
        assert out.startswith(f"{rule.code} {title[:20]}")
        assert faults(out) == []


def test_json_holds_both_languages(run_cli):
    rules = json.loads(run_cli("rules", "--format", "json")[1])["rules"]
    assert [rule["code"] for rule in rules] == [rule.code for rule in RULEBOOK]
    assert all(set(rule["title"]) == {"zh", "en"} for rule in rules)
    assert json.loads(run_cli("rules", "I103", "--format", "json")[1])["code"] == "I103"


def test_one_rule_as_markdown(run_cli, tmp_path):
    shown = run_cli("rules", "I103", "--format", "md")[1]
    assert shown.startswith("### I103 ")
    assert run_cli("rules", "I103", "--format", "md", "-o", "i103.md")[:2] == (0, "")
    assert (tmp_path / "i103.md").read_text("utf-8").rstrip() == shown.rstrip()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_cases_of_one_rule(run_cli, lang):
    code, out, err = run_cli("rules", "I103", "--cases", "--lang", lang)
    assert (code, err) == (0, "")
    assert str(len(RULEBOOK.get("I103").cases)) in out


@pytest.mark.parametrize("code", ["I107", "I108", "F102", "D103", "C102", "V108", "T102", "W107"])
def test_cases_of_the_families(run_cli, code):
    """The area code of invented people is unknown outside the sample; the cases hold all the same."""
    exit_code, out, _ = run_cli("rules", code, "--cases", "--lang", "en")
    assert (exit_code, out) == (0, f"{len(RULEBOOK.get(code).cases)} cases, 0 wrong\n")


def test_cases_of_every_rule(run_cli, monkeypatch):
    """All of them are run (for real in tests/unit/test_rule_cases.py: that takes a while)."""
    monkeypatch.setattr("gridaudit.case_runner.run_case", lambda _rule, case, **_options: case.verdict)
    code, out, _ = run_cli("rules", "--cases")
    assert (code, out) == (0, f"例子 {sum(len(rule.cases) for rule in RULEBOOK)} 个，不符 0 个\n")


def test_a_local_rule_appears_everywhere(run_cli, local_rules, planted):
    folder = local_rules()
    code, out, err = run_cli("check", planted, "--rules", folder, "--fail-on", "warning", "--select", "U")
    assert (code, err.count("E")) == (1, 0)
    assert "本地规则" in out
    findings = run_cli("report", "--rule", "U101", "--format", "json")
    assert findings[0] == 0
    assert len(json.loads(findings[1])["findings"]) > 2
    assert "U101" in run_cli("report", "--by-rule")[1]
    assert "U101" in run_cli("report", "--by-rule", "--lang", "en")[1]
    assert "U101" in run_cli("rules", "--rules", folder)[1]
    assert "出租房屋的面积要再看一次" in run_cli("rules", "U101", "--rules", folder)[1]
    catalogue = run_cli("rules", "--rules", folder, "--format", "md")[1]
    assert "### U101 出租房屋的面积要再看一次" in catalogue
    assert "### I103 " in catalogue


def test_the_title_of_a_local_rule_is_on_the_screen_of_check(run_cli, local_rules, planted):
    """A finding of a local rule is worth its own row of the problem table."""
    out = run_cli("check", planted, "--rules", local_rules(), "--no-save")[1]
    row = next(line for line in out.splitlines() if line.startswith("本地规则"))
    assert row.split()[1] == "U"


def test_a_local_rule_of_the_config(run_cli, local_rules, planted, tmp_path):
    local_rules()
    settings = (planted / "gridaudit.toml").read_text("utf-8")
    for name in ("网格表.csv", "小区表.csv", "codes.csv"):
        (tmp_path / name).write_bytes((planted / name).read_bytes())
    (tmp_path / "gridaudit.toml").write_text(settings + '\n[rules]\nfolder = "my-rules"\n', "utf-8")
    code, out, _ = run_cli("check", *planted.glob("*.xlsx"), "--select", "U101", "--format", "jsonl")
    assert code == 0
    assert {json.loads(line)["rule"] for line in out.splitlines()} == {"U101"}
    assert "U101" in run_cli("rules")[1]


def test_settings_change_a_rule(run_cli, clean, tmp_path):
    for name in ("网格表.csv", "小区表.csv", "codes.csv"):
        (tmp_path / name).write_bytes((clean / name).read_bytes())
    settings = (clean / "gridaudit.toml").read_text("utf-8")
    (tmp_path / "gridaudit.toml").write_text(settings + '\n[rules.V204]\nmax_m2 = 20\nlevel = "error"\n', "utf-8")
    books = list(clean.glob("*.xlsx"))
    assert run_cli("check", *books, "--no-save")[0] == 1
    assert run_cli("check", *books, "--no-save", "--ignore", "V204,W107")[0] == 0
    (tmp_path / "gridaudit.toml").write_text(settings + "\n[rules.V204]\nmax_m2 = 20\nenabled = false\n", "utf-8")
    assert run_cli("check", *books, "--no-save")[0] == 0
    assert run_cli("check", *books, "--select", "V204")[0] == 2


BROKEN = {
    "guard: a file": ('check = "area_m2 <= 10"', "check = \"use IN (FROM read_csv('x.csv'))\"", "E211"),
    "guard: the clock": ('check = "area_m2 <= 10"', 'check = "updated_on < today()"', "E211"),
    "no expression": ('check = "area_m2 <= 10"', 'check = "area_m2 <= "', "E212"),
    "no such column": ('check = "area_m2 <= 10"', 'check = "area <= 10"', "E214"),
    "no parameter": ('check = "area_m2 <= 10"', 'check = "area_m2 <= :most"', "E213"),
    "no Boolean": ('check = "area_m2 <= 10"', 'check = "area_m2"', "E215"),
    "not TOML": ("name = ", "name : ", "E216"),
    "unknown key": ("level = ", "levle = 1\nlevel = ", "E217"),
    "key missing": ('dimension = "conformity"\n', "", "E217"),
    "bad level": ('level = "warning"', 'level = "fatal"', "E217"),
    "no English": (', en = "Look again."', "", "E217"),
    "name taken": ('name = "rented-out-large"', 'name = "id-check-digit-mismatch"', "E218"),
    "tells a name": ("fix = ", 'message = { zh = "{name}", en = "{name}" }\nfix = ', "E219"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_local_rule_is_exit_2(run_cli, local_rules, clean, case):
    old, new, error = BROKEN[case]
    text = (local_rules() / "U101.toml").read_text("utf-8")
    assert old in text
    folder = local_rules(text.replace(old, new))
    for command in (("check", clean), ("rules",)):
        code, out, err = run_cli(*command, "--rules", folder)
        assert (code, out) == (2, "")
        assert error in err
        assert "U101" in err
        assert "Traceback" not in err


def test_a_code_that_is_taken_is_exit_2(run_cli, local_rules, clean):
    text = (local_rules() / "U101.toml").read_text("utf-8")
    folder = local_rules(text.replace("rented-out-large", "another"), name="I103.toml")
    code, out, err = run_cli("check", clean, "--rules", folder)
    assert (code, out) == (2, "")
    assert "E218" in err


def test_a_case_that_is_wrong_is_exit_1(run_cli, local_rules):
    text = (local_rules() / "U101.toml").read_text("utf-8")
    wrong = '\n[[case]]\nverdict = "pass"\nrow = { house_id = "H1", occupancy = "出租", area_m2 = "50" }\n'
    folder = local_rules(text + wrong)
    code, out, _ = run_cli("rules", "U101", "--rules", folder, "--cases")
    assert code == 1
    assert "U101" in out
