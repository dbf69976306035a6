"""Endpoints behind a host that forwards, asked through its SSH: by a real ``sshd`` where there is one."""

from __future__ import annotations

import datetime
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from urllib3.exceptions import InsecureRequestWarning

from harness.accounts.reaching import Through, way_to
from harness.clients.door import plain_session
from harness.clients.errors import Unreachable
from harness.clients.select import dialect_of, door_to, link_to
from harness.clients.session import CloudSession
from harness.credentials import Account
from harness.hostlist import Host
from harness.hosts import Entry, Guest, Node, connect
from harness.hosts.jump import Jump
from harness.hosts.keys import fresh_key, public_line, read_key
from harness.site import Ssh, load_site
from tests.clients.fake import TENANT, Reply, Rows, Service, access, serving
from tests.hosts.guest import Mapped, a_guest
from tests.hosts.machine import Machine, running
from tests.hosts.sshd import Daemon, real_sshd

Jumping = Callable[..., Jump]


@pytest.fixture
def service() -> Iterator[Service]:
    with serving() as one:
        yield one


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with running(tmp_path / "machine") as one:
        yield one


@pytest.fixture
def jump(machine: Machine) -> Iterator[Jump]:
    one = jump_to(machine)
    yield one
    one.close()


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    with real_sshd(tmp_path / "sshd") as one:
        yield one


@pytest.fixture
def rows() -> Rows:
    return Rows()


def jump_to(machine: Machine, name: str = "controller") -> Jump:
    ssh = Ssh(user="anybody", key_file=machine.client_key, known_hosts=machine.known_hosts)
    return Jump(name, lambda: connect(Host("127.0.0.1", machine.port), ssh))


def jump_by(daemon: Daemon, **more: Any) -> Jump:
    return Jump("controller", lambda: connect(daemon.host, daemon.ssh), **more)


def session_through(jump: Jump, url: str, rows: Rows, verify: bool | str = True) -> CloudSession:
    account = Account(f"{url}/v2.0", "demo", "s3cret-pass", "demo", "RegionOne")
    dialect = dialect_of("essex")
    return CloudSession(link_to(account, dialect, door_to(rows, Through(jump)), verify=verify), dialect)


