"""Whatever stands in a config, the ending is a result or an E-code: every setting with values of every kind."""

from __future__ import annotations

import pytest

from gridaudit.cli.main import main
from gridaudit.config import known_settings

VALUES = (
    "1", "-5", "1.5", "true", '"x"', '""', "[]", "[1]", "[[]]", '["x"]', "{}", "{a=1}", "{a={b=1}}", "inf", "nan",
    '{id_no="证件号码"}', '{sex={"男"=[1]}}', '{sex={"男"=[[1]]}}', '{sex=["男"]}', "2026-09-01", '"nul\\u0000"',
    '"empty.csv"', '"bytes.csv"', '"a.csv"', '"."', "99999999999999999999",
)  # fmt: skip
MORE = (
    "input", "grids", "coefficients", "area_codes", "rules", "privacy", "export", "input.residents", "rules.T102",
    "rules.T102.max_days", "rules.T102.enabled", "rules.T102.level", "input.residents.codes.sex",
    "input.residents.columns.id_no",
)  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GRIDAUDIT_HOME", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("姓名,证件号码,性别\n王小明,430299199003071239,男\n", "utf-8")
    (tmp_path / "empty.csv").write_text("", "utf-8")
    (tmp_path / "bytes.csv").write_bytes(bytes(range(256)))
    return tmp_path


def ending(folder, text, capsys, name="gridaudit.toml"):
    (folder / name).write_text(text, "utf-8")
    with pytest.raises(SystemExit) as leaving:
        main(["check", "a.csv", "--no-save", "--lang", "en", "--fail-on", "never", "--quiet"])
    return leaving.value.code, capsys.readouterr().err


@pytest.mark.parametrize("setting", [*known_settings(), *MORE])
def test_a_setting_is_taken_or_refused(folder, capsys, setting):
    for value in VALUES:
        code, said = ending(folder, f"{setting} = {value}\n", capsys)
        if setting == "export.fail_under" and value in {"1", "1.5"}:
            assert code == 1  # nobody's home: no score, which is below every limit
            continue
        assert code in {0, 2}, (value, said)
        assert (code == 2) == said.startswith("error E"), (value, said)


@pytest.mark.parametrize("setting", ["residents", "residents.id_no", "profiles", "profiles.residents"])
def test_so_is_a_saved_mapping_of_columns(folder, capsys, setting):
    for value in VALUES:
        code, said = ending(folder, f"{setting} = {value}\n", capsys, "columns.toml")
        assert code in {0, 2}, (value, said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[input]\nresidents = "a.xlsx"\n', "error E203 the setting has a value it cannot have: input.residents\n"),
        ("[rules]\nignore = [1]\n", "error E203 the setting has a value it cannot have: rules.ignore\n"),
        (
            "[input.residents.columns]\nid_no = 5\n",
            "error E203 the setting has a value it cannot have: input.residents.columns.id_no\n",
        ),
        (
            "[input.residents]\nheader_row = 0\n",
            "error E203 the setting has a value it cannot have: input.residents.header_row\n",
        ),
        (
            '[area_codes]\nextra = "empty.csv"\n',
            "error E234 the list of area codes cannot be read: empty.csv (NoDataError)\n",
        ),
    ],
)
def test_what_is_wrong_is_named(folder, capsys, text, said):
    code, error = ending(folder, text, capsys)
    assert code == 2
    assert error.startswith(said)


def test_the_column_of_codes_is_found_by_its_name(folder, capsys):
    (folder / "codes.csv").write_text("name,code\n样例区,430299\n", "utf-8")
    (folder / "gridaudit.toml").write_text('[area_codes]\nextra = "codes.csv"\n', "utf-8")
    with pytest.raises(SystemExit) as leaving:
        main(["check", "a.csv", "--no-save", "--lang", "en", "--fail-on", "error", "--quiet", "--select", "I102"])
    assert (leaving.value.code, "I102 " in capsys.readouterr().out) == (0, False)
