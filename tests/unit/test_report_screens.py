"""Screens: what the first one answers, in 80 columns and 30 lines, in both languages; rules explained."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import polars as pl
import pytest
from rich.cells import cell_len

from gridaudit.read import Note
from gridaudit.report import check_text, rules_text
from gridaudit.report.catalogue import catalogue_markdown
from gridaudit.report.rule_pages import catalogue_table, explain
from gridaudit.report.rule_screens import rule_rows, rule_table
from gridaudit.report.summary_screen import summary
from gridaudit.report.terminal import drawn
from gridaudit.rulebook import FAMILIES, load_rulebook
from gridaudit.text import catalogue

RULEBOOK = load_rulebook()
OWN_SECTIONS = (
    "family", "short", "level", "verdict", "heading", "loss", "counted", "table", "status", "action", "note", "report",
    "explain",
)  # fmt: skip
N_HOMES = 130


@pytest.fixture
def outcome(audit_files):
    """Two streets; one house too few, one number wrong, and a column that is empty throughout."""
    houses = [
        {"house_id": f"H{number}", "address": f"样例路{number}号", "street": f"{'东西'[number % 2]}街",
         "community": "一村", "grid": f"G{number % 2}", "occupancy": "自住", "managed": "有"}
        for number in range(N_HOMES)
    ]  # fmt: skip
    residents = [
        {"name": "王小明", "id_no": "430299199003071235", "house_id": f"H{number}", "sex": "", "grid": "G0"}
        for number in range(N_HOMES + 1)
    ]
    return audit_files(residents=residents, houses=houses)


def check(lines, width=80):
    texts = [entry.plain for entry in lines]
    assert [text for text in texts if cell_len(text) > width] == []
    assert [text for text in texts if any(unicodedata.east_asian_width(char) == "A" for char in text)] == []
    return texts


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_summary_fits_and_names_what_is_wrong_with_the_files(outcome, lang):
    texts = check(summary(outcome, RULEBOOK, lang))
    told = [text for text in texts if " W1" in text[:12]]
    assert any(" W107 " in text for text in told)
    assert sum(("怎么办" if lang == "zh" else "do:") in text for text in texts) >= 1
    systematic = outcome.findings.rows["systematic"].sum()
    assert any(f"{systematic:,}" in text and "W107" in text for text in texts)


def test_summary_stands_everything_beside_the_score(outcome):
    text = "\n".join(check(summary(outcome, RULEBOOK, "zh")))
    for word in ("得分", "应采 131 户", "标准户", "问题户", "可查漏", "合格率", "截至 2026-09-01"):
        assert word in text
    assert "上次" not in text


def test_summary_compares_with_the_run_before(outcome):
    before = outcome.card.areas.with_columns(pl.col("score") - 1, family_C=pl.col("family_C") + 5)
    texts = check(summary(replace(outcome, previous=before), RULEBOOK, "zh"))
    assert any("上次" in text for text in texts)
    missed = next(text.split() for text in texts if text.startswith("漏人漏房"))
    assert missed[7] == "-5"
    assert any(" +1.0 " in text for text in texts)


def test_summary_leaves_out_families_nobody_asked(outcome):
    some = replace(outcome, shown=frozenset({"I103", "C101"}))
    texts = check(summary(some, RULEBOOK, "zh"))
    assert any(text.startswith("身份证错误") for text in texts)
    assert not any(text.startswith(("缺项", "不规范")) for text in texts)
    assert "只显示 2 条规则的问题；得分和分区表按全部规则" in texts


def test_summary_says_notes_and_counts_the_rest(outcome):
    notes = tuple(Note("hidden_sheet", {"file": f"a{number}.xlsx", "sheet": "旧"}) for number in range(8))
    texts = check(summary(replace(outcome, notes=notes), RULEBOOK, "zh"))
    assert sum(text.startswith("注意 ") for text in texts) == 7
    assert "注意 另有 2 条" in texts


def test_every_note_has_words():
    keys = {"no_rows", "not_a_table", "disguise", "encoding", "same_content", "hidden_sheet", "skipped_file"}
    assert {key.removeprefix("note.") for key in catalogue() if key.startswith("note.")} >= keys


def test_summary_is_na_without_homes(audit_files):
    outcome = audit_files(residents=[{"name": "王小明", "id_no": "430299199003071235"}])
    texts = check(summary(outcome, RULEBOOK, "en"))
    assert any(text.startswith("Score NA") for text in texts)


def test_names_cannot_steer_the_terminal(audit_files):
    street = "\x1b]0;x\x07东\u202e街"
    houses = [{"house_id": "H1", "address": "样例路1号", "street": street, "community": "一村", "grid": "G1"}]
    text = check_text(audit_files(houses=houses), "table", lang="zh")
    assert not [char for char in text if char != "\n" and unicodedata.category(char) in {"Cc", "Cf"}]


def test_colour_is_for_terminals_alone(outcome):
    lines = summary(outcome, RULEBOOK, "zh")
    assert "\x1b[" not in drawn(lines)
    assert "\x1b[" in drawn(lines, color=True)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_rule_tables_fit(outcome, lang):
    findings = outcome.findings
    texts = check(
        rule_table(findings.tallies, RULEBOOK, lang, findings=findings.rows, not_evaluated=findings.not_evaluated)
    )
    assert any(text.startswith("F103") and ("系统性" if lang == "zh" else "systematic") in text for text in texts)
    check(rule_rows(findings.rows, RULEBOOK.get("I103"), lang, 5))
    check(catalogue_table(RULEBOOK, lang))


def test_rows_of_a_rule_are_counted(outcome):
    rows = outcome.findings.rows
    n = rows.filter(pl.col("rule") == "I103").height
    assert rule_rows(rows, "I103", "zh", 5)[-1].plain == f"显示 5 条，共 {n} 条"
    assert [entry.plain for entry in rule_rows(rows, "V204", "zh")] == ["V204 没有问题"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("rule", RULEBOOK.rules, ids=[rule.code for rule in RULEBOOK])
def test_every_rule_is_explained(rule, lang):
    check(explain(rule, lang, n_findings=3))


def test_catalogue_has_a_section_for_every_rule():
    text = catalogue_markdown(RULEBOOK)
    assert [rule.code for rule in RULEBOOK if f"\n### {rule.code} " not in text] == []


@pytest.mark.parametrize("kind", ["table", "md", "json"])
def test_rules_text(kind):
    assert "I103" in rules_text(RULEBOOK, RULEBOOK.get("I103"), kind, lang="zh")
    assert "I103" in rules_text(RULEBOOK, None, kind, lang="en")


def test_phrases_have_a_sure_width():
    own = {key: text for key, text in catalogue().items() if key.split(".")[0] in OWN_SECTIONS}
    wrong = [
        key for key, text in own.items() if any(unicodedata.east_asian_width(char) == "A" for char in "".join(text))
    ]
    assert wrong == []


def test_every_code_has_a_word():
    phrases = catalogue()
    assert [family for family in FAMILIES if f"family.{family}" not in phrases] == []
    assert [
        rule.suggestion for rule in RULEBOOK if rule.suggestion != "none" and f"action.{rule.suggestion}" not in phrases
    ] == []


def test_screens_can_be_carried_by_a_chinese_console(outcome):
    check_text(outcome, "table", lang="zh").encode("gbk")
    for lang in ("zh", "en"):
        rules_text(RULEBOOK, None, "table", lang=lang).encode("gbk")
        for rule in RULEBOOK:
            rules_text(RULEBOOK, rule, "table", lang=lang).encode("gbk")
