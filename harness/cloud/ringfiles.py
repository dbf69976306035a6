"""The ring files of a cloud: what one visit to a node brings, and the visits to all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from harness.cloud.nodes import Nodes
from harness.hosts import NO_FILE, DatedFile, FileMissing, HostError, Node
from harness.rings import Copies, HashSettings, RingError, hash_settings

_AT_ONCE = 16
CONF = "swift.conf"


@dataclass
class NodeFiles:
    """What one node has: its ring files, builders and hash settings.

    ``failed`` says why a file is not here, ``silent`` why the node could not be entered at all.
    """

    node: str
    rings: dict[str, DatedFile] = field(default_factory=dict)
    builders: dict[str, DatedFile] = field(default_factory=dict)
    conf: DatedFile | None = None
    failed: dict[str, HostError] = field(default_factory=dict)
    silent: HostError | None = None

    def why(self, name: str) -> str:
        """Why a file (``object``, ``object.builder``, ``swift.conf``) is not here, without node and path."""
        error = self.failed.get(name)
        if isinstance(error, FileMissing):
            return str(error).rpartition(": ")[2]
        return str(error) if error else NO_FILE


@dataclass
class RingFiles:
    """All of it. ``silent`` are nodes that could not be entered, with the reason."""

    nodes: Mapping[str, NodeFiles]

    @property
    def silent(self) -> dict[str, str]:
        """Nodes that could not be entered → why."""
        return {name: str(files.silent) for name, files in self.nodes.items() if files.silent}

    def copies(self, ring: str, needing: Iterable[str]) -> Copies:
        """The copies of a ring; a node in ``needing`` that could be entered and has none counts as well."""
        found = Copies(ring)
        wanted = set(needing)
        for name, files in self.nodes.items():
            if (file := files.rings.get(ring)) is not None:
                found.add(name, file.content, file.changed)
            elif name in wanted and not files.silent:
                found.absent(name, files.why(ring))
        return found

    def settings(self) -> tuple[dict[str, HashSettings], dict[str, str]]:
        """Hash prefix and suffix by node, and what is wrong with the ``swift.conf`` of others."""
        good: dict[str, HashSettings] = {}
        bad: dict[str, str] = {}
        for name, files in self.nodes.items():
            if files.conf is None:
                continue
            try:
                good[name] = hash_settings(files.conf.content.decode("utf-8", "replace"))
            except RingError as error:
                bad[name] = str(error)
        return good, bad


@dataclass
class Visits:
    """Visits to the nodes of a site, each made once. Files with the same content are kept once."""

    nodes: Nodes
    rings: tuple[str, ...]
    folder: str
    builders: str
    _made: dict[str, NodeFiles] = field(default_factory=dict)
    _kept: dict[bytes, bytes] = field(default_factory=dict, repr=False)

    def of(self, name: str) -> NodeFiles:
        """One node's files; raises ``OutOfReach`` where the site does not say where it is."""
        if name not in self._made:
            self._made[name] = self._visit(self.nodes[name])
        return self._made[name]

    def all(self) -> RingFiles:
        """Those of every node that the site gives an address for: one alone, so that a jump host is entered
        once, then the others sixteen at a time.
        """
        names = list(self.nodes)
        for name in names[:1]:
            self.of(name)
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="rings") as pool:
            found = list(pool.map(self.of, names))
        return RingFiles({files.node: files for files in found})

    def _visit(self, node: Node) -> NodeFiles:
        found = NodeFiles(node.name)
        try:
            node.reach()
        except HostError as error:
            found.silent = error
            return found
        for ring in self.rings:
            self._fetch(node, found, ring, f"{self.folder}/{ring}.ring.gz", found.rings)
            self._fetch(node, found, ring, f"{self.builders}/{ring}.builder", found.builders, ".builder")
        try:
            found.conf = node.fetch_dated(f"{self.folder}/{CONF}", secret=True)
        except HostError as error:
            found.failed[CONF] = error
        return found

    def _fetch(
        self,
        node: Node,
        found: NodeFiles,
        ring: str,
        path: str,
        into: MutableMapping[str, DatedFile],
        kind: str = "",
    ) -> None:
        try:
            file = node.fetch_dated(path)
        except HostError as error:
            found.failed[ring + kind] = error
        else:
            into[ring] = file.sharing(self._kept)


def visits(nodes: Nodes, rings: Iterable[str], folder: str, builders: str) -> Visits:
    """The visits to come; ``folder`` and ``builders`` are where the nodes keep rings and builders."""
    return Visits(nodes, tuple(rings), folder.rstrip("/"), builders.rstrip("/"))
