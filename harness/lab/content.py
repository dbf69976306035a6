"""The bytes of an image: in memory while small, in an unnamed temporary file when not."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Iterator

_IN_MEMORY = 4 << 20
_CHUNK = 64 << 10


class Content:
    """Bytes that are written once and read often; two images may share one."""

    def __init__(self, data: bytes = b"") -> None:
        self.size = 0
        self._digest = hashlib.md5(usedforsecurity=False)
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with the object
        self.write(data)

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self._file.close()

    def write(self, chunk: bytes) -> None:
        """Append."""
        self.size += len(chunk)
        self._digest.update(chunk)
        self._file.seek(0, 2)
        self._file.write(chunk)

    @property
    def checksum(self) -> str:
        """MD5 in hex, as the image service states it."""
        return self._digest.hexdigest()

    def chunks(self) -> Iterator[bytes]:
        """The bytes from the beginning, piece by piece; several readers may take turns."""
        at = 0
        while at < self.size:
            self._file.seek(at)
            chunk = self._file.read(_CHUNK)
            at += len(chunk)
            yield chunk
