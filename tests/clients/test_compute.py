"""What is asked of Nova, and how its answers are read; shapes as recorded, values of our own."""

import json
from pathlib import Path

import pytest

from harness.clients.errors import Conflict, NotFound, ServerFault
from harness.clients.session import CloudSession
from harness.clients.values import ComputeHost, Flavor
from tests.clients.fake import TENANT, Service

COMPUTE = f"/compute/v2/{TENANT}"


def sent(service: Service) -> object:
    return json.loads(service.asked[-1].body)


FLAVOR = {
    "vcpus": 1,
    "disk": 0,
    "name": "m1.tiny",
    "links": [],
    "rxtx_factor": "",
    "OS-FLV-EXT-DATA:ephemeral": 0,
    "ram": 512,
    "id": "1",
    "swap": "",
}
SERVER = {
    "OS-EXT-STS:task_state": None,
    "OS-EXT-STS:vm_state": "active",
    "OS-EXT-STS:power_state": 1,
    "status": "ACTIVE",
    "addresses": {"private": [{"version": 4, "addr": "10.0.0.15"}]},
    "links": [],
    "image": {"id": "i1", "links": []},
    "flavor": {"id": "1", "links": []},
    "id": "s1",
    "user_id": "u1",
    "OS-DCF:diskConfig": "MANUAL",
    "accessIPv4": "",
    "config_drive": "",
    "updated": "2026-11-20T12:50:18Z",
    "hostId": "99aa",
    "key_name": "k1",
    "name": "vm1",
    "created": "2026-11-20T12:50:18Z",
    "tenant_id": TENANT,
    "metadata": {"role": "web"},
    "progress": 0,
}


def test_flavors(session: CloudSession, service: Service) -> None:
    service.on(
        "GET", f"{COMPUTE}/flavors/detail", body={"flavors": [FLAVOR, FLAVOR | {"id": "2", "swap": 64}]}
    )
    service.on("GET", f"{COMPUTE}/flavors/1", body={"flavor": FLAVOR})
    tiny = Flavor("1", "m1.tiny", 512, 1, 0, 0, 0)
    assert session.compute.flavors()[0] == tiny
    assert session.compute.flavors()[1].swap == 64
    assert session.compute.flavor("1") == tiny
    service.on(
        "GET", f"{COMPUTE}/flavors/9", status=404, body={"itemNotFound": {"message": "no", "code": 404}}
    )
    with pytest.raises(NotFound):
        session.compute.flavor("9")


def test_servers(session: CloudSession, service: Service) -> None:
    admin = {"OS-EXT-SRV-ATTR:host": "c1", "OS-EXT-SRV-ATTR:instance_name": "instance-00000001"}
    failed = SERVER | {
        "id": "s2",
        "status": "ERROR",
        "fault": {"code": 500, "message": "Timeout", "created": ""},
    }
    service.on("GET", f"{COMPUTE}/servers/detail", body={"servers": [SERVER | admin, failed]})
    service.on("GET", f"{COMPUTE}/servers", body={"servers": [{"id": "s1", "links": [], "name": "vm1"}]})
    service.on("GET", f"{COMPUTE}/servers/s1", body={"server": SERVER})
    first, second = session.compute.servers()
    assert (first.host, first.addresses, first.image, first.flavor) == (
        "c1",
        {"private": ("10.0.0.15",)},
        "i1",
        "1",
    )
    assert first.state == "ACTIVE/active/-"
    assert second.fault is not None
    assert second.fault.message == "Timeout"
    assert session.compute.servers(detail=False)[0].status == ""
    assert session.compute.server("s1").tenant == TENANT
    session.compute.servers(all_tenants=True)
    assert service.asked[-1].path.endswith("/servers/detail?all_tenants=1&limit=500")


def test_a_server_is_made(session: CloudSession, service: Service) -> None:
    answer = {"OS-DCF:diskConfig": "MANUAL", "id": "s1", "links": [], "adminPass": "uT4nE9sK"}
    service.on("POST", f"{COMPUTE}/servers", status=202, body={"server": answer})
    server = session.compute.create_server("vm1", image="i1", flavor="1", key="k1")
    assert (server.id, server.admin_password) == ("s1", "uT4nE9sK")
    assert "uT4nE9sK" not in repr(server)
    body = sent(service)
    assert isinstance(body, dict)
    made = body["server"]
    assert {key: made[key] for key in ("name", "imageRef", "flavorRef", "key_name")} == {
        "name": "vm1",
        "imageRef": "i1",
        "flavorRef": "1",
        "key_name": "k1",
    }
    assert "networks" not in made


