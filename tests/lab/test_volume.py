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
