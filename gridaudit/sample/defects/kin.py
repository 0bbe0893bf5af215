"""Family L 逻辑矛盾 inside households: relations, ages and sexes that contradict each other.

A household carries one contradiction and nothing else: its people and its home are taken as a whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gridaudit.sample.cases import either
from gridaudit.sample.cells import day_text
from gridaudit.sample.defects.planter import INVOLVED
from gridaudit.sample.families import AS_OF, YEAR, completed_years
from gridaudit.sample.identity import checked

if TYPE_CHECKING:
    from gridaudit.sample.defects.planter import Planter

NUMBER = "身份证号码"
COUPLE = ("户主", "配偶")
CHILD = pl.col("role") == "child"
GROWN = CHILD & pl.col("has_id") & (pl.col("age") >= 18)
ONE_CHILD = pl.col("family") == "one_child"
PAIR = pl.col("family").is_in(["young_couple", "old_couple"])
SPOUSE = pl.col("relation") == "配偶"
HEAD = pl.col("relation") == "户主"
NOT_EXPECTING = pl.col("关爱对象") != "孕产妇"


def with_relatives(people: pl.DataFrame) -> pl.DataFrame:
    """Add what relatives say: births of the elder of the couple, of the head, the child and the next older child."""
    role, birth = pl.col("role"), pl.col("birth")

    def of(who: pl.Expr) -> pl.Expr:
        return birth.filter(who).min().over("household")

    return people.with_columns(
        elder_birth=of(pl.col("relation").is_in(COUPLE)), head_birth=of(HEAD), child_birth=of(CHILD),
        older_birth=of(role == "older"), all_numbered=pl.col("has_id").all().over("household"),
        all_present=pl.col("present").all().over("household"),
        settled=~pl.col("migrant").any().over("household"), place_in_family=pl.int_range(pl.len()).over("household"),
    )  # fmt: skip


def homes_for(planter: Planter, code: str, eligible: pl.Expr, *, at_once: int = 1) -> pl.DataFrame:
    """Choose people for a contradiction, so many at once, in homes that carry nothing yet; take their whole homes."""
    people = planter.shuffled["residents"]
    if planter.rates.get(code, 0.0) <= 0:
        return people.clear()
    houses = planter.shuffled["houses"].filter("free", pl.col("occupancy").is_in(["自住", "出租"]))["row"]
    whole = pl.col("free").all().over("home") & pl.col("home").is_in(houses.implode())
    rows = (
        people.filter(whole).filter(eligible & pl.col("all_present")).unique("home", keep="first", maintain_order=True)
    )
    wanted = -(-planter.how_many(code, rows.height) // at_once)
    rows = rows.head(min(wanted, rows.height // at_once) * at_once)
    planter.take("houses", rows, "home")
    planter.take("residents", people.filter(pl.col("home").is_in(rows["home"].implode())))
    return rows


def family_of(planter: Planter, rows: pl.DataFrame, eligible: pl.Expr) -> pl.DataFrame:
    """Other members of the households of these rows."""
    people = planter.shuffled["residents"].filter(eligible & pl.col("household").is_in(rows["household"].implode()))
    return people.filter(~pl.col("row").is_in(rows["row"].implode()))


def born(new: pl.Expr, male: pl.Expr | None = None, order: tuple[str, str] = ("999", "000")) -> dict[str, pl.Expr]:
    """The cells of somebody born on another day (or of another sex), with a number nobody else has."""
    is_male = pl.col("male") if male is None else male
    body = pl.concat_str(pl.lit("430299"), new.dt.strftime("%Y%m%d"), either(is_male, *order))
    return {
        NUMBER: checked(body), "出生日期": day_text(new), "性别": either(is_male, "男", "女"),
        "年龄": completed_years(new).cast(pl.String),
    }  # fmt: skip


def later(planter: Planter, code: str, base: str, low: float, high: float) -> pl.Expr:
    """A day so many years after another."""
    return pl.col(base) + pl.duration(days=planter.draws.between(code, round(low * YEAR), round(high * YEAR)))


def plant_kin(planter: Planter) -> None:
    """Plant L101 to L119 but L107, L113 and L115, which change somebody else's row."""
    planter.shuffled["residents"] = with_relatives(planter.shuffled["residents"])
    grown = ONE_CHILD & GROWN
    turned = either("male", "孙子", "孙女")
    wife = SPOUSE & pl.col("has_id") & ~pl.col("male")
    own = "与户主关系"
    given: list[str] = []
    changes: list[tuple[str, pl.Expr, dict[str, pl.Expr]]] = [
        ("L102", grown, {own: pl.lit("户主")}),
        ("L103", grown, {own: pl.lit("配偶")}),
        ("L104", grown, born(later(planter, "L104", "elder_birth", 5, 11))),
        ("L105", grown, born(later(planter, "L105", "elder_birth", -3, -0.2))),
        ("L106", grown, born(later(planter, "L106", "elder_birth", 12.2, 14.8))),
        ("L108", grown, {own: turned, **born(later(planter, "L108", "elder_birth", 16, 23.5))}),
        ("L109", grown, {own: turned, **born(later(planter, "L109", "elder_birth", 24.5, 29.5))}),
        ("L110", PAIR & SPOUSE & pl.col("has_id") & NOT_EXPECTING, born(pl.col("birth"), ~pl.col("male"))),
        ("L111", (pl.col("family") == "old_couple") & wife, born(later(planter, "L111", "head_birth", 26, 27))),
        (
            "L112", (pl.col("family") == "young_couple") & wife,
            born(pl.lit(AS_OF) - pl.duration(days=planter.draws.between("L112", 6260, 6500))),
        ),
        ("L114", ONE_CHILD & CHILD, {own: either("male", "女", "子")}),
        (
            "L117", (pl.col("family") == "two_children") & GROWN,
            born(pl.col("older_birth") + pl.duration(days=planter.draws.between("L117", 40, 200))),
        ),
    ]  # fmt: skip
    for code, eligible, cells in changes:
        rows = homes_for(planter, code, eligible)
        edits = rows.select("row", **cells)
        if NUMBER in edits.columns:
            # Two people may not be given one number.
            edits = edits.filter(~pl.col(NUMBER).is_in(given) & pl.col(NUMBER).is_first_distinct())
            given += edits[NUMBER].to_list()
        if edits.height:
            planter.edit("residents", edits)
            planter.mark(code, "residents", edits)
    plant_about_others(planter)


