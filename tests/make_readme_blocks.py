"""Rewrites the generated blocks of README.md and README.zh-CN.md: `python tests/make_readme_blocks.py`."""

from __future__ import annotations

import re
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

from gridaudit.config import load_config
from gridaudit.pipeline import audit
from gridaudit.report.terminal import drawn, summary
from gridaudit.rulebook import FAMILIES, load_rulebook
from gridaudit.text import Lang, say

ROOT = Path(__file__).resolve().parents[1]
READMES: dict[str, Lang] = {"README.md": "en", "README.zh-CN.md": "zh"}
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


def rewritten(text: str, lang: Lang) -> str:
    """Return a README with its generated blocks made anew."""
    for name, make in (("screen", screen), ("families", families), ("rule", rule)):
        begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
        before, _, rest = text.partition(begin)
        after = rest.partition(end)[2]
        text = f"{before}{begin}\n{make(lang)}\n{end}{after}"
    return text


if __name__ == "__main__":
    for name, language in READMES.items():
        path = ROOT / name
        path.write_text(rewritten(path.read_text("utf-8"), language), "utf-8")
