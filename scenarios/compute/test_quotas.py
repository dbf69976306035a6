from collections.abc import Iterator
from typing import Any

from harness.testing import Architecture, Cloud, OutOfReach, OverQuota, scenario

SIZES = ("instances", "cores", "ram")


def sizes(flavor: Any) -> dict[str, int]:
    """What one server of a flavor takes of each quota."""
    return {"instances": 1, "cores": flavor.vcpus, "ram": flavor.ram}


def too_many(quota: str, limits: dict[str, int], flavors: list[Any]) -> tuple[Any, int] | None:
    """A flavor and a count that go over this quota and over no other; None where there is no such pair."""
    for flavor in sorted(flavors, key=lambda flavor: (flavor.ram, flavor.vcpus)):
        taken = sizes(flavor)
        if limits[quota] < 0 or not taken[quota]:
            continue
        count = limits[quota] // taken[quota] + 1
        if all(limits[name] < 0 or count * taken[name] <= limits[name] for name in SIZES if name != quota):
            return flavor, count
    return None


def provable(arch: Architecture) -> Iterator[str]:
    """The described quotas that some described flavor goes over alone."""
    compute = arch.model.compute
    if compute is not None:
        limits = {name: getattr(compute.quotas, name) for name in SIZES}
        yield from (name for name in SIZES if too_many(name, limits, [*compute.flavors.values()]))


@scenario("compute.quota", gate="compute", needs=("compute.boot",), subjects=provable, creates=1, cost=0.5)
def test_quota(cloud: Cloud, subject: str) -> None:
    """More servers at once than this quota allows are refused, and none of them is made."""
    name, limits = cloud.name("server"), dict(cloud.compute.quotas().values)
    with cloud.step("find a request that goes over this quota alone"):
        found = too_many(subject, limits, cloud.compute.flavors())
        if found is None:
            raise OutOfReach(f"no flavor here goes over this tenant's {subject} alone: {limits}")
        flavor, count = found
    with cloud.expects(f"{count} servers of {flavor.name} are refused", OverQuota):
        cloud.compute.create_server(name, image=cloud.shared("image"), flavor=flavor.id, count=count)
    with cloud.step("see that none was made"):
        made = cloud.compute.servers(name=name)
        cloud.check("none was made", not made, expected="none", found=f"{len(made)} servers")
