"""The recorded answers of a real Essex cloud, read by our clients: every shape of GET that they use."""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from harness.clients.errors import NotFound, RateLimited, Refused, ServiceError
from harness.clients.session import CloudSession
from tests.clients.fake import TENANT, Asked, Reply, Rows, Service, access, open_session, serving

pytestmark = pytest.mark.wire
_LEFT_OUT = frozenset({"content-length", "transfer-encoding", "date", "connection"})


def exchanges(folder: Path, file: str) -> list[dict[str, Any]]:
    """The exchanges of a recording; its tenant becomes the one of these tests."""
    text = (folder / f"{file}.jsonl").read_text().replace(recorded_tenant(folder), TENANT)
    return [json.loads(line) for line in text.splitlines()]


@cache
def recorded_tenant(folder: Path) -> str:
    """The tenant whose servers, volumes and containers were recorded."""
    found = re.search(r'"path": "/v2/([0-9a-f]{32})/servers', (folder / "nova.jsonl").read_text())
    assert found
    return found[1]


def load(service: Service, folder: Path, file: str, *, prefix: str = "", only: int | None = None) -> None:
    """Answer as recorded: by path and query where both were asked, else by path; the first success wins."""
    known: dict[tuple[str, str], Reply] = {}
    for row in exchanges(folder, file):
        status, body = row.get("status"), row.get("response_body")
        if status is None or not isinstance(body, str) or (only is not None and status != only):
            continue
        headers = tuple((k, v) for k, v in row["response_headers"] if k.lower() not in _LEFT_OUT)
        reply = Reply(status, body.encode(), headers)
        for path in (row["path"], row["path"].partition("?")[0]):
            before = known.get((row["method"], path))
            if before is None or (before.status >= 300 > status):
                known[row["method"], path] = reply

    def answer(asked: Asked) -> Reply:
        method, path = asked.method, asked.path.removeprefix(prefix)
        found = known.get((method, path)) or known.get((method, path.partition("?")[0]))
        return found or Reply(404, b"404 Not Found\n\nThe resource could not be found.\n\n   ")

    for method, path in list(known):
        service.answers[method, prefix + path.partition("?")[0]] = answer


@pytest.fixture
def essex(essex_wire: Path) -> Iterator[CloudSession]:
    """One service for each component, and a session whose catalogue leads there."""
    with serving() as service:
        for prefix, file in (
            ("/identity", "keystone"),
            ("/compute", "nova"),
            ("/volume", "volume"),
            ("/image", "glance"),
            ("/object-store", "swift"),
        ):
            load(service, essex_wire, file, prefix=prefix)
        service.answers["POST", "/v2.0/tokens"] = Reply(200, access(service.url))
        yield open_session(service, Rows())


READS: dict[str, Callable[[CloudSession], Any]] = {
    "flavors": lambda s: s.compute.flavors(),
    "flavor": lambda s: s.compute.flavor("1"),
    "extensions": lambda s: s.compute.extensions(),
    "limits": lambda s: s.compute.limits().absolute,
    "quotas": lambda s: s.compute.quotas().values,
    "default quotas": lambda s: s.compute.default_quotas().values,
    "floating pools": lambda s: s.network.floating_pools(),
    "floating addresses": lambda s: s.network.floating_addresses(),
    "groups": lambda s: s.network.groups(),
    "compute's images": lambda s: s.compute.images(),
    "keypairs": lambda s: s.compute.keypairs(),
    "servers": lambda s: s.compute.servers(),
    "servers in short": lambda s: s.compute.servers(detail=False),
    "images": lambda s: s.images.list(),
    "volumes": lambda s: s.volumes.list(),
    "containers": lambda s: s.objects.containers(),
    "account": lambda s: s.objects.account(),
    "tenants": lambda s: s.identity.list_tenants(),
    "users": lambda s: s.identity.list_users(),
    "roles": lambda s: s.identity.list_roles(),
    "services": lambda s: s.identity.list_services(),
    "endpoints": lambda s: s.identity.list_endpoints(),
    "versions of identity": lambda s: s.versions("identity"),
    "versions of compute": lambda s: s.versions("compute"),
    "versions of volume": lambda s: s.versions("volume"),
    "versions of image": lambda s: s.versions("image"),
}
MAY_BE_EMPTY = frozenset(
    {"floating addresses", "keypairs", "servers", "servers in short", "volumes", "containers"}
)


@pytest.mark.parametrize("what", READS)
def test_recorded_answers_are_read(essex: CloudSession, what: str) -> None:
    found = READS[what](essex)
    assert found or what in MAY_BE_EMPTY


