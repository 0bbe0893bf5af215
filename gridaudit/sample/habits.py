"""What people's cells say by age and family: telephone, registered address, marriage, school, work.

The ages and shares below are the sample's own: plausible, and estimates of nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gridaudit.sample.cases import case, either
from gridaudit.sample.cells import day_text, mobile
from gridaudit.sample.families import AS_OF
from gridaudit.sample.papers import PASSPORT, PERMIT
from gridaudit.sample.places import padded
from gridaudit.sample.words import words

if TYPE_CHECKING:
    from gridaudit.sample.draws import Draws

FROM_ABROAD = pl.col("paper").is_in([PASSPORT, PERMIT])


def phone(draws: Draws) -> pl.Expr:
    """Children mostly without, a few of the old write 无, a few landlines, a few two numbers."""
    luck, age = draws.share("phone kind"), pl.col("age")
    number = mobile(draws, "phone")
    landline = pl.lit("0731-2") + padded(draws.between("landline", 0, 9_999_999), 7)
    return case(
        (age < 1, ""),
        ((age < 16) & (luck < 0.92), ""),
        ((age >= 70) & (luck < 0.04), "无"),
        ((age >= 50) & (luck > 0.97), landline),
        ((age >= 30) & (luck > 0.95), pl.concat_str(number, landline, separator=";")),
        default=number,
    )


def hukou(draws: Draws) -> pl.Expr:
    """Where migrants are registered; most others repeat their address."""
    place = draws.pick("hukou", words("words", "hukou_places"), "household")
    village = draws.between("hukou group", 1, 30, "household")
    return case(
        (FROM_ABROAD, draws.pick("overseas", words("words", "overseas_places"))),
        (pl.col("migrant"), pl.format("{}{}组", place, village)),
        (draws.chance("hukou here", 0.7, "household"), pl.col("address")),
        default="",
    )


def marital(draws: Draws) -> pl.Expr:
    """Couples are married, children are not; for people alone it depends on their age."""
    role, age, family = pl.col("role"), pl.col("age"), pl.col("family")
    luck = draws.share("marital")
    widowed_home = family.is_in(["mother_at_home", "grandmother_heads"])
    return case(
        ((role == "single") & (age > 62), either(luck < 0.8, "丧偶", "未婚")),
        ((role == "single") & (age > 35), either(luck < 0.5, "离婚", "未婚")),
        (role.is_in(["single", "child", "older", "eldest", "twin", "tenant"]), "未婚"),
        ((family == "mother_child") & (role == "wife"), "离婚"),
        (widowed_home & (role == "grandmother"), "丧偶"),
        default="已婚",
    )


def education(draws: Draws) -> pl.Expr:
    """As far as the age allows."""
    age = pl.col("age")
    return case(
        (age < 7, ""),
        (age < 13, "小学"),
        (age < 16, "初中"),
        (age < 20, "高中"),
        (age > 65, draws.pick("old education", ["小学", "小学", "初中", "高中"])),
        ((age > 26) & draws.chance("education", 0.03), "研究生"),
        default=draws.pick("education kind", ["初中", "高中", "中专", "大学专科", "大学本科"]),
    )


def politics(draws: Draws) -> pl.Expr:
    """Mostly 群众; half of the young in the League, a tenth of the others in the Party."""
    luck, age = draws.share("politics"), pl.col("age")
    return case(
        ((age >= 14) & (age < 28) & (luck < 0.5), "共青团员"),
        ((age > 24) & (luck < 0.1), "中共党员"),
        default="群众",
    )


def employer(draws: Draws) -> pl.Expr:
    """Where people of working age work; blank for many."""
    luck, age = draws.share("employed"), pl.col("age")
    return case(
        (
            (age >= 20) & (age < 60) & (luck < 0.6),
            draws.pick("employer", words("words", "employers")),
        ),
        ((age >= 62) & (luck < 0.5), "退休"),
        default="",
    )


def work(draws: Draws) -> pl.Expr:
    """What people do, by age; blank for a few."""
    age = pl.col("age")
    return case(
        (age < 3, ""),
        (age < 7, "学龄前儿童"),
        (age < 18, "学生"),
        (age >= 62, either(draws.chance("retired", 0.6), "退休", "务农")),
        (draws.chance("work blank", 0.1), ""),
        default=draws.pick("work", words("words", "occupations")),
    )


def care(draws: Draws) -> pl.Expr:
    """Whom to look after: the old who live alone, the very old, some mothers-to-be, a few of the disabled."""
    age, luck = pl.col("age"), draws.share("care")
    here = pl.col("present").cast(pl.Int32).sum().over("household")
    return case(
        ((age >= 60) & (here == 1), "独居老人"),
        ((age >= 85), "高龄老人"),
        (~pl.col("male") & age.is_between(25, 37) & (luck < 0.02), "孕产妇"),
        ((age >= 12) & (luck > 0.995), "残疾人"),
        default="",
    )


def died_on(draws: Draws) -> pl.Expr:
    """When the dead died."""
    days = draws.between("died on", 30, 900)
    return either(pl.col("status") == "死亡", day_text(pl.lit(AS_OF) - pl.duration(days=days)), "")
