"""Servers of the lab: what is checked, how they change state, who sees them."""

import asyncio
from typing import Any

import httpx
import pytest

from harness.lab.compute.machine import Row
from harness.lab.compute.state import compute
from tests.lab.nova_cloud import Cloud, states


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def message(answer: httpx.Response) -> tuple[int, str]:
    (fault,) = answer.json().values()
    return answer.status_code, fault["message"]


def test_a_server_goes_from_building_to_active(cloud: Cloud) -> None:
    made = cloud.boot()
    assert made.status_code == 202
    assert set(made.json()["server"]) == {"id", "links", "adminPass", "OS-DCF:diskConfig"}
    server = made.json()["server"]["id"]
    assert made.headers["location"].endswith(f"/servers/{server}")
    assert states(cloud.show(server)) == ("BUILD", "building", "networking")
    assert cloud.show(server)["addresses"] == {}
    cloud.later()
    shown = cloud.show(server)
    assert states(shown) == ("ACTIVE", "active", None)
    assert len(shown["hostId"]) == 56
    assert [row["version"] for rows in shown["addresses"].values() for row in rows] == [4]


def test_a_deleted_server_is_gone_but_in_changes_since(cloud: Cloud) -> None:
    server = cloud.booted()
    compute(cloud.world).pace = 10  # this machine may be slow
    assert cloud.ask("DELETE", f"servers/{server}").status_code == 204
    assert states(cloud.show(server)) == ("ACTIVE", "active", "deleting")
    cloud.later()
    assert cloud.ask("GET", f"servers/{server}").status_code == 404
    assert cloud.ask("GET", "servers").json() == {"servers": []}
    since = cloud.ask("GET", "servers/detail?changes-since=2012-01-01T00:00:00Z").json()["servers"]
    assert [row["status"] for row in since] == ["DELETED"]
    assert not compute(cloud.world).network.used


def test_servers_spread_over_the_described_hosts(cloud: Cloud) -> None:
    for _ in range(4):
        cloud.booted()
    hosts = [cloud.show(server, "boss")["OS-EXT-SRV-ATTR:host"] for server in cloud.world.servers]
    described = [name for name, row in cloud.arch.model.compute.hosts.items() if "compute" in row.services]
    assert sorted(hosts) == sorted(described * 2)


def test_no_host_can_take_the_largest_flavor(cloud: Cloud) -> None:
    largest = max(compute(cloud.world).flavors.values(), key=lambda row: row.ram)
    server = cloud.booted(flavorRef=largest.id)
    shown = cloud.show(server)
    assert states(shown) == ("ERROR", "error", "scheduling")
    assert (shown["hostId"], "fault" in shown, "progress" in shown) == ("", False, False)
    cloud.ask("DELETE", f"servers/{server}")
    assert cloud.ask("GET", f"servers/{server}").status_code == 404


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"name": ""}, "Server name is an empty string"),
        ({"name": 3}, "Server name is not a string or unicode"),
        ({"imageRef": None}, "Missing imageRef attribute"),
        ({"flavorRef": None}, "Missing flavorRef attribute"),
        ({"imageRef": "11111111-2222-3333-4444-555555555555"}, "Can not find requested image"),
        ({"flavorRef": "9999"}, "Invalid flavorRef provided."),
        ({"key_name": "none"}, "Invalid key_name provided."),
        ({"user_data": "!!"}, "Userdata content cannot be decoded"),
        ({"personality": [{"path": "/x", "contents": "!"}]}, "Personality content for /x cannot be decoded"),
        ({"networks": [{"uuid": "x"}]}, "AdminRequired: User does not have admin privileges"),
    ],
)
def test_a_wrong_request_is_refused_in_words(cloud: Cloud, change: dict[str, Any], text: str) -> None:
    assert message(cloud.boot(**change)) == (400, text)
    assert not cloud.world.servers


def test_what_essex_lets_pass_passes(cloud: Cloud) -> None:
    assert cloud.boot(accessIPv4="1.2.3").status_code == 202
    assert cloud.boot(min_count=3, max_count=1).status_code == 202
    assert cloud.boot(availability_zone="nowhere").status_code == 202
    cloud.later()
    rows = cloud.ask("GET", "servers/detail").json()["servers"]
    assert sorted(row["status"] for row in rows) == ["ACTIVE", "ACTIVE", "ERROR"]


def test_several_at_once_as_far_as_the_quota_goes(cloud: Cloud) -> None:
    assert cloud.boot(min_count=2, max_count=50).status_code == 202
    assert len(cloud.world.servers) == cloud.arch.model.compute.quotas.instances
    assert cloud.boot().status_code == 413


