"""Volumes of the lab, in both APIs."""

from typing import Any

import httpx
import pytest

from tests.lab.nova_cloud import Cloud


@pytest.fixture
def cloud() -> Cloud:
    return Cloud('volumes.types=["fast"]')


def volumes(cloud: Cloud, method: str, path: str, body: Any = None, **how: Any) -> httpx.Response:
    return cloud.ask(method, path, body, app="nova-volume", **how)


def made(cloud: Cloud, **wanted: Any) -> dict[str, Any]:
    answer = volumes(cloud, "POST", "volumes", {"volume": {"size": 1, **wanted}})
    assert answer.status_code == 200
    return answer.json()["volume"]


def test_a_volume_becomes_available_and_goes(cloud: Cloud) -> None:
    volume = made(cloud, display_name="v", metadata={"k": "v"})
    assert (volume["status"], volume["volume_type"], volume["metadata"]) == ("creating", "None", {})
    path = f"volumes/{volume['id']}"
    refused = volumes(cloud, "DELETE", path)
    assert refused.json()["badRequest"]["message"].startswith(
        "Invalid volume: Volume status must be available"
    )
    cloud.later()
    shown = volumes(cloud, "GET", path).json()["volume"]
    assert (shown["status"], shown["metadata"], shown["attachments"]) == ("available", {"k": "v"}, [])
    assert volumes(cloud, "DELETE", path).status_code == 202
    assert volumes(cloud, "GET", path).status_code == 404


@pytest.mark.parametrize(
    ("wanted", "status"),
    [({"size": 0}, 200), ({"size": -1}, 500), ({"size": "x"}, 500), ({}, 500), ({"size": 5000}, 413),
     ({"size": 1, "volume_type": "none"}, 404), ({"size": 1, "volume_type": "fast"}, 200),
     ({"size": 1, "snapshot_id": 99}, 404)],
)  # fmt: skip
def test_sizes_and_types(cloud: Cloud, wanted: dict[str, Any], status: int) -> None:
    assert volumes(cloud, "POST", "volumes", {"volume": wanted}).status_code == status


def test_the_same_volume_on_the_compute_api(cloud: Cloud) -> None:
    volume = made(cloud, display_name="v")
    cloud.later()
    shown = cloud.ask("GET", f"os-volumes/{volume['id']}").json()["volume"]
    assert (shown["id"], shown["displayName"], shown["attachments"]) == (int(volume["id"]), "v", [{}])
    assert cloud.ask("GET", "os-volume-types").json()["volume_types"][0]["name"] == "fast"


def test_attaching_and_detaching(cloud: Cloud) -> None:
    volume, server = made(cloud)["id"], cloud.booted()
    wanted = {"volumeAttachment": {"volumeId": int(volume), "device": "/dev/vdc"}}
    path = f"servers/{server}/os-volume_attachments"
    assert cloud.ask("POST", path, wanted).json() == {
        "volumeAttachment": {"id": int(volume), "volumeId": int(volume)}
    }
    assert volumes(cloud, "GET", f"volumes/{volume}").json()["volume"]["status"] == "attaching"
    cloud.later()
    assert (
        volumes(cloud, "GET", f"volumes/{volume}").json()["volume"]["attachments"][0]["server_id"] == server
    )
    assert volumes(cloud, "DELETE", f"volumes/{volume}").status_code == 400
    assert cloud.ask("DELETE", f"{path}/{volume}").status_code == 202
    cloud.later()
    assert volumes(cloud, "GET", f"volumes/{volume}").json()["volume"]["status"] == "available"
    assert cloud.ask("DELETE", f"{path}/{volume}").status_code == 404


def attachment(cloud: Cloud, server: str, **wanted: Any) -> httpx.Response:
    return cloud.ask("POST", f"servers/{server}/os-volume_attachments", {"volumeAttachment": wanted})


def status(cloud: Cloud, volume: str) -> str:
    return str(volumes(cloud, "GET", f"volumes/{volume}").json()["volume"]["status"])


def test_what_cannot_be_attached(cloud: Cloud) -> None:
    volume, server, other = made(cloud)["id"], cloud.booted(), cloud.booted()
    good = {"volumeId": int(volume), "device": "/dev/vdc"}
    assert attachment(cloud, "nobody", **good).status_code == 404
    assert attachment(cloud, server, **good | {"volumeId": 99}).status_code == 404
    for bad in ({"device": "/dev/vdc"}, {"volumeId": int(volume)}, good | {"device": "vdc"}):
        assert attachment(cloud, server, **bad).status_code == 500
    assert cloud.ask("POST", f"servers/{server}/os-volume_attachments", {}).status_code == 422
    assert status(cloud, volume) == "available"
    assert attachment(cloud, server, **good).status_code == 200
    assert attachment(cloud, server, **good).status_code == 400
    cloud.later()
    refused = attachment(cloud, other, **good)
    assert refused.json()["badRequest"]["message"] == "Invalid volume: status must be available"
    stranger = cloud.ask(
        "POST", f"servers/{server}/os-volume_attachments", {"volumeAttachment": good}, who="two"
    )
    assert stranger.status_code == 404
    assert cloud.ask("GET", f"servers/{other}/os-volume_attachments/{volume}").status_code == 404
    assert cloud.ask("DELETE", f"servers/{other}/os-volume_attachments/{volume}").status_code == 404


