"""gridaudit: is a district's register of homes and residents right, who has to mend what, is it getting better."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridaudit.pipeline import audit

__version__ = "0.1.0"
__all__ = ["__version__", "audit"]


def __getattr__(name: str) -> object:
    """Load the pipeline only when it is asked for: importing polars takes longer than printing the help."""
    if name == "audit":
        from gridaudit.pipeline import audit

        return audit
    raise AttributeError(name)
