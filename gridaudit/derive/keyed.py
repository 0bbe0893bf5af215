"""Keys of people, homes and findings that stay the same between runs and say nothing without the secret.

HMAC-SHA256: an unkeyed hash of an ID number is reversed in seconds.
"""

from __future__ import annotations

import hashlib
import hmac

import polars as pl
import polars_hash

_CHARACTERS = 24
_SALT = 20


def keyed(texts: pl.Series, secret: bytes) -> pl.Series:
    """Return a key of 24 hexadecimal characters per text; null stays null.

    Args:
        texts: String.
        secret: Kept by the store.
    """
    digest = polars_hash.col("text").chash.hmac_sha256(key=secret.hex())
    return texts.to_frame("text").select(digest.str.head(_CHARACTERS)).to_series().alias(texts.name)


def tags(secret: bytes, *texts: pl.Expr) -> pl.Expr:
    """Return 32 bits of a hash of a secret salt and texts, to tell whether cells of two rounds are equal.

    Short on purpose: a tag finds nobody, it compares few people. Null where a text is null.
    """
    salt = hmac.new(secret, b"tags", hashlib.sha256).hexdigest()[:_SALT]
    text = pl.concat_str(pl.lit(salt), *texts, separator="\x1f")
    hashed: pl.Expr = text.nchash.wyhash()  # type: ignore[attr-defined]
    return (hashed & 0xFFFF_FFFF).cast(pl.UInt32)
