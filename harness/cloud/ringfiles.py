"""The ring files of a whole cloud, from all of its nodes at once, in one visit to each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from harness.cloud.nodes import CloudNode, Nodes
from harness.hosts import FileMissing, HostError
from harness.rings import Builder, Copies, HashSettings, RingError, hash_settings, read_builder

_AT_ONCE = 16


@dataclass
class NodeFiles:
    """What one node has: its ring files with the time of change, builders, hash settings, or why not."""

    node: str
    rings: dict[str, tuple[bytes, float | None]] = field(default_factory=dict)
    builders: dict[str, bytes] = field(default_factory=dict)
    conf: bytes | None = None
    why: dict[str, str] = field(default_factory=dict)
    silent: str = ""


@dataclass
class RingFiles:
    """All of it. ``silent`` are nodes that could not be entered, with the reason."""

    nodes: Mapping[str, NodeFiles]

    @property
    def silent(self) -> dict[str, str]:
        """Nodes that could not be entered → why."""
        return {name: files.silent for name, files in self.nodes.items() if files.silent}

    def copies(self, ring: str, needing: Iterable[str]) -> Copies:
        """The copies of a ring; a node in ``needing`` that could be entered and has none counts as well."""
        found = Copies(ring)
        wanted = set(needing)
        for name, files in self.nodes.items():
            if ring in files.rings:
                found.add(name, *files.rings[ring])
            elif name in wanted and not files.silent:
                found.absent(name, files.why.get(ring, "no such file"))
        return found

    def builder(self, ring: str) -> tuple[str, Builder] | None:
        """The first node that keeps a builder of the ring, and what it says; raises ``RingError``."""
        for name, files in self.nodes.items():
            if ring in files.builders:
                return name, read_builder(files.builders[ring])
        return None

    def settings(self) -> tuple[dict[str, HashSettings], dict[str, str]]:
        """Hash prefix and suffix by node, and what is wrong with the ``swift.conf`` of others."""
        good: dict[str, HashSettings] = {}
        bad: dict[str, str] = {}
        for name, files in self.nodes.items():
            if files.conf is None:
                continue
            try:
                good[name] = hash_settings(files.conf.decode("utf-8", "replace"))
            except RingError as error:
                bad[name] = str(error)
        return good, bad


def gather(nodes: Nodes, rings: Iterable[str], folder: str, builders: str) -> RingFiles:
    """Visit every node that the site gives an address for: one alone, so that a jump host is entered once,
    then the others sixteen at a time.
    """
    visits = [_Visit(nodes[name], tuple(rings), folder.rstrip("/"), builders.rstrip("/")) for name in nodes]
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="rings") as pool:
        found = [visit.files() for visit in visits[:1]]
        found += pool.map(_Visit.files, visits[1:])
    return RingFiles({files.node: files for files in found})


@dataclass(frozen=True)
class _Visit:
    node: CloudNode
    rings: tuple[str, ...]
    folder: str
    builders: str

    def files(self) -> NodeFiles:
        found = NodeFiles(self.node.name)
        try:
            self.node.reach()
        except HostError as error:
            return NodeFiles(self.node.name, silent=str(error))
        for ring in self.rings:
            if (file := self._fetch(found, ring, f"{self.folder}/{ring}.ring.gz")) is not None:
                found.rings[ring] = file
            if (file := self._fetch(found, f"{ring}.builder", f"{self.builders}/{ring}.builder")) is not None:
                found.builders[ring] = file[0]
        conf = self._fetch(found, "swift.conf", f"{self.folder}/swift.conf")
        found.conf = conf[0] if conf else None
        return found

    def _fetch(self, found: NodeFiles, name: str, path: str) -> tuple[bytes, float | None] | None:
        try:
            return self.node.fetch_dated(path)
        except FileMissing as error:
            found.why[name] = str(error).rpartition(": ")[2]
        except HostError as error:
            found.why[name] = str(error)
        return None
