"""An audit in parts is the audit in memory: findings, score, tallies and the run that is kept."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import fastexcel
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridaudit import store
from gridaudit.config import Config
from gridaudit.derive.rounds.kept import Kept
from gridaudit.pipeline import audit
from gridaudit.read import Limits
from gridaudit.report import check_text
from gridaudit.sample import DEFAULT_RATES, write_sample
from gridaudit.score import People

AS_OF = datetime(2026, 9, 1, tzinfo=UTC).date()
SECRET = b"a secret of the tests"
KEPT = ("findings", "tallies", "areas", "records")
GRIDS = [("东街", "甲社区", "G1"), ("东街", "乙社区", "G2"), ("西街", "丙社区", "G3")]
ROSTER = [{"街道": street, "社区": community, "网格编码": grid, "网格员": "甲员"} for street, community, grid in GRIDS]


def district(seed, make_id, n_homes=60):
    """Homes and people with every kind of bond between rows far apart."""
    random = Random(seed)
    houses, residents = [], []
    for number in range(n_homes):
        street, community, grid = random.choice(GRIDS)
        place = {"街道": street, "社区": community, "网格编码": random.choice([grid] * 9 + [None])}
        room = {"小区名称": f"{number // 40}园", "楼栋": f"{number // 8 % 5}栋", "房号": f"{number % 8 + 101}"}
        houses.append(
            place | room | {
                "房屋编码": random.choice([f"H{number:04}"] * 12 + ["H0001", None, f"000{number}"]),
                "房屋地址": random.choice([f"甲路{number}号", f"甲路{number}号", "甲路1号", None]),
                "房屋用途": "住宅", "居住状态": random.choice(["自住", "出租", "空置", None]),
                "有无物业": random.choice(["有", "有", None]), "采集人": random.choice(["甲员", "乙员"]),
                "更新时间": f"2026-0{random.randrange(1, 9)}-01",
            }
        )  # fmt: skip
        for order in range(random.choice([0, 1, 2, 3])):
            by_code = random.random() < 0.7
            is_man = random.random() < 0.5
            number_of = make_id(born=f"19{number % 70 + 20}0307", order=f"{order * 2 + 100 + is_man:03}")
            residents.append(
                place | (dict.fromkeys(room) if by_code else room) | {
                    "姓名": random.choice(["王小明", "唐小雨", "李大海", None]),
                    "身份证号": random.choice([number_of] * 6 + [make_id(), make_id(), number_of[:-1] + "0", None]),
                    "性别": "1" if is_man else "0", "出生日期": None,
                    "年龄": str(106 - number % 70 + random.choice([1, 1, 0])),
                    "户号": random.choice([f"4302990{number:04}", None]),
                    "联系电话": random.choice(["13900000000", "1"]),
                    "房屋编码": random.choice([f"H{number:04}", "H9999", f"{number}"]) if by_code else None,
                    "现住址": None if by_code else random.choice([f"甲路{number}号", "无此路7号"]),
                    "人口状态": random.choice(["在住"] * 5 + ["死亡", "外出"]), "采集人": random.choice(["甲员", None]),
                    "更新时间": f"2026-0{random.randrange(1, 9)}-01",
                }
            )  # fmt: skip
            if random.random() < 0.1:
                residents.append(dict(residents[random.randrange(len(residents))]))
            if random.random() < 0.1:
                residents.append(near_double(random, residents[random.randrange(len(residents))]))
    random.shuffle(residents)
    return {"houses": houses, "residents": residents, "grids": ROSTER}


def near_double(random, row):
    """The same person at another home, a digit of the number mistyped."""
    number, at = row["身份证号"] or "", random.choice([7, 13, 16])
    typed = f"{number[:at]}{random.randrange(10)}{number[at + 1 :]}" if number else None
    born = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    own = {"身份证号": typed, "出生日期": random.choice([born, None]), "房屋编码": f"H{random.randrange(60):04}"}
    return {**row, "现住址": None, **own}


def texts(rows):
    return pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))


def audited(paths, codes, *, limits, part_rows=250_000, header_row=None, **settings):
    return audit(
        paths, config=Config(extra_area_codes=codes, **settings), header_row=header_row, as_of=AS_OF,
        started_at=datetime(2026, 9, 1, tzinfo=UTC), run_id="r1", secret=SECRET, limits=limits, part_rows=part_rows,
    )  # fmt: skip


def kept(outcome, folder):
    """What a run shows and keeps, as it is compared."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with store.claimed(folder, datetime(2026, 9, 1, tzinfo=UTC)) as claim:
        run = store.save(replace(claim, key=SECRET), outcome)
    frames = {name: pl.read_parquet(run / f"{name}.parquet") for name in KEPT}
    manifest = json.loads((run / "manifest.json").read_text("utf-8"))
    shown = {kind: check_text(outcome, kind, lang="zh", width=96) for kind in ("table", "json", "jsonl", "csv")}
    return frames, manifest, shown, outcome.notes


