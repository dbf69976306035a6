"""What nova of the lab tells of the cloud itself, and of what belongs to users."""

import asyncio

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from harness.lab.compute.limiter import Limit, Limiter
from harness.lab.compute.state import compute
from tests.lab.nova_cloud import Cloud


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def test_flavors_are_the_described_ones(cloud: Cloud) -> None:
    rows = {row["name"]: row for row in cloud.ask("GET", "flavors/detail").json()["flavors"]}
    assert rows.keys() == cloud.arch.model.compute.flavors.keys()
    for name, described in cloud.arch.model.compute.flavors.items():
        assert (rows[name]["ram"], rows[name]["vcpus"]) == (described.ram, described.vcpus)
        assert rows[name]["swap"] == (described.swap or "")
        assert isinstance(rows[name]["id"], str)


def test_flavors_are_made_by_administrators_only(cloud: Cloud) -> None:
    wanted = {"flavor": {"id": "77", "name": "new", "ram": 64, "vcpus": 1, "disk": 0}}
    assert cloud.ask("POST", "flavors", wanted).status_code == 403
    assert cloud.ask("POST", "flavors", wanted, who="boss").status_code == 200
    assert cloud.ask("POST", "flavors", wanted, who="boss").status_code == 409
    assert cloud.ask("DELETE", "flavors/77", who="boss").status_code == 202
    assert cloud.ask("GET", "flavors/77").status_code == 404


def test_limits_follow_the_quota(cloud: Cloud) -> None:
    absolute = cloud.ask("GET", "limits").json()["limits"]["absolute"]
    described = cloud.arch.model.compute.limits
    assert all(getattr(described, name) == value for name, value in absolute.items())
    for path in ("os-quota-sets/nobody", "os-quota-sets/nobody/defaults"):
        quota = cloud.ask("GET", path, who="boss").json()["quota_set"]
        assert quota["instances"] == cloud.arch.model.compute.quotas.instances
    assert cloud.ask("GET", f"os-quota-sets/{cloud.tenants['two']}").status_code == 403


def test_34_extensions(cloud: Cloud) -> None:
    rows = cloud.ask("GET", "extensions").json()["extensions"]
    assert len({row["alias"] for row in rows}) == 34
    one = cloud.ask("GET", f"extensions/{rows[0]['alias']}").json()["extension"]
    assert one == rows[0]
    assert cloud.ask("GET", "extensions/none").status_code == 404


def test_hosts_are_the_described_ones(cloud: Cloud) -> None:
    assert cloud.ask("GET", "os-hosts").status_code == 403
    rows = cloud.ask("GET", "os-hosts", who="boss").json()["hosts"]
    described = [
        (name, service) for name, host in cloud.arch.model.compute.hosts.items() for service in host.services
    ]
    assert sorted((row["host_name"], row["service"]) for row in rows) == sorted(described)
    compute_host = next(name for name, service in described if service == "compute")
    usage = cloud.ask("GET", f"os-hosts/{compute_host}", who="boss").json()["host"]
    assert [row["resource"]["project"] for row in usage] == ["(total)", "(used_now)", "(used_max)"]


def test_a_made_keypair_works(cloud: Cloud) -> None:
    made = cloud.ask("POST", "os-keypairs", {"keypair": {"name": "k"}}).json()["keypair"]
    key = load_pem_private_key(made["private_key"].encode(), None)
    assert key.key_size == 1024
    assert cloud.ask("POST", "os-keypairs", {"keypair": {"name": "k"}}).status_code == 409
    assert cloud.ask("GET", "os-keypairs", who="two").json() == {"keypairs": []}
    listed = cloud.ask("GET", "os-keypairs").json()["keypairs"]
    assert [set(row["keypair"]) for row in listed] == [{"name", "public_key", "fingerprint"}]
    assert cloud.ask("GET", "os-keypairs/k").status_code == 404
    again = {"keypair": {"name": "k2", "public_key": made["public_key"]}}
    imported = cloud.ask("POST", "os-keypairs", again).json()["keypair"]
    assert imported["fingerprint"] == made["fingerprint"]
    assert "private_key" not in imported
    assert cloud.ask("DELETE", "os-keypairs/k").status_code == 202


@pytest.mark.parametrize("key", ["garbage", "ssh-rsa !!!", "ssh-rsa AAAA", "ssh-rsa " + "A" * 100_000])
def test_a_bad_key_is_refused(cloud: Cloud, key: str) -> None:
    answer = cloud.ask("POST", "os-keypairs", {"keypair": {"name": "k", "public_key": key}})
    assert answer.json() == {"badRequest": {"message": "Keypair data is invalid", "code": 400}}


def test_two_of_one_name_at_once(cloud: Cloud) -> None:
    async def both() -> list[httpx.Response]:
        url, headers = f"/v2/{cloud.tenants['one']}/os-keypairs", {"X-Auth-Token": cloud.tokens["one"]}
        wanted = {"keypair": {"name": "k"}}
        return await asyncio.gather(*(cloud.send("nova", "POST", url, wanted, headers) for _ in range(3)))

    assert sorted(answer.status_code for answer in asyncio.run(both())) == [200, 409, 409]