def test_quotas_hold(cloud: Cloud) -> None:
    quota = cloud.ask(
        "PUT", f"os-quota-sets/{cloud.tenants['one']}", {"quota_set": {"instances": 1}}, who="boss"
    )
    assert quota.json()["quota_set"]["instances"] == 1
    assert cloud.boot().status_code == 202
    refused = cloud.boot()
    assert message(refused) == (413, "Quota exceeded: code=InstanceLimitExceeded")
    assert refused.headers["retry-after"] == "0"
    assert cloud.boot("two").status_code == 202
    too_much = {f"k{n}": "v" for n in range(200)}
    assert message(cloud.boot("two", metadata=too_much))[1].endswith("MetadataLimitExceeded")


def test_another_tenant_sees_nothing(cloud: Cloud) -> None:
    server = cloud.booted()
    for method in ("GET", "DELETE"):
        assert message(cloud.ask(method, f"servers/{server}", who="two"))[0] == 404
    assert cloud.act(server, "two", reboot={"type": "SOFT"}).status_code == 404
    assert cloud.ask("GET", "servers?all_tenants=1", who="two").json() == {"servers": []}
    assert cloud.show(server, "boss")["OS-EXT-SRV-ATTR:instance_name"].startswith("instance-")
    everywhere = cloud.ask("GET", "servers?all_tenants=1", who="boss").json()["servers"]
    assert [row["id"] for row in everywhere] == [server]


def test_a_url_of_another_tenant_is_malformed(cloud: Cloud) -> None:
    assert message(cloud.ask("GET", "servers", of="two")) == (400, "Malformed request url")


