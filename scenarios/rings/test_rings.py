from harness.testing import Cloud, scenario
from scenarios.subjects import ring_holders, rings


@scenario("rings.present", gate="rings", needs=("hosts.reachable[=]",), subjects=ring_holders, cost=0.5)
def test_present(cloud: Cloud, subject: str) -> None:
    """Each proxy and storage node has every ring."""
    for ring in rings(cloud.arch):
        with cloud.step(f"look for the {ring} ring on {subject}"):
            cloud.nodes[subject].ring_file(ring)


@scenario("rings.readable", gate="rings", needs=("rings.present[=]",), subjects=ring_holders, cost=0.5)
def test_readable(cloud: Cloud, subject: str) -> None:
    """Each ring file can be read to its end."""
    for ring in rings(cloud.arch):
        with cloud.step(f"read the {ring} ring of {subject}"):
            cloud.nodes[subject].ring(ring)


@scenario(
    "rings.equal",
    gate="rings",
    needs=("rings.readable",),
    subjects="rings",
    owns=("objects.rings.{subject}.holders",),
    cost=1.0,
)
def test_equal(cloud: Cloud, subject: str) -> None:
    """Every node holds the same ring, by its content."""
    with cloud.step(f"compare the {subject} ring of all nodes"):
        common, outliers = cloud.majority(subject)
        cloud.observe(("objects", "rings", subject, "holders"), sorted(common))
        cloud.check(
            "no node differs", not outliers, expected="one ring on all nodes", found=", ".join(outliers)
        )


@scenario(
    "rings.described",
    gate="rings",
    needs=("rings.readable",),
    subjects="rings",
    owns=("objects.rings.{subject}",),
    cost=1.0,
)
def test_described(cloud: Cloud, subject: str) -> None:
    """The ring of the majority is the described one: its power, replicas, devices, weights and balance."""
    place = ("objects", "rings", subject)
    with cloud.step(f"read the {subject} ring of the majority"):
        common, _ = cloud.majority(subject)
        ring = cloud.nodes[common[0]].ring(subject)
        cloud.observe((*place, "part_power"), ring.part_power)
        cloud.observe((*place, "replicas"), ring.replicas)
        cloud.observe((*place, "balance"), ring.balance)
        devices = {f"{cloud.node_at(device.ip)}/{device.name}": device for device in ring.devices}
        cloud.observe_names((*place, "devices"), sorted(devices))
        for name, device in devices.items():
            for leaf in ("region", "zone", "weight", "port"):
                cloud.observe((*place, "devices", name, leaf), getattr(device, leaf))
    with cloud.step(f"read the {subject} builder"):
        cloud.observe((*place, "min_part_hours"), cloud.builder(subject).min_part_hours)
