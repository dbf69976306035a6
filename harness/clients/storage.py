"""Account, container and object servers asked directly, as proxies and replicators ask them.

They know no tokens: whoever reaches them may ask. Only HEAD and GET are sent. The path says what is meant,
and which server it can be about: ``/device/partition/account[/container[/object]]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from urllib.parse import quote

from harness.clients.door import Door, Seen, json_of, plain_session
from harness.clients.errors import ServerFault
from harness.clients.raw import Answer
from harness.clients.words import error_of, in_words, raise_for

SERVICE = "object-store"
Kind = Literal["account", "container", "object"]
LEVELS: Mapping[int, Kind] = {1: "account", 2: "container", 3: "object"}
"""How many names stand behind device and partition."""
_KNOWN = (200, 204, 404, 507)
_FOREIGN = 400


class Disk(Protocol):
    """A device of a ring, as far as it must be known here."""

    @property
    def ip(self) -> str:
        """The address of its server."""
        ...

    @property
    def port(self) -> int:
        """The port of its server."""
        ...

    @property
    def name(self) -> str:
        """The folder it is mounted at, below the devices' path."""
        ...


@dataclass(frozen=True)
class Copy:
    """One copy as its own server tells of it; ``row`` is the exchange.

    Of an object ``etag`` and ``timestamp`` (when it was put, as the proxy decided) are told. Of a container
    it is ``objects`` and ``bytes``, of an account ``containers`` too; ``timestamp`` is that of its last PUT.
    """

    etag: str = ""
    timestamp: str = ""
    containers: int | None = None
    objects: int | None = None
    bytes: int | None = None
    row: str = ""


@dataclass(frozen=True)
class Database:
    """One copy of an account or container: how much is in it by its own count, and the names it lists."""

    count: int
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"counts {self.count}, lists {len(self.names)}"


@dataclass(frozen=True)
class Told:
    """What a server takes itself for: ``kind`` is "" where it is no storage server; ``statuses`` are what it
    answered to paths of one, two and three names; ``row`` is the last exchange.
    """

    kind: Kind | Literal[""]
    statuses: tuple[int, ...]
    row: str


class StorageClient:
    """Asks storage servers through a door that reaches them."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._session = plain_session(door)
        self._session.trust_env = False

    def ask(self, method: Literal["HEAD", "GET"], disk: Disk, partition: int | str, path: str) -> Answer:
        """One exchange of any status; ``path`` is ``/account[/container[/object]]``, unquoted.

        Raises ``Unreachable`` where nothing answers.
        """
        seen = self._seen(method, disk, partition, path)
        return Answer(seen.exchange.status or 0, dict(seen.headers), seen.body, seen.exchange)

    def copy(self, disk: Disk, partition: int, path: str) -> Copy | None:
        """What a device holds of a name; None where it holds nothing (404).

        Raises ``Unreachable`` where nothing answers, another ``ServiceError`` where the answer is no such.
        """
        seen = self._seen("HEAD", disk, partition, path)
        status = seen.exchange.status
        if status == 404:
            return None
        if status not in (200, 204):
            raise error_of(seen, _hint(seen, disk))
        with in_words(self._door, seen):
            return _copy(LEVELS[min(path.count("/"), 3)], seen)

    def database(self, disk: Disk, partition: int, path: str, prefix: str = "") -> Database | None:
        """A copy of an account or container with the names that begin so, at most 10,000 of them; None where
        the device holds none. Raises as ``copy`` does.
        """
        seen = self._seen("GET", disk, partition, path, f"?format=json&prefix={quote(prefix)}")
        if seen.exchange.status == 404:
            return None
        if seen.exchange.status not in (200, 204):
            raise error_of(seen, _hint(seen, disk))
        counted = "X-Account-Container-Count" if path.count("/") == 1 else "X-Container-Object-Count"
        with in_words(self._door, seen):
            rows = json_of(seen) if seen.exchange.status == 200 else []
            return Database(_number(seen, counted), tuple(str(row["name"]) for row in rows))

    def told(self, disk: Disk, name: str) -> Told:
        """What the server behind a device's port takes itself for.

        It is asked for a name that nobody has, on three levels. A path that is not of its level a server
        calls wrong (400) before it looks anywhere, in Swift 1.4.8 as today: an object server all that has not
        three names, a container server a bare account, an account server an object. So the first level that
        is taken (nothing there: 404; not mounted: 507) is its own; whoever takes all three is none of them.
        (Account servers of 1.4.8 take two names too: they once told of containers.)
        """
        paths = [f"/{name}", f"/{name}/{name}", f"/{name}/{name}/{name}"]
        seen = [self._seen("HEAD", disk, 0, path) for path in paths]
        statuses = tuple(one.exchange.status or 0 for one in seen)
        return Told(kind_of(statuses), statuses, seen[-1].exchange.row)

    def _seen(self, method: str, disk: Disk, partition: int | str, path: str, query: str = "") -> Seen:
        host = f"[{disk.ip}]" if ":" in disk.ip else disk.ip
        base = f"http://{host}:{disk.port}"
        self._door.routes.learn(base, SERVICE)
        url = base + quote(f"/{disk.name}/{partition}{path}", errors="surrogateescape") + query
        with in_words(self._door):
            self._session.request(method, url, allow_redirects=False)
        seen = self._door.last
        if seen is None or seen.exchange.status is None:
            raise_for(seen, "no answer")
        return seen


def kind_of(statuses: tuple[int, ...]) -> Kind | Literal[""]:
    """Whose answers these are, to paths of one, two and three names."""
    taken = [status != _FOREIGN for status in statuses]
    if all(taken) or any(status not in (*_KNOWN, _FOREIGN) for status in statuses):
        return ""
    first = next((level for level, one in enumerate(taken, 1) if one), 0)
    return LEVELS.get(first, "")


def _hint(seen: Seen, disk: Disk) -> str:
    return f"the device {disk.name} is not mounted" if seen.exchange.status == 507 else ""


def _copy(kind: Kind, seen: Seen) -> Copy:
    headers, row = seen.headers, seen.exchange.row
    if kind == "object":
        return Copy(headers["ETag"].strip('"'), headers["X-Timestamp"], row=row)
    stem = f"X-{kind.title()}-"
    numbers: dict[str, Any] = {
        "objects": _number(seen, f"{stem}Object-Count"),
        "bytes": _number(seen, f"{stem}Bytes-Used"),
    }
    if kind == "account":
        numbers["containers"] = _number(seen, f"{stem}Container-Count")
    return Copy(timestamp=headers.get("X-PUT-Timestamp", ""), row=row, **numbers)


def _number(seen: Seen, name: str) -> int:
    text = seen.headers[name]
    if len(text) > 20:
        raise ServerFault(f"{name} is no number that anything could have", seen.exchange)
    return int(text)
