"""The folder of one lab: what lies where, and who may read it."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import LabError, Problem, UsageError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}\Z")
_KEPT = ("log", "host_keys", ".lock")


@dataclass(frozen=True)
class LabFolder:
    """``<home>/<name>``; everything in it is the user's alone (0700, secrets 0600)."""

    path: Path

    @classmethod
    def of(cls, home: Path, name: str) -> LabFolder:
        """The folder of a named lab; raises ``UsageError`` where the name cannot be one of a folder."""
        if not _NAME.match(name):
            raise UsageError(
                Problem("--name", f"not a name for a lab: {name!r}", expected="letters, digits, dot, dash")
            )
        return cls((home / name).resolve())

    @property
    def name(self) -> str:
        """The lab's name."""
        return self.path.name

    @property
    def settings(self) -> Path:
        """What the control plane is started with; secrets among it."""
        return self.path / "settings.json"

    @property
    def state(self) -> Path:
        """``lab.json``: which processes belong to the lab, where it is; no secret."""
        return self.path / "lab.json"

    @property
    def site(self) -> Path:
        """The site file of the lab."""
        return self.path / "site.yaml"

    @property
    def clouds(self) -> Path:
        """The lab's own clouds file, 0600."""
        return self.path / "clouds.yaml"

    @property
    def ssh_key(self) -> Path:
        """The key that opens the nodes, 0600."""
        return self.path / "ssh_key"

    @property
    def known_hosts(self) -> Path:
        """The host keys of the nodes."""
        return self.path / "known_hosts"

    @property
    def authorized_keys(self) -> Path:
        """The public half of the lab's key."""
        return self.path / "ssh_key.pub"

    @property
    def nodes(self) -> Path:
        """One folder a node."""
        return self.path / "nodes"

    @property
    def host_keys(self) -> Path:
        """One host key a node, kept when the lab goes down."""
        return self.path / "host_keys"

    @property
    def log(self) -> Path:
        """The logs of the lab's own processes."""
        return self.path / "log"

    def make(self) -> None:
        """Create what is not there."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o700)
        for part in (self.nodes, self.host_keys, self.log):
            part.mkdir(exist_ok=True)

    def clear(self) -> None:
        """Remove everything but logs and host keys."""
        for part in self.path.iterdir():
            if part.name in _KEPT:
                continue
            shutil.rmtree(part) if part.is_dir() and not part.is_symlink() else part.unlink()

    def read_state(self) -> dict[str, Any] | None:
        """What ``lab.json`` says, None where there is none or a torn one."""
        try:
            found = json.loads(self.state.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Only one process at a time brings this lab up or down; ``LabError`` for the second."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / ".lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise LabError(f"another process is bringing the lab {self.name} up or down") from None
            yield


def write_secret(path: Path, text: str) -> None:
    """A whole file that only the user can read, from its first byte on."""
    making = path.with_name(f".{path.name}.making")
    making.unlink(missing_ok=True)
    with os.fdopen(
        os.open(making, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8"
    ) as out:
        out.write(text)
    making.replace(path)


def check_file_system(folder: Path) -> None:
    """Swift keeps an object's metadata in user attributes of its file; ``LabError`` where there are none."""
    probe = folder / ".attributes"
    probe.touch()
    try:
        os.setxattr(probe, "user.swift.metadata", b"x" * 64)
    except OSError as error:
        raise LabError(
            f"{folder}: this file system has no user attributes ({error.strerror}), which object storage "
            "needs; choose a folder on ext4, XFS or btrfs with --home"
        ) from None
    finally:
        probe.unlink()
