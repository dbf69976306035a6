"""What services wrote while the cloud was driven."""

from harness.testing import Cloud, scenario
from scenarios.hosts import FACTS


@scenario(
    "hosts.logs",
    gate="hosts",
    needs=FACTS,
    subjects="nodes",
    requires=("hosts",),
    level="should",
    after_all=True,
    cost=0.5,
)
def test_logs(cloud: Cloud, subject: str) -> None:
    """During the run no service of the node wrote of an error."""
    with cloud.step("read its logs back to the beginning of the run"):
        errors = cloud.logs.errors(subject)
        cloud.check("no entry tells of an error", not errors.count, found=str(errors))
