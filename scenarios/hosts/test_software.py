from collections.abc import Iterator

from harness.testing import Architecture, Cloud, scenario
from scenarios.hosts import FACTS


def roles(arch: Architecture) -> Iterator[str]:
    """Of nodes that have all their roles in common, the first one: only these can differ among each other."""
    return iter(arch.alike())


@scenario(
    "hosts.packages",
    gate="hosts",
    needs=FACTS,
    subjects="nodes",
    requires=("hosts",),
    owns=("packages",),
    cost=0.1,
)
def test_packages(cloud: Cloud, subject: str) -> None:
    """The packages of its roles are installed, in the described versions."""
    with cloud.step("compare installed packages"):
        cloud.hosts.hold(subject, "packages")
        missing = cloud.hosts.missing_packages(subject)
        cloud.check("each role has its packages", not missing, found=f"none of {', '.join(missing)}")


@scenario(
    "hosts.config",
    gate="hosts",
    needs=FACTS,
    subjects="nodes",
    requires=("hosts",),
    owns=("config",),
    cost=0.1,
)
def test_config(cloud: Cloud, subject: str) -> None:
    """The option files of its services say what was described."""
    with cloud.step("compare option files"):
        cloud.hosts.hold(subject, "config")


@scenario("hosts.secrets", gate="hosts", after=("hosts.facts",), requires=("hosts",), cost=0.2)
def test_secrets(cloud: Cloud) -> None:
    """A secret that several nodes must share is the same on all of them."""
    with cloud.step("compare secrets under a key of this run"):
        odd = cloud.hosts.unequal_secrets()
        cloud.check("each is equal everywhere", not odd, found="; ".join(odd[:10]))


@scenario(
    "hosts.alike",
    gate="hosts",
    after=("hosts.facts",),
    subjects=roles,
    requires=("hosts",),
    level="should",
    cost=0.2,
)
def test_alike(cloud: Cloud, subject: str) -> None:
    """Nodes that have all their roles in common are alike: machine, system, packages, options, settings."""
    with cloud.step("look for the odd ones out"):
        odd = cloud.hosts.odd_ones(cloud.arch.alike()[subject])
        cloud.check("none differs from the others", not odd, found="; ".join(odd[:10]))