@pytest.mark.parametrize("wait", [True, False])
def test_a_deleted_server_lets_go(cloud: Cloud, wait: bool) -> None:
    volume, server = made(cloud)["id"], cloud.booted()
    attachment(cloud, server, volumeId=int(volume), device="/dev/vdc")
    if wait:
        cloud.later()
    cloud.ask("DELETE", f"servers/{server}")
    cloud.later()
    shown = volumes(cloud, "GET", f"volumes/{volume}").json()["volume"]
    assert (shown["status"], shown["attachments"]) == ("available", [])
    assert volumes(cloud, "DELETE", f"volumes/{volume}").status_code == 202


def from_volume(cloud: Cloud, **mapping: Any) -> str:
    wanted = {"name": "s", "imageRef": cloud.image, "flavorRef": cloud.flavor}
    wanted["block_device_mapping"] = [{"device_name": "vda", **mapping}]
    made = cloud.ask("POST", "os-volumes_boot", {"server": wanted})
    assert made.status_code == 202
    cloud.later()
    return str(made.json()["server"]["id"])


@pytest.mark.parametrize(("ends", "after"), [("0", 200), ("1", 404)])
def test_a_server_boots_from_a_volume(cloud: Cloud, ends: str, after: int) -> None:
    volume = made(cloud)["id"]
    cloud.later()
    server = from_volume(cloud, volume_id=volume, delete_on_termination=ends)
    assert cloud.show(server)["status"] == "ACTIVE"
    shown = volumes(cloud, "GET", f"volumes/{volume}").json()["volume"]
    assert shown["status"] == "in-use"
    assert [(row["server_id"], row["device"]) for row in shown["attachments"]] == [(server, "/dev/vda")]
    cloud.ask("DELETE", f"servers/{server}")
    cloud.later()
    assert volumes(cloud, "GET", f"volumes/{volume}").status_code == after


def test_a_volume_that_is_not_free_cannot_be_booted_from(cloud: Cloud) -> None:
    volume, server = made(cloud)["id"], cloud.booted()
    attachment(cloud, server, volumeId=int(volume), device="/dev/vdc")
    cloud.later()
    for wanted in (volume, "99"):
        assert cloud.show(from_volume(cloud, volume_id=wanted))["status"] == "ERROR"
    assert status(cloud, volume) == "in-use"


def test_a_volume_from_a_snapshot(cloud: Cloud) -> None:
    volume, server = made(cloud, size=2)["id"], cloud.booted()
    attachment(cloud, server, volumeId=int(volume), device="/dev/vdc")
    cloud.later()
    wanted: dict[str, Any] = {"volume_id": volume}
    assert volumes(cloud, "POST", "snapshots", {"snapshot": wanted}).status_code == 400
    forced = volumes(cloud, "POST", "snapshots", {"snapshot": wanted | {"force": True}}).json()["snapshot"]
    cloud.later()
    copy = made(cloud, size=2, snapshot_id=forced["id"])
    assert (copy["snapshot_id"], copy["size"]) == (forced["id"], 2)
    listed = cloud.ask("GET", "os-snapshots").json()["snapshots"]
    assert [(row["id"], row["volumeId"]) for row in listed] == [(int(forced["id"]), int(volume))]


@pytest.mark.parametrize(("quota", "size", "answered"), [("volumes", 1, 413), ("gigabytes", 2, 413)])
def test_quotas(cloud: Cloud, quota: str, size: int, answered: int) -> None:
    tenant = cloud.tenants["one"]
    cloud.ask("PUT", f"os-quota-sets/{tenant}", {"quota_set": {quota: 1}}, who="boss")
    if quota == "volumes":
        made(cloud)
    refused = volumes(cloud, "POST", "volumes", {"volume": {"size": size}})
    assert (refused.status_code, "overLimit" in refused.json()) == (answered, True)
    assert volumes(cloud, "POST", "volumes", {"volume": {"size": size}}, who="two").status_code == 200


def test_a_snapshot_holds_its_volume(cloud: Cloud) -> None:
    volume = made(cloud)["id"]
    cloud.later()
    wanted = {"snapshot": {"volume_id": volume}}
    snapshot = volumes(cloud, "POST", "snapshots", wanted).json()["snapshot"]
    assert snapshot["status"] == "creating"
    refused = volumes(cloud, "DELETE", f"volumes/{volume}").json()["badRequest"]["message"]
    assert refused == "Invalid volume: Volume still has 1 dependent snapshots"
    assert volumes(cloud, "DELETE", f"snapshots/{snapshot['id']}").status_code == 202
    assert volumes(cloud, "DELETE", f"volumes/{volume}").status_code == 202


def test_another_tenant_sees_nothing(cloud: Cloud) -> None:
    volume = made(cloud)["id"]
    cloud.later()
    for method in ("GET", "DELETE"):
        assert volumes(cloud, method, f"volumes/{volume}", who="two").status_code == 404
    assert volumes(cloud, "GET", "volumes", who="two").json() == {"volumes": []}
    assert volumes(cloud, "GET", f"volumes/{volume}", who="boss").status_code == 200


def test_what_this_api_lacks(cloud: Cloud) -> None:
    assert volumes(cloud, "GET", "extensions").json() == {"extensions": []}
    page = volumes(cloud, "GET", "limits", headers={"Accept": "application/json"})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/plain; charset=UTF-8")
    assert volumes(cloud, "PUT", "volumes/1", {"volume": {}}).json()["itemNotFound"]["code"] == 404
