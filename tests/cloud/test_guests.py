"""The run's key and group, the way into a server, and whose host key is believed."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import paramiko
import pytest

from harness.cloud import RunSession
from harness.cloud.guests import Guests
from harness.errors import OutOfReach
from harness.evidence import RunFolder
from harness.hosts import HostUnreachable
from harness.hosts.fingerprints import digests_of
from harness.hosts.keys import fresh_key, public_line, read_key
from harness.ledger import Ledger
from tests.clients.fake import TENANT, Asked, Reply, Service

pytest.importorskip("asyncssh")
from tests.hosts.guest import Inside, Mapped, a_guest

COMPUTE = f"/compute/v2/{TENANT}"
PEM = fresh_key()
KEY = read_key(PEM)
NAME = "cirros-0.3.0-x86_64-uec"
SERVER = {
    "id": "s1",
    "name": "web",
    "status": "ACTIVE",
    "addresses": {"private": [{"addr": "10.0.0.3", "version": 4}]},
    "image": {"id": "i1"},
    "flavor": {"id": "1"},
}
HOST_KEY = paramiko.RSAKey.generate(1024)
MD5 = next(digest for digest in digests_of(HOST_KEY.asbytes()) if ":" in digest and "SHA" not in digest)


def entering(session: RunSession, via: str = "jump") -> Guests:
    """Guests of a site with this way into them."""
    file = session.site.file.model_copy(
        update={"guests": session.site.file.guests.model_copy(update={"via": via})}
    )
    object.__setattr__(session.site, "file", file)
    session.entering._pem = PEM
    return Guests(session, session.cloud("x"))


def told(service: Service, server: dict[str, Any] | None = None, console: str = "") -> None:
    images = [
        {"id": "i1", "name": NAME},
        {"id": "i2", "name": "of a server", "metadata": {"instance_uuid": "s0"}},
    ]
    service.on("GET", f"{COMPUTE}/servers/s1", body={"server": server or SERVER})
    service.on("GET", f"{COMPUTE}/servers/s0", body={"server": SERVER | {"id": "s0"}})
    service.on("GET", f"{COMPUTE}/images/detail", body={"images": images})
    service.on("POST", f"{COMPUTE}/servers/s1/action", body={"output": console})


def test_the_key_is_brought_in_once_and_its_private_half_never_leaves(
    opened: Callable[..., RunSession], service: Service, folder: RunFolder
) -> None:
    def keypair(asked: Asked) -> Reply:
        wanted = json.loads(asked.body)["keypair"]
        return Reply(200, {"keypair": {**wanted, "fingerprint": "aa"}})

    service.answers["POST", f"{COMPUTE}/os-keypairs"] = keypair
    first, second = entering(opened("gw0")), entering(opened("gw1"))
    assert first.key == second.key == f"{folder.prefix}guests"
    asked = [one for one in service.asked if one.path.endswith("os-keypairs")]
    assert len(asked) == 1, "the other process has heard of it"
    assert json.loads(asked[0].body)["keypair"]["public_key"] == public_line(KEY, first.key)
    assert [(entry.kind, entry.name) for entry in Ledger(folder.ledger).open_entries()] == [
        ("keypair", first.key)
    ]
    secret = "".join(PEM.splitlines()[1:3])
    assert secret not in folder.events.read_text()


def test_a_key_that_another_process_brought_in_is_taken(session: RunSession, service: Service) -> None:
    guests = entering(session)
    name = f"{session.folder.prefix}guests"
    pair = {"name": name, "fingerprint": "aa", "public_key": public_line(KEY, name)}
    service.on("POST", f"{COMPUTE}/os-keypairs", status=409, body={"conflictingRequest": {"message": "x"}})
    service.on("GET", f"{COMPUTE}/os-keypairs", body={"keypairs": [{"keypair": pair}]})
    assert guests.key == name


def test_the_group_lets_ssh_and_echo_requests_in(session: RunSession, service: Service) -> None:
    guests, rules = entering(session), []

    def rule(asked: Asked) -> Reply:
        wanted = json.loads(asked.body)["security_group_rule"]
        rules.append((wanted["ip_protocol"], wanted["from_port"], wanted["cidr"]))
        row = {**wanted, "id": 1, "group": {}, "ip_range": {"cidr": wanted["cidr"]}}
        return Reply(200, {"security_group_rule": row})

    group = {"id": 5, "name": f"{session.folder.prefix}guests", "rules": [], "tenant_id": TENANT}
    service.on(
        "POST", f"{COMPUTE}/os-security-groups", status=400, body={"badRequest": {"message": "exists"}}
    )
    service.on("GET", f"{COMPUTE}/os-security-groups", body={"security_groups": [group]})
    service.answers["POST", f"{COMPUTE}/os-security-group-rules"] = rule
    assert guests.group == guests.group == group["name"]
    assert rules == [("tcp", 22, "0.0.0.0/0"), ("icmp", -1, "0.0.0.0/0")]


@pytest.mark.parametrize(
    ("via", "why"),
    [
        ("none", "no way into guests"),
        ("console", "watched on their console"),
        ("jump", "the site names no hosts"),
    ],
)
def test_without_a_way_guests_are_out_of_reach(
    session: RunSession, service: Service, via: str, why: str
) -> None:
    told(service)
    with pytest.raises(OutOfReach, match=why):
        entering(session, via).guest("s1")
    with pytest.raises(OutOfReach, match=why):
        entering(session, via).reaches("10.0.0.3")


def inside(session: RunSession, guest: Inside) -> None:
    """All addresses lead to this guest."""
    way = Mapped(_Straight(), guest)
    session.entering.allowed = lambda: None  # type: ignore[method-assign]
    session.entering.way = lambda *_: way  # type: ignore[method-assign,assignment,return-value]


class _Straight:
    name = "straight"

    def line_to(self, address: str, port: int) -> Any:
        from harness.hosts import Direct

        return Direct().line_to(address, port)


def test_a_server_is_entered_as_the_described_user(session: RunSession, service: Service) -> None:
    guests = entering(session)
    with a_guest(public_line(KEY, "run")) as one:
        inside(session, one)
        told(service, console=f"-----BEGIN SSH HOST KEY FINGERPRINTS-----\n2048 {one.digest} (RSA)\n")
        one.answers["hostname"] = lambda process: (process.stdout.write(b"web\n") and 0) or 0
        guest = guests.guest("s1")
        assert (guest.name, guest.address) == ("web", "10.0.0.3")
        assert guest.run("hostname").text == "web\n"
        assert guests.guest("s1") is guest, "it stays open"
        told(service, SERVER | {"image": {"id": "i2"}})
        assert guests.guest("s1").run("hostname").ok, "an image of a server has the user of its base"
        told(service, SERVER | {"image": {"id": "i9"}})
        assert guests.guest("s1").run("hostname").ok, "one user is described, so it is that one"


def test_a_host_key_that_the_console_does_not_show_is_refused(session: RunSession, service: Service) -> None:
    guests = entering(session)
    with a_guest(public_line(KEY, "run")) as one:
        inside(session, one)
        told(service, console=f"-----BEGIN SSH HOST KEY FINGERPRINTS-----\n2048 {MD5} (RSA)\n")
        with pytest.raises(HostUnreachable, match="none of those that its console shows"):
            guests.guest("s1").run("hostname")


def test_a_host_key_is_the_same_for_the_rest_of_the_run(
    opened: Callable[..., RunSession], service: Service
) -> None:
    first, second = opened("gw0"), opened("gw1")
    told(service, console="login:")
    guests = entering(first), entering(second)
    for session, expected in ((first, True), (second, False)):
        with a_guest(public_line(KEY, "run")) as one:
            inside(session, one)
            one.answers["true"] = lambda process: 0
            guest = guests[session is second].guest("s1")
            if expected:
                assert guest.run("true").ok
                continue
            with pytest.raises(HostUnreachable, match="not the one that this run met before"):
                guest.run("true")
            guests[1].forget("s1")
            assert guest.run("true").ok, "a server that was built anew has another one"


def test_from_outside_a_floating_address_is_taken(
    session: RunSession, service: Service, folder: RunFolder
) -> None:
    guests = entering(session, "floating")
    held: list[dict[str, Any]] = []

    def give(asked: Asked) -> Reply:
        held.append({"id": 3, "ip": "127.0.0.1", "pool": "nova", "instance_id": None, "fixed_ip": None})
        return Reply(200, {"floating_ip": held[0]})

    def act(asked: Asked) -> Reply:
        held[0] |= {"instance_id": "s1", "fixed_ip": "10.0.0.3"}
        return Reply(202)

    told(service)
    service.answers["POST", f"{COMPUTE}/os-floating-ips"] = give
    service.answers["GET", f"{COMPUTE}/os-floating-ips"] = lambda _: Reply(200, {"floating_ips": held})
    service.on("GET", f"{COMPUTE}/os-floating-ip-pools", body={"floating_ip_pools": [{"name": "nova"}]})
    service.answers["POST", f"{COMPUTE}/servers/s1/action"] = act
    assert guests.guest("s1").address == guests.guest("s1").address == "127.0.0.1"
    assert [entry.id for entry in Ledger(folder.ledger).open_entries()] == ["3"]
    assert guests.reaches("127.0.0.1", int(service.url.rpartition(":")[2]))


def test_the_key_does_not_stand_in_what_can_be_printed(session: RunSession) -> None:
    body = base64.b64encode(KEY.asbytes()).decode()
    accounts = session.accounts.wire() | {"guest_key": PEM}
    shown = repr(type(session.accounts).from_wire(accounts))
    assert "PRIVATE" not in shown
    assert body[:40] not in shown
