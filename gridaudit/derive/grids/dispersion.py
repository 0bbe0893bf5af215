"""How far areas lie apart anyway: the dispersion by which limits are widened before one of them is called unusual."""

from __future__ import annotations

import polars as pl

Z95, Z998 = 1.959964, 3.090232
_TAIL = 0.1


def dispersion(z: pl.Series, *, at_least: int) -> float:
    """Return φ: the mean of z², winsorised 10 % each side, never below 1 (Spiegelhalter 2005; docs/methods.md, 7).

    Args:
        z: How many standard deviations each area lies from what is expected of it.
        at_least: With fewer areas nothing can be said of how far they lie apart: 1.
    """
    usable = z.drop_nulls()
    if usable.len() < max(at_least, 1):
        return 1.0
    low, high = usable.quantile(_TAIL, "linear"), usable.quantile(1 - _TAIL, "linear")
    return max(1.0, float((usable.clip(low, high) ** 2).mean()))  # type: ignore[arg-type]
