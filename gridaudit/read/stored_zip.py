"""A zip whose parts are stored as they are, made in one copy: the wrapping of a piece for the reader.

The standard library's writer copies every part three times and sums it slowly, which shows at 300 MB of XML.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from functools import reduce

from isal import isal_zlib

_VERSION = 20
_UTF8_NAMES = 0x800
_FIRST_OF_1980 = 0x21


def stored_zip(parts: Mapping[str, Sequence[bytes]]) -> bytes:
    """Return a zip of parts, each given as byte strings to put one behind the other (below 4 GB in all)."""
    blocks: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for name, content in parts.items():
        path, size = name.encode(), sum(map(len, content))
        check = reduce(lambda check, block: isal_zlib.crc32(block, check), content, 0)
        common = (
            struct.pack("<HHHHHIII", _VERSION, _UTF8_NAMES, 0, 0, _FIRST_OF_1980, check, size, size)
            + struct.pack("<HH", len(path), 0)
        )  # fmt: skip
        blocks += (b"PK\x03\x04" + common + path, *content)
        directory.append(
            b"PK\x01\x02" + struct.pack("<H", _VERSION) + common + struct.pack("<HHHII", 0, 0, 0, 0, offset) + path
        )
        offset += 30 + len(path) + size
    index = b"".join(directory)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(directory), len(directory), len(index), offset, 0)
    return b"".join((*blocks, index, end))