@pytest.fixture
def no_direct_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens an HTTP connection from here is found out; SSH has a way of its own."""

    def refused(*_: Any, **__: Any) -> Any:
        raise AssertionError("a direct connection")

    monkeypatch.setattr("urllib3.util.connection.create_connection", refused)


def served(service: Service) -> None:
    service.answers["POST", "/v2.0/tokens"] = Reply(200, access(service.url))
    service.on("GET", f"/compute/v2/{TENANT}/flavors/detail", body={"flavors": []})
    service.on("GET", f"/volume/v1/{TENANT}/volumes/detail", body={"volumes": []})
    service.on("GET", "/image/v1/images/detail", body={"images": []})
    service.on("GET", f"/object-store/v1/AUTH_{TENANT}", body=[])
    service.on("PUT", f"/object-store/v1/AUTH_{TENANT}/c/o", status=201, ETag="x")


@pytest.mark.usefixtures("no_direct_http")
@pytest.mark.parametrize("server", ["embedded", "real"])
def test_every_client_goes_through(
    server: str, service: Service, rows: Rows, request: pytest.FixtureRequest
) -> None:
    jump = (
        request.getfixturevalue("jump")
        if server == "embedded"
        else jump_by(request.getfixturevalue("daemon"))
    )
    served(service)
    session = session_through(jump, service.url, rows)
    session.compute.flavors()
    session.volumes.list()
    session.images.list()
    session.objects.containers()
    session.objects.put("c", "o", b"x" * 3_000_000)
    seen = [(row["component"], row["status"], row["via"]) for row in rows.of("exchange")]
    components = ("keystone", "nova", "nova-volume", "glance", "swift", "swift")
    assert seen == [(name, 201 if at == 5 else 200, "controller") for at, name in enumerate(components)]
    assert len(service.asked[-1].body) == 3_000_000
    jump.close()


def test_one_connection_of_ssh_and_one_of_http_are_kept(
    machine: Machine, jump: Jump, service: Service, rows: Rows
) -> None:
    service.on("GET", "/big", body=b"y" * 2_000_000)
    opened: list[tuple[str, int]] = []
    way = Through(jump)

    class Counting:
        name = "controller"

        def __call__(self, address: str, port: int) -> Any:
            opened.append((address, port))
            return way(address, port)

    with plain_session(door_to(rows, Counting())) as plain:
        for _ in range(5):
            assert len(plain.get(f"{service.url}/big").content) == 2_000_000
    assert (machine.entered, len(opened)) == (1, 1)


def test_names_are_resolved_on_the_far_side(
    machine: Machine, jump: Jump, service: Service, rows: Rows
) -> None:
    port = int(service.url.rpartition(":")[2])
    machine.names["api.rack7.invalid"] = "127.0.0.1"
    service.on("GET", "/v2.0", body={})
    with plain_session(door_to(rows, Through(jump))) as plain:
        assert plain.get(f"http://api.rack7.invalid:{port}/v2.0").status_code == 200
    assert machine.asked == [("api.rack7.invalid", port)]


def test_the_environments_proxy_is_not_asked(
    jump: Jump, service: Service, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    service.on("GET", "/v2.0", body={})
    with plain_session(door_to(rows, Through(jump))) as plain:
        assert plain.get(f"{service.url}/v2.0").status_code == 200


def test_a_rate_limit_is_obeyed_and_a_silent_service_times_out(
    jump: Jump, service: Service, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    limited = [Reply(413, {"overLimitFault": {"code": 413}}, (("Retry-After", "1"),)), Reply(200, {})]
    service.answers["GET", "/limited"] = lambda asked: limited.pop(0)
    door = door_to(rows, Through(jump))
    slept: list[float] = []
    door.obeying.sleep = slept.append
    with plain_session(door) as plain:
        assert plain.get(f"{service.url}/limited").status_code == 200
        assert slept == [2.0]
        door.patience = 0.2
        service.answers["GET", "/silent"] = lambda asked: time.sleep(1.5) or Reply()  # type: ignore[func-returns-value]
        with pytest.raises(Exception, match=r"timed out"):
            plain.get(f"{service.url}/silent")
    assert rows.of("exchange")[-1]["error"] == "timed out after 0.2 s"
    assert rows.of("exchange")[-1]["component"] == ""


class TestWhoIsToBlame:
    def test_nothing_answers_behind_it(self, jump: Jump, rows: Rows) -> None:
        session = session_through(jump, f"http://127.0.0.1:{closed()}", rows)
        with pytest.raises(
            Unreachable, match=r"nothing answers behind the jump host: .* from controller"
        ) as raised:
            session.identity.token  # noqa: B018 - asked for
        assert raised.value.component == "keystone"

    def test_it_cannot_be_entered(self, rows: Rows, machine: Machine) -> None:
        ssh = Ssh(user="anybody", key_file=machine.client_key, known_hosts=machine.known_hosts)
        tried: list[float] = []
        now = [0.0]

        def connecting() -> Any:
            tried.append(now[0])
            return connect(Host("127.0.0.1", closed()), ssh)

        jump = Jump("controller", connecting, now=lambda: now[0])
        session = session_through(jump, "http://10.0.0.5:5000", rows)
        for _ in range(2):
            with pytest.raises(
                Unreachable, match=r"the jump host cannot be entered: controller .*refused"
            ) as raised:
                session.identity.token  # noqa: B018 - asked for
            assert raised.value.component == "ssh"
        assert tried == [0.0], "who waited once does not wait again"
        now[0] = 31.0
        with pytest.raises(Unreachable):
            session.identity.token  # noqa: B018 - asked for
        assert tried == [0.0, 31.0]

    def test_it_forwards_nothing(self, tmp_path: Path, service: Service, rows: Rows) -> None:
        with real_sshd(tmp_path / "strict", forwarding=False) as daemon:
            jump = jump_by(daemon)
            with pytest.raises(
                Unreachable, match="leads nowhere: controller forwards no connections"
            ) as raised:
                session_through(jump, service.url, rows).identity.token  # noqa: B018 - asked for
            assert raised.value.component == "ssh"
            jump.close()

    def test_it_goes_away_in_the_middle_of_an_answer(
        self, daemon: Daemon, service: Service, rows: Rows
    ) -> None:
        jump = jump_by(daemon)
        served(service)

        def dies(asked: Any) -> Reply:
            daemon.kill()
            return Reply(200, {})

        session = session_through(jump, service.url, rows)
        assert session.identity.token
        service.answers["GET", "/image/v1/images/detail"] = dies
        with pytest.raises(
            Unreachable, match="the connection to the jump host controller broke off"
        ) as raised:
            session.images.list()
        assert raised.value.component == "ssh"
        with pytest.raises(Unreachable, match="the jump host cannot be entered"):
            session.images.list()

    def test_it_is_entered_again_after_it_came_back(
        self, tmp_path: Path, service: Service, rows: Rows
    ) -> None:
        served(service)
        with real_sshd(tmp_path / "one") as first:
            daemons = [first]
            jump = Jump("controller", lambda: connect(daemons[-1].host, daemons[-1].ssh))
            session = session_through(jump, service.url, rows)
            session.images.list()
            first.kill()
            with real_sshd(tmp_path / "two") as second:
                daemons.append(second)
                session.images.list()
                jump.close()


class TestTls:
    def test_it_is_checked_against_the_endpoints_own_name(
        self, machine: Machine, jump: Jump, tmp_path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):  # this machine's word would be the last
            monkeypatch.delenv(name, raising=False)
        machine.names |= {"api.rack7.invalid": "127.0.0.1", "other.rack7.invalid": "127.0.0.1"}
        with tls(tmp_path, "api.rack7.invalid") as (port, authority):
            with plain_session(door_to(rows, Through(jump)), verify=authority) as plain:
                for _ in range(3):
                    answer = plain.get(f"https://api.rack7.invalid:{port}/")
                    assert (answer.status_code, len(answer.content)) == (200, 500_000)
                with pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"):
                    plain.get(f"https://other.rack7.invalid:{port}/")
            with (
                plain_session(door_to(rows, Through(jump))) as strict,
                pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"),
            ):
                strict.get(f"https://api.rack7.invalid:{port}/")
            with (
                plain_session(door_to(rows, Through(jump)), verify=False) as lenient,
                pytest.warns(InsecureRequestWarning),
            ):
                assert lenient.get(f"https://other.rack7.invalid:{port}/").status_code == 200
        found = [row["error"] for row in rows.of("exchange") if row["error"]]
        assert len(found) == 2
        assert all(text.startswith("TLS failed: ") for text in found)
        assert len(machine.asked) == 4, "the three requests took one line"


def test_a_node_behind_the_jump_host_is_one_too(tmp_path: Path, service: Service, rows: Rows) -> None:
    served(service)
    with real_sshd(tmp_path / "outer") as outer, real_sshd(tmp_path / "inner") as inner:
        both = tmp_path / "known_hosts"
        both.write_text("".join((tmp_path / name / "known_hosts").read_text() for name in ("outer", "inner")))
        one = tmp_path / "inner" / "authorized"
        one.write_text(one.read_text() + (tmp_path / "outer" / "authorized").read_text())
        (tmp_path / "s.yaml").write_text(
            "name: rack7\narchitecture: essex/six-node\n"
            f"hosts: {{controller: '127.0.0.1:{inner.host.port}'}}\n"
            f"ssh: {{user: {outer.ssh.user}, via: '127.0.0.1:{outer.host.port}', "
            f"key_file: {outer.ssh.key_file}, known_hosts: {both}}}\napi: {{via: controller}}\n"
        )
        way = way_to(load_site(tmp_path / "s.yaml"))
        assert isinstance(way, Through)
        session_through(way._jump, service.url, rows).images.list()
        assert {row["via"] for row in rows.of("exchange")} == {"controller"}
        way._jump.close()


def test_guests_are_entered_through_a_real_sshd(daemon: Daemon, rows: Rows) -> None:
    key = read_key(fresh_key())
    with a_guest(public_line(key, "run")) as inside:
        inside.answers["hostname"] = lambda process: 0
        node = Node("compute-1", connect(daemon.host, daemon.ssh), rows)
        entry = Entry("cirros", key, lambda key: None)
        guest = Guest("vm-1", "10.0.0.3", Mapped(node, inside), entry, rows)
        assert guest.answers()
        assert inside.entered == 0
        guest.run("hostname")
        assert inside.commands == ["hostname"]
        guest.close()
        node.close()


def test_a_site_says_which_way(tmp_path: Path) -> None:
    site = tmp_path / "s.yaml"
    start = "name: rack7\narchitecture: essex/six-node\nhosts: {controller: 10.0.0.1}\n"
    site.write_text(start)
    assert way_to(load_site(site)) is None
    site.write_text(start + "api: {via: controller}\n")
    way = way_to(load_site(site))
    assert isinstance(way, Through)
    assert way.name == "controller"
    again = way_to(load_site(site))
    assert isinstance(again, Through)
    assert again._jump is way._jump
    site.write_text(start + "api: {via: ssh}\nssh: {via: jump.rack7}\n")
    assert way_to(load_site(site)).name == "jump.rack7"  # type: ignore[union-attr]


def closed() -> int:
    """A port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def tls(folder: Path, name: str) -> Iterator[tuple[int, str]]:
    """A server that speaks TLS as a host of this name; gives its port and the file of who vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(private + pem)
    (folder / "authority.pem").write_bytes(pem)

    words = [sys.executable, "-c", TLS_SERVER, str(folder / "server.pem")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline()), str(folder / "authority.pem")
        finally:
            server.kill()


TLS_SERVER = """
import http.server, ssl, sys

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "500000")
        self.end_headers()
        self.wfile.write(b"z" * 500_000)

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.handle_error = lambda *_: None
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1])
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print(server.server_port, flush=True)
server.serve_forever()
"""
