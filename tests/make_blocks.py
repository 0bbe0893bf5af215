"""Rewrites the generated blocks of README and docs/methods in both languages: `python tests/make_blocks.py`."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

from gridaudit import schema
from gridaudit.config import load_config
from gridaudit.pipeline import audit
from gridaudit.report.terminal import drawn, summary
from gridaudit.rulebook import FAMILIES, load_rulebook
from gridaudit.score import marks
from gridaudit.text import Lang, say

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS: dict[str, Lang] = {
    "README.md": "en", "README.zh-CN.md": "zh", "docs/methods.md": "en", "docs/methods.zh-CN.md": "zh"
}  # fmt: skip
SAMPLES = ROOT / "samples"
RULE = """\
name = "large-home-rented-out"
table = "houses"
when = "occupancy = '出租' AND area_m2 IS NOT NULL"
check = "area_m2 <= :max_m2"
level = "info"
loss = "none"
dimension = "conformity"
columns = ["area_m2"]
suggestion = "visit-home"

[parameters]
max_m2 = 300

[title]
zh = "出租房屋面积较大，请再看一次"
en = "A large home is rented out: look again"

[why]
zh = "多半是整栋按一户登记，里面可能住着几户。"
en = "Often a whole building is recorded as one home, and several households live in it."

[fix]
zh = "上门看是否分间出租；是的话逐户登记，不是的不用管。"
en = "See whether it is let in parts; if so, record each home, if not, leave it."

[not_reported]
zh = "自住、空置的房屋；面积空白；只提示，不扣分。"
en = "Homes that are not rented out; blank areas; information only, no marks lost."

[[case]]
verdict = "pass"
row = { house_id = "H1", occupancy = "出租", area_m2 = "88" }

[[case]]
verdict = "fail"
row = { house_id = "H1", occupancy = "出租", area_m2 = "420" }

