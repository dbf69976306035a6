"""``~/.ssh/config`` as OpenSSH reads it, with ``Include``; what the site says of a host stands before it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

from paramiko import SSHConfig
from paramiko.ssh_exception import SSHException

from harness.errors import Problem, UsageError

FILES = (Path("~/.ssh/config"), Path("/etc/ssh/ssh_config"))
_DEEPEST = 16
_LARGEST = 1024 * 1024
_INCLUDE = re.compile(r"\s*include\s*=?\s*(.+)", re.IGNORECASE)
_BLOCK = re.compile(r"\s*(host|match)\b", re.IGNORECASE)


def ssh_config(address: str, user: str | None, port: int | None) -> SSHConfig:
    """The configuration for one host; raises ``UsageError`` for a file that is none."""
    said = [f"  User {user}"] if user else []
    said += [f"  Port {port}"] if port else []
    config = SSHConfig()
    config.parse(io.StringIO("\n".join([f"Host {address}", *said, ""])))
    for path in FILES:
        text = "Host *\n" + "\n".join(_lines(path.expanduser(), _DEEPEST)) + "\n"
        try:
            config.parse(io.StringIO(text))
            config.lookup(address)
        except SSHException as error:
            raise UsageError(Problem(str(path), f"cannot be read: {error}"[:300])) from error
    return config


def _lines(path: Path, depth: int) -> Iterator[str]:
    """The lines of a file, those of the files that it includes in their places."""
    block = "Host *"
    for line in _text(path).splitlines():
        include = _INCLUDE.match(line)
        if include is None:
            block = line if _BLOCK.match(line) else block
            yield line
        elif depth:
            for word in include[1].split():
                for found in _found(word.strip('"'), path.parent):
                    yield block
                    yield from _lines(found, depth - 1)
            yield block


def _found(word: str, folder: Path) -> list[Path]:
    """The files that a pattern means; what is no absolute path lies beside the file that names it."""
    path = folder / Path(word).expanduser()
    return sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST).decode("utf-8", "replace")
    except OSError:
        return ""
