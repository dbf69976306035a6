"""Files of a guest, in memory: no path of a guest is ever a path of the machine that the lab runs on."""

from __future__ import annotations

import io
import posixpath
import tarfile
from dataclasses import dataclass, replace

LIMIT = 64 << 20
"""Bytes that the files of one file system may hold together."""
_MOST = 5000
"""Files and directories of one file system."""


class FileProblem(Exception):  # noqa: N818 - an answer of a file system, worded as busybox words it
    """What a file system refuses, in its own words: ``No such file or directory``."""


@dataclass(frozen=True)
class Node:
    """A file, or a directory where ``data`` is None."""

    data: bytes | None
    owner: str = "root"
    mode: int = 0o644
    changed: float = 0.0


class Tree:
    """A file system's files by absolute path; a copy costs little, for nodes are never changed."""

    def __init__(self, nodes: dict[str, Node] | None = None, limit: int = LIMIT) -> None:
        self.nodes = {"/": Node(None, mode=0o755)} if nodes is None else nodes
        self.limit = min(limit, LIMIT)

    def copy(self, limit: int | None = None) -> Tree:
        """Another file system with the same files."""
        return Tree(dict(self.nodes), self.limit if limit is None else limit)

    @property
    def used(self) -> int:
        """Bytes of all files."""
        return sum(len(node.data) for node in self.nodes.values() if node.data is not None)

    def find(self, path: str) -> Node:
        """The node at a path; raises ``FileProblem`` where there is none."""
        found = self.nodes.get(path)
        if found is None:
            raise FileProblem("No such file or directory")
        return found

    def read(self, path: str) -> bytes:
        """The content of a file."""
        data = self.find(path).data
        if data is None:
            raise FileProblem("Is a directory")
        return data

    def names(self, path: str) -> list[str]:
        """What a directory holds, in order."""
        if self.find(path).data is not None:
            raise FileProblem("Not a directory")
        start = path.rstrip("/") + "/"
        return sorted(
            at[len(start) :] for at in self.nodes if at != "/" and at.startswith(start) and at != path
            and "/" not in at[len(start) :]
        )  # fmt: skip

    def put(self, path: str, node: Node) -> None:
        """Write a file or make a directory; its parent must be there."""
        if self.find(posixpath.dirname(path)).data is not None:
            raise FileProblem("Not a directory")
        old = self.nodes.get(path)
        if old is not None and old.data is None and node.data is not None:
            raise FileProblem("Is a directory")
        grown = len(node.data or b"") - len((old.data if old else b"") or b"")
        if len(self.nodes) >= _MOST or (grown > 0 and self.used + grown > self.limit):
            raise FileProblem("No space left on device")
        self.nodes[path] = node

    def put_all(self, path: str, data: bytes, **how: object) -> None:
        """Write a file and make the directories above it, as an injection does."""
        for parent in _parents(path):
            self.nodes.setdefault(parent, Node(None, mode=0o755))
        self.put(path, replace(Node(data), **how))  # type: ignore[arg-type]

    def remove(self, path: str) -> None:
        """Remove a file, or a directory with all below it."""
        self.find(path)
        for at in [at for at in self.nodes if at == path or at.startswith(path.rstrip("/") + "/")]:
            del self.nodes[at]
        self.nodes.setdefault("/", Node(None, mode=0o755))

    def packed(self) -> bytes:
        """All of it as a tar file."""
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for path, node in sorted(self.nodes.items()):
                info = tarfile.TarInfo(path.strip("/") or ".")
                info.type = tarfile.DIRTYPE if node.data is None else tarfile.REGTYPE
                info.mode, info.uname, info.mtime = node.mode, node.owner, int(node.changed)
                info.size = len(node.data or b"")
                tar.addfile(info, io.BytesIO(node.data) if node.data is not None else None)
        return out.getvalue()

    @classmethod
    def unpacked(cls, packed: bytes, limit: int = LIMIT) -> Tree:
        """The files of a tar file; raises ``FileProblem`` where it is none, or too much."""
        nodes: dict[str, Node] = {}
        try:
            with tarfile.open(fileobj=io.BytesIO(packed), mode="r:") as tar:
                for info in tar:
                    held = tar.extractfile(info) if info.isreg() else None
                    if (held is None) != info.isdir() or len(nodes) > _MOST:
                        raise FileProblem("Invalid argument")
                    path = posixpath.normpath("/" + info.name)
                    data = None if held is None else held.read()
                    nodes[path] = Node(data, info.uname, info.mode, float(info.mtime))
        except (tarfile.TarError, EOFError, UnicodeDecodeError, ValueError):
            raise FileProblem("Invalid argument") from None
        if "/" not in nodes:
            raise FileProblem("Invalid argument")
        return cls(nodes, limit)


def _parents(path: str) -> list[str]:
    parts = path.strip("/").split("/")[:-1]
    return ["/" + "/".join(parts[: count + 1]) for count in range(len(parts))]
