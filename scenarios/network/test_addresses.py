from collections.abc import Iterator
from ipaddress import ip_address, ip_network

from harness.testing import Architecture, Cloud, Invalid, NotFound, OverQuota, Refused, ServerFault, scenario
from scenarios.network.test_described import described

NOWHERE = "192.0.2.99"  # RFC 5737: an address of documents, never of a pool


def pools(arch: Architecture) -> Iterator[str]:
    """The described pools."""
    return iter(arch.model.network.floating if arch.model.network else ())


@scenario(
    "network.floating_pools",
    gate="network",
    subjects=pools,
    needs=("network.pools",),
    applies=described,
    spread=True,
    cost=0.5,
)
def test_floating_pools(cloud: Cloud, subject: str) -> None:
    """A described pool gives an address and takes it back."""
    with cloud.step("take an address out of the pool"):
        taken = cloud.network.allocate(subject)
        cloud.check("it is of this pool", taken.pool == subject, expected=subject, found=taken.pool)
        cloud.check("it leads nowhere yet", not taken.server, expected="no server", found=taken.server)
    expected = cloud.site_network.get(f"floating.{subject}")
    if expected is not None:
        inside = ip_address(taken.address) in ip_network(expected, strict=False)
        cloud.check("it is where the site says", inside, expected=expected, found=taken.address)
    with cloud.step("look for it"):
        held = cloud.network.floating_addresses()
        cloud.check("it is listed", taken in held, taken.address, ", ".join(one.address for one in held))
        shown = cloud.network.floating_address(taken.id)
        cloud.check("it is shown as it is listed", shown == taken, expected=taken, found=shown)
    with cloud.step("give it back"):
        cloud.network.release(taken.id)
        cloud.wait(
            "the tenant holds it no more",
            lambda: [one.id for one in cloud.network.floating_addresses()],
            goal=lambda ids: taken.id not in ids,
            state=lambda ids: "held" if taken.id in ids else "given back",
            limit=cloud.patience("delete"),
        )
    with cloud.expects("it is not shown any more", NotFound):
        cloud.network.floating_address(taken.id)


@scenario(
    "network.unknown_pool", gate="network", needs=("network.pools",), applies=described, spread=True, cost=0.2
)
def test_unknown_pool(cloud: Cloud) -> None:
    """A pool that nobody knows gives no address."""
    with cloud.expects("it is refused", Invalid, NotFound, OverQuota):
        cloud.network.allocate(cloud.name("pool"))


@scenario(
    "network.foreign_address",
    gate="network",
    needs=("compute.boot", "network.pools"),
    applies=described,
    holds=("server",),
    creates=1,
    cost=0.4,
)
def test_foreign_address(cloud: Cloud) -> None:
    """An address that the tenant does not hold cannot be led to its server."""
    server = cloud.shared("server")["id"]
    quirk = "foreign_address_is_500" in cloud.network.quirks
    refusals = (Invalid, NotFound, Refused, *((ServerFault,) if quirk else ()))
    with cloud.expects("it is refused", *refusals):
        cloud.network.associate(server, NOWHERE)
    with cloud.step("look at the server"):
        addresses = [
            address for found in cloud.compute.server(server).addresses.values() for address in found
        ]
        cloud.check("it has no such address", NOWHERE not in addresses, found=", ".join(addresses))


@scenario(
    "network.address_is_private",
    gate="network",
    needs=("network.floating_pools",),
    requires=("second_account",),
    applies=lambda arch: any(pools(arch)),
    cost=0.6,
)
def test_address_is_private(cloud: Cloud) -> None:
    """Another tenant neither sees an address nor takes it away."""
    with cloud.step("take an address"):
        taken = cloud.network.allocate(next(iter(pools(cloud.arch))))
    with cloud.step("look for it as the other tenant"):
        held = [one.address for one in cloud.other.network.floating_addresses()]
        cloud.check("it is not listed", taken.address not in held, "not listed", taken.address)
    with cloud.expects("it is not shown to the other tenant", NotFound, Refused):
        cloud.other.network.floating_address(taken.id)
    with cloud.expects("the other tenant cannot give it back", NotFound, Refused):
        cloud.other.network.release(taken.id)
    with cloud.step("look whether it is still held"):
        cloud.network.floating_address(taken.id)
        cloud.network.release(taken.id)
