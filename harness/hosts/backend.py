"""testinfra on a node's open shell: its words for authors of scenarios, one round trip an answer.

    assert cloud.nodes["controller"].service("nova-api").is_running

What testinfra asks of every host before it can answer at all (which system, which service manager, which
tools) is asked in one go with the first question, and never again.
"""

from __future__ import annotations

import re
import shlex
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

from testinfra.backend.base import BaseBackend, CommandResult
from testinfra.host import Host
from testinfra.modules.addr import Addr
from testinfra.modules.command import Command
from testinfra.modules.file import File
from testinfra.modules.group import Group
from testinfra.modules.interface import Interface
from testinfra.modules.mountpoint import MountPoint
from testinfra.modules.package import Package
from testinfra.modules.process import Process
from testinfra.modules.service import Service
from testinfra.modules.socket import Socket
from testinfra.modules.sysctl import Sysctl
from testinfra.modules.user import User

from harness.hosts.shell import Ran

_TOOLS = (
    "command",
    "systemctl",
    "initctl",
    "status",
    "rc-service",
    "service",
    "rpm",
    "dpkg-query",
    "ss",
    "netstat",
    "ip",
    "sysctl",
    "nc",
)
FORESEEN = (
    "uname -s",
    "uname -m",
    "cat /etc/os-release",
    "test -d /run/systemd/system/",
    "test -d /etc/init",
    "test -L /bin/ps",
    "test -e /bin/busybox",
    *(f"command -v {tool}" for tool in _TOOLS),
)
"""What testinfra 10 asks before its first answer, as it words it."""
T = TypeVar("T")
_PART = re.compile(rb"(\d{1,3}) +(\d{1,7})\n")


class _Word(Generic[T]):
    """One of testinfra's words, bound to the node that it is asked of."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, node: Looks | None, owner: type) -> T:
        return cast("T", self if node is None else getattr(node.host, self._name))


class Looks(ABC):
    """What a node says of itself in testinfra's words.

    Each word is testinfra's own class, or object, of that name, bound to the node: what its documentation
    says of ``host.service`` holds of ``node.service``.
    """

    name: str

    @abstractmethod
    def shell(self, text: str, *, component: str = "ssh", timeout: float = 60.0) -> Ran:
        """Run a text in the shell that is kept open."""

    @cached_property
    def host(self) -> Host:
        """What testinfra calls a host: everything that has no name of its own here."""
        backend = ShellBackend(self)
        host = Host(backend)
        backend.set_host(host)
        return host

    service = _Word[type[Service]]()
    """``node.service("nova-api").is_running``, ``.is_enabled``: systemd, upstart, OpenRC or sysv."""
    package = _Word[type[Package]]()
    """``node.package("nova-common").is_installed``, ``.version``."""
    file = _Word[type[File]]()
    """``node.file("/etc/nova/nova.conf").user``, ``.mode``, ``.contains("--sql_connection")``."""
    socket = _Word[type[Socket]]()
    """``node.socket("tcp://0.0.0.0:8774").is_listening``."""
    mount_point = _Word[type[MountPoint]]()
    """``node.mount_point("/srv/node/sdb1").filesystem``."""
    user = _Word[type[User]]()
    """``node.user("nova").groups``, ``.home``."""
    group = _Word[type[Group]]()
    """``node.group("libvirtd").exists``, ``.gid``."""
    process = _Word[Process]()
    """``node.process.filter(comm="dnsmasq")``."""
    interface = _Word[type[Interface]]()
    """``node.interface("br100").addresses``."""
    addr = _Word[type[Addr]]()
    """``node.addr("controller").is_resolvable``, as the node sees it."""
    sysctl = _Word[Sysctl]()
    """``node.sysctl("net.ipv4.ip_forward")``."""
    command = _Word[Command]()
    """``node.command("nova-manage service list").stdout``; ``%s`` takes what must be quoted."""


class ShellBackend(BaseBackend):  # type: ignore[misc]
    """Runs testinfra's commands in a node's open shell."""

    NAME = "deployday"

    def __init__(self, node: Looks) -> None:
        super().__init__(node.name)
        self._node = node
        self._known: Mapping[str, Ran] | None = None

    def run(self, command: str, *args: str, **kwargs: Any) -> CommandResult:
        """One command; raises ``HostError`` as the node's shell does."""
        text = self.get_command(command, *args)
        ran = self._foreseen.get(text) if text in FORESEEN else None
        ran = ran or self._node.shell(text)
        return self.result(ran.status, self.encode(text), ran.stdout, ran.stderr)

    def get_encoding(self) -> str:
        """UTF-8, whatever Python may think there: old nodes have none."""
        return "utf-8"

    def decode(self, data: bytes) -> str:
        """What is no UTF-8 is shown as such."""
        return data.decode("utf-8", "replace")

    def encode(self, data: str) -> bytes:
        """As the shell is told."""
        return data.encode("utf-8", "surrogateescape")

    @property
    def _foreseen(self) -> Mapping[str, Ran]:
        if self._known is None:
            self._known = _parts(self._node.shell(_all(FORESEEN)).stdout)
        return self._known


def _all(commands: tuple[str, ...]) -> str:
    """One text that gives status, length and output of each of these; what they say on errors is dropped."""
    one = 'look() { text=$(eval "$1" 2>/dev/null; echo "x$?"); status=${text##*x}; text=${text%x*};'
    one += ' printf "%s %s\\n%s" "$status" "$(printf %s "$text" | wc -c)" "$text"; }'
    return one + "\n" + "\n".join(f"look {shlex.quote(command)}" for command in commands)


def _parts(answer: bytes) -> Mapping[str, Ran]:
    """What each foreseen command came to; nothing of those that are not there as they should be."""
    found: dict[str, Ran] = {}
    rest = answer
    for command in FORESEEN:
        head = _PART.match(rest)
        if head is None:
            break
        size = int(head[2])
        found[command], rest = (
            Ran(command, int(head[1]), rest[head.end() :][:size]),
            rest[head.end() + size :],
        )
    return found
