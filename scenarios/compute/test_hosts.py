from harness.testing import Cloud, scenario
from scenarios.compute.servers import gone, settled

BOOTS = ("compute.boots_on_host[=]",)
OVERCOMMIT = 1.5
"""How much of its memory nova promises where nobody configured that (``ram_allocation_ratio``)."""


@scenario(
    "preflight.capacity",
    gate="preflight",
    needs=("preflight.endpoints_answer[compute]",),
    subjects="nodes:compute",
    requires=("admin",),
    cost=0.2,
)
def test_room(cloud: Cloud, subject: str) -> None:
    """The host has room for one more server of the smallest described flavor."""
    compute = cloud.arch.model.compute
    least = min((flavor.ram for flavor in compute.flavors.values()), default=0) if compute else 0
    with cloud.step("ask for the host's capacity"):
        seen = cloud.admin.compute.host(cloud.placing.host(subject))
        free = round(seen.total.memory_mb * OVERCOMMIT) - seen.used.memory_mb
        cloud.check("it has room for a server", free >= least, expected=f"{least} MB", found=f"{free} MB")


@scenario(
    "compute.boots_on_host",
    gate="compute",
    needs=("compute.boot",),
    subjects="nodes:compute",
    requires=("admin",),
    spread=True,
    servers=1,
    until=("compute.leaves_host[=]",),
    cost=5.0,
)
def test_boots_on_host(cloud: Cloud, subject: str) -> None:
    """A server that was asked for on this compute host becomes ACTIVE there."""
    with cloud.step("ask for a server on this host"):
        asked = cloud.server_on(subject, image=cloud.shared("image"), flavor=cloud.shared("flavor"))
        server = settled(cloud, asked.id)
    with cloud.step("see where it runs"):
        found = cloud.placing.node_running(server.id)
        cloud.check("it runs where it was asked for", found == subject, expected=subject, found=found)
    with cloud.step("look at its addresses"):
        addresses = [address for found in server.addresses.values() for address in found]
        cloud.check("it has a fixed address", bool(addresses), expected="at least one address", found="none")
    cloud.share(f"host/{subject}", {"id": server.id, "address": addresses[0]})


@scenario(
    "compute.capacity",
    gate="compute",
    needs=BOOTS,
    subjects="nodes:compute",
    requires=("admin",),
    holds=("host/{subject}",),
    spread=True,
    cost=0.3,
)
def test_capacity(cloud: Cloud, subject: str) -> None:
    """The host tells what it has, and counts the server that runs on it."""
    server = cloud.compute.server(cloud.shared(f"host/{subject}")["id"])
    flavor = cloud.compute.flavor(server.flavor)
    with cloud.step("ask for the host's capacity"):
        seen = cloud.admin.compute.host(cloud.placing.host(subject))
        cloud.check(
            "it has memory and processors", seen.total.memory_mb > 0 and seen.total.cpus > 0, found=seen.total
        )
        ours = seen.tenants.get(server.tenant)
        counted = ours is not None and ours.memory_mb >= flavor.ram and ours.cpus >= flavor.vcpus
        cloud.check("it counts our server", counted, expected=f"at least {flavor.ram} MB", found=ours)
        cloud.check("all that is used counts ours", seen.used.memory_mb >= flavor.ram, found=seen.used)


@scenario(
    "compute.leaves_host",
    gate="compute",
    needs=BOOTS,
    after=("holds:host/{subject}",),
    subjects="nodes:compute",
    requires=("admin",),
    spread=True,
    cost=1.0,
)
def test_leaves_host(cloud: Cloud, subject: str) -> None:
    """The server on this host goes when it is deleted."""
    with cloud.step("delete the server"):
        gone(cloud, cloud.shared(f"host/{subject}")["id"])
