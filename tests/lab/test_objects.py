"""Object storage of a running lab: who gets in, what is stored, how it breaks and heals."""

import gzip
import hashlib
import uuid
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from swift.common.ring import RingData

from harness.arch import load
from tests.lab.live import send

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def demo(live_lab):
    return live_lab.login("demo")


@pytest.fixture
def container(demo):
    name = f"c-{uuid.uuid4().hex[:8]}"
    assert demo.send("PUT", f"object-store/{name}").status == 201
    yield name
    for row in demo.send("GET", f"object-store/{name}?format=json").json():
        demo.send("DELETE", f"object-store/{name}/{quote(row['name'])}")
    assert demo.send("DELETE", f"object-store/{name}").status == 204


@pytest.fixture
def broken(live_lab):
    @contextmanager
    def breaking(name):
        assert live_lab.control("POST", f"faults/{name}").status == 200
        try:
            yield
        finally:
            assert live_lab.control("DELETE", f"faults/{name}").status == 200

    return breaking


def ring_of(live_lab, node):
    return RingData.load(str(live_lab.folder / "nodes" / node / "etc" / "swift" / "object.ring.gz"))


def test_what_is_stored_is_on_three_devices_of_three_zones(live_lab, demo, container):
    content = uuid.uuid4().bytes * 64
    stored = demo.send("PUT", f"object-store/{container}/o", content)
    assert (stored.status, stored.headers["etag"]) == (201, hashlib.md5(content).hexdigest())
    assert demo.send("GET", f"object-store/{container}/o").body == content
    files = [
        path for path in (live_lab.folder / "nodes").glob("*/srv/node/*/objects/*/*/*/*.data")
        if path.read_bytes() == content
    ]  # fmt: skip
    assert {path.relative_to(live_lab.folder / "nodes").parts[0] for path in files} == {
        "storage-1",
        "storage-2",
        "storage-3",
    }


def test_the_inventory_is_what_the_devices_hold(live_lab, demo, container):
    demo.send("PUT", f"object-store/{container}/{quote('a b-ü')}", b"x")
    rows = live_lab.control("GET", "inventory").json()
    assert {"id": f"AUTH_{demo.tenant_id}/{container}", "name": container, "tenant": demo.tenant_id} in rows[
        "container"
    ]
    demo.send("PUT", f"object-store/{container}/kept", b"x")
    demo.send("PUT", f"object-store/{container}/gone", b"x")
    demo.send("DELETE", f"object-store/{container}/gone")
    names = [row["name"] for row in live_lab.control("GET", "inventory").json()["object"]]
    assert {"kept", "a b-ü"} <= set(names)
    assert "gone" not in names


def test_tokens_are_judged_by_the_lab_s_own_identity(live_lab, demo, container):
    url = f"{demo.urls['object-store']}/{container}"
    assert send("GET", url).status == 401
    assert send("GET", url, {"X-Auth-Token": "0" * 32}).status == 401
    assert send("GET", url, {"X-Auth-Token": "../../v2.0/tenants"}).status == 401
    forged = {"X-Identity-Status": "Confirmed", "X-Tenant-Id": demo.tenant_id, "X-Roles": "admin"}
    assert send("GET", url, forged).status == 401
    assert send("GET", url, {"X-Auth-Token": live_lab.stranger().token}).status == 403
    revoked = live_lab.login("demo")
    assert revoked.send("HEAD", f"object-store/{container}").status == 204
    admin = {"X-Auth-Token": live_lab.login("admin").token}
    send("DELETE", f"{live_lab.admin_url}/tokens/{revoked.token}", admin)
    assert revoked.send("HEAD", f"object-store/{container}").status == 401


def test_an_account_is_deleted_by_its_member_as_in_essex(live_lab):
    stranger = live_lab.stranger("leaver")
    assert stranger.send("PUT", "object-store/c").status == 201
    assert stranger.send("DELETE", "object-store/?bulk-delete").status == 204
    assert stranger.send("HEAD", "object-store").status == 500


def test_pages_are_plain_unless_html_is_asked_for(demo):
    url = demo.urls["object-store"]
    plain = send("GET", url)
    assert plain.body.startswith(b"401 Unauthorized\n\n")
    assert plain.headers["content-type"] == "text/plain; charset=UTF-8"
    assert b"<h1>401 Unauthorized</h1>" in send("GET", url, {"Accept": "text/html"}).body


def test_a_dead_proxy_refuses_connections(live_lab, demo, broken):
    with broken("objects.proxy_dead"), pytest.raises(ConnectionRefusedError):
        demo.send("HEAD", "object-store")
    assert demo.send("HEAD", "object-store").status == 204


def test_an_unchecked_etag(demo, container, broken):
    wrong = {"ETag": "0" * 32}
    with broken("objects.etag_unchecked"):
        assert demo.send("PUT", f"object-store/{container}/o", b"x", wrong).status == 201
    assert demo.send("PUT", f"object-store/{container}/o", b"x", wrong).status == 422


