"""The ring that most nodes have, by itself and against the builder that it came from."""

from collections.abc import Sequence

from harness.testing import Cloud, Finding, scenario

_SHOWN = 5


@scenario(
    "rings.sound", gate="rings", after=("rings.readable",), subjects="rings", requires=("hosts",), cost=0.5
)
def test_sound(cloud: Cloud, subject: str) -> None:
    """Every partition is on living devices, no two replicas on one, and none closer together than need be."""
    with cloud.step(f"audit the {subject} ring"):
        found = cloud.rings.audit(subject)
        cloud.rings.draw(subject)
        cloud.check("nothing is wrong in the ring", not found.errors, found=_told(found.errors))


@scenario(
    "rings.even",
    gate="rings",
    needs=("rings.sound[=]",),
    subjects="rings",
    requires=("hosts",),
    level="should",
    cost=0.3,
)
def test_even(cloud: Cloud, subject: str) -> None:
    """Every device holds what its weight gives it, not much more and not much less."""
    with cloud.step(f"weigh the {subject} ring"):
        found = cloud.rings.doubtful(subject)
        cloud.check("nothing is doubtful in the ring", not found, found=_told(found))


@scenario(
    "rings.builder", gate="rings", after=("rings.readable",), subjects="rings", requires=("hosts",), cost=0.5
)
def test_builder(cloud: Cloud, subject: str) -> None:
    """The ring on the nodes is the one that its builder wrote last."""
    with cloud.step(f"compare the {subject} ring with its builder"):
        wrong = [one for one in cloud.rings.against_builder(subject) if one.severity == "error"]
        cloud.check("the builder says the same", not wrong, found=_told(wrong))


@scenario(
    "rings.rebalanced",
    gate="rings",
    needs=("rings.builder[=]",),
    subjects="rings",
    requires=("hosts",),
    level="should",
    cost=0.3,
)
def test_rebalanced(cloud: Cloud, subject: str) -> None:
    """No change waits in the builder for a rebalance."""
    with cloud.step(f"look for changes in the {subject} builder"):
        waiting = [one for one in cloud.rings.against_builder(subject) if one.severity == "warning"]
        cloud.check("no change waits for a rebalance", not waiting, found=_told(waiting))


def _told(findings: Sequence[Finding]) -> str:
    rest = len(findings) - _SHOWN
    told = [finding.sentence for finding in findings[:_SHOWN]]
    return "; ".join([*told, f"and {rest} more"] if rest > 0 else told)
