"""Storage servers asked directly, over lines that somebody else opens."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from harness.clients.errors import ServerFault, Unreachable
from harness.clients.routes import Routes
from harness.clients.storage import Copy, Database, StorageClient, kind_of
from harness.clients.through import DoorThrough
from tests.clients.fake import Reply, Rows, Service


@dataclass(frozen=True)
class Disk:
    ip: str
    port: int
    name: str = "sdb"


class Lines:
    """Opens sockets, and remembers them."""

    def __init__(self) -> None:
        self.opened: list[socket.socket] = []

    def __call__(self, address: str, port: int) -> socket.socket:
        self.opened.append(socket.create_connection((address, port), 5))
        return self.opened[-1]


@pytest.fixture
def lines() -> Lines:
    return Lines()


@pytest.fixture
def disk(service: Service) -> Disk:
    host, _, port = service.url.removeprefix("http://").partition(":")
    return Disk(host, int(port))


@pytest.fixture
def client(rows: Rows, lines: Lines) -> Iterator[StorageClient]:
    door = DoorThrough(rows, Routes(), lines)
    yield StorageClient(door)
    door.close()
    for line in lines.opened:
        line.close()


def test_a_copy_is_told_by_its_headers_and_recorded_as_swifts(
    service: Service, client: StorageClient, disk: Disk, rows: Rows, lines: Lines
) -> None:
    service.on("HEAD", "/sdb/7/AUTH_1/c/o", ETag='"0cc1"', X_Timestamp="1335160000.12345")
    service.on("HEAD", "/sdb/8/AUTH_1", 204, **_counts("Account", 3, 5, 9), X_Account_Container_Count="3")
    service.on("HEAD", "/sdb/9/AUTH_1/c", 204, X_PUT_Timestamp="1.0", **_counts("Container", 0, 5, 9))
    assert client.copy(disk, 7, "/AUTH_1/c/o") == Copy("0cc1", "1335160000.12345", row="test:1")
    assert client.copy(disk, 8, "/AUTH_1") == Copy("", "", 3, 5, 9, "test:2")
    assert client.copy(disk, 9, "/AUTH_1/c") == Copy("", "1.0", None, 5, 9, "test:3")
    assert client.copy(disk, 7, "/AUTH_1/c/none") is None
    assert {(row["component"], row["service"]) for row in rows.of("exchange")} == {("swift", "object-store")}
    assert len(lines.opened) == 1


def _counts(kind: str, containers: int, objects: int, size: int) -> dict[str, str]:
    return {f"X_{kind}_Object_Count": str(objects), f"X_{kind}_Bytes_Used": str(size)}


def test_names_of_all_scripts_are_quoted(service: Service, client: StorageClient, disk: Disk) -> None:
    assert client.copy(disk, 7, "/AUTH_1/c/Grüße ☃?#%") is None
    assert service.paths() == ["HEAD /sdb/7/AUTH_1/c/Gr%C3%BC%C3%9Fe%20%E2%98%83%3F%23%25"]


def test_a_database_counts_and_lists(service: Service, client: StorageClient, disk: Disk) -> None:
    listed = [{"name": "one"}, {"name": "two"}]
    counted = {"X_Container_Object_Count": "2"}
    service.on("GET", "/sdb/7/AUTH_1/c", 200, listed, **counted)
    service.on("GET", "/sdb/8/AUTH_1", 204, X_Account_Container_Count="0")
    assert client.database(disk, 7, "/AUTH_1/c", "t") == Database(2, ("one", "two"))
    assert client.database(disk, 8, "/AUTH_1") == Database(0, ())
    assert client.database(disk, 9, "/AUTH_1") is None
    assert service.asked[0].path == "/sdb/7/AUTH_1/c?format=json&prefix=t"


@pytest.mark.parametrize(
    ("method", "status", "body", "headers", "told"),
    [
        ("HEAD", 507, None, {}, "the device sdb is not mounted"),
        ("HEAD", 500, None, {}, "answered 500"),
        ("HEAD", 200, None, {}, "cannot be read"),
        ("GET", 200, b"[{}", {"X_Container_Object_Count": "1"}, "cannot be read"),
        ("GET", 200, {"name": 1}, {"X_Container_Object_Count": "1"}, "cannot be read"),
        ("GET", 200, [], {"X_Container_Object_Count": "many"}, "cannot be read"),
        ("GET", 200, [], {"X_Container_Object_Count": "9" * 5000}, "no number that anything could have"),
        ("GET", 200, [], {}, "cannot be read"),
    ],
)
def test_what_is_no_answer_is_the_servers_fault(
    service: Service,
    client: StorageClient,
    disk: Disk,
    method: str,
    status: int,
    body: object,
    headers: dict[str, str],
    told: str,
) -> None:
    service.on(method, "/sdb/7/AUTH_1/c", status, body, **headers)
    with pytest.raises(ServerFault, match=told) as raised:
        client.copy(disk, 7, "/AUTH_1/c") if method == "HEAD" else client.database(disk, 7, "/AUTH_1/c")
    assert raised.value.component == "swift"
    assert raised.value.cites == ("test:1",)


@pytest.mark.parametrize(
    ("statuses", "kind"),
    [
        ((404, 400, 400), "account"),
        ((404, 404, 400), "account"),  # 1.4.8: account servers once told of containers, too
        ((400, 404, 404), "container"),
        ((400, 507, 507), "container"),
        ((400, 404, 400), "container"),
        ((400, 400, 404), "object"),
        ((400, 400, 507), "object"),
        ((404, 404, 404), ""),  # any web server
        ((400, 400, 400), ""),
        ((200, 200, 200), ""),
        ((412, 412, 412), ""),  # a proxy
        ((401, 400, 400), ""),
        ((400, 400, 503), ""),
    ],
)
def test_whose_answers_they_are(statuses: tuple[int, ...], kind: str) -> None:
    assert kind_of(statuses) == kind


def test_a_line_that_nobody_takes_up_is_recorded_in_words(rows: Rows, disk: Disk) -> None:
    def refused(address: str, port: int) -> socket.socket:
        why = "10.0.0.1:6000 from proxy-1: Connection refused"
        raise ConnectionError(why) from RuntimeError("(2, 'Connect failed')")

    client = StorageClient(DoorThrough(rows, Routes(), refused))
    with pytest.raises(Unreachable, match=r"10\.0\.0\.1:6000 from proxy-1: Connection refused") as raised:
        client.copy(disk, 7, "/AUTH_1")
    assert raised.value.cites == ("test:1",)
    assert rows.of("exchange")[0]["error"] == "10.0.0.1:6000 from proxy-1: Connection refused"


def test_a_server_that_closes_each_time_is_asked_over_a_new_line(
    service: Service, client: StorageClient, disk: Disk, lines: Lines
) -> None:
    service.on("GET", "/sdb/7/AUTH_1", 200, b"x" * 100_000, Connection="close")
    for _ in range(3):
        assert client.ask("GET", disk, 7, "/AUTH_1").body == b"x" * 100_000
    assert len(lines.opened) == 3


def test_an_answer_that_breaks_off_is_no_answer(service: Service, client: StorageClient, disk: Disk) -> None:
    service.answers["GET", "/sdb/7/AUTH_1"] = Reply(
        200, b"half", (("Content-Length", "100"), ("Connection", "close")), length=False
    )
    with pytest.raises(Unreachable, match="broke off"):
        client.ask("GET", disk, 7, "/AUTH_1")


def test_an_address_of_version_six_is_bracketed(rows: Rows) -> None:
    asked: list[tuple[str, int]] = []

    def opener(address: str, port: int) -> socket.socket:
        asked.append((address, port))
        raise ConnectionError("no")

    with pytest.raises(Unreachable):
        StorageClient(DoorThrough(rows, Routes(), opener)).copy(Disk("fd00::5", 6000), 7, "/AUTH_1")
    assert asked == [("fd00::5", 6000)]
    assert rows.of("exchange")[0]["url"] == "http://[fd00::5]:6000/sdb/7/AUTH_1"
