"""The rules: one TOML file each, vetted, compiled and selected; the set has a fingerprint."""

from gridaudit.rulebook.compile import CompiledRule, compile_rule
from gridaudit.rulebook.load import Rulebook, builtin_folder, load_rule, load_rulebook
from gridaudit.rulebook.rule import FAMILIES, Case, Rule

__all__ = [
    "FAMILIES",
    "Case",
    "CompiledRule",
    "Rule",
    "Rulebook",
    "builtin_folder",
    "compile_rule",
    "load_rule",
    "load_rulebook",
]