def same(paths, codes, folder, *, limits, part_rows, **settings):
    """Audit both ways; return what both gave."""
    whole = audited(paths, codes, limits=Limits(rows=10**9, size=10**12), **settings)
    parts = audited(paths, codes, limits=limits, part_rows=part_rows, **settings)
    assert isinstance(whole.kept, Kept)
    assert isinstance(parts.kept, People)
    one, other = kept(whole, folder / "whole"), kept(parts, folder / "parts")
    # The tags by which corrected people are recognised, and codes of homes, are kept of smaller inputs alone.
    for of_both in (one, other):
        of_both[1]["contents"].pop("records.parquet")
    one[0]["records"] = one[0]["records"].select(other[0]["records"].columns)
    for name in KEPT:
        assert one[0][name].equals(other[0][name]), name
        assert one[0][name].schema == other[0][name].schema
    assert one[1:] == other[1:]
    return parts


def tiny(piece_rows):
    return Limits(rows=1, size=1, piece_rows=piece_rows, piece_size=piece_rows * 100)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), part_rows=st.integers(4, 200), piece_rows=st.integers(1, 300), data=st.data())
def test_parts_of_any_size_give_what_the_whole_gives(seed, part_rows, piece_rows, data, make_id, extra_codes, tmp_path):
    tables = district(seed, make_id)
    left_out = data.draw(st.sampled_from([(), ("houses",), ("grids",), ("houses", "grids")]))
    paths = []
    for name, rows in tables.items():
        if name not in left_out:
            paths.append(tmp_path / f"{name}.parquet")
            texts(rows).write_parquet(paths[-1], row_group_size=data.draw(st.sampled_from([7, 50, 1000])))
    outcome = same(paths, extra_codes, tmp_path, limits=tiny(piece_rows), part_rows=part_rows)
    assert outcome.findings.rows.height > 50


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_with_titles_totals_blank_rows_and_quoted_line_ends(encoding, make_id, extra_codes, tmp_path):
    tables = district(3, make_id)
    tables["residents"][80]["姓名"] = '王"小\n明,甲'
    paths = []
    for name, rows in tables.items():
        lines = texts(rows).write_csv().splitlines(keepends=True)
        heading, blank = lines[0], "," * lines[0].count(",") + "\n"
        middle = [*lines[1:60], blank, "合计:59,\n", *lines[60:65], heading, "\n", *lines[65:]]
        text = "".join(["实有登记表\n", *lines[:1], *(middle if name == "residents" else lines[1:])])
        paths.append(tmp_path / f"{name}.csv")
        paths[-1].write_bytes(text.encode(encoding))
    outcome = same(paths, extra_codes, tmp_path, limits=tiny(80), part_rows=60)
    (info,) = [sheet for sheet in outcome.sheets if sheet.table == "residents"]
    assert (info.n_rows, info.n_left_out) == (len(tables["residents"]), 2)


def test_a_long_table_beside_short_ones_of_the_same_kind(make_id, extra_codes, tmp_path):
    tables = district(5, make_id)
    few, many = tables["residents"][:30], tables["residents"][20:]
    paths = [tmp_path / name for name in ("a.csv", "b.parquet", "houses.csv", "grids.csv")]
    texts([{**row, "备注": "x"} for row in few]).write_csv(paths[0])
    texts(many).write_parquet(paths[1])
    texts(tables["houses"]).write_csv(paths[2])
    texts(tables["grids"]).write_csv(paths[3])
    limits = Limits(rows=1, size=10**9, piece_rows=64)
    same(paths, extra_codes, tmp_path, limits=limits, part_rows=25)
    same(paths[1:], extra_codes, tmp_path, limits=limits, part_rows=25)