def test_a_corrupted_body(demo, container, broken):
    demo.send("PUT", f"object-store/{container}/o", b"abc")
    with broken("objects.body_corrupted"):
        found = demo.send("GET", f"object-store/{container}/o").body
        assert (len(found), found[1:]) == (3, b"bc")
        assert found != b"abc"
    assert demo.send("GET", f"object-store/{container}/o").body == b"abc"


@pytest.mark.parametrize("words", ["", "?format=json", "?format=xml"])
def test_a_listing_that_drops_rows(demo, container, broken, words):
    demo.send("PUT", f"object-store/{container}/o", b"abc")
    with broken("objects.listing_drops"):
        assert b"o" not in demo.send("GET", f"object-store/{container}{words}").body.replace(
            b"container", b""
        ).replace(b"version", b"").replace(b"encoding", b"")
        assert container.encode() in demo.send("GET", "object-store").body


def test_a_foreign_reader(live_lab, demo, container, broken):
    demo.send("PUT", f"object-store/{container}/o", b"abc")
    url = f"{demo.urls['object-store']}/{container}"
    stranger = {"X-Auth-Token": live_lab.stranger().token}
    with broken("objects.foreign_readable"):
        assert send("GET", f"{url}/o", stranger).body == b"abc"
        assert send("GET", f"{url}/o").status == 401
        assert send("GET", url, stranger).status == 403
        assert send("PUT", f"{url}/o", stranger, b"x").status == 403
    assert send("GET", f"{url}/o", stranger).status == 403


def test_an_ignored_deletion(demo, container, broken):
    demo.send("PUT", f"object-store/{container}/o", b"abc")
    with broken("objects.delete_ignored"):
        assert demo.send("DELETE", f"object-store/{container}/o").status == 204
        assert demo.send("DELETE", f"object-store/{container}/none").status == 404
        assert demo.send("GET", f"object-store/{container}/o").body == b"abc"
        assert demo.send("DELETE", f"object-store/{container}").status == 409
    assert demo.send("DELETE", f"object-store/{container}/o").status == 204
    assert demo.send("GET", f"object-store/{container}/o").status == 404


def test_containers_that_are_not_listed(demo, container, broken):
    for words in ("", "/?format=json&limit=5&marker=a"):
        with broken("objects.containers_unlisted"):
            assert container.encode() not in demo.send("GET", f"object-store{words}").body
            assert demo.send("HEAD", f"object-store/{container}").status == 204
    assert container.encode() in demo.send("GET", "object-store").body


def test_a_confirmed_deletion_of_a_container_in_use(demo, container, broken):
    demo.send("PUT", f"object-store/{container}/o", b"abc")
    with broken("objects.nonempty_delete_confirmed"):
        assert demo.send("DELETE", f"object-store/{container}").status == 204
        assert demo.send("DELETE", "object-store/none").status == 404
        assert demo.send("GET", f"object-store/{container}/o").body == b"abc"
    assert demo.send("DELETE", f"object-store/{container}").status == 409


@pytest.mark.parametrize(
    ("fault", "differing"),
    [("rings.ring_differs", ["storage-3"]), ("rings.wrong_power", "all"), ("rings.wrong_replicas", "all")],
)
def test_another_ring(live_lab, demo, broken, fault, differing):
    holders = ["controller", "storage-1", "storage-2", "storage-3"]
    files = {node: live_lab.folder / "nodes" / node / "etc" / "swift" / "object.ring.gz" for node in holders}
    before = {node: path.read_bytes() for node, path in files.items()}
    with broken(fault):
        changed = [node for node, path in files.items() if path.read_bytes() != before[node]]
        assert changed == (holders if differing == "all" else differing)
        described, found = ring_of(live_lab, "storage-1"), ring_of(live_lab, "storage-3")
        ring = load("essex/six-node").model.objects.rings["object"]
        assert found.part_power == ring.part_power + (fault == "rings.wrong_power")
        assert found.replica_count == ring.replicas - (fault == "rings.wrong_replicas")
        same = described._replica2part2dev_id == found._replica2part2dev_id
        assert same == (fault != "rings.ring_differs")
        assert demo.send("PUT", "object-store/under-another-ring").status == 201
        assert demo.send("DELETE", "object-store/under-another-ring").status == 204
    assert {node: path.read_bytes() for node, path in files.items()} == before


@pytest.mark.parametrize("fault", ["rings.ring_missing", "rings.ring_truncated"])
def test_a_ring_file_that_is_not_whole(live_lab, broken, fault):
    path = live_lab.folder / "nodes" / "storage-3" / "etc" / "swift" / "object.ring.gz"
    before = path.read_bytes()
    with broken(fault):
        if fault == "rings.ring_missing":
            assert not path.exists()
        else:
            assert before.startswith(path.read_bytes())
            with pytest.raises(EOFError):
                gzip.decompress(path.read_bytes())
    assert path.read_bytes() == before


def test_faults_stand_in_the_listing_with_their_keys(live_lab):
    rows = {row["name"]: row for row in live_lab.control("GET", "faults").json()}
    assert rows["rings.ring_missing"]["caught_by"] == ["rings.present[storage-3]"]
    assert not [name for name, row in rows.items() if row["active"]]
