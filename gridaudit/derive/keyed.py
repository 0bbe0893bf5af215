"""Keys of people, homes and findings that stay the same between runs and say nothing without the secret.

HMAC-SHA256: an unkeyed hash of an ID number is reversed in seconds.
"""

from __future__ import annotations

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


def keyed_and_salted(texts: pl.Series, secret: bytes) -> pl.DataFrame:
    """Return `key` as `keyed` gives it, and `salt`: other characters of the digest, never to be kept, for `tags`."""
    digests = texts.to_frame("text").select(polars_hash.col("text").chash.hmac_sha256(key=secret.hex()))
    digest = digests.to_series()
    return pl.DataFrame({"key": digest.str.head(_CHARACTERS), "salt": digest.str.tail(_SALT)})


def tags(salt: pl.Series, *texts: pl.Series) -> pl.Series:
    """Return 32 bits of a hash of a secret salt and texts, to tell whether two cells under the same salt are equal.

    Short on purpose: a tag finds nobody, it compares the few people of a home. Null where the salt or a text is null.
    """
    joined = pl.DataFrame([series.alias(str(at)) for at, series in enumerate((salt, *texts))])
    hashed = joined.select(pl.concat_str(pl.all(), separator="\x1f").alias("text")).select(
        polars_hash.col("text").nchash.wyhash()
    )
    return (hashed.to_series() & 0xFFFF_FFFF).cast(pl.UInt32)
