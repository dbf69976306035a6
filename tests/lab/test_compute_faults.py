"""Every fault of compute and volumes breaks what it says, and nothing when it is over."""

from typing import Any

import pytest

from harness.lab.faults import faults
from tests.lab.compute_symptoms import SYMPTOMS
from tests.lab.nova_cloud import Cloud

UNKNOWN = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def symptom(cloud: Cloud, name: str) -> Any:
    """What a client notices of a fault; the same call answers something else on a sound cloud."""
    return ALL[name](cloud)


def volume(cloud: Cloud, who: str = "one") -> str:
    made = cloud.ask("POST", "volumes", {"volume": {"size": 1}}, app="nova-volume").json()["volume"]["id"]
    cloud.later()
    return made


def dropped(cloud: Cloud, app: str) -> int | str:
    try:
        return cloud.ask("GET", "extensions", app=app).status_code
    except ConnectionResetError:
        return "reset"


def after_delete(cloud: Cloud, server: str) -> int:
    cloud.ask("DELETE", f"servers/{server}")
    cloud.later()
    return cloud.ask("GET", f"servers/{server}").status_code


def volume_after_delete(cloud: Cloud) -> int:
    made = volume(cloud)
    cloud.ask("DELETE", f"volumes/{made}", app="nova-volume")
    return cloud.ask("GET", f"volumes/{made}", app="nova-volume").status_code


def second_keypair(cloud: Cloud) -> int:
    for _ in range(2):
        answer = cloud.ask("POST", "os-keypairs", {"keypair": {"name": "k"}})
    cloud.ask("DELETE", "os-keypairs/k")
    return answer.status_code


def unknown_image(cloud: Cloud) -> int:
    wanted = {"name": "s", "imageRef": UNKNOWN, "flavorRef": cloud.flavor}
    return cloud.ask("POST", "servers", {"server": wanted}).status_code


def unknown_flavor(cloud: Cloud) -> int:
    wanted = {"name": "s", "imageRef": cloud.image, "flavorRef": "999999"}
    return cloud.ask("POST", "servers", {"server": wanted}).status_code


def volumes_after_one(cloud: Cloud) -> int:
    made = volume(cloud)
    count = len(cloud.ask("GET", "volumes", app="nova-volume").json()["volumes"])
    cloud.ask("DELETE", f"volumes/{made}", app="nova-volume")
    cloud.later()
    return count


def volume_listed(cloud: Cloud) -> bool:
    made = volume(cloud)
    return made in [row["id"] for row in cloud.ask("GET", "volumes", app="nova-volume").json()["volumes"]]


def console(cloud: Cloud) -> bool:
    return bool(cloud.act(cloud.booted(), **{"os-getConsoleOutput": {}}).json()["output"])


def listed(cloud: Cloud) -> bool:
    server = cloud.booted()
    rows = cloud.ask("GET", "servers").json()["servers"]
    cloud.ask("DELETE", f"servers/{server}")
    cloud.later()
    return server in [row["id"] for row in rows]


_SYMPTOMS = {
    "compute.dead": lambda cloud: dropped(cloud, "nova"),
    "compute.boot_error": lambda cloud: cloud.show(cloud.booted())["status"],
    "compute.stuck_build": lambda cloud: cloud.show(cloud.booted())["status"],
    "compute.server_undeletable": lambda cloud: after_delete(cloud, cloud.booted()),
    "compute.console_empty": console,
    "compute.foreign_server_visible": lambda cloud: (
        cloud.ask("GET", f"servers/{cloud.booted()}", who="two").status_code
    ),
    "compute.tenant_unchecked": lambda cloud: cloud.ask("GET", "servers", of="two").status_code,
    "compute.unknown_image_accepted": unknown_image,
    "compute.unknown_flavor_accepted": unknown_flavor,
    "compute.keypair_duplicate_accepted": second_keypair,
    "compute.listing_drops_server": listed,
    "compute.flavor_wrong_memory": lambda cloud: cloud.ask("GET", "flavors/detail").json(),
    "compute.quota_wrong": lambda cloud: cloud.ask("GET", f"os-quota-sets/{cloud.tenants['one']}").json(),
    "compute.extension_missing": lambda cloud: cloud.ask("GET", "extensions").json(),
    "compute.host_missing": lambda cloud: cloud.ask("GET", "os-hosts", who="boss").json(),
    "volumes.dead": lambda cloud: dropped(cloud, "nova-volume"),
    "volumes.never_available": lambda cloud: cloud.ask(
        "GET", f"volumes/{volume(cloud)}", app="nova-volume"
    ).json()["volume"]["status"],
    "volumes.delete_ignored": volume_after_delete,
    "volumes.foreign_volume_visible": lambda cloud: (
        cloud.ask("GET", f"volumes/{volume(cloud)}", app="nova-volume", who="two").status_code
    ),
    "volumes.never_made_found": lambda cloud: (
        cloud.ask("GET", "volumes/999999999", app="nova-volume").status_code
    ),
    "volumes.listing_drops_volume": volume_listed,
    "volumes.type_undescribed": lambda cloud: cloud.ask("GET", "types", app="nova-volume").json(),
    "volumes.made_twice": volumes_after_one,
}


ALL = {**_SYMPTOMS, **SYMPTOMS}


def test_symptoms_are_those_of_faults() -> None:
    assert set(ALL) <= set(faults())


@pytest.mark.parametrize("name", ALL)
def test_a_fault_shows_and_goes(cloud: Cloud, name: str) -> None:
    sound = symptom(cloud, name)
    with cloud.toggles.broken(name) as fault:
        assert symptom(cloud, name) != sound
        assert fault.catchers(cloud.arch)
    assert symptom(cloud, name) == sound


def test_a_stuck_server_can_be_deleted_and_an_unfinished_volume_cannot(cloud: Cloud) -> None:
    with cloud.toggles.broken("compute.stuck_build"), cloud.toggles.broken("volumes.never_available"):
        assert after_delete(cloud, cloud.booted()) == 404
        answer = cloud.ask("DELETE", f"volumes/{volume(cloud)}", app="nova-volume")
        assert answer.status_code == 400
