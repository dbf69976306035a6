"""``swift-init`` of the nodes, with real effect, and the few commands of a machine where nodes have no shell.

    command -v NAME
    [sudo -n] swift-init SERVER start|stop|status

Where user namespaces are not allowed, a node's SSH takes these words and no other. Stopping and starting is
root's: without ``sudo`` it is refused, as on a host where the operator's own user owns no service.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from shutil import which

from harness.errors import LabError
from harness.lab.objects.plan import SwiftServer
from harness.lab.objects.repair import begin_repair, has_rsync
from harness.lab.objects.stack import ObjectStack

_LONGEST = 1000
_KNOWN = ("rsync", "swift-init", "sudo")


@dataclass(frozen=True)
class Done:
    """What a command printed, and how it ended."""

    status: int
    out: str = ""
    err: str = ""


NO_SHELL = 126
"""The status of every other command there."""
Commands = Callable[[str, str], Done]
"""``commands(node, line)``; it blocks."""


def commands(stack: ObjectStack | None) -> Commands:
    """What nodes take that have no shell; without object storage no node has ``swift-init``."""

    def run(node: str, line: str) -> Done:
        try:
            words = shlex.split(line[:_LONGEST])
        except ValueError as error:
            return Done(2, err=f"sh: 1: Syntax error: {error}\n")
        root = words[:2] == ["sudo", "-n"]
        match words[2:] if root else words:
            case ["command", "-v", name] if not root:
                found = name in _known(stack, node) and (name != "rsync" or has_rsync())
                return Done(0, f"{which(name) or f'/usr/bin/{name}'}\n") if found else Done(1)
            case ["swift-init", name, verb] if stack is not None and "swift-init" in _known(stack, node):
                return swift_init(stack, node, name, root, verb)
        return Done(NO_SHELL)

    return run


def swift_init(stack: ObjectStack, node: str, name: str, root: bool, verb: str) -> Done:
    """``swift-init NAME VERB`` on a node, over the servers of that name (``object-server``)."""
    return _SwiftInit(stack, node, name, root).run(verb)


def _known(stack: ObjectStack | None, node: str) -> Sequence[str]:
    return _KNOWN if stack is not None and node in stack.holders else ("sudo",)


@dataclass(frozen=True)
class _SwiftInit:
    """``swift-init`` on one node, over the servers of one name (``object-server``)."""

    stack: ObjectStack
    node: str
    name: str
    root: bool

    @property
    def servers(self) -> list[SwiftServer]:
        return [s for s in self.stack.servers if (s.node, f"{s.kind}-server") == (self.node, self.name)]

    @property
    def running(self) -> Mapping[SwiftServer, int]:
        pids = self.stack.pids
        return {server: pids[server.name] for server in self.servers if server.name in pids}

    def run(self, verb: str) -> Done:
        verbs: Mapping[str, Callable[[], Done]] = {
            "start": self._start,
            "stop": self._stop,
            "status": self._status,
        }
        return verbs[verb]() if verb in verbs else Done(1, err=f"ERROR: {verb}: unknown command\n")

    def _status(self) -> Done:
        if not self.running:
            return Done(1, f"No {self.name} running\n")
        told = (f"{self.name} running ({pid} - {self._conf(s)})\n" for s, pid in self.running.items())
        return Done(0, "".join(told))

    def _stop(self) -> Done:
        if not self.running:
            return Done(1, f"No {self.name} running\n")
        if not self.root:
            return Done(1, "".join(f"No permission to signal PID {pid}\n" for pid in self.running.values()))
        told = "".join(f"Signal {self.name}  pid: {pid}  signal: 15\n" for pid in self.running.values())
        if self.name == "object-server":
            begin_repair(self.stack)
        self.stack.stop(list(self.running))
        return Done(0, told)

    def _start(self) -> Done:
        """Like the real one it says that it starts, and not whether the server stays."""
        if not self.servers:
            return Done(1, f"Unable to locate config for {self.name}\n")
        if not self.root:
            return Done(1, err=f"{self.name}: Permission denied: /var/run/swift\n")
        missing = [server for server in self.servers if server not in self.running]
        told = "".join(f"Starting {self.name}...({self._conf(server)})\n" for server in missing)
        try:
            self.stack.start(missing)
        except LabError as error:
            return Done(0, told, f"{error}\n")
        return Done(0, told or f"{self.name} already started...\n")

    def _conf(self, server: SwiftServer) -> str:
        return f"/etc/swift/{server.conf_name}"
