import http.client
import socket
import threading
import time
from pathlib import Path

import pytest
import requests
import urllib3

from harness.clients import door as door_module
from harness.clients.door import plain_session
from harness.clients.errors import ServerFault, ServiceError, Unreachable
from harness.clients.link import Link
from harness.clients.reasons import plain
from harness.clients.select import door_to
from harness.clients.session import CloudSession
from tests.clients.fake import TENANT, TOKEN, Reply, Rows, Service, access, open_session


def test_every_exchange_is_one_row_with_its_component(
    session: CloudSession, service: Service, rows: Rows
) -> None:
    service.on("GET", f"/compute/v2/{TENANT}/flavors/detail", body={"flavors": []})
    service.on("GET", f"/volume/v1/{TENANT}/volumes/detail", body={"volumes": []})
    service.on("GET", "/image/v1/images/detail", body={"images": []})
    service.on("GET", f"/object-store/v1/AUTH_{TENANT}", body=[])
    session.compute.flavors()
    session.volumes.list()
    session.images.list()
    session.objects.containers()
    seen = [(row["component"], row["service"], row["method"], row["status"]) for row in rows.of("exchange")]
    assert seen == [
        ("keystone", "identity", "POST", 200),
        ("nova", "compute", "GET", 200),
        ("nova-volume", "volume", "GET", 200),
        ("glance", "image", "GET", 200),
        ("swift", "object-store", "GET", 200),
    ]
    assert len(service.asked) == len(seen)
    assert all(row["error"] is None and row["ms"] >= 0 for row in rows.of("exchange"))


def test_request_ids_are_found_where_services_give_them(
    session: CloudSession, service: Service, rows: Rows
) -> None:
    service.on("GET", f"/compute/v2/{TENANT}/servers", body={"servers": []}, X_Compute_Request_Id="req-1")
    service.on("HEAD", f"/object-store/v1/AUTH_{TENANT}", status=204, X_Trans_Id="tx1")
    session.compute.servers(detail=False)
    with pytest.raises(ServiceError):
        session.objects.account()
    assert [row["request_id"] for row in rows.of("exchange")] == ["", "req-1", "tx1"]


def test_secrets_are_registered_before_the_row_that_holds_them(
    session: CloudSession, service: Service, rows: Rows
) -> None:
    pair = {"name": "k", "fingerprint": "f", "public_key": "p", "private_key": "-----BEGIN KEY-----"}
    service.on("POST", f"/compute/v2/{TENANT}/os-keypairs", body={"keypair": pair})
    service.on(
        "POST", f"/compute/v2/{TENANT}/servers", status=202, body={"server": {"id": "1", "adminPass": "pW9"}}
    )
    session.compute.create_keypair("k")
    session.compute.create_server("s", image="i", flavor="1")
    for row in rows.of("exchange"):
        for secret in ("s3cret-pass", TOKEN, "-----BEGIN KEY-----", "pW9"):
            assert secret not in row["text"] or secret in row["known"], (secret, row["url"])
    assert {"s3cret-pass", TOKEN, "-----BEGIN KEY-----", "pW9"} <= rows.secrets


def test_a_closed_port_is_recorded_and_said_plainly(service: Service, rows: Rows) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{closed.getsockname()[1]}"
        service.answers["POST", "/v2.0/tokens"] = Reply(200, access(service.url, image=dead))
        with pytest.raises(Unreachable) as raised:
            open_session(service, rows).images.list()
    error = raised.value
    assert (error.component, error.status, error.cites) == ("glance", None, ("test:2",))
    assert str(error).endswith(": connection refused")
    assert "object at 0x" not in str(error)
    assert rows.rows[-1]["status"] is None
    assert rows.rows[-1]["error"] == "connection refused"


@pytest.mark.parametrize("status", [401, 500, 503])
def test_nothing_is_tried_again(session: CloudSession, service: Service, status: int) -> None:
    for path in (
        f"/compute/v2/{TENANT}/flavors/detail",
        "/image/v1/images/detail",
        f"/object-store/v1/AUTH_{TENANT}",
    ):
        service.on("GET", path, status=status)
    for ask in (session.compute.flavors, session.images.list, session.objects.containers):
        with pytest.raises(ServiceError):
            ask()
    assert len(service.asked) == 4, "one token, and each question once"


def test_an_answer_without_a_body_is_not_waited_for(session: CloudSession, service: Service) -> None:
    """Keystone of Essex says ``Transfer-Encoding: chunked`` with its 204 and sends nothing."""
    for path in ("/identity/v2.0/users/1", "/identity/v2.0/users/2"):
        service.answers["DELETE", path] = Reply(204, None, (("Transfer-Encoding", "chunked"),), length=False)
    begin = time.monotonic()
    session.identity.delete_user("1")
    session.identity.delete_user("2")
    assert time.monotonic() - begin < 5


def test_a_head_leaves_the_connection_usable(session: CloudSession, service: Service) -> None:
    service.answers["HEAD", "/image/v1/images/1"] = Reply(
        200, None, (("Content-Length", "7"), ("X-Image-Meta-Id", "1"))
    )
    assert [session.images.show("1").id for _ in range(3)] == ["1", "1", "1"]


def test_an_endless_answer_is_cut_off(
    session: CloudSession, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door_module, "LARGEST_ANSWER", 1000)
    service.on("GET", "/image/v1/images/1", body=b"x" * 5000)
    with pytest.raises(Unreachable, match="larger than 1000 bytes"):
        session.images.download("1")