def test_figures_of_the_recorded_cloud(essex: CloudSession) -> None:
    flavors = {flavor.name: flavor for flavor in essex.compute.flavors()}
    assert sorted(flavors) == ["m1.large", "m1.medium", "m1.small", "m1.tiny", "m1.xlarge"]
    assert (flavors["m1.tiny"].ram, flavors["m1.tiny"].swap, flavors["m1.xlarge"].disk) == (512, 0, 160)
    assert len(essex.compute.extensions()) == 34
    assert essex.compute.quotas().values["cores"] == 20
    assert essex.network.floating_pools() == ["nova", "test"]
    assert essex.versions("identity") == [("v2.0", "beta")]
    assert [version.id for version in essex.versions("image")] == ["v1.1", "v1.0"]
    assert essex.images.list()[0].container_format == "bare"
    endpoints = essex.identity.list_endpoints()
    assert endpoints
    assert "$(tenant_id)s" in next(row.public for row in endpoints if ":8774" in row.public)


def test_everything_that_was_recorded_of_servers(essex_wire: Path) -> None:
    """Each recorded server is read, in every state that it was seen in."""
    from harness.clients.compute_essex_answers import server_of

    states = set()
    for row in exchanges(essex_wire, "nova"):
        if row.get("status") == 200 and row["method"] == "GET" and "/servers" in row["path"]:
            try:
                data = json.loads(row["response_body"])
            except ValueError:
                continue
            for server in data.get("servers", []) + [data[name] for name in ("server",) if name in data]:
                states.add(server_of(server).state)
    assert {"BUILD/building/networking", "ACTIVE/active/-", "ERROR/error/scheduling"} <= states


def test_administrators_see_hosts_and_networks(essex_wire: Path) -> None:
    from harness.clients.network_essex_answers import network_of

    rows = {
        row["path"].rpartition("/")[2]: row
        for row in exchanges(essex_wire, "nova")
        if row.get("status") == 200
    }
    network = network_of(json.loads(rows["os-networks"]["response_body"])["networks"][0])
    assert (network.label, network.bridge, network.cidr, network.dns) == (
        "private", "br100", "10.0.0.0/24", ("8.8.4.4",),
    )  # fmt: skip


def test_recorded_tokens(essex_wire: Path) -> None:
    from harness.clients.identity_v2_answers import token_of

    tokens = [
        token_of(json.loads(row["response_body"]), dict(row["response_headers"]))
        for file in ("keystone", "keystone-templated")
        for row in exchanges(essex_wire, file)
        if row.get("status") == 200
        and row["path"].startswith("/v2.0/tokens")
        and row["response_body"].startswith("{")
        if "access" in json.loads(row["response_body"])
    ]
    assert len(tokens) > 10
    assert any(token.tenant is None and not token.catalogue for token in tokens)
    fresh = [token for token in tokens if token.catalogue]
    assert all(abs(token.lifetime - 86400) < 2 for token in fresh), "by the service's own clock"


def test_recorded_images_by_their_headers(essex_wire: Path) -> None:
    from harness.clients.images_v1_answers import image_of_headers

    heads = [
        image_of_headers(dict(row["response_headers"]))
        for row in exchanges(essex_wire, "glance")
        if row["method"] == "HEAD" and row.get("status") == 200
    ]
    assert {"active", "queued"} <= {image.status for image in heads}


@pytest.mark.parametrize(
    "file", ["keystone", "nova", "nova-ratelimit", "volume", "glance", "swift", "failures", "accept"]
)
def test_every_recorded_refusal_has_a_word(essex_wire: Path, file: str) -> None:
    from harness.clients.door import Seen
    from harness.clients.errors import Exchange
    from harness.clients.words import error_of

    seen = 0
    for row in exchanges(essex_wire, file):
        if (row.get("status") or 0) < 400:
            continue
        body = row["response_body"]
        content = body.encode() if isinstance(body, str) else b""
        error = error_of(Seen(Exchange(status=row["status"]), "", dict(row["response_headers"]), content))
        assert type(error) is not ServiceError
        if row["status"] in (401, 403):
            assert isinstance(error, Refused)
        if row["status"] == 404:
            assert isinstance(error, NotFound)
        if "overLimitFault" in str(body):
            assert isinstance(error, RateLimited)
            assert error.retry_after > 0
        seen += 1
    assert seen


def test_the_recorded_tenant_is_ours(essex_wire: Path) -> None:
    """The recordings, as these tests read them, speak of the tenant of the fixtures."""
    assert any(TENANT in row["path"] for row in exchanges(essex_wire, "nova"))
