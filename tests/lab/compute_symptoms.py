"""How the faults of servers, hosts and what is asked of compute show from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from harness.lab.compute.state import compute
from tests.lab.nova_cloud import Cloud, states

Symptom = Callable[[Cloud], Any]


def after(*actions: Mapping[str, Any]) -> Symptom:
    """The states of a server after these actions, each given time."""

    def symptom(cloud: Cloud) -> Any:
        server = cloud.booted()
        for action in actions:
            cloud.act(server, **action)
            cloud.later()
        shown = cloud.show(server)
        cloud.ask("DELETE", f"servers/{server}")
        cloud.later()
        return states(shown)

    return symptom


def resized(cloud: Cloud) -> Any:
    server = cloud.booted()
    flavor = sorted(compute(cloud.world).flavors.values(), key=lambda row: row.ram)[1].id
    cloud.act(server, resize={"flavorRef": flavor})
    cloud.later()
    changed = cloud.show(server)["flavor"]["id"] == flavor
    cloud.ask("DELETE", f"servers/{server}")
    cloud.later()
    return changed


def imaged(cloud: Cloud) -> Any:
    made = cloud.act(cloud.booted(), createImage={"name": "copy"}).headers["Location"].rpartition("/")[2]
    cloud.later()
    return cloud.ask("GET", f"images/{made}").json()["image"]["status"]


def placed(node: str) -> Symptom:
    """Where a server is that an administrator asked for on a node."""

    def symptom(cloud: Cloud) -> Any:
        server = cloud.booted("boss", availability_zone=f"nova:{node}")
        shown = cloud.show(server, "boss")
        cloud.ask("DELETE", f"servers/{server}", who="boss")
        cloud.later()
        return shown["status"], shown["OS-EXT-SRV-ATTR:host"]

    return symptom


def capacity(cloud: Cloud) -> Any:
    server = cloud.booted("boss", availability_zone="nova:compute-2")
    rows = cloud.ask("GET", "os-hosts/compute-2", who="boss").json()["host"]
    cloud.ask("DELETE", f"servers/{server}", who="boss")
    cloud.later()
    return len(rows)


def told(cloud: Cloud) -> Any:
    wanted = {"aggregate": {"name": f"a{len(compute(cloud.world).aggregates)}", "availability_zone": "nova"}}
    made = cloud.ask("POST", "os-aggregates", wanted, who="boss").json()["aggregate"]["id"]
    body = {"set_metadata": {"metadata": {"rack": "7"}}}
    return cloud.ask("POST", f"os-aggregates/{made}/action", body, who="boss").json()["aggregate"]["metadata"]


def locked(cloud: Cloud) -> Any:
    server = cloud.booted()
    cloud.act(server, "boss", lock=None)
    cloud.act(server, pause=None)
    cloud.later()
    return states(cloud.show(server))


def many(cloud: Cloud) -> Any:
    cloud.booted(name="many", min_count=2)
    rows = cloud.ask("GET", "servers?name=many").json()["servers"]
    for row in rows:
        cloud.ask("DELETE", f"servers/{row['id']}")
    cloud.later()
    return len(rows)


def deleted_early(cloud: Cloud) -> Any:
    server = cloud.boot().json()["server"]["id"]
    cloud.ask("DELETE", f"servers/{server}")
    cloud.later()
    there = cloud.ask("GET", f"servers/{server}").status_code
    cloud.ask("DELETE", f"servers/{server}")
    cloud.later()
    return there


def metadata(cloud: Cloud) -> Any:
    server = cloud.booted(metadata={"a": "b"})
    cloud.ask("DELETE", f"servers/{server}/metadata/a")
    left = cloud.show(server)["metadata"]
    many_more = {"metadata": {f"k{number}": "v" for number in range(129)}}
    return left, cloud.ask("POST", f"servers/{server}/metadata", many_more).status_code


def renamed(cloud: Cloud) -> Any:
    server = cloud.booted()
    return cloud.ask("PUT", f"servers/{server}", {"server": {"name": "other"}}).json()["server"]["name"]


def keypair(cloud: Cloud) -> Any:
    made = cloud.ask("POST", "os-keypairs", {"keypair": {"name": "k"}}).json()["keypair"]
    again = {"keypair": {"name": "k2", "public_key": made["public_key"]}}
    same = cloud.ask("POST", "os-keypairs", again).json()["keypair"]["fingerprint"] == made["fingerprint"]
    for name in ("k", "k2"):
        cloud.ask("DELETE", f"os-keypairs/{name}")
    return same


def usage(cloud: Cloud) -> Any:
    server = cloud.booted()
    found = cloud.ask("GET", f"os-simple-tenant-usage/{cloud.tenants['one']}").json()["tenant_usage"]
    cloud.ask("DELETE", f"servers/{server}")
    return bool(found)


def changed(cloud: Cloud) -> Any:
    server = cloud.booted()
    rows = cloud.ask("GET", "servers?changes-since=2012-01-01T00:00:00Z").json()["servers"]
    return server in [row["id"] for row in rows]


SYMPTOMS: Mapping[str, Symptom] = {
    "compute.reboot_sticks": after({"reboot": {"type": "HARD"}}),
    "compute.pause_ignored": after({"pause": None}),
    "compute.resume_fails": after({"suspend": None}, {"resume": None}),
    "compute.start_fails": after({"os-stop": None}, {"os-start": None}),
    "compute.rescue_endless": after({"rescue": None}, {"unrescue": None}),
    "compute.password_sticks": after({"changePassword": {"adminPass": "other"}}),
    "compute.resize_changes_nothing": resized,
    "compute.revert_sticks": after({"resize": {"flavorRef": "2"}}, {"revertResize": None}),
    "compute.image_never_active": imaged,
    "compute.host_fails_boot": placed("compute-2"),
    "compute.wrong_host": placed("compute-1"),
    "compute.host_small": placed("compute-2"),
    "compute.capacity_forgets": capacity,
    "compute.aggregate_forgets": told,
    "compute.lock_ignored": locked,
    "compute.anything_accepted": lambda cloud: cloud.boot(name="").status_code,
    "compute.quota_ignored": lambda cloud: cloud.boot(min_count=11).status_code,
    "compute.second_missing": many,
    "compute.building_server_undeletable": deleted_early,
    "compute.metadata_limit_ignored": metadata,
    "compute.metadata_kept": metadata,
    "compute.rename_ignored": renamed,
    "compute.foreign_action_accepted": lambda cloud: (
        cloud.act(cloud.booted(), "two", reboot={"type": "SOFT"}).status_code
    ),
    "compute.keypair_import_garbled": keypair,
    "compute.flavor_hidden": lambda cloud: cloud.ask("GET", "flavors/5").status_code,
    "compute.usage_empty": usage,
    "compute.changes_forgotten": changed,
}
