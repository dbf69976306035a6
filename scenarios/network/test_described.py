from ipaddress import ip_network

from harness.testing import Architecture, Cloud, scenario

ANSWERS = ("preflight.endpoints_answer[compute]",)


def described(arch: Architecture) -> bool:
    """Whether the description has a network."""
    return arch.model.network is not None


def shared_network(arch: Architecture) -> bool:
    """Whether tenants share a network; with VLAN each has its own, and no way between them."""
    return arch.model.network is not None and arch.model.network.manager != "VLAN"


@scenario(
    "network.described",
    gate="network",
    needs=ANSWERS,
    requires=("admin",),
    applies=described,
    owns=tuple(f"network.{key}" for key in ("multi_host", "fixed", "bridge", "label", "dns", "vlan")),
    cost=0.3,
)
def test_described(cloud: Cloud) -> None:
    """The network that servers are born on is the described one."""
    network = cloud.arch.model.network
    with cloud.step("list networks"):
        found = cloud.admin.network.networks()
        cloud.check("there is a network", bool(found), expected="at least one network")
        labelled = (each for each in found if network and each.label == network.label)
        seen = next(labelled, found[0])
        cloud.observe(("network", "label"), seen.label)
        cloud.observe(("network", "fixed", "size"), ip_network(seen.cidr, strict=False).prefixlen)
        cloud.observe(("network", "bridge"), seen.bridge or None)
        cloud.observe(("network", "multi_host"), seen.multi_host)
        cloud.observe(("network", "dns"), seen.dns[0] if seen.dns else None)
        cloud.observe(("network", "vlan"), seen.vlan)
    expected = cloud.site_network.get("fixed")
    if expected is not None:
        same = ip_network(seen.cidr, strict=False) == ip_network(expected, strict=False)
        cloud.check("it is where the site says", same, expected=expected, found=seen.cidr)


@scenario(
    "network.pools", gate="network", needs=ANSWERS, applies=described, owns=("network.floating",), cost=0.2
)
def test_pools(cloud: Cloud) -> None:
    """The pools that floating addresses come from are the described ones."""
    with cloud.step("list pools"):
        pools = cloud.network.floating_pools()
        cloud.observe_names(("network", "floating"), pools)
        for pool in pools:
            cloud.cannot_see(
                ("network", "floating", pool, "at_least"),
                "the API names pools and not how many addresses they have (nova-manage floating list does)",
            )