@pytest.mark.parametrize("token", [None, "f" * 32])
def test_without_a_good_token(cloud: Cloud, token: str | None) -> None:
    headers = {"X-Auth-Token": token, "Accept": "application/json"} if token else {}
    answer = cloud.ask("GET", f"/v2/{cloud.tenants['one']}/servers", who=None, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Keystone uri='http://127.0.0.1:5000")


def test_listing_pages_and_filters(cloud: Cloud) -> None:
    servers = [cloud.booted(name=f"name{n}") for n in range(3)]
    first = cloud.ask("GET", "servers?limit=2").json()
    assert [row["id"] for row in first["servers"]] == servers[:0:-1]
    assert first["servers_links"][0]["href"].endswith(f"limit=2&marker={servers[1]}")
    rest = cloud.ask("GET", f"servers?marker={servers[1]}").json()["servers"]
    assert [row["id"] for row in rest] == servers[:1]
    named = cloud.ask("GET", "servers/detail?name=name1&status=ACTIVE").json()["servers"]
    assert [row["name"] for row in named] == ["name1"]
    for query, text in (
        ("limit=x", "integer"),
        ("limit=-1", "positive"),
        ("marker=x", "[x] not found"),
        ("status=x", "Invalid server status"),
        ("changes-since=x", "Invalid changes-since"),
    ):
        assert text in message(cloud.ask("GET", f"servers/detail?{query}"))[1]
    assert cloud.ask("GET", "servers?name=(a%2B)%2B$").json() == {"servers": []}


def test_names_and_metadata_change(cloud: Cloud) -> None:
    server = cloud.booted(metadata={"a": "b"})
    renamed = cloud.ask("PUT", f"servers/{server}", {"server": {"name": "new"}}).json()["server"]
    assert renamed["name"] == "new"
    assert "OS-EXT-STS:vm_state" not in renamed
    path = f"servers/{server}/metadata"
    assert cloud.ask("POST", path, {"metadata": {"c": "d"}}).json() == {"metadata": {"a": "b", "c": "d"}}
    assert cloud.ask("PUT", f"{path}/a", {"meta": {"x": "y"}}).status_code == 400
    assert cloud.ask("PUT", path, {"metadata": {"z": "y"}}).json() == {"metadata": {"z": "y"}}
    assert cloud.ask("DELETE", f"{path}/z").status_code == 204
    assert message(cloud.ask("GET", f"{path}/z")) == (404, "Metadata item was not found")
    assert message(cloud.ask("GET", "servers/none/metadata")) == (404, "Server does not exist")


def test_the_console_tells_of_the_boot(cloud: Cloud) -> None:
    server = cloud.booted()
    whole = cloud.act(server, **{"os-getConsoleOutput": {}}).json()["output"].splitlines()
    assert len(whole) > 2
    tail = cloud.act(server, **{"os-getConsoleOutput": {"length": 2}}).json()["output"].splitlines()
    assert tail == whole[-2:]


@pytest.mark.parametrize(
    ("action", "status"),
    [("pause", "PAUSED"), ("suspend", "SUSPENDED"), ("os-stop", "STOPPED"), ("rescue", "RESCUE")],
)
def test_there_and_back(cloud: Cloud, action: str, status: str) -> None:
    back = {"pause": "unpause", "suspend": "resume", "os-stop": "os-start", "rescue": "unrescue"}[action]
    server = cloud.booted()
    assert cloud.act(server, **{action: None}).status_code in (200, 202)
    cloud.later()
    assert cloud.show(server)["status"] == status
    assert cloud.act(server, **{action: None}).status_code in (400, 409)
    assert cloud.act(server, **{back: None}).status_code == 202
    cloud.later()
    assert cloud.show(server)["status"] == "ACTIVE"


def test_resizing_is_confirmed_or_reverted(cloud: Cloud) -> None:
    server = cloud.booted()
    other = sorted(compute(cloud.world).flavors.values(), key=lambda row: row.ram)[1].id
    cloud.act(server, resize={"flavorRef": other})
    cloud.later()
    assert (cloud.show(server)["status"], cloud.show(server)["flavor"]["id"]) == ("VERIFY_RESIZE", other)
    cloud.act(server, revertResize=None)
    cloud.later()
    assert (cloud.show(server)["status"], cloud.show(server)["flavor"]["id"]) == ("ACTIVE", cloud.flavor)
    assert cloud.act(server, confirmResize=None).status_code == 409


def test_a_locked_server_stays_as_it_is(cloud: Cloud) -> None:
    server = cloud.booted()
    assert cloud.act(server, lock=None).status_code == 403
    assert cloud.act(server, "boss", lock=None).status_code == 202
    assert cloud.act(server, reboot={"type": "HARD"}).status_code == 202
    cloud.later()
    assert states(cloud.show(server)) == ("HARD_REBOOT", "active", "rebooting_hard")


def test_a_snapshot_becomes_an_image(cloud: Cloud) -> None:
    server = cloud.booted()
    cloud.world.machines["compute.snapshot"] = (
        Row("ACTIVE", "active", "image_snapshot", 2),
        Row("ACTIVE", "active", None, 0, "snapshot"),
    )
    assert cloud.act(server, createImage={"name": "snap"}).status_code == 202
    rows = cloud.ask("GET", "images/detail?name=snap").json()["images"]
    assert [(row["status"], row["server"]["id"]) for row in rows] == [("SAVING", server)]
    cloud.later()
    cloud.show(server)
    assert cloud.ask("GET", "images/detail?name=snap").json()["images"][0]["status"] == "ACTIVE"


def test_unknown_actions_and_bodies(cloud: Cloud) -> None:
    server = cloud.booted()
    assert message(cloud.act(server, frobnicate={}))[1] == "There is no such action: frobnicate"
    assert cloud.ask("POST", "servers", {}).status_code == 500
    assert cloud.ask("POST", "servers").status_code == 400
    huge = {"server": {"name": "x" * (2 << 20)}}
    assert cloud.ask("POST", "servers", huge).status_code == 413


@pytest.mark.parametrize("query", ["minRam=%C2%B2", "minRam=" + "9" * 5000, "limit=" + "9" * 5000])
def test_odd_numbers_do_no_harm(cloud: Cloud, query: str) -> None:
    assert cloud.ask("GET", f"flavors/detail?{query}").status_code in (200, 400, 500)


def test_what_is_not_built_says_so(cloud: Cloud) -> None:
    answer = cloud.ask("GET", "os-networks/1/action", who="boss")
    assert message(answer) == (501, "The lab does not build this part of nova.")
    assert cloud.act(cloud.booted(), forceDelete=None).status_code == 501


def test_an_image_of_a_server_becomes_active_for_who_looks_at_images_alone(cloud: Cloud) -> None:
    server = cloud.booted()
    made = cloud.act(server, createImage={"name": "copy"}).headers["Location"].rpartition("/")[2]
    cloud.later()
    shown = asyncio.run(
        cloud.send("glance", "HEAD", f"/v1/images/{made}", None, {"X-Auth-Token": cloud.tokens["one"]})
    )
    assert shown.headers["X-Image-Meta-Status"] == "active"
    assert cloud.ask("GET", f"images/{made}").json()["image"]["status"] == "ACTIVE"