def plant_about_others(planter: Planter) -> None:
    """Contradictions that are said of one person and made by changing another's row."""
    owned = planter.tables["houses"].filter(occupancy="自住")["row"]
    at_home = pl.col("home").is_in(owned.implode()) & pl.col("settled")
    mother = SPOUSE & ~pl.col("male") & pl.col("has_id")
    old_mother = born(
        pl.col("child_birth") - pl.duration(days=planter.draws.between("L107", 19000, 20800)), order=("997", "998")
    )
    cells: list[tuple[str, pl.Expr, pl.Expr, dict[str, pl.Expr]]] = [
        ("L101", PAIR & SPOUSE & at_home, HEAD, {"与户主关系": pl.lit("其他亲属")}),
        ("L107", ONE_CHILD & CHILD & pl.col("age").is_between(5, 24), mother, old_mother),
        (
            "L113", (pl.col("family") == "mother_child") & CHILD & (pl.col("age") < 14), HEAD,
            {"与户主关系": pl.lit("母亲")},
        ),
        ("L115", (pl.col("family") == "three_generations_up") & HEAD, SPOUSE, {"与户主关系": pl.lit("母亲")}),
        (
            "L118", (pl.col("family") == "three_children") & HEAD, pl.col("role").is_in(["older", "eldest"]),
            {"姓名": either(pl.col("role") == "older", "诸葛", "东方") + pl.col("姓名").str.tail(1)},
        ),
        (
            "L119", (pl.col("family") == "three_tenants") & HEAD & pl.col("all_numbered"), pl.col("has_id"),
            _same_day(),
        ),
    ]  # fmt: skip
    for code, flagged, others, changes in cells:
        rows = homes_for(planter, code, flagged)
        changed = family_of(planter, rows, others)
        if rows.height:
            planter.edit("residents", changed.select("row", **changes))
            planter.mark(code, "residents", rows)
            planter.mark(code, "residents", changed, INVOLVED)
        if code == "L113" and rows.height:
            planter.edit("residents", rows.select("row", 与户主关系=pl.lit("户主")))


def _same_day() -> dict[str, pl.Expr]:
    """Flatmates born on the day of the first one, each with an order of their own."""
    first, second = (born(pl.col("head_birth"), order=order) for order in (("999", "000"), ("995", "996")))
    is_first = pl.col("place_in_family") == 1
    return {name: either(is_first, first[name], second[name]) for name in first}
