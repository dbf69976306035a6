"""Files as one ``.tar.gz`` or as a new folder: same files, same bytes, for their owner alone."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
from collections.abc import Mapping
from pathlib import Path

from harness.errors import Problem, UsageError

SUMS = "SHA256SUMS"
_ENDINGS = (".tar.gz", ".tgz")


def write(target: Path, files: Mapping[str, bytes], *, at: float) -> None:
    """Write ``files`` (relative path → content) and their sums; ``at`` is the time that all of them carry.

    Raises ``UsageError`` where the folder is there and not empty, or the ending names another archive.
    """
    whole = {**files, SUMS: _sums(files)}
    if target.name.endswith(_ENDINGS):
        _replace(target, packed(whole, at))
    elif target.suffix in (".zip", ".tar", ".gz", ".bz2", ".xz"):
        raise UsageError(
            Problem(str(target), "not an archive that is written", expected="FILE.tar.gz or a folder")
        )
    else:
        _unpack(target, whole)


def packed(files: Mapping[str, bytes], at: float) -> bytes:
    """The archive's bytes, which depend on names, contents and ``at`` alone."""
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0, compresslevel=6) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name in sorted(files):
            member = tarfile.TarInfo(name)
            member.size, member.mtime, member.mode = len(files[name]), int(at), 0o600
            archive.addfile(member, io.BytesIO(files[name]))
    return buffer.getvalue()


def _sums(files: Mapping[str, bytes]) -> bytes:
    rows = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return "".join(rows).encode()


def _replace(target: Path, data: bytes) -> None:
    part = target.with_name(f".{target.name}.{os.getpid()}")
    file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(file, "wb") as out:
        out.write(data)
    part.replace(target)


def _unpack(target: Path, files: Mapping[str, bytes]) -> None:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(
            Problem(str(target), "there is something already", hint="name a new folder, or FILE.tar.gz")
        )
    target.mkdir(mode=0o700, exist_ok=True)
    for name, data in files.items():
        path = target / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "wb") as out:
            out.write(data)