[[case]]
verdict = "skip"
row = { house_id = "H1", occupancy = "自住", area_m2 = "420" }
"""

TIERS = {
    "A": {"zh": "本层有登记，同单元{parallel}以上的楼层有这个位置，旁边的单元有这间房",
          "en": "the floor is on record, {parallel} of the other floors have the position, a unit beside has the room"},
    "B": {"zh": "没有可比的单元；{single}以上的楼层有这个位置，不在首尾层",
          "en": "no unit to compare with; {single} of the other floors have the position; not the first or last floor"},
    "C": {"zh": "同 B，但可比的单元都没有这间房", "en": "as B, but the units beside it lack the room"},
    "D": {"zh": "整层没有登记，旁边的单元有这一层", "en": "the whole floor is absent, a unit beside has it"},
    "E": {"zh": "整层没有登记，{floor}以上的楼层有这个位置，不是忌讳的数字",
          "en": "the whole floor is absent, {floor} of the others have the position, no number people avoid"},
}  # fmt: skip
UNITS = {
    "major": marks.MAJOR, "minor": marks.MINOR, "person": marks.OWN_CAP, "relations": marks.RELATIONS_CAP,
    "gone": marks.GONE, "whole": marks.WHOLE,
}  # fmt: skip
BOTH = ("major", "minor")
LOSSES: list[tuple[dict[Lang, str], tuple[str, ...], str | None]] = [
    ({"zh": "漏房，或有人住却没有登记人", "en": "missed, or lived in with nobody registered"}, ("whole",), None),
    ({"zh": "已知而不见、没有说明去向的每个人", "en": "each person known but gone, unexplained"}, ("gone",), None),
    ({"zh": "每个人自己的问题，较重 / 较轻", "en": "a person's own findings, major / minor"}, BOTH, "person"),
    ({"zh": "一户内的关系问题，较重 / 较轻", "en": "relations in the home, major / minor"}, BOTH, "relations"),
    ({"zh": "房屋的问题，较重 / 较轻", "en": "findings about the house, major / minor"}, BOTH, None),
]  # fmt: skip


def screen(lang: Lang) -> str:
    """Return the first screen of `gridaudit check samples`, at a time that stays the same."""
    config = load_config(SAMPLES / "gridaudit.toml")
    started_at = datetime.fromisoformat("2026-09-01T09:30+08:00")
    outcome = audit(
        [SAMPLES],
        config=config,
        as_of=date(2026, 9, 1),
        started_at=started_at,
        run_id="readme",
        secret=b"readme",
        lang=lang,
    )
    return f"```text\n{drawn(summary(outcome, load_rulebook(), lang))}```"


def families(lang: Lang) -> str:
    """Return a table of the families: letter, name, number of rules, titles of some."""
    heading = "| | 类别 | 规则数 | 例如 |" if lang == "zh" else "| | family | rules | for example |"
    lines = [heading, "|---|---|---:|---|"]
    in_order = sorted(load_rulebook(), key=lambda rule: (FAMILIES.index(rule.family), rule.code))
    for family, members in groupby(in_order, key=lambda rule: rule.family):
        rules = list(members)
        titles = [re.sub(r"[，（:].*", "", rule.title.in_(lang)) for rule in rules[:3]]
        examples = ("、" if lang == "zh" else "; ").join(titles)
        lines.append(f"| {family} | {say(f'family.{family}', lang)} | {len(rules)} | {examples} |")
    return "\n".join(lines)


def rule(lang: Lang) -> str:
    """Return a whole local rule."""
    first = "# my-rules/U101.toml" if lang == "en" else "# my-rules/U101.toml，文件名就是规则代码"
    return f"```toml\n{first}\n{RULE}```"


def weights(lang: Lang) -> str:
    """Return the trust in each cell."""
    columns = schema.columns("residents")
    named = {name: {"zh": column.zh, "en": column.en}[lang] for name, column in columns.items()}
    named["other"] = {"zh": "其他", "en": "any other"}[lang]
    known = tomllib.loads((ROOT / "gridaudit/judge/cells.toml").read_text("utf-8"))
    rows = [(named[name], weight) for name, weight in known["weights"].items()]
    heading = {"zh": "| 单元格 | 权重 |", "en": "| cell | weight |"}[lang]
    return "\n".join([heading, "|---|---:|", *(f"| {name} | {weight} |" for name, weight in rows)])


def tiers(lang: Lang) -> str:
    """Return the tiers of the room lattice, with the share of gaps that are homes before anybody answered."""
    known = schema.lattice()
    shares = {"parallel": known["parallel_share"], "single": known["single_share"], "floor": known["floor_share"]}
    percent = {name: f"{share:.0%}" for name, share in shares.items()}
    heading = {"zh": "| 档 | 依据 | 先验比例 |", "en": "| tier | evidence | prior |"}[lang]
    lines = [heading, "|---|---|---:|"]
    for tier, texts in TIERS.items():
        homes, none = known["prior"][tier]
        lines.append(f"| {tier} | {texts[lang].format(**percent)} | {homes / (homes + none):.2f} |")
    return "\n".join(lines)


def losses(lang: Lang) -> str:
    """Return what each thing takes of a home, and up to how much."""
    share = {name: units / marks.WHOLE for name, units in UNITS.items()}
    heading = {"zh": "| 情形 | 失去 | 封顶 |", "en": "| what | takes | at most |"}[lang]
    lines = [heading, "|---|---:|---:|"]
    for texts, takes, cap in LOSSES:
        most = "" if cap is None else f"{share[cap]:g}"
        lines.append(f"| {texts[lang]} | {' / '.join(f'{share[name]:g}' for name in takes)} | {most} |")
    return "\n".join(lines)


BLOCKS = {
    "screen": screen, "families": families, "rule": rule, "weights": weights, "tiers": tiers, "losses": losses
}  # fmt: skip


def rewritten(text: str, lang: Lang) -> str:
    """Return a document with its generated blocks made anew."""
    for name, make in BLOCKS.items():
        begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
        before, found, rest = text.partition(begin)
        if found:
            after = rest.partition(end)[2]
            text = f"{before}{begin}\n{make(lang)}\n{end}{after}"
    return text


if __name__ == "__main__":
    for name, language in DOCUMENTS.items():
        path = ROOT / name
        path.write_text(rewritten(path.read_text("utf-8"), language), "utf-8")
