"""The JSON Schema of gridaudit.toml and the loader accept the same settings."""

from __future__ import annotations

import json
import tomllib
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from gridaudit.config import known_settings, load_config, settings_in
from gridaudit.errors import ConfigError

SCHEMA = json.loads(files("gridaudit.schema").joinpath("gridaudit.schema.json").read_text("utf-8"))
ROOT = Path(__file__).parents[2]
FULL = """\
schema = 1
district = "样例区"
as_of = "2026-09-01"
profile = "gbt31000"
[input.residents]
path = ["a_*.xlsx", "b.csv"]
sheet = "人口"
header_row = 25
max_age = "8d"
profile = "ruoyi"
columns = { id_no = "编号" }
[input.residents.codes.sex]
"男" = ["0"]
"女" = [1]
[rules]
ignore = ["T102"]
[rules.T102]
max_days = 730
[export]
formats = ["csv"]
"""


def names(properties, before=""):
    """Full names of the settings a schema knows: tables of fixed keys are opened, others are one setting."""
    for key, entry in properties.items():
        resolved = SCHEMA["$defs"]["input"] if "$ref" in entry else entry
        if "properties" in resolved:
            yield from names(resolved["properties"], f"{before}{key}.")
        else:
            yield before + key


def as_json(text):
    return json.loads(json.dumps(tomllib.loads(text), default=str))


def test_the_schema_and_the_loader_know_the_same_settings():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert sorted(names(SCHEMA["properties"])) == sorted(known_settings())


def test_a_full_config_passes_both(tmp_path):
    path = tmp_path / "gridaudit.toml"
    path.write_text(FULL, "utf-8")
    jsonschema.validate(as_json(FULL), SCHEMA)
    config = load_config(path)
    assert config.inputs == {"residents": (str(tmp_path / "a_*.xlsx"), str(tmp_path / "b.csv"))}
    assert config.sheets == ("人口",)
    assert config.header_rows == {"residents": 25}
    others = ("houses", "grids", "compounds", "dispositions")
    assert config.profiles == {"residents": "ruoyi", **dict.fromkeys(others, "gbt31000")}
    assert config.codes == {"residents": {"sex": {"男": ["0"], "女": [1]}}}


@pytest.mark.parametrize("name", ["samples/gridaudit.toml"])
def test_the_configs_of_the_repository_pass(name):
    jsonschema.validate(as_json((ROOT / name).read_text("utf-8")), SCHEMA)


@pytest.mark.parametrize(
    "text",
    [
        "distrikt = 'a'",
        "[input.people]\npath = 'a'",
        "[input.residents]\nfile = 'a'",
        "[input.residents]\npath = 7",
        "[input.residents]\npath = [7]",
        "[input.residents]\nheader_row = '3'",
        "[input.residents]\nprofile = 3",
        "lang = 'fr'",
        "[coefficients]\nmanaged = 0",
        "[privacy]\nallow_unmasked = 1",
    ],
)
def test_what_the_schema_refuses_the_loader_refuses(tmp_path, text):
    path = tmp_path / "gridaudit.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(as_json(text), SCHEMA)
    with pytest.raises(ConfigError, match=r"E20[23]"):
        load_config(path)


def test_the_lines_of_settings(tmp_path):
    path = tmp_path / "gridaudit.toml"
    path.write_text(FULL, "utf-8-sig")
    found = settings_in(path)
    assert found["district"] == ("样例区", 2)
    assert found["input.residents.header_row"] == (25, 8)
    assert found["input.residents.codes.sex.女"] == ([1], 14)
    assert found["rules.T102.max_days"] == (730, 18)
    assert found["input.residents.columns.id_no"] == ("编号", None)
