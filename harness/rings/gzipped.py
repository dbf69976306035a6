"""Unpacking a gzip file from a host in bounded memory."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from harness.rings.errors import RingError

LARGEST_FILE = 64 * 1024 * 1024
LARGEST_RING = 256 * 1024 * 1024
_SLICE = 1 << 16
_PIECE = 1 << 20
_MOST = 1032
_GZIP = b"\x1f\x8b"


def unpacked(data: bytes) -> bytearray:
    """The content of a gzip file; raises ``RingError`` that says what is wrong with it.

    A gzip file ends with the size of its content. That many bytes are reserved once, never more than
    ``LARGEST_RING`` nor than the file could hold. Where the size turns out to be wrong, the file is gone
    through again, without keeping anything, to say why.
    """
    _checked(data)
    size = struct.unpack("<I", data[-4:])[0]
    if size > min(LARGEST_RING, _MOST * len(data)):
        raise _explained(data, size)
    content, filled = bytearray(size), 0
    for piece in _pieces(data):
        if filled + len(piece) > size:
            raise _explained(data, size)
        content[filled : filled + len(piece)] = piece
        filled += len(piece)
    return content


def _checked(data: bytes) -> None:
    if not data:
        raise RingError("the file is empty")
    if len(data) > LARGEST_FILE:
        raise RingError(f"{len(data)} bytes; a ring file of at most {LARGEST_FILE} is read")
    if data[:2] != _GZIP:
        raise RingError(f"not a ring file: it begins with {data[:4]!r}, not as gzip does")
    if len(data) < 18:
        raise RingError(f"the file is torn: {len(data)} bytes are no whole gzip file")


def _pieces(data: bytes) -> Iterator[bytes]:
    """The content in pieces of at most 1 MB; zlib itself checks sum and size at the end."""
    reader, source, fed = zlib.decompressobj(16 + zlib.MAX_WBITS), memoryview(data), 0
    while not reader.eof and fed < len(data):
        waiting: bytes | memoryview = source[fed : fed + _SLICE]
        fed += len(waiting)
        while len(waiting) and not reader.eof:
            try:
                piece = reader.decompress(waiting, _PIECE)
            except zlib.error as error:
                raise RingError(f"the gzip data is damaged near byte {fed}: {error}") from None
            yield piece
            waiting = reader.unconsumed_tail
    if not reader.eof:
        raise RingError(f"the file is torn: its gzip data does not end after {len(data)} bytes")
    if rest := len(reader.unused_data) + len(data) - fed:
        raise RingError(f"{rest} bytes follow the end of the ring")


def _explained(data: bytes, size: int) -> RingError:
    """Why a file does not unpack to the size that it ends with."""
    length = 0
    try:
        for piece in _pieces(data):
            length += len(piece)
            if length > LARGEST_RING:
                return RingError(f"the ring unpacks to more than {LARGEST_RING} bytes; no more are read")
    except RingError as error:
        return error
    return RingError(f"the file unpacks to {length} bytes and says that it holds {size}")
