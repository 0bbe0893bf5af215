"""The check digit against stdnum's ISO 7064, and every area code there ever was."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import polars as pl
import pytest
from stdnum.iso7064 import mod_11_2

from gridaudit.derive import load_area_codes
from gridaudit.derive.residents.identity import add_identity
from gridaudit.rulebook import builtin_folder

AS_OF = date(2026, 9, 1)
NUMBER_RULES = ("I101", "I102", "I103", "I104", "I105", "I106")


@pytest.fixture(scope="module")
def codes():
    return load_area_codes(builtin_folder())


@pytest.fixture(scope="module")
def identified(codes):
    def identify(numbers):
        text = pl.Series(numbers, dtype=pl.String)
        nothing = pl.lit(None, dtype=pl.String)
        frame = pl.DataFrame({"id_no": text, "id_no_text": text, "id_no_raw": text}).with_columns(
            id_number_cell=pl.lit(value=False),
            id_type=nothing,
            id_type_text=nothing,
            id_type_undeclared=pl.lit(value=False),
        )
        return add_identity(frame, codes=codes, as_of=AS_OF)

    return identify


def random_numbers(random, size):
    """Numbers with a true date and province, any order and any last character: a twelfth of them is right."""
    first, days = date(1930, 1, 1), (date(2026, 8, 31) - date(1930, 1, 1)).days
    dates = [f"{first + timedelta(days=day):%Y%m%d}" for day in range(0, days, 3)]
    for _ in range(size):
        area, born, order = random.randrange(100), random.choice(dates), random.randrange(1000)
        yield f"4302{area:02}{born}{order:03}{random.choice('0123456789X')}"


@pytest.mark.parametrize("size", [20_000, pytest.param(1_000_000, marks=pytest.mark.sim)])
def test_the_check_digit_agrees_with_stdnum(identified, size):
    numbers = list(random_numbers(Random(7), size))
    verdicts = identified(numbers)["id_check_digit_ok"].to_list()
    assert verdicts == [mod_11_2.is_valid(number) for number in numbers]


@pytest.mark.parametrize("size", [20_000, pytest.param(500_000, marks=pytest.mark.sim)])
def test_mutated_numbers_agree_with_stdnum(identified, make_id, size):
    """Digits changed, swapped, dropped and doubled: a number that passes is right by stdnum, and no other passes."""
    random = Random(11)
    right = [
        make_id(born=f"{year}0307", order=f"{order:03}") for year in range(1940, 2020, 4) for order in range(0, 999, 97)
    ]
    mutated = []
    for _ in range(size):
        digits = list(random.choice(right))
        at, other = random.randrange(18), random.randrange(18)
        kind = random.randrange(4)
        if kind == 0:
            digits[at] = random.choice("0123456789X")
        elif kind == 1:
            digits[at], digits[other] = digits[other], digits[at]
        elif kind == 2:
            del digits[at]
        else:
            digits.insert(at, digits[other])
        mutated.append("".join(digits))
    frame = identified(mutated)
    passed = frame.filter(pl.col("id_valid"))["id_no"].to_list()
    assert all(len(number) == 18 and mod_11_2.is_valid(number) for number in passed)
    asked = frame.filter(pl.col("id_check_digit_ok").is_not_null())
    oracle = [mod_11_2.is_valid(number) for number in asked["id_no"].to_list()]
    assert asked["id_check_digit_ok"].to_list() == oracle


@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.sim)])
def test_every_code_there_ever_was_whatever_the_year(identified, codes, compiled, make_id, step):
    known = codes["area"].to_list()
    assert len(known) == 7483
    numbers = [make_id(str(code), f"{year}0615", "012") for code in known for year in range(1930, 2025, step)]
    frame = identified(numbers).with_columns(id_nearly_repeated=pl.lit(value=False))
    rules = {rule.rule.code: rule.verdict for rule in compiled.by_table["residents"] if rule.rule.code in NUMBER_RULES}
    verdicts = frame.select((~verdict).sum().alias(code) for code, verdict in rules.items())
    assert verdicts.row(0, named=True) == dict.fromkeys(NUMBER_RULES, 0)
    assert frame["id_valid"].all()
    assert frame["id_area_known"].all()


def test_any_text_is_identified(identified):
    random = Random(3)
    alphabet = "0123456789Xx×ＸOl一 \u00a0\u3000'\"-/第号😀𠮷"
    texts = ["".join(random.choices(alphabet, k=random.randrange(1, 22))) for _ in range(3000)] + [None]
    frame = identified(texts)
    assert frame.height == 3001
    assert not frame["id_valid"].any()
