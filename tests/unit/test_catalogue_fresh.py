"""rules/README.md is what `gridaudit rules --format md -o rules/README.md` makes."""

from __future__ import annotations

from pathlib import Path

from gridaudit.report import rules_text
from gridaudit.rulebook import load_rulebook

CATALOGUE = Path(__file__).parents[2] / "rules" / "README.md"


def test_the_catalogue_of_the_repository_is_fresh():
    fresh = rules_text(load_rulebook(), None, "md", lang="zh")
    assert CATALOGUE.read_text("utf-8") == fresh, "run gridaudit rules --format md -o rules/README.md"
