"""`check --show-config`: every setting, its value, and where it comes from; no data are read."""

from __future__ import annotations

import pytest

CONFIG = """\
district = "样例区"
as_of = 2026-09-01
[input.residents]
path = "不在_*.xlsx"
[input.residents.columns]
id_no = "编号甲"
[rules.T102]
max_days = 730
[coefficients]
managed = 0.5
"""


@pytest.fixture
def shown(run_cli, tmp_path):
    """Run with the config above; gives setting → (value, origin) and the screen."""
    (tmp_path / "gridaudit.toml").write_text(CONFIG, "utf-8")
    (tmp_path / "columns.toml").write_text(
        '[profiles]\nhouses = "ruoyi"\n[residents]\nname = "称呼"\nid_no = "乙"\n', "utf-8"
    )

    def run(*options):
        code, out, err = run_cli("check", "--show-config", *options)
        assert (code, err) == (0, "")
        rows = [line.split(maxsplit=2) for line in out.splitlines()]
        return {row[0]: tuple(row[1:]) for row in rows if len(row) > 1}, out

    return run


def test_where_each_value_comes_from(shown):
    rows, _ = shown("--lang", "en")
    assert rows["district"] == ("样例区", "gridaudit.toml line 1")
    assert rows["as_of"] == ("2026-09-01", "gridaudit.toml line 2")
    assert rows["input.residents.path"] == ("不在_*.xlsx", "gridaudit.toml line 4")
    assert rows["rules.T102.max_days"] == ("730", "gridaudit.toml line 8")
    assert rows["coefficients.managed"] == ("0.5", "gridaudit.toml line 10")
    assert rows["coefficients.unmanaged"] == ("1.0", "built in")
    assert rows["lang"] == ("en", "option --lang")
    assert rows["rules.ignore"] == ("-",)
    assert "columns.toml line 4" in shown("--lang", "en")[1]
    assert rows["input.houses.profile"] == ("ruoyi", "columns.toml line 2")


def test_the_config_comes_before_the_saved_columns(shown):
    _, out = shown("--lang", "en")
    after = out.split("input.residents.columns.id_no")[1]
    assert after.splitlines()[0].strip() == "gridaudit.toml line 6"
    assert after.splitlines()[1].strip() == "编号甲"


def test_options_and_environment(shown):
    rows, out = shown("--as-of", "2026-10-01", "--ignore", "T102", "--fail-under", "95")
    assert rows["as_of"] == ("2026-10-01", "选项 --as-of")
    assert rows["rules.ignore"] == ("T102", "选项 --ignore")
    assert rows["export.fail_under"] == ("95.0", "选项 --fail-under")
    assert rows["lang"] == ("zh", "环境变量 GRIDAUDIT_LANG")
    assert "GRIDAUDIT_HOME" in out


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_screen_fits(shown, faults, lang):
    assert faults(shown("--lang", lang, "--ignore", ",".join(f"T{number}" for number in range(100, 140)))[1]) == []


def test_without_a_config(run_cli, faults):
    code, out, _ = run_cli("check", "--show-config")
    assert code == 0
    assert "gridaudit init" in out
    assert faults(out) == []


def test_a_file_given_is_not_read(run_cli, tmp_path):
    (tmp_path / "a.csv").write_text("品名,数量\n", "utf-8")
    assert run_cli("check", "a.csv", "--show-config")[0] == 0
