from harness.testing import Cloud, scenario
from scenarios.hosts import FACTS


@scenario(
    "hosts.facts",
    gate="hosts",
    needs=("hosts.reachable[=]",),
    subjects="nodes",
    requires=("hosts",),
    cost=0.5,
)
def test_facts(cloud: Cloud, subject: str) -> None:
    """The node answers everything it is asked, to the end."""
    with cloud.step("read its answer"):
        visit = cloud.hosts.visit(subject)
        cloud.check("the answer is whole", visit.facts is not None and not visit.torn, found=visit.torn)


@scenario("hosts.named", gate="hosts", needs=FACTS, subjects="nodes", requires=("hosts",), cost=0.1)
def test_named(cloud: Cloud, subject: str) -> None:
    """The node calls itself by its name, and no other node does."""
    with cloud.step("read host names"):
        names = {node: name for node, name in cloud.hosts.names(subject).items() if name}
        found = names.get(subject, "")
        cloud.check("it has the name of the description", found == subject.lower(), subject, found)
        others = [node for node, name in names.items() if name == found and node != subject]
        cloud.check("no other node has it", not others, found=", ".join(others))


@scenario("hosts.addresses", gate="hosts", after=("hosts.facts",), requires=("hosts",), cost=0.2)
def test_addresses(cloud: Cloud) -> None:
    """No two nodes have one address."""
    with cloud.step("compare the addresses of all interfaces"):
        twice = cloud.hosts.shared_addresses()
        told = "; ".join(f"{address}: {', '.join(nodes)}" for address, nodes in twice.items())
        cloud.check("each stands on one node", not twice, found=told)


@scenario(
    "hosts.clock",
    gate="hosts",
    needs=FACTS,
    subjects="nodes",
    requires=("hosts",),
    owns=("objectives.clock_skew",),
    cost=0.1,
)
def test_clock(cloud: Cloud, subject: str) -> None:
    """The node's clock agrees with this machine's, as far as the round trip lets anybody say."""
    with cloud.step("compare clocks"):
        cloud.observe(("objectives", "clock_skew"), cloud.hosts.skew(subject))
