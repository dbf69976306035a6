"""Read ring files and builder files of any Swift, in bounded memory.

Three formats of rings, all gzip: a bare pickle (Swift 1.4.8 of Essex and older), ``R1NG`` version 1 (Swift
1.8 and later), ``R1NG`` version 2 (Swift 2.36 and later). A builder file is a pickle without gzip.

A file of n bytes that unpacks to m bytes is read in at most n + m + 16 MB, and 24 bytes a device of its
list, plus what the pickle of Essex needs: see ``docs/reference/rings.md``. At most 64 MB are read, and
256 MB unpacked.
"""

from __future__ import annotations

from harness.rings.model import Builder, Ring


def read_ring(data: bytes) -> Ring:
    """A ring from the content of its file; raises ``RingError`` that says what is wrong with it, and where.

    What can be read is not yet sound: ``audit`` judges the content.
    """
    from harness.rings import formats

    return formats.ring(data)


def read_builder(data: bytes) -> Builder:
    """What a builder file says; raises ``RingError``."""
    from harness.rings import builders

    return builders.builder(data)
