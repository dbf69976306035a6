from harness.testing import Cloud, scenario
from scenarios.hosts import FACTS, having


@scenario(
    "hosts.files",
    gate="hosts",
    needs=FACTS,
    subjects=having("files"),
    requires=("hosts",),
    owns=("nodes.{subject}.files",),
    cost=0.1,
)
def test_files(cloud: Cloud, subject: str) -> None:
    """The described files are there, and belong to whom they should."""
    with cloud.step("compare owners, permissions and digests"):
        cloud.hosts.hold(subject, "files")


@scenario(
    "hosts.users",
    gate="hosts",
    needs=FACTS,
    subjects=having("users"),
    requires=("hosts",),
    owns=("nodes.{subject}.users",),
    cost=0.1,
)
def test_users(cloud: Cloud, subject: str) -> None:
    """The accounts of its services are there, in their groups."""
    with cloud.step("compare accounts"):
        cloud.hosts.hold(subject, "users")


@scenario(
    "hosts.mounts",
    gate="hosts",
    needs=FACTS,
    subjects=having("mounts"),
    requires=("hosts",),
    owns=("nodes.{subject}.mounts",),
    cost=0.1,
)
def test_mounts(cloud: Cloud, subject: str) -> None:
    """The described file systems are mounted."""
    with cloud.step("compare mounts"):
        cloud.hosts.hold(subject, "mounts")


@scenario(
    "hosts.space",
    gate="hosts",
    needs=FACTS,
    subjects=having("space"),
    requires=("hosts",),
    owns=("nodes.{subject}.space",),
    cost=0.1,
)
def test_space(cloud: Cloud, subject: str) -> None:
    """There is as much free space as described, and no file system is full."""
    with cloud.step("compare free space"):
        cloud.hosts.hold(subject, "space")
        full = cloud.hosts.full(subject)
        cloud.check("none is full", not full, found=", ".join(full[:10]))


@scenario(
    "hosts.sysctl",
    gate="hosts",
    needs=FACTS,
    subjects=having("sysctl"),
    requires=("hosts",),
    owns=("nodes.{subject}.sysctl",),
    cost=0.1,
)
def test_sysctl(cloud: Cloud, subject: str) -> None:
    """The kernel is set as described."""
    with cloud.step("compare kernel settings"):
        cloud.hosts.hold(subject, "sysctl")
