"""What is sent to Nova for each action on a server, and what an administrator arranges."""

import json
from collections.abc import Callable

import pytest

from harness.clients.errors import Conflict, Invalid, OverQuota
from harness.clients.protocols import Compute
from harness.clients.session import CloudSession
from harness.clients.values import HostCapacity, HostShare
from tests.clients.fake import TENANT, Asked, Reply, Rows, Service

COMPUTE = f"/compute/v2/{TENANT}"
ACTION = f"{COMPUTE}/servers/s1/action"
ACTIONS: list[tuple[Callable[[Compute], object], dict[str, object]]] = [
    (lambda c: c.reboot("s1"), {"reboot": {"type": "SOFT"}}),
    (lambda c: c.reboot("s1", hard=True), {"reboot": {"type": "HARD"}}),
    (lambda c: c.resize("s1", "2"), {"resize": {"flavorRef": "2"}}),
    (lambda c: c.confirm_resize("s1"), {"confirmResize": None}),
    (lambda c: c.revert_resize("s1"), {"revertResize": None}),
    (lambda c: c.pause("s1"), {"pause": None}),
    (lambda c: c.unpause("s1"), {"unpause": None}),
    (lambda c: c.suspend("s1"), {"suspend": None}),
    (lambda c: c.resume("s1"), {"resume": None}),
    (lambda c: c.stop("s1"), {"os-stop": None}),
    (lambda c: c.start("s1"), {"os-start": None}),
    (lambda c: c.unrescue("s1"), {"unrescue": None}),
    (lambda c: c.change_password("s1", "pa55-word"), {"changePassword": {"adminPass": "pa55-word"}}),
    (lambda c: c.lock("s1"), {"lock": None}),
    (lambda c: c.unlock("s1"), {"unlock": None}),
    (lambda c: c.migrate("s1"), {"migrate": None}),
    (
        lambda c: c.live_migrate("s1", "c2"),
        {"os-migrateLive": {"host": "c2", "block_migration": False, "disk_over_commit": False}},
    ),
]


def sent(service: Service) -> object:
    return json.loads(service.asked[-1].body)


@pytest.mark.parametrize(("act", "body"), ACTIONS, ids=[next(iter(body)) for _, body in ACTIONS])
def test_an_action(
    session: CloudSession, service: Service, act: Callable[[Compute], object], body: object
) -> None:
    service.on("POST", ACTION, status=202)
    assert act(session.compute) is None
    assert sent(service) == body
    service.on("POST", ACTION, status=409, body={"conflictingRequest": {"message": "no", "code": 409}})
    with pytest.raises(Conflict):
        act(session.compute)


def test_actions_that_answer(session: CloudSession, service: Service, rows: Rows) -> None:
    compute = session.compute
    service.on("POST", ACTION, body={"adminPass": "uT4nE9sK"})
    assert compute.rescue("s1") == "uT4nE9sK"
    service.on("POST", ACTION, status=202, Location=f"http://x/v2/{TENANT}/images/i9")
    assert compute.create_image("s1", "copy", metadata={"a": "b"}) == "i9"
    assert sent(service) == {"createImage": {"name": "copy", "metadata": {"a": "b"}}}
    console = {"console": {"type": "novnc", "url": "http://x:6080/vnc_auto.html?token=7c1e-99"}}
    service.on("POST", ACTION, body=console)
    assert compute.vnc_console("s1").endswith("7c1e-99")
    assert "7c1e-99" in rows.of("exchange")[-1]["known"]
    rebuilt = {"server": {"id": "s1", "adminPass": "n3w-pass", "metadata": {"k": "v"}}}
    service.on("POST", ACTION, status=202, body=rebuilt)
    made = compute.rebuild("s1", image="i1", name="again", password="n3w-pass", metadata={"k": "v"})
    assert made.admin_password == "n3w-pass"
    assert sent(service) == {
        "rebuild": {"imageRef": "i1", "adminPass": "n3w-pass", "name": "again", "metadata": {"k": "v"}}
    }


def test_a_server_with_everything(session: CloudSession, service: Service) -> None:
    service.on("POST", f"{COMPUTE}/servers", status=202, body={"server": {"id": "s1"}})
    service.on("GET", f"{COMPUTE}/servers", body={"servers": [{"id": "s1"}, {"id": "s2"}]})
    session.compute.create_server(
        "vm", image="i1", flavor="1", key="k", groups=("web",), metadata={"a": "b"}, user_data=b"#!",
        files={"/etc/motd": b"hello"}, zone="nova:c1", networks=("n1",), config_drive=True,
        block_devices={"vda": "7:::0"}, password="pa55-word", count=3,
    )  # fmt: skip
    (asked,) = [each for each in service.asked if (each.method, each.path) == ("POST", f"{COMPUTE}/servers")]
    body = json.loads(asked.body)
    assert body["server"] == {
        "name": "vm", "imageRef": "i1", "flavorRef": "1", "key_name": "k", "metadata": {"a": "b"},
        "security_groups": [{"name": "web"}], "user_data": "IyE=", "availability_zone": "nova:c1",
        "personality": [{"path": "/etc/motd", "contents": "aGVsbG8="}], "config_drive": True,
        "networks": [{"uuid": "n1"}], "adminPass": "pa55-word", "min_count": 3, "max_count": 3,
        "block_device_mapping": [{"device_name": "vda", "volume_id": "7", "delete_on_termination": "0"}],
    }  # fmt: skip


