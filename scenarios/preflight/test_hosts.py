from harness.testing import Cloud, scenario


@scenario("hosts.reachable", gate="preflight", subjects="nodes", requires=("hosts",), cost=1.0)
def test_reachable(cloud: Cloud, subject: str) -> None:
    """Every described node lets the operator in over SSH."""
    with cloud.step(f"open a connection to {subject}"):
        cloud.hosts.banner(subject)
