from harness.testing import Cloud, scenario


@scenario("cleanup.resources", gate="cleanup", after_all=True, cost=3.0)
def test_resources(cloud: Cloud) -> None:
    """Everything that this run made is removed, newest first."""
    with cloud.step("remove what the ledger holds"):
        left = cloud.clean_up()
        cloud.check("nothing is left", not left, expected="an empty ledger", found="; ".join(left))


@scenario(
    "cleanup.no_leak", gate="cleanup", needs=("cleanup.resources", "identity.token"), after_all=True, cost=1.0
)
def test_no_leak(cloud: Cloud) -> None:
    """What the run's tenants hold is what they held before."""
    with cloud.step("take the inventory again and compare"):
        orphans = cloud.leaks()
        cloud.check(
            "nothing is new", not orphans, expected="the inventory of before", found="; ".join(orphans)
        )
