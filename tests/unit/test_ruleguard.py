"""The guard of rule text: more than a row-wise expression is refused before polars sees it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gridaudit.errors import RuleError
from gridaudit.judge import compile_rulebook
from gridaudit.rulebook import Rulebook, compile_rule, load_rulebook
from gridaudit.ruleguard import refusal
from gridaudit.text import Text

RULE = load_rulebook().get("F101")


def compiled(check, *, when="TRUE", parameters=None):
    return compile_rule(replace(RULE, when=when, check=check, parameters=parameters or {}), "residents")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name IN (FROM read_csv('people.csv'))", "the word FROM"),
        ("name IN (SELECT name FROM other)", "the word SELECT"),
        ("EXISTS (SELECT 1)", "the word EXISTS"),
        ("age > ALL (1)", "the word ALL"),
        ("sum(age) OVER (PARTITION BY grid) > 1", "the function sum"),
        ("name IN (VALUES ('a'))", "the word VALUES"),
        ("name IS NULL UNION SELECT 1", "the word UNION"),
        ("read_csv('people.csv') IS NULL", "the function read_csv"),
        ("scan_parquet('people.parquet') IS NULL", "the function scan_parquet"),
        ("TRUE -- always", "a comment"),
        ("TRUE /* always */", "a comment"),
        ("name = E'\\x41'", "a prefixed string"),
        ("name = x'41'", "a prefixed string"),
        ("birth_date < CURRENT_DATE", "the clock (CURRENT_DATE): use as_of"),
        ("birth_date < now()", "the clock (now): use as_of"),
        ("birth_date < today()", "the clock (today): use as_of"),
        ("pg_sleep(5)", "the function pg_sleep"),
        ("CAST(age AS int) > 1", "the function CAST"),
        ("\"read_csv\"('people.csv')", 'a call of "read_csv"'),
        ("name = 'a'; DROP TABLE x", "character ';' at 11"),
        ("age::int > 1", "character ':' at 4"),
        ("name = `a`", "character '`' at 8"),
        ("name = $$a$$", "character '$' at 8"),
        ("name = 'open", 'character "\'" at 8'),
        ("", "no text"),
        ("  ", "no text"),
    ],
)
def test_refused(text, reason):
    assert refusal(text) == reason


@pytest.mark.parametrize(
    "text",
    [
        "name IS NOT NULL AND NOT (coalesce(age_years < 1, FALSE))",
        "age_years BETWEEN 16 AND 120 OR sex IN ('男', '女')",
        "EXTRACT(YEAR FROM birth_date) >= 1900",
        "name = 'select * from read_csv; -- it''s a name'",
        "regexp_like(phone, '^1[3-9][0-9]{9}$')",
        "CASE WHEN sex = '男' THEN age < 120 ELSE TRUE END",
        'name <> "head_name" AND area_m2 * 2 - 1 >= -0.5 % 3',
    ],
)
def test_accepted(text):
    assert refusal(text) is None


@pytest.mark.parametrize(
    ("check", "code"),
    [
        ("name IN (FROM read_csv('people.csv'))", "E211"),
        ("TRUE; TRUE", "E211"),
        ("name IS NOT", "E212"),
        ("age_years >= :adult", "E213"),
        ("nickname IS NOT NULL", "E214"),
        ("name + 1 > 2", "E214"),
        ("age_years", "E215"),
        ("max(age_years) > 1", "E211"),
        ("sum(age) > 1", "E211"),
        ("count(name) > 1", "E211"),
        ("avg(age) > 1", "E211"),
        ("min(age_years) IS NOT NULL AND name IS NOT NULL", "E211"),
        ("count(*) > 1", "E211"),
    ],
)
def test_compiling_refuses(check, code):
    with pytest.raises(RuleError, match=code):
        compiled(check)


def test_compiling_refuses_the_condition_as_well():
    with pytest.raises(RuleError, match="E211"):
        compiled("name IS NOT NULL", when="name IN (FROM read_csv('people.csv'))")


def test_a_text_parameter_stays_a_text():
    rule = compiled("name <> :word", parameters={"word": "x' OR name IN (FROM read_csv('a'))"})
    assert rule.columns == ("name",)


def test_needs_are_those_of_columns_and_facts():
    rule = compiled("birth_matches_id OR ethnic_text IS NOT NULL")
    assert rule.needs == {"id_no", "birth_date", "ethnic"}


def test_a_message_that_would_show_personal_data_is_refused():
    rule = replace(RULE, message=Text("{name}", "{name}"))
    with pytest.raises(RuleError, match="E219"):
        compile_rulebook(Rulebook((rule,)))
