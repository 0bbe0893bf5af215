"""The texts of the sample folder: its gridaudit.toml and its README."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CONFIG = """\
# 样例区的配置，人员、地名均为虚构。
schema = 1
district = "样例区"
# 数据日期：年龄、更新天数都按这一天算
as_of = 2026-09-01

# 实有人口、实有房屋两个导出表
[input.residents]
path = "实有人口_*.xlsx"

[input.houses]
path = "实有房屋_*.xlsx"

# 全区网格花名册
[grids]
path = "网格表.csv"

# 各小区有无物业（无物业记1分，有物业记0.4分）
[coefficients]
compounds = "小区表.csv"

# 样例区用的虚构地址码 430299
[area_codes]
extra = "codes.csv"
"""


README = """\
# 样例区 · a sample district

虚构的样例区（{n_homes} 户，种子 {seed}）：街道、社区、人员、号码、电话均为编造，430299 从未启用。
Everything here is invented ({n_homes} homes, seed {seed}); area code 430299 was never assigned.

预设问题 {total} 处，每行至多一处，逐条列在 `truth.csv`
（row 为表中看到的行号，flagged 应报，involved 牵涉；漏登的房屋没有行号，写在 subject 里，unsure 未必看得出）。
{total} findings are planted, at most one a row; `truth.csv` lists each
(row as the spreadsheet shows it; an omitted home has no row but a subject, those marked unsure may not show).

{listed}

运行 Run: `gridaudit check 实有人口_*.xlsx 实有房屋_*.xlsx`
"""


def readme(planted: Mapping[str, int], households: int, seed: int) -> str:
    """What the folder holds and what is planted in it.

    Args:
        planted: Findings to be expected, by rule code.
        households: Homes of the district.
        seed: The seed it was made with.
    """
    listed = " · ".join(f"{code} {count}" for code, count in planted.items()) or "none 无"
    return README.format(n_homes=households, seed=seed, total=sum(planted.values()), listed=listed)
