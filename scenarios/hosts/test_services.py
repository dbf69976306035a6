from harness.testing import Cloud, scenario
from scenarios.hosts import FACTS, having


@scenario(
    "hosts.services",
    gate="hosts",
    needs=FACTS,
    subjects="nodes",
    requires=("hosts",),
    owns=("nodes.{subject}.services", "nodes.{subject}.roles"),
    cost=0.2,
)
def test_services(cloud: Cloud, subject: str) -> None:
    """The services of its roles run and start with the node; no service of another role runs there."""
    with cloud.step("compare services with roles"):
        cloud.hosts.hold(subject, "services", "roles")


@scenario(
    "hosts.ports",
    gate="hosts",
    needs=FACTS,
    subjects=having("ports"),
    requires=("hosts",),
    owns=("nodes.{subject}.ports",),
    cost=0.1,
)
def test_ports(cloud: Cloud, subject: str) -> None:
    """Something listens at each of the node's ports."""
    with cloud.step("look at what listens"):
        cloud.hosts.hold(subject, "ports")


@scenario("hosts.open_ports", gate="hosts", needs=FACTS, subjects="nodes", requires=("hosts",), cost=0.1)
def test_open_ports(cloud: Cloud, subject: str) -> None:
    """Nothing listens to others that nobody described."""
    with cloud.step("look for ports that others can reach"):
        strays = cloud.hosts.open_ports(subject)
        cloud.check("each is described", not strays, found=", ".join(strays[:10]))


@scenario("hosts.dhcp", gate="hosts", needs=FACTS, subjects="nodes", requires=("hosts",), cost=0.1)
def test_dhcp(cloud: Cloud, subject: str) -> None:
    """No DHCP server answers but the one of the network manager."""
    with cloud.step("look for DHCP servers"):
        strays = cloud.hosts.dhcp_servers(subject)
        cloud.check("each is the network manager's", not strays, found=", ".join(strays[:10]))


@scenario(
    "hosts.managed",
    gate="hosts",
    applies="compute-api",
    after=("hosts.facts",),
    requires=("hosts",),
    cost=0.1,
)
def test_managed(cloud: Cloud) -> None:
    """Nova's own list has every described service, enabled and alive, and no dead ones besides."""
    with cloud.step("read nova-manage service list"):
        wrong = cloud.hosts.managed_services()
        cloud.check("each is enabled and alive", not wrong, found="; ".join(wrong[:10]))
