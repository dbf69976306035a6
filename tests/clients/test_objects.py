"""What is asked of Swift, and what is never asked of it."""

import hashlib
from collections.abc import Callable

import pytest

from harness.clients.errors import Conflict, Invalid
from harness.clients.session import CloudSession
from tests.clients.fake import TENANT, Asked, Reply, Service

ACCOUNT = f"/object-store/v1/AUTH_{TENANT}"


def test_objects(session: CloudSession, service: Service) -> None:
    etag = hashlib.md5(b"data").hexdigest()
    counts = {"X_Account_Container_Count": "1", "X_Account_Object_Count": "2", "X_Account_Bytes_Used": "3"}
    service.on("HEAD", ACCOUNT, status=204, **counts)
    service.on("GET", ACCOUNT, body=[{"count": 2, "bytes": 3, "name": "c"}])
    row = {
        "hash": etag,
        "last_modified": "2026-11-20T12:51:30.1",
        "bytes": 4,
        "name": "o",
        "content_type": "t",
    }
    service.on("GET", f"{ACCOUNT}/c", body=[row])
    service.on("PUT", f"{ACCOUNT}/c", status=201)
    service.on("PUT", f"{ACCOUNT}/c/o", status=201, Etag=etag)
    service.on("GET", f"{ACCOUNT}/c/o", body=b"data", Etag=etag)
    service.on("HEAD", f"{ACCOUNT}/c/o", Etag=etag, X_Object_Meta_Chapter="one", Content_Length="4")
    service.on("DELETE", f"{ACCOUNT}/c/o", status=204)
    service.on("DELETE", f"{ACCOUNT}/c", status=409)
    objects = session.objects
    assert objects.account().objects == 2
    assert [found.name for found in objects.containers()] == ["c"]
    assert objects.put_container("c") == "c"
    assert objects.put("c", "o", b"data", metadata={"chapter": "one"}).etag == etag
    assert service.asked[-1].headers["x-object-meta-chapter"] == "one"
    assert objects.get("c", "o") == b"data"
    head = objects.head("c", "o")
    assert (head.bytes, head.etag, head.metadata) == (4, etag, {"chapter": "one"})
    assert [found.etag for found in objects.list("c")] == [etag]
    objects.delete("c", "o")
    with pytest.raises(Conflict):
        objects.delete_container("c")
    service.on("PUT", f"{ACCOUNT}/c/o", status=422)
    with pytest.raises(Invalid):
        objects.put("c", "o", b"data", etag="0" * 32)
    assert service.asked[-1].headers["etag"] == "0" * 32


def test_long_listings_of_objects(session: CloudSession, service: Service) -> None:
    names = [f"o{number:05}" for number in range(2300)]

    def page(asked: Asked) -> Reply:
        marker = asked.path.partition("marker=")[2].partition("&")[0]
        fitting = [name for name in names if name > marker][:1000]
        return Reply(200, [{"hash": "h", "bytes": 1, "name": name} for name in fitting])

    service.answers["GET", f"{ACCOUNT}/c"] = page
    assert [found.name for found in session.objects.list("c")] == names


@pytest.mark.parametrize(
    "harm",
    [
        lambda s: s.objects.delete_container(""),
        lambda s: s.objects.delete("", ""),
        lambda s: s.objects.delete("c", ""),
        lambda s: s.objects.delete_container("../AUTH_x"),
        lambda s: s.raw("object-store").send("DELETE", ""),
        lambda s: s.raw("object-store").send("delete", "/"),
        lambda s: s.raw("object-store", as_tenant="other").send("DELETE", ""),
        lambda s: s.raw("object-store").send("DELETE", s.endpoint("object-store")),
    ],
)
def test_no_account_is_ever_deleted(
    session: CloudSession, service: Service, harm: Callable[[CloudSession], object]
) -> None:
    with pytest.raises(ValueError, match=r"account|container"):
        harm(session)
    assert not [asked for asked in service.asked if asked.method == "DELETE"]
