"""Wire-level requests, root documents, dialects."""

import pytest

from harness.clients.errors import ServerFault
from harness.clients.raw import Own
from harness.clients.select import dialect_of
from harness.clients.session import CloudSession, root_of, versions_of
from harness.errors import DeployDayError, UsageError
from tests.clients.fake import TENANT, Rows, Service, open_session

COMPUTE = f"/compute/v2/{TENANT}"


def test_raw(session: CloudSession, service: Service, rows: Rows) -> None:
    service.on("GET", f"{COMPUTE}/servers", status=401, body=b"401 Unauthorized")
    service.on("POST", f"{COMPUTE}/servers", body={"ok": True})
    raw = session.raw("compute")
    answer = raw.send("GET", "/servers", token=None)
    assert (answer.status, answer.text, answer.message) == (401, "401 Unauthorized", "401 Unauthorized")
    assert "X-Auth-Token" not in service.asked[-1].headers
    assert answer.row == f"test:{len(rows.rows)}"
    raw.send("GET", "/servers", token="invented-one")
    assert service.asked[-1].headers["X-Auth-Token"] == "invented-one"
    assert "invented-one" in rows.secrets
    answer = raw.send("POST", "/servers", token=Own.OWN, body={"server": {}})
    assert answer.json() == {"ok": True}
    assert service.asked[-1].headers["Content-Type"] == "application/json"
    with pytest.raises(ServerFault, match="not JSON"):
        raw.send("GET", "/servers").json()
    other = session.raw("compute", as_tenant="another").send("GET", "/servers")
    assert other.status == 404
    assert service.asked[-1].path == "/compute/v2/another/servers"


def test_redirects_are_answers(session: CloudSession, service: Service) -> None:
    service.on("GET", f"{COMPUTE}/x", status=302, Location="http://127.0.0.1:1/")
    assert session.raw("compute").send("GET", "/x").status == 302


def test_versions(session: CloudSession, service: Service) -> None:
    service.on(
        "GET", "/image/", status=300, body={"versions": [{"status": "CURRENT", "id": "v1.1", "links": []}]}
    )
    assert session.versions("image") == [("v1.1", "CURRENT")]
    assert "X-Auth-Token" not in service.asked[-1].headers
    with pytest.raises(ServerFault, match="a list of versions"):
        session.versions("compute")
    service.on("GET", "/volume/", body={"choices": []})
    with pytest.raises(ServerFault, match="cannot be read"):
        session.versions("volume")


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("http://c:8774/v2/abc", "http://c:8774/"),
        ("http://c:5000/v2.0", "http://c:5000/"),
        ("https://c/compute/v2.1/abc", "https://c/compute/"),
        ("http://c:8080/v1/AUTH_v2", "http://c:8080/"),
        ("http://c:8080", "http://c:8080/"),
    ],
)
def test_roots(url: str, root: str) -> None:
    assert root_of(url) == root


def test_keystones_versions() -> None:
    assert versions_of({"versions": {"values": [{"id": "v2.0", "status": "beta"}]}}) == [("v2.0", "beta")]


def test_dialects() -> None:
    assert dialect_of("essex").release == "essex"
    with pytest.raises(UsageError, match="antelope"):
        dialect_of("antelope")


def test_without_a_keeper_names_must_be_given(session: CloudSession) -> None:
    with pytest.raises(DeployDayError, match="no run to name it after"):
        session.volumes.create(1)


def test_an_account_without_region(service: Service, rows: Rows) -> None:
    session = open_session(service, rows)
    assert session.endpoint("image") == f"{service.url}/image/v1"
    assert session.endpoint("object-store", "admin") == f"{service.url}/object-store/v1"
