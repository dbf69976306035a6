"""What no API tells of the cloud's areas: drivers, back ends, pools. Option files and tools on hosts do."""

from harness.testing import Cloud, scenario
from scenarios.hosts import FACTS


@scenario(
    "hosts.hypervisor",
    gate="hosts",
    needs=FACTS,
    subjects="nodes:compute",
    requires=("hosts",),
    owns=("compute.hypervisor",),
    cost=0.1,
)
def test_hypervisor(cloud: Cloud, subject: str) -> None:
    """Servers run on the described hypervisor, and the machine is fit for it."""
    with cloud.step("compare the hypervisor"):
        cloud.hosts.hold(subject, "hypervisor")
    with cloud.step("look at the processors"):
        unfit = cloud.hosts.unfit(subject)
        cloud.check("they can do so", not unfit, found=unfit)


@scenario(
    "hosts.scheduler",
    gate="hosts",
    needs=FACTS,
    subjects="nodes:scheduler",
    requires=("hosts",),
    owns=("compute.scheduler",),
    cost=0.1,
)
def test_scheduler(cloud: Cloud, subject: str) -> None:
    """The described scheduler chooses hosts."""
    with cloud.step("compare the scheduler"):
        cloud.hosts.hold(subject, "scheduler")


@scenario(
    "hosts.network",
    gate="hosts",
    needs=FACTS,
    subjects="nodes:network",
    requires=("hosts",),
    owns=("network.manager",),
    cost=0.1,
)
def test_network(cloud: Cloud, subject: str) -> None:
    """The described manager makes networks."""
    with cloud.step("compare the network manager"):
        cloud.hosts.hold(subject, "manager")


@scenario(
    "hosts.volumes",
    gate="hosts",
    needs=FACTS,
    subjects="nodes:volume",
    requires=("hosts",),
    owns=("volumes.driver",),
    cost=0.1,
)
def test_volumes(cloud: Cloud, subject: str) -> None:
    """The described driver keeps volumes."""
    with cloud.step("compare the volume driver"):
        cloud.hosts.hold(subject, "volumes")


@scenario("hosts.chains", gate="hosts", needs=FACTS, subjects="nodes:network", requires=("hosts",), cost=0.1)
def test_chains(cloud: Cloud, subject: str) -> None:
    """The packet filter has the network manager's chains: without them no floating address leads anywhere."""
    with cloud.step("read the packet filter"):
        missing = cloud.hosts.missing_chains(subject)
        cloud.check("each chain is there", not missing, found=f"no {', '.join(missing)}")


@scenario("hosts.targets", gate="hosts", needs=FACTS, subjects="nodes:volume", requires=("hosts",), cost=0.1)
def test_targets(cloud: Cloud, subject: str) -> None:
    """No iSCSI target is left of a volume that is gone."""
    with cloud.step("hold targets against volumes"):
        orphans = cloud.hosts.orphaned_targets(subject)
        cloud.check("each has its volume", not orphans, found=", ".join(orphans[:10]))


@scenario(
    "hosts.identity",
    gate="hosts",
    needs=FACTS,
    subjects="nodes:identity",
    requires=("hosts",),
    owns=("identity.backend",),
    cost=0.1,
)
def test_identity(cloud: Cloud, subject: str) -> None:
    """Users are kept where described."""
    with cloud.step("compare the identity back end"):
        cloud.hosts.hold(subject, "identity")


@scenario(
    "hosts.database",
    gate="hosts",
    needs=FACTS,
    subjects="nodes:database",
    requires=("hosts",),
    owns=("database.kind",),
    cost=0.1,
)
def test_database(cloud: Cloud, subject: str) -> None:
    """The described database answers, and services of the node use it."""
    with cloud.step("ask the database"):
        cloud.hosts.hold(subject, "database")


@scenario(
    "hosts.bus",
    gate="hosts",
    needs=FACTS,
    subjects="nodes:bus",
    requires=("hosts",),
    owns=("bus.kind",),
    cost=0.1,
)
def test_bus(cloud: Cloud, subject: str) -> None:
    """The described message bus answers, and nothing piles up in it."""
    with cloud.step("ask the bus"):
        cloud.hosts.hold(subject, "bus")
        piling = cloud.hosts.piling_queues(subject)
        cloud.check("no queue piles up", not piling, found=", ".join(piling[:10]))


@scenario(
    "hosts.floating",
    gate="hosts",
    after=("hosts.facts",),
    applies="network",
    requires=("hosts",),
    owns=("network.floating",),
    cost=0.1,
)
def test_floating(cloud: Cloud) -> None:
    """Each pool of floating addresses is as large as described."""
    with cloud.step("read nova-manage floating list"):
        cloud.hosts.hold_any("floating", "managed")