def test_a_silent_service_is_given_up(
    session: CloudSession, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door_module, "READ_TIMEOUT", 0.2)
    release = threading.Event()

    def silent(_: object) -> Reply:
        release.wait(5)
        return Reply(200, {"flavors": []})

    service.answers["GET", f"/compute/v2/{TENANT}/flavors/detail"] = silent
    try:
        with pytest.raises(Unreachable, match=r"timed out after 0\.2 s"):
            session.compute.flavors()
    finally:
        release.set()


def test_a_defect_of_ours_is_not_blamed_on_the_cloud(session: CloudSession) -> None:
    assert session.identity.token.user.name == "demo"
    with pytest.raises(TypeError):
        session.images.upload(None, "name")  # type: ignore[arg-type]


def test_an_answer_that_cannot_be_read_is_the_services_fault(session: CloudSession, service: Service) -> None:
    service.on("GET", f"/compute/v2/{TENANT}/flavors/detail", body={"flavours": []})
    service.on("GET", f"/volume/v1/{TENANT}/volumes/detail", body=b"<html>")
    with pytest.raises(ServerFault, match="cannot be read"):
        session.compute.flavors()
    with pytest.raises(ServerFault, match="cannot be read"):
        session.volumes.list()


def test_an_idle_connection_is_not_used_again(
    service: Service, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door_module, "IDLE", 0.0)
    door = door_to(rows)
    with plain_session(door) as plain:
        for _ in range(3):
            assert plain.get(service.url).status_code == 404
    door.close()


def test_a_plain_error_of_requests_passes(rows: Rows) -> None:
    with plain_session(door_to(rows)) as plain, pytest.raises(requests.exceptions.InvalidURL):
        plain.get("http://")


def test_a_missing_service_is_identitys_fault(service: Service, rows: Rows) -> None:
    answer = access(service.url)
    answer["access"]["serviceCatalog"] = [
        entry for entry in answer["access"]["serviceCatalog"] if entry["type"] != "volume"
    ]
    service.answers["POST", "/v2.0/tokens"] = Reply(200, answer)
    with pytest.raises(ServerFault, match="no public endpoint of volume in region RegionOne") as raised:
        open_session(service, rows).volumes.list()
    assert raised.value.component == "keystone"
    assert raised.value.cites == ("test:1",)


def test_a_cached_token_is_evidence_again(service: Service, rows: Rows) -> None:
    session = open_session(service, rows)
    link: Link = session._link
    assert session.identity.token.tenant is not None
    link.door.record.turn()
    assert link.door.record.last is None
    assert session.identity.token.id == TOKEN
    assert link.door.record.last == "test:1"
    assert len(service.asked) == 1


def test_an_answer_that_drips_is_cut_off(
    session: CloudSession, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door_module, "WHOLE_TIMEOUT", 0.0)
    service.on("GET", "/image/v1/images/1", body=b"x" * 500_000)
    with pytest.raises(Unreachable, match="did not end within 0 s"):
        session.images.download("1")


def test_half_an_answer_is_none(session: CloudSession, service: Service) -> None:
    headers = (("Content-Length", "100"), ("Connection", "close"))
    service.answers["GET", "/image/v1/images/1"] = Reply(200, b"x" * 50, headers)
    with pytest.raises(Unreachable, match="the answer broke off"):
        session.images.download("1")


def _nested(inner: Exception) -> Exception:
    return requests.ConnectionError(urllib3.exceptions.ProtocolError("Connection aborted.", inner))


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (_nested(ConnectionResetError(104, "Connection reset by peer")), "connection reset"),
        (
            _nested(http.client.RemoteDisconnected("Remote end closed connection without response")),
            "the connection was closed without an answer",
        ),
        (
            requests.ConnectTimeout(urllib3.exceptions.ConnectTimeoutError(None, "(connect timeout=5.0)")),
            "no connection within 5 s",
        ),
        (requests.ReadTimeout("Read timed out. (read timeout=60.0)"), "timed out after 60 s"),
        (TimeoutError("timed out"), "timed out"),
        (OSError(113, "No route to host"), "no route to the host"),
        (socket.gaierror(-2, "Name or service not known"), "the host name is not known"),
        (requests.ConnectionError("HTTPConnectionPool(<x at 0x7f>: odd"), "odd"),
        (ValueError(), "ValueError"),
    ],
)
def test_reasons_are_told_in_words(error: Exception, text: str) -> None:
    assert plain(error) == text


def test_no_password_comes_out_of_netrc(
    session: CloudSession, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    session.login()
    assert not any("Authorization" in asked.headers for asked in service.asked)


def test_proxies_of_the_environment_are_read_once_for_each_place(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy:3128")
    monkeypatch.setenv("no_proxy", "inside.example")
    plain = plain_session(door_to(rows))
    for url, proxy in (("http://outside.example/a", "http://proxy:3128"), ("http://inside.example/a", None)):
        for _ in range(2):
            found = plain.merge_environment_settings(url, {}, True, True, None)
            assert found["proxies"].get("http") == proxy
    monkeypatch.setenv("http_proxy", "http://other:3128")
    found = plain.merge_environment_settings("http://outside.example/b", {}, True, True, None)
    assert found["proxies"]["http"] == "http://proxy:3128"
