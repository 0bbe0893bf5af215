"""The rules: one TOML file each, vetted, compiled and selected; the set has a fingerprint."""

from gridaudit.rulebook.compile import CompiledRule, compile_rule, compile_rules
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
    "compile_rules",
    "load_rule",
    "load_rulebook",
]
