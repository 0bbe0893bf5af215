"""`columns`: the mapping shown, saved, and used."""

from __future__ import annotations

import tomllib

import pytest


@pytest.fixture
def odd(tmp_path):
    """A residents file one heading of which nobody can know."""
    path = tmp_path / "odd.csv"
    rows = ["姓名,证件编号,性别,电联系话,网格编码", "张三丰,430299199003071239,男,13800000000,G1"] * 1
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_columns_of_the_sample(run_cli, planted, faults, lang):
    for word, name in (("人口", "id_no"), ("房屋", "house_id")):
        code, out, err = run_cli("columns", next(planted.glob(f"实有{word}*")), "--lang", lang)
        assert (code, err) == (0, "")
        assert name in out
        assert faults(out) == []


def test_no_cell_is_shown(run_cli, odd):
    out = run_cli("columns", odd)[1]
    assert "证件编号" in out
    assert "id_no" in out
    for cell in ("张三丰", "430299199003071239", "13800000000"):
        assert cell not in out


def test_a_saved_mapping_is_used(run_cli, odd, tmp_path):
    code, _, err = run_cli("columns", odd, "--save")
    assert code == 0
    saved = tmp_path / "columns.toml"
    assert saved.name in err
    mapping = tomllib.loads(saved.read_text("utf-8"))
    assert mapping["residents"]["id_no"] == "证件编号"
    assert "phone" not in mapping["residents"]
    saved.write_text(saved.read_text("utf-8").replace("[residents]", '[residents]\nphone = "电联系话"'), "utf-8")
    out = run_cli("columns", odd)[1]
    assert "phone" in out
    assert run_cli("check", odd, "--select", "F105", "--no-save")[0] == 0


def test_a_mapping_that_names_another_heading_for_the_number(run_cli, tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("姓名,号,网格编码\n张三丰,430299199003071235,G1\n", "utf-8")
    assert run_cli("check", path, "--select", "I103", "--no-save")[0] == 0
    (tmp_path / "columns.toml").write_text('[residents]\nid_no = "号"\n', "utf-8")
    assert run_cli("check", path, "--select", "I103", "--no-save")[0] == 1


def test_a_sheet_that_is_no_table(run_cli, tmp_path):
    (tmp_path / "a.csv").write_text("品名,数量\n苹果,甲\n梨,乙\n", "utf-8")
    code, out, _ = run_cli("columns", "a.csv")
    assert code == 0
    assert "认不出" in out


def test_the_heading_row_may_be_named(run_cli, tmp_path):
    (tmp_path / "a.csv").write_text("统计表,一,二\n姓名,身份证号,网格编码\n张三丰,430299199003071239,G1\n", "utf-8")
    code, out, _ = run_cli("columns", "a.csv", "--header-row", "2")
    assert code == 0
    assert "第 2 行" in out
