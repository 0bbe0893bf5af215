"""Planted data of nobody, put into every cell a file can have, and the search for it in whatever was said or kept."""

from __future__ import annotations

import re
import zipfile

import polars as pl
from openpyxl import Workbook

from gridaudit import schema

NAME, ID_NO, PHONE = "欧阳密探", "430299198511236784", "13876509412"
DOOR, OTHER, OWNER_ID = "翠屏苑7栋1203室", "E87651234", "430299197902148857"
LATIN, BOOKLET = "Ouyang Mitan", "户88776655号"
PLANTED = (NAME, ID_NO, PHONE, DOOR, OTHER, OWNER_ID, LATIN, BOOKLET, ID_NO[:17], f"{PHONE}{NAME}", f"'{ID_NO} ")
WORDS = (NAME, NAME[1:], DOOR, OTHER, LATIN, "密探")
# The area code itself stands in the examples of the rules.
DIGITS = {
    number[at : at + 6] for number in (ID_NO[4:], OWNER_ID[4:], PHONE, "88776655") for at in range(len(number) - 5)
}
_HASHES = re.compile(r"[0-9a-f]{24,}")
BASE = {
    "residents": {
        "name": "张三", "id_no": "430299199003071239", "sex": "男", "birth_date": "1990-03-07", "ethnic": "汉族",
        "relation": "户主", "phone": "13900000000", "pop_type": "常住人口", "house_id": "H1", "street": "东街街道",
        "community": "一村", "grid": "G1", "collector": "网格员甲",
    },
    "houses": {
        "house_id": "H1", "address": "样例路1号", "street": "东街街道", "community": "一村", "grid": "G1",
        "owner_name": "李四", "owner_phone": "13900000000", "occupancy": "自住", "managed": "有", "area_m2": "90",
        "use": "住宅", "collector": "网格员甲",
    },
}  # fmt: skip


def rows_of(table):
    """The heading of every canonical column, a good row many times, and each canary in each column."""
    columns = list(schema.columns(table))
    headings = [schema.columns(table)[name].aliases[0] for name in columns]
    good = [BASE[table].get(name) for name in columns]
    rows = [good] * 6
    for canary in PLANTED:
        rows.append([canary] * len(columns))
        rows += [[*good[:at], canary, *good[at + 1 :]] for at in range(len(columns))]
    return headings, rows


def book(path, headings, rows):
    """A workbook with a title, a row of instructions, a total and a note, each with somebody's data."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.append([f"信息表 制表 {NAME} {PHONE}"])
    sheet.append(headings)
    sheet.append([f"必填，例如 {NAME}", *[f"格式 {ID_NO}"] * (len(headings) - 1)])
    for row in rows:
        sheet.append(row)
    sheet.append(["合计", len(rows), NAME])
    sheet.append([f"填表人：{NAME} 电话 {PHONE}"])
    workbook.save(path)


def clear(text):
    """Every canary that stands in a text, and every six digits of one."""
    plain = _HASHES.sub("", text)
    return [word for word in WORDS if word in plain] + sorted(six for six in DIGITS if six in plain)


def unpacked(path):
    """What a file holds."""
    if path.suffix == ".parquet":
        return "\n".join(str(row) for row in pl.read_parquet(path).rows())
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as parts:
            return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return path.read_bytes().decode("utf-8", "replace")


def kept_clear(*folders):
    """Which files below the folders hold a canary."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file() and path.name != "key"]
    return {path.name: found for path in files if (found := clear(unpacked(path)))}
