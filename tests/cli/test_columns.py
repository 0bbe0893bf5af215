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


RUOYI = (
    "姓名,性别,民族,身份证号,创建者,更新者,更新时间,删除标志\n王小明,0,01,430299199003071239,admin,admin,2026-01-01,0\n"
)


@pytest.mark.parametrize(
    ("lang", "codes"), [("zh", "性别: 0 男, 1 女, 2 (空白)"), ("en", "sex: 0 男, 1 女, 2 (blank)")]
)
def test_the_layout_and_its_codes_are_shown(run_cli, tmp_path, faults, lang, codes):
    (tmp_path / "r.csv").write_text(RUOYI, "utf-8")
    out = run_cli("columns", "r.csv", "--lang", lang)[1]
    assert "(ruoyi)" in out
    assert codes in out
    assert faults(out) == []


def test_the_layout_is_saved_and_used_without_its_signature(run_cli, tmp_path):
    (tmp_path / "r.csv").write_text(RUOYI, "utf-8")
    assert run_cli("columns", "r.csv", "--save")[0] == 0
    saved = tomllib.loads((tmp_path / "columns.toml").read_text("utf-8"))
    assert saved["profiles"] == {"residents": "ruoyi"}
    assert "ethnic" in saved["residents"]
    (tmp_path / "r.csv").write_text("姓名,性别,身份证号\n王小明,1,430299199003071239\n", "utf-8")
    assert "I110" in run_cli("check", "r.csv", "--select", "I110", "--format", "csv", "--no-save")[1]
    (tmp_path / "columns.toml").unlink()
    assert "I110" not in run_cli("check", "r.csv", "--select", "I110", "--format", "csv", "--no-save")[1]


def test_a_layout_told_by_its_headings_alone_is_not_saved(run_cli, tmp_path):
    heading = "姓名,性别,年龄,身份证号码,联系方式,家庭地址,人户一致标志,户号,与户主关系,户主公民身份号码"
    (tmp_path / "r.csv").write_text(f"{heading}\n王小明,男,36,430299199003071239,,,一致,H1,本人,\n", "utf-8")
    assert "(household-list)" in run_cli("columns", "r.csv", "--save")[1]
    assert "profiles" not in tomllib.loads((tmp_path / "columns.toml").read_text("utf-8"))


def test_columns_a_layout_should_have_are_named(run_cli, tmp_path):
    (tmp_path / "r.csv").write_text("小区名称,姓名,门禁卡号,房屋信息,车辆信息\n樟树园,王小明,K1,1栋101,\n", "utf-8")
    assert "应有" not in run_cli("columns", "r.csv")[1]
    (tmp_path / "r.csv").write_text("姓名,门禁卡号,房屋信息,车辆信息\n王小明,K1,1栋101,\n", "utf-8")
    assert "应有而没有的列: 小区" in run_cli("columns", "r.csv")[1]


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ('profile = "ruoyee"', "E231"),
        ('profile = "nowhere.toml"', "E231"),
        ('[input.residents.codes.sex]\n"先生" = ["0"]', "E232"),
        ('[input.residents.codes.nmae]\n"男" = ["0"]', "E232"),
    ],
)
@pytest.mark.parametrize("command", ["check", "columns"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_profile_or_coding_that_cannot_be_used(run_cli, tmp_path, faults, settings, code, command, lang):
    (tmp_path / "r.csv").write_text(RUOYI, "utf-8")
    (tmp_path / "gridaudit.toml").write_text(settings + "\n", "utf-8")
    status, _, err = run_cli(command, "r.csv", "--lang", lang)
    assert status == 2
    assert code in err
    assert faults(err, 200) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_check_says_which_layout_it_read_by(run_cli, tmp_path, faults, lang):
    (tmp_path / "r.csv").write_text(RUOYI, "utf-8")
    (tmp_path / "b.csv").write_text("小区名称,详细地址,层数,楼栋户数\n樟树园,芦苇路1号,6,24\n", "utf-8")
    (tmp_path / "c.csv").write_text("姓名,文化程度\n唐小雨,20\n", "utf-8")
    out = run_cli("check", "r.csv", "b.csv", "c.csv", "--no-save", "--lang", lang)[1]
    first = out[: out.index("得分" if lang == "zh" else "Score")]
    assert "ruoyi" in first
    assert "b.csv" in first
    assert "profile" in first
    assert faults(first) == []


def test_the_row_the_config_gives_is_where_the_heading_is(run_cli, tmp_path):
    lines = ["说明"] * 25
    (tmp_path / "r.csv").write_text("\n".join([*lines, "姓名,身份证号", "张三丰,430299199003071239"]) + "\n", "utf-8")
    assert "认不出" in run_cli("columns", "r.csv")[1]
    (tmp_path / "gridaudit.toml").write_text("[input.residents]\nheader_row = 26\n", "utf-8")
    assert "表头在第 26 行" in run_cli("columns", "r.csv")[1]
