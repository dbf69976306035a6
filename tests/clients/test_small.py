"""Routes, secrets, trail: what the door stands on."""

import json

import pytest

from harness.clients.routes import Routes
from harness.clients.secrets import secrets_in_body, secrets_in_headers
from harness.clients.trail import Trail
from tests.clients.fake import Rows


def routes() -> Routes:
    known = Routes()
    for url, service in (
        ("http://c:5000/v2.0", "identity"),
        ("http://c:35357/v2.0", "identity"),
        ("http://c:8774/v2/t", "compute"),
        ("http://c:8776/v1/t", "volume"),
        ("http://all:80/image/v1", "image"),
        ("http://all/object/v1/AUTH_t", "object-store"),
        ("nonsense", "compute"),
        ("http://[bad", "compute"),
    ):
        known.learn(url, service)
    return known


@pytest.mark.parametrize(
    ("url", "service", "component"),
    [
        ("http://c:5000/v2.0/tokens", "identity", "keystone"),
        ("http://C:8774/", "compute", "nova"),
        ("http://c:8774/v2/other/servers", "compute", "nova"),
        ("http://c:8776/v1/t/volumes", "volume", "nova-volume"),
        ("http://all/image/v1/images", "image", "glance"),
        ("http://all:80/object/v1/AUTH_x/c/o", "object-store", "swift"),
        ("http://elsewhere:8774/v2", "", ""),
        ("http://[bad", "", ""),
        ("", "", ""),
    ],
)
def test_routes(url: str, service: str, component: str) -> None:
    assert routes().behind(url) == (service, component)


def test_secrets_of_bodies() -> None:
    body = {
        "auth": {"passwordCredentials": {"username": "u", "password": "p1"}, "token": {"id": "t1"}},
        "server": {"adminPass": "p2", "name": "n"},
        "list": [{"keypair": {"private_key": "k1"}}, {"credential": {"secret": "s1", "access": "a"}}],
    }
    assert set(secrets_in_body(json.dumps(body))) == {"p1", "t1", "p2", "k1", "s1"}
    assert set(secrets_in_body(json.dumps(body).encode())) == {"p1", "t1", "p2", "k1", "s1"}


@pytest.mark.parametrize(
    "body",
    [
        None,
        b"",
        b"\x00\x01",
        "no json",
        b'{"password": 1}',
        b"[" * 3000,
        b"{",
        iter(()),
        b'"' + b"x" * 2_000_000,
    ],
)
def test_bodies_without_secrets(body: object) -> None:
    assert secrets_in_body(body) == []


def test_secrets_of_headers() -> None:
    assert secrets_in_headers({"X-Auth-Token": b"t1", "x-storage-token": "t2", "Accept": "x"}) == ["t1", "t2"]
    assert secrets_in_headers(None) == []


def test_the_trail_knows_what_can_be_cited() -> None:
    trail = Trail(Rows())
    assert trail.last is None
    first = trail.write("exchange", component="nova")
    trail.write("observation", cites=[first])
    assert (trail.last, trail.component) == (first, "nova")
    assert trail.wrote("test:2")
    assert not trail.wrote("gw1:2")
    trail.turn()
    assert trail.last is None
    trail.touch(first)
    assert trail.last == first
