from harness.testing import Cloud, scenario
from scenarios.hosts import FACTS, having


@scenario(
    "hosts.system",
    gate="hosts",
    needs=FACTS,
    subjects=having("system"),
    requires=("hosts",),
    owns=("nodes.{subject}.system",),
    cost=0.1,
)
def test_system(cloud: Cloud, subject: str) -> None:
    """The node runs the described operating system and kernel."""
    with cloud.step("compare system and kernel"):
        cloud.hosts.hold(subject, "system")


@scenario(
    "hosts.hardware",
    gate="hosts",
    needs=FACTS,
    subjects=having("hardware"),
    requires=("hosts",),
    owns=("nodes.{subject}.hardware",),
    cost=0.1,
)
def test_hardware(cloud: Cloud, subject: str) -> None:
    """The node has the described processors, memory, disks and interfaces."""
    with cloud.step("compare the machine"):
        cloud.hosts.hold(subject, "hardware")


@scenario(
    "hosts.volume_group",
    gate="hosts",
    needs=FACTS,
    subjects=having("volume_group"),
    requires=("hosts",),
    owns=("nodes.{subject}.volume_group",),
    cost=0.1,
)
def test_volume_group(cloud: Cloud, subject: str) -> None:
    """The volume group is there, and large enough."""
    with cloud.step("compare volume groups"):
        cloud.hosts.hold(subject, "volume_group")


@scenario(
    "hosts.bridges",
    gate="hosts",
    needs=FACTS,
    subjects=having("bridges"),
    requires=("hosts",),
    owns=("nodes.{subject}.bridges",),
    cost=0.1,
)
def test_bridges(cloud: Cloud, subject: str) -> None:
    """The bridge that servers hang on is there."""
    with cloud.step("look at bridges"):
        cloud.hosts.hold(subject, "bridges")