def test_quotas_and_limits(session: CloudSession, service: Service) -> None:
    quotas = {"quota_set": {"instances": 10, "ram": 51200, "id": TENANT}}
    service.on("GET", f"{COMPUTE}/os-quota-sets/{TENANT}", body=quotas)
    service.on("GET", f"{COMPUTE}/os-quota-sets/{TENANT}/defaults", body=quotas)
    rate = {
        "uri": "*",
        "regex": ".*",
        "limit": [
            {
                "verb": "POST",
                "value": 10,
                "unit": "MINUTE",
                "remaining": 9,
                "next-available": "2026-11-20T12:50:18Z",
            }
        ],
    }
    service.on(
        "GET", f"{COMPUTE}/limits", body={"limits": {"rate": [rate], "absolute": {"maxTotalCores": 20}}}
    )
    assert session.compute.quotas().values == {"instances": 10, "ram": 51200}
    assert session.compute.default_quotas().tenant == TENANT
    limits = session.compute.limits()
    assert limits.absolute == {"maxTotalCores": 20}
    assert [str(rate) for rate in limits.rates] == ["POST * 10/MINUTE"]


def test_what_novaclient_dropped(session: CloudSession, service: Service) -> None:
    service.on("GET", f"{COMPUTE}/os-hosts", body={"hosts": [{"host_name": "c1", "service": "compute"}]})
    service.on("GET", f"{COMPUTE}/os-floating-ip-pools", body={"floating_ip_pools": [{"name": "nova"}]})
    network = {
        "id": "n1",
        "label": "private",
        "cidr": "10.0.0.0/24",
        "bridge": "br100",
        "vlan": None,
        "dns1": "8.8.4.4",
        "gateway": "10.0.0.1",
        "dhcp_start": "10.0.0.2",
        "multi_host": True,
    }
    service.on("GET", f"{COMPUTE}/os-networks", body={"networks": [network]})
    image = {
        "status": "ACTIVE",
        "name": "cirros",
        "links": [],
        "minRam": 64,
        "minDisk": 0,
        "id": "i1",
        "metadata": {},
    }
    service.on("GET", f"{COMPUTE}/images/detail", body={"images": [image]})
    extension = {
        "updated": "2011-03-25T00:00:00+00:00",
        "name": "Volumes",
        "links": [],
        "alias": "os-volumes",
    }
    service.on("GET", f"{COMPUTE}/extensions", body={"extensions": [extension]})
    assert session.compute.hosts() == [ComputeHost("c1", "compute")]
    assert session.network.floating_pools() == ["nova"]
    assert session.network.networks()[0].dns == ("8.8.4.4",)
    assert session.compute.images()[0].min_ram == 64
    assert session.compute.extensions()[0].alias == "os-volumes"


def test_keypairs_console_delete(session: CloudSession, service: Service) -> None:
    pair = {"public_key": "ssh-rsa AAAA", "name": "k1", "fingerprint": "aa:bb"}
    service.on("GET", f"{COMPUTE}/os-keypairs", body={"keypairs": [{"keypair": pair}]})
    service.on(
        "POST",
        f"{COMPUTE}/os-keypairs",
        status=409,
        body={"conflictingRequest": {"message": "exists", "code": 409}},
    )
    service.on("DELETE", f"{COMPUTE}/os-keypairs/k1", status=202)
    service.on("POST", f"{COMPUTE}/servers/s1/action", body={"output": "login:"})
    service.on("DELETE", f"{COMPUTE}/servers/s1", status=204)
    assert session.compute.keypairs()[0].fingerprint == "aa:bb"
    with pytest.raises(Conflict):
        session.compute.create_keypair("k1", "ssh-rsa AAAA")
    session.compute.delete_keypair("k1")
    assert session.compute.console("s1", lines=10) == "login:"
    assert sent(service) == {"os-getConsoleOutput": {"length": 10}}
    session.compute.delete_server("s1")
    service.on("POST", f"{COMPUTE}/servers/s1/action", body={"output": 7})
    with pytest.raises(ServerFault, match="cannot be read"):
        session.compute.console("s1")


def test_nothing_is_written_below_the_home_folder(
    session: CloudSession, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOVACLIENT_UUID_CACHE_DIR", str(tmp_path / "cache"))
    service.on("GET", f"/compute/v2/{TENANT}/os-keypairs", body={"keypairs": []})
    assert session.compute.keypairs() == []
    assert list(tmp_path.iterdir()) == []
