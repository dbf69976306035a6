"""Rings: on every node that needs them, readable, one content everywhere, and as described."""

from harness.testing import Cloud, OutOfReach, scenario
from scenarios.subjects import has_rings, ring_holders, rings


@scenario("rings.present", gate="rings", needs=("hosts.reachable[=]",), subjects=ring_holders, cost=0.5)
def test_present(cloud: Cloud, subject: str) -> None:
    """Each proxy and storage node has every ring."""
    for ring in rings(cloud.arch):
        with cloud.step(f"look for the {ring} ring on {subject}"):
            cloud.rings.file(subject, ring)


@scenario("rings.readable", gate="rings", needs=("rings.present[=]",), subjects=ring_holders, cost=0.5)
def test_readable(cloud: Cloud, subject: str) -> None:
    """Each ring file can be read to its end."""
    for ring in rings(cloud.arch):
        with cloud.step(f"read the {ring} ring of {subject}"):
            cloud.rings.on(subject, ring)


@scenario(
    "rings.equal",
    gate="rings",
    after=("rings.readable",),
    subjects="rings",
    requires=("hosts",),
    owns=("objects.rings.{subject}.holders",),
    cost=1.0,
)
def test_equal(cloud: Cloud, subject: str) -> None:
    """Every node holds the same ring, by its content; nodes without a readable one are told of before."""
    with cloud.step(f"compare the {subject} ring of all nodes"):
        found, unjudged = cloud.rings.agreement(subject), cloud.rings.unjudged(subject)
        if unjudged:
            cloud.cannot_see(("objects", "rings", subject, "holders"), _told(unjudged))
        else:
            cloud.observe(("objects", "rings", subject, "holders"), sorted(found.holders))
        strays = {one.holder: f"{one.reason}: {one.told}" for one in cloud.rings.strays(subject)}
        cloud.check(
            "no node differs",
            not strays,
            expected=f"what {len(found.holders)} of {len(found.holders) + len(strays)} nodes have",
            found=_told(strays),
        )


@scenario(
    "rings.described",
    gate="rings",
    after=("rings.readable",),
    subjects="rings",
    requires=("hosts",),
    owns=("objects.rings.{subject}",),
    cost=1.0,
)
def test_described(cloud: Cloud, subject: str) -> None:
    """The ring of most nodes is the described one: power, replicas, devices, weights, balance, dispersion."""
    place = ("objects", "rings", subject)
    with cloud.step(f"read the {subject} ring of the majority"):
        ring = cloud.rings.ring(subject)
        cloud.observe((*place, "part_power"), ring.part_power)
        cloud.observe((*place, "replicas"), ring.replicas)
        cloud.observe((*place, "balance"), ring.balance)
        cloud.observe((*place, "dispersion"), round(cloud.rings.audit(subject).dispersion, 4))
        devices = {f"{cloud.node_at(device.ip)}/{device.name}": device for device in ring.devices}
        cloud.observe_names((*place, "devices"), sorted(devices))
        for name, device in devices.items():
            for leaf in ("region", "zone", "weight", "port"):
                cloud.observe((*place, "devices", name, leaf), getattr(device, leaf))
    with cloud.step(f"read the {subject} builder"):
        cloud.observe((*place, "min_part_hours"), cloud.rings.builder(subject).min_part_hours)


@scenario(
    "rings.hash_settings",
    gate="rings",
    after=("rings.readable",),
    applies=has_rings,
    requires=("hosts",),
    cost=0.5,
)
def test_hash_settings(cloud: Cloud) -> None:
    """Every node hashes names with the same prefix and suffix; else nodes look for data where it is not."""
    with cloud.step("compare the hash prefix and suffix of all nodes"):
        cloud.rings.settings()
        odd = cloud.rings.odd_settings
        cloud.check("no node differs", not odd, expected="one prefix and suffix", found=_told(odd))
        if unseen := cloud.rings.unseen_settings:
            raise OutOfReach(f"the others agree; swift.conf of {_told(unseen)}")


def _told(reasons: dict[str, str]) -> str:
    """Nodes with the same reason together."""
    by = {why: [node for node, told in reasons.items() if told == why] for why in reasons.values()}
    return "; ".join(f"{', '.join(nodes)}: {why}" for why, nodes in by.items())
