from harness.testing import Cloud, scenario


@scenario(
    "preflight.budget",
    gate="preflight",
    needs=("preflight.endpoints_answer[compute]",),
    creates=1,
    cost=0.5,
)
def test_budget(cloud: Cloud) -> None:
    """The run's users may make the servers that the plan asks of them."""
    for user in cloud.users:
        with cloud.step(f"ask what the user {user} may still do"):
            budget = cloud.budget(user)
            allowed, most = budget.allowed, max(budget.asked, 1)
            cloud.check(
                "limits and quotas agree", budget.quotas == budget.limits, budget.quotas, budget.limits
            )
            cloud.check("the quota has room for a server", allowed.servers != 0, found=allowed.quota)
            cloud.check(
                "as many requests for a server are left as are planned",
                allowed.creations is None or allowed.creations >= most,
                expected=f"{most} or more",
                found=f"{allowed.creations} of {allowed.of}",
            )
    with cloud.step("ask for a server without a name"):
        answer = cloud.raw("compute").send("POST", "/servers", body={"server": {}})
        said = f"{answer.status} {answer.message}"
        cloud.check("it is refused for that, not for its rate", answer.status == 400, "400", said)