def test_metadata(session: CloudSession, service: Service) -> None:
    path = f"{COMPUTE}/servers/s1/metadata"
    for method in ("GET", "POST", "PUT"):
        service.on(method, path, body={"metadata": {"a": "b"}})
    service.on("GET", f"{path}/a", body={"meta": {"a": "b"}})
    service.on("DELETE", f"{path}/a", status=204)
    compute = session.compute
    assert compute.server_metadata("s1") == {"a": "b"}
    assert compute.set_server_metadata("s1", {"a": "b"}) == {"a": "b"}
    assert compute.replace_server_metadata("s1", {"a": "b"}) == {"a": "b"}
    assert compute.server_metadata_item("s1", "a") == "b"
    compute.delete_server_metadata("s1", "a")
    limit = {"overLimit": {"message": "Quota exceeded: code=MetadataLimitExceeded", "code": 413}}
    service.on("POST", path, status=413, body=limit, Retry_After="0")
    with pytest.raises(OverQuota):
        compute.set_server_metadata("s1", {"a": "b"})


def paged(asked: Asked) -> Reply:
    """Servers s1 to s5, as nova pages them."""
    query = dict(pair.split("=") for pair in asked.path.partition("?")[2].split("&"))
    names = [f"s{number}" for number in range(1, 6)]
    after = names.index(query["marker"]) + 1 if "marker" in query else 0
    return Reply(200, {"servers": [{"id": name} for name in names[after : after + int(query["limit"])]]})


@pytest.mark.parametrize("page", [1, 2, 3, 5, 6, None])
def test_every_page_is_read(session: CloudSession, service: Service, page: int | None) -> None:
    service.answers["GET", f"{COMPUTE}/servers"] = paged
    found = session.compute.servers(detail=False, page=page)
    assert [server.id for server in found] == ["s1", "s2", "s3", "s4", "s5"]


def test_a_listing_begins_anew_where_its_marker_went_away(session: CloudSession, service: Service) -> None:
    gone: list[str] = []

    def answer(asked: Asked) -> Reply:
        if "marker=s2" in asked.path and not gone:
            gone.append("s2")
            return Reply(400, {"badRequest": {"message": "marker [s2] not found", "code": 400}})
        return paged(asked)

    service.answers["GET", f"{COMPUTE}/servers"] = answer
    assert len(session.compute.servers(detail=False, page=2)) == 5


def test_filters_and_their_refusal(session: CloudSession, service: Service) -> None:
    service.on("GET", f"{COMPUTE}/servers/detail", body={"servers": []})
    session.compute.servers(name="web", status="ACTIVE", flavor="1", image="i1", changes_since="2012-05-04")
    assert service.asked[-1].path.endswith(
        "?name=web&status=ACTIVE&flavor=1&image=i1&changes-since=2012-05-04&limit=500"
    )
    bad = {"badRequest": {"message": "Invalid server status: ODD", "code": 400}}
    service.on("GET", f"{COMPUTE}/servers/detail", status=400, body=bad)
    with pytest.raises(Invalid, match="ODD"):
        session.compute.servers(status="ODD")


def test_aggregates(session: CloudSession, service: Service) -> None:
    row = {"id": 4, "name": "fast", "availability_zone": "nova", "operational_state": "created"}
    whole = row | {"hosts": ["c1"], "metadata": {"disk": "ssd"}}
    path = f"{COMPUTE}/os-aggregates"
    service.on("GET", path, body={"aggregates": [row]})
    service.on("POST", path, body={"aggregate": row})
    service.on("GET", f"{path}/4", body={"aggregate": whole})
    service.on("POST", f"{path}/4/action", body={"aggregate": whole})
    service.on("DELETE", f"{path}/4")
    compute = session.compute
    assert [found.name for found in compute.aggregates()] == ["fast"]
    assert compute.create_aggregate("fast", zone="nova").id == "4"
    assert compute.aggregate("4").metadata == {"disk": "ssd"}
    assert compute.add_host("4", "c1").hosts == ("c1",)
    assert sent(service) == {"add_host": {"host": "c1"}}
    compute.remove_host("4", "c1")
    compute.set_aggregate_metadata("4", {"disk": None})
    assert sent(service) == {"set_metadata": {"metadata": {"disk": None}}}
    compute.delete_aggregate("4")


def test_capacity_usage_and_quotas(session: CloudSession, service: Service) -> None:
    def resource(project: str, memory: int, cpu: int, disk: int) -> object:
        numbers = {"memory_mb": memory, "cpu": cpu, "disk_gb": disk}
        return {"resource": {"project": project, "host": "c1", **numbers}}

    rows = [resource("(total)", 4096, 4, 100), resource("(used_now)", 512, 1, 0)]
    rows += [resource("(used_max)", 512, 1, 0), resource("t1", 512, 1, 0)]
    service.on("GET", f"{COMPUTE}/os-hosts/c1", body={"host": rows})
    used = HostShare(512, 1, 0)
    assert session.compute.host("c1") == HostCapacity("c1", HostShare(4096, 4, 100), used, {"t1": used})
    path = f"{COMPUTE}/os-simple-tenant-usage/{TENANT}"
    service.on("GET", path, body={"tenant_usage": {}})
    assert session.compute.usage().hours == 0
    server = {"name": "vm", "flavor": "m1.tiny", "state": "active", "hours": 0.5, "memory_mb": 512}
    usage = {
        "tenant_id": TENANT,
        "total_hours": 0.5,
        "server_usages": [{**server, "vcpus": 1, "local_gb": 0}],
    }
    service.on("GET", path, body={"tenant_usage": usage})
    assert session.compute.usage().servers[0].memory_mb == 512
    service.on("PUT", f"{COMPUTE}/os-quota-sets/t1", body={"quota_set": {"instances": 3}})
    assert session.compute.set_quotas("t1", instances=3).values == {"instances": 3}
    assert sent(service) == {"quota_set": {"instances": 3}}