def test_a_heading_far_down_that_a_person_pointed_at(make_id, extra_codes, tmp_path):
    tables = district(13, make_id)
    paths = [tmp_path / "residents.csv", tmp_path / "houses.parquet"]
    paths[0].write_text("填报说明\n" * 99 + texts(tables["residents"]).write_csv(), "utf-8")
    texts(tables["houses"]).write_parquet(paths[1])
    config = {"header_rows": {"residents": 100}}
    outcome = same(paths, extra_codes, tmp_path, limits=tiny(300), part_rows=40, **config)
    (info,) = [sheet for sheet in outcome.sheets if sheet.table == "residents"]
    assert (info.header_row, info.n_rows) == (100, len(tables["residents"]))
    outcome = same(paths, extra_codes, tmp_path, limits=tiny(300), part_rows=40, header_row=100)
    assert [sheet.table for sheet in outcome.sheets] == ["residents"]


def test_columns_of_any_type(make_id, extra_codes, tmp_path):
    tables = district(7, make_id)
    residents = texts(tables["residents"]).with_columns(
        pl.col("年龄").cast(pl.Int64),
        pl.col("更新时间").str.to_date(),
        pl.col("人口状态").cast(pl.Categorical),
        pl.col("身份证号").cast(pl.Float64, strict=False),
        pl.lit([1, 2]).alias("列表"),
        pl.lit(value=True).alias("是否"),
    )
    paths = [tmp_path / "residents.parquet", tmp_path / "houses.parquet"]
    residents.write_parquet(paths[0])
    texts(tables["houses"]).write_parquet(paths[1])
    outcome = same(paths, extra_codes, tmp_path, limits=tiny(70), part_rows=90)
    assert "W101" in set(outcome.findings.rows["rule"])


def test_codes_that_never_meet_are_one_cause_in_parts_too(make_id, extra_codes, tmp_path):
    tables = district(9, make_id, n_homes=150)
    paths = [tmp_path / "residents.parquet", tmp_path / "houses.parquet"]
    nowhere = dict.fromkeys(("现住址", "小区名称", "楼栋", "房号"))
    rows = [{**row, **nowhere, "房屋编码": f"X-{number}"} for number, row in enumerate(tables["residents"])]
    texts(rows).write_parquet(paths[0])
    texts(tables["houses"]).write_parquet(paths[1])
    outcome = same(paths, extra_codes, tmp_path, limits=tiny(70), part_rows=40)
    rows = outcome.findings.rows
    assert rows.filter(pl.col("rule") == "C101")["systematic"].all()
    assert "W107" in set(rows["rule"])


def sheet_of(path):
    """A sheet of the sample, whose heading is in the second row."""
    cells = fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string").to_polars()
    headings = cells.row(1)
    return cells.slice(2).rename(dict(zip(cells.columns, headings, strict=True)))


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """A small district with defects of every kind, and what only the whole table can tell."""
    folder = tmp_path_factory.mktemp("sample")
    rates = {code: max(rate, 0.02) for code, rate in DEFAULT_RATES.items()}
    write_sample(folder, households=700, seed=11, rates=rates)
    tables = {path.stem.split("_")[0]: sheet_of(path) for path in sorted(folder.glob("*.xlsx"))}
    at, last = pl.int_range(pl.len()), pl.len() - 1
    phone = pl.when(at % 97 == 0).then(pl.lit("13900000000")).when(at.is_in([3, 900])).then(pl.lit("13900000001"))
    residents = tables["实有人口"].with_columns(
        phone.otherwise("联系电话").alias("联系电话"),
        pl.when(at == last).then(pl.lit("10")).when(at % 3 == 0).then(pl.lit("20")).alias("文化程度"),
        pl.when((at == 5) | (at == last)).then(pl.lit("王小明")).otherwise("采集人").alias("采集人"),
        pl.when(at % 50 == 7)
        .then(pl.lit("王大明"))
        .when(at == last)
        .then(pl.lit("李小红"))
        .otherwise("社区")
        .alias("社区"),
        pl.when(at == last - 1).then(pl.lit("独居老人")).alias("关爱对象"),
    )
    return folder, tables["实有房屋"], residents