def test_images_as_nova_shows_them(cloud: Cloud) -> None:
    rows = cloud.ask("GET", "images").json()["images"]
    assert {row["name"] for row in rows} == set(cloud.arch.model.images)
    shown = cloud.ask("GET", f"images/{cloud.image}").json()["image"]
    assert (shown["status"], shown["progress"]) == ("ACTIVE", 100)
    image = cloud.world.images[cloud.image]
    image.public, image.owner = False, cloud.tenants["two"]
    assert cloud.ask("GET", f"images/{cloud.image}").status_code == 404
    assert cloud.boot().status_code == 400


def test_groups_and_rules(cloud: Cloud) -> None:
    assert [row["name"] for row in cloud.ask("GET", "os-security-groups").json()["security_groups"]] == [
        "default"
    ]
    wanted = {"security_group": {"name": "web", "description": "w"}}
    group = cloud.ask("POST", "os-security-groups", wanted).json()["security_group"]["id"]
    rule = {
        "parent_group_id": group,
        "ip_protocol": "tcp",
        "from_port": 22,
        "to_port": 22,
        "cidr": "0.0.0.0/0",
    }
    made = cloud.ask("POST", "os-security-group-rules", {"security_group_rule": rule})
    assert made.json()["security_group_rule"]["ip_range"] == {"cidr": "0.0.0.0/0"}
    assert cloud.ask("POST", "os-security-group-rules", {"security_group_rule": rule}).status_code == 400
    server = cloud.booted(security_groups=[{"name": "web"}])
    assert cloud.ask("DELETE", f"os-security-groups/{group}").status_code == 400
    assert (
        cloud.ask("GET", f"servers/{server}/os-security-groups").json()["security_groups"][0]["id"] == group
    )


def test_floating_addresses(cloud: Cloud) -> None:
    pool = next(iter(cloud.arch.model.network.floating))
    pools = cloud.ask("GET", "os-floating-ip-pools").json()["floating_ip_pools"]
    assert {"name": pool} in pools
    address = cloud.ask("POST", "os-floating-ips", {"pool": pool}).json()["floating_ip"]["ip"]
    server = cloud.booted()
    assert cloud.act(server, addFloatingIp={"address": address}).status_code == 202
    (rows,) = cloud.show(server)["addresses"].values()
    assert address in [row["addr"] for row in rows]
    assert cloud.act(server, addFloatingIp={"address": "9.9.9.9"}).status_code == 500
    codes = [cloud.ask("POST", "os-floating-ips", {"pool": pool}).status_code for _ in range(10)]
    assert codes == [200] * 9 + [413]


def test_usage_counts_hours(cloud: Cloud) -> None:
    server = cloud.booted()
    cloud.show(server)
    cloud.later(3600)
    usage = cloud.ask("GET", f"os-simple-tenant-usage/{cloud.tenants['one']}").json()["tenant_usage"]
    assert usage["total_hours"] == pytest.approx(1, abs=0.01)
    assert cloud.ask("GET", "os-simple-tenant-usage").status_code == 403


def test_rate_limits_are_per_user() -> None:
    cloud = Cloud('compute.rate_limits=["POST * 2/MINUTE", "GET *changes-since* 1/MINUTE"]')
    group = {"security_group": {"name": "g", "description": "g"}}
    codes = [cloud.ask("POST", "os-security-groups", group).status_code for _ in range(3)]
    assert codes == [200, 400, 413]
    limited = cloud.ask("POST", "os-security-groups", group)
    assert 0 < int(limited.headers["retry-after"]) <= 30
    assert "overLimitFault" in limited.json()
    assert cloud.ask("POST", "os-security-groups", group, who="two").status_code == 200
    rates = cloud.ask("GET", "limits").json()["limits"]["rate"]
    assert [(row["uri"], row["limit"][0]["remaining"]) for row in rates] == [("*changes-since*", 1), ("*", 0)]
    cloud.later(30)
    assert cloud.ask("POST", "os-security-groups", group).status_code == 400


def test_the_bucket_leaks() -> None:
    limiter = Limiter((Limit("POST", "*", 10, "MINUTE"),))
    assert [limiter.check("u", "POST", "/x", 0.0) for _ in range(10)] == [None] * 10
    _, delay = limiter.check("u", "POST", "/x", 0.0)
    assert delay == pytest.approx(6)
    assert limiter.check("u", "POST", "/x", 6.1) is None
    assert limiter.check("u", "POST", "/x", 6.2) is not None


def test_the_inventory_lists_what_users_made(cloud: Cloud) -> None:
    server = cloud.booted()
    cloud.ask("POST", "os-keypairs", {"keypair": {"name": "k"}})
    cloud.ask("POST", "volumes", {"volume": {"size": 1}}, app="nova-volume")
    kinds = [row.kind for row in cloud.world.inventory() if row.kind != "image"]
    assert {"server", "keypair", "volume"} <= set(kinds)
    assert list(compute(cloud.world).network.used.values()) == [server]
