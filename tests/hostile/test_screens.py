"""What a person reads of every bad file, word for word, in both languages. UPDATE_GOLDEN=1 writes the screens again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from bad_files import BAD, ODD

from gridaudit.cli.main import main
from gridaudit.read import apart

SCREENS = Path(__file__).parent / "screens"


@pytest.fixture
def screen(monkeypatch, tmp_path, bad_folder, capsys):
    """Run `check` on a file of the folder; gives exit code, stdout and stderr."""
    monkeypatch.setenv("GRIDAUDIT_HOME", str(tmp_path / "store"))
    monkeypatch.chdir(bad_folder)

    def run(name, lang):
        with pytest.raises(SystemExit) as leaving:
            main(["check", name, "--lang", lang, "--no-save", "--as-of", "2026-09-01", "--fail-on", "never"])
        return leaving.value.code, *capsys.readouterr()

    return run


@pytest.mark.parametrize("name", [*BAD, "missing.xlsx"])
def test_a_bad_file_is_told_in_words_and_nothing_else(screen, monkeypatch, name):
    if name.endswith(".ods"):
        monkeypatch.setattr(apart, "_MEMORY", 200 * 1024**2)
    seen = []
    for lang in ("zh", "en"):
        code, out, err = screen(name, lang)
        assert (code, out) == (2, ""), name
        assert max(map(len, err.splitlines())) < 200
        seen.append(f"> gridaudit check {name} --lang {lang}\n{err}")
    text = "\n".join(seen).replace(str(Path.cwd()), "(folder)")
    assert "王小明" not in text
    assert "199003071239" not in text
    golden = SCREENS / f"{Path(name).stem.replace(' ', '-')}{Path(name).suffix}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


def test_no_screen_is_left_over():
    names = {f"{Path(name).stem.replace(' ', '-')}{Path(name).suffix}.txt" for name in [*BAD, "missing.xlsx"]}
    assert {path.name for path in SCREENS.iterdir()} == names


@pytest.mark.parametrize(
    ("name", "people", "said"),
    [
        ("duplicate-and-blank-headings.xlsx", 1, ""),
        ("million-formatted-rows.xlsx", 1, ""),
        ("stray-last-row.xlsx", 2, ""),
        ("lying-dimension.xlsx", 1, ""),
        ("prefixed-names.xlsx", 1, ""),
        ("no-references.xlsx", 1, ""),
        ("a-book-in-brackets [1] 😀.xlsx", 1, ""),
        ("text-in-disguise.xlsx", 1, "CSV"),
        ("ragged.csv", 31, "V  "),
        ("unending-quote.csv", 30, "never ends"),
    ],
)
def test_an_odd_file_is_read(screen, name, people, said):
    code, out, err = screen(name, "en")
    assert (code, err) == (0, "")
    assert f"{name}  {people} {'person' if people == 1 else 'people'}" in out
    assert said in out


def test_every_odd_file_is_tried():
    assert set(ODD) == {test_an_odd_file_is_read.pytestmark[0].args[1][at][0] for at in range(len(ODD))}