@pytest.mark.parametrize(
    ("order", "left_out"), [("shuffled", ()), ("as exported", ("houses",)), ("as exported", ("grids",))]
)
def test_the_sample_with_everything_that_only_the_whole_can_tell(sample, order, left_out, extra_codes, tmp_path):
    folder, houses, residents = sample
    residents = residents if order == "as exported" else residents.sample(fraction=1, shuffle=True, seed=2)
    paths = [tmp_path / "residents.parquet"]
    residents.write_parquet(paths[0])
    if "houses" not in left_out:
        paths.append(tmp_path / "houses.parquet")
        houses.write_parquet(paths[-1])
    if "grids" not in left_out:
        paths.append(folder / "网格表.csv")
    outcome = same(paths, extra_codes, tmp_path, limits=Limits(rows=100, size=10**9, piece_rows=300), part_rows=170)
    found = set(outcome.findings.rows["rule"])
    assert len({rule for rule in found if rule[0] == "L"}) > 12
    assert {"V108", "D107"} <= found
    assert ("D108" in found) == ("houses" not in left_out)
    assert ("C104" in found) == ("houses" not in left_out)
    assert "undeclared_codes" in {note.key for note in outcome.notes}


def test_lines_out_of_step_in_text(sample, extra_codes, tmp_path):
    _, houses, residents = sample
    paths = [tmp_path / "residents.csv", tmp_path / "houses.csv"]
    for path, frame in zip(paths, (residents, houses), strict=True):
        text = frame.with_columns(pl.all().str.replace_all('[",\\n]', "")).write_csv(quote_style="never")
        lines = text.splitlines(keepends=True)
        lines[400] = lines[400].replace("\n", ",甲,乙\n")
        path.write_text("".join(lines), "utf-8")
    outcome = same(paths, extra_codes, tmp_path, limits=Limits(rows=1, size=1, piece_size=50_000), part_rows=400)
    assert outcome.findings.rows.filter(pl.col("rule") == "V111")["row"].to_list() == [401, 401]
    text = paths[0].read_text("utf-8").replace(",男,", ',"男",')
    paths[0].write_text(text, "utf-8")
    outcome = same(paths, extra_codes, tmp_path, limits=Limits(rows=1, size=1, piece_size=50_000), part_rows=400)
    assert 401 in outcome.findings.rows.filter(pl.col("rule") == "V111")["row"].to_list()


@pytest.mark.parametrize("has_community", [True, False])
def test_households_known_by_their_number_alone(has_community, make_id, extra_codes, tmp_path):
    """Without any word about homes a mere 1, 2, 3 is the household, and heads' numbers tie some of them."""
    random = Random(4)
    heads = [make_id(born="19600307", order=f"{order:03}") for order in range(101, 131, 2)]
    rows = []
    for number in range(400):
        head = random.choice([*heads, None])
        rows.append(
            {
                "姓名": random.choice(["王小明", "唐小雨"]), "身份证号": make_id(order=f"{number % 900 + 99:03}"),
                "性别": "男", "户号": random.choice([f"{number % 7}", None, f"430299{number % 50:04}"]),
                "户主身份证号": head, "与户主关系": random.choice(["户主", "配偶", "子女"]),
                "社区": random.choice(["甲社区", "乙社区"]) if has_community else None,
                "联系电话": random.choice(["13900000000", "13900000001", "13900000002"]),
            }
        )  # fmt: skip
    texts(rows).write_parquet(tmp_path / "residents.parquet")
    limits = Limits(rows=1, size=1, piece_rows=90)
    outcome = same([tmp_path / "residents.parquet"], extra_codes, tmp_path, limits=limits, part_rows=20)
    assert "L" in set(outcome.findings.rows["family"])
